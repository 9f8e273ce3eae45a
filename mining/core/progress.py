"""How long work tells of itself, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float | None], None]
"""Called with the phase in words ("reading incidents.csv") and the share of it that is done, None where unknown."""


def silent(phase: str, share: float | None) -> None:
    """Listens to nobody."""
