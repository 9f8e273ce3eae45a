"""As what the figures can be drawn beside the report; light, so that a request can be checked before the long work."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from mining.core.errors import Problem, RequestError, nearest

FORMATS = ("svg", "png", "pdf")
HOW_TO_DRAW = "pip install 'value-stream-miner[pictures]', and install Chromium or Chrome; the report needs neither"


def check(formats: Sequence[str], output: object) -> None:
    """Raises RequestError for a format that is none, without a folder, and where Kaleido is not installed."""
    for name in formats:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            todo = f"did you mean {near[0]}?" if near else None
            raise RequestError(
                Problem("--pictures: no such format", found=name, expected=", ".join(FORMATS), todo=todo)
            )
    if formats and output is None:
        raise RequestError(Problem("--pictures needs a folder to write into", todo="name one with --output"))
    if formats and find_spec("kaleido") is None:
        raise RequestError(Problem("figures are drawn as pictures by Kaleido, which is not here", todo=HOW_TO_DRAW))
