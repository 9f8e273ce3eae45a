"""Where the data lie that ship with the program: mappings, reference streams and sample logs."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: str) -> Path:
    """The folder of shipped data called `folder`, such as "mappings/exports" or "sample_logs".

    In a checkout it lies beside the package; in an installed wheel, inside it.
    """
    inside = _PACKAGE / "_data" / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def shipped_names(folder: str, suffix: str = ".yaml") -> list[str]:
    """The names, without suffix and sorted, of the files of a shipped folder."""
    return sorted(path.stem for path in shipped(folder).glob(f"*{suffix}"))
