"""From what the user names to files on disk, in the order of their names."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from mining.core.errors import Problem, RequestError, nearest
from mining.sources.plugins import plugins

KNOWN = (
    *(".csv", ".tsv", ".txt", ".xes", ".parquet"),
    *(".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    *(".json", ".jsonl", ".ndjson", ".jsonocel", ".xmlocel", ".sqlite"),
)
PACKED = (".gz", ".zip", ".zst")


def known_suffixes() -> tuple[str, ...]:
    """How the names of files end that are read here, those of other packages' formats included."""
    return (*KNOWN, *(suffix for plugin in plugins() for suffix in plugin.suffixes))


def looks_like_data(name: str) -> bool:
    """Whether a file in a folder or an archive is taken for data, by its name."""
    path = Path(name)
    if path.name.startswith((".", "_")) or "__MACOSX" in path.parts:
        return False
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
        if not suffixes:
            return True
    return bool(suffixes) and suffixes[-1] in known_suffixes()


def files_of(exports: Sequence[str | Path]) -> list[Path]:
    """The files that `exports` name, each once, ordered by name and then by folder.

    A folder means the data files directly in it. Raises RequestError where something is missing or empty.
    """
    if not exports:
        raise RequestError(Problem("no export was named", todo="name a file, a folder or a glob"))
    found: dict[Path, Path] = {}
    problems: list[Problem] = []
    for export in exports:
        try:
            for path in _files_of(str(export)):
                found.setdefault(path.resolve(), path)
        except RequestError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(f"cannot be opened: {error.strerror}", file=str(export)))
    if problems:
        raise RequestError(*problems)
    return sorted(found.values(), key=lambda path: (path.name, str(path)))


def _files_of(export: str) -> list[Path]:
    path = Path(export)
    if path.is_dir():
        inside = [entry for entry in path.iterdir() if entry.is_file() and looks_like_data(entry.name)]
        if not inside:
            expected = "files that end in " + ", ".join(known_suffixes()) + ", plain or with " + ", ".join(PACKED)
            raise RequestError(Problem("there is no data file in this folder", file=export, expected=expected))
        return inside
    if path.exists():
        if not path.is_file():
            raise RequestError(Problem("is neither a file nor a folder", file=export))
        return [path]
    if glob.has_magic(export):
        # Python's own globbing: the engine would read the signs in the names that it finds once more.
        matched = [Path(name) for name in glob.glob(export, recursive=True)]  # noqa: PTH207  pathlib has no absolute globs
        files = [entry for entry in matched if entry.is_file() and not entry.name.startswith(".")]
        if not files:
            raise RequestError(Problem("no file matches", file=export, todo="mind the quotes around the pattern"))
        return files
    raise RequestError(_missing(path, export))


def _missing(path: Path, export: str) -> Problem:
    folder = path.parent
    near = nearest(path.name, [entry.name for entry in folder.iterdir()]) if folder.is_dir() else []
    found = ", ".join(near) if near else None
    if not folder.is_dir():
        return Problem("there is no such folder", file=str(folder))
    return Problem("there is no such file", file=export, found=found and f"near it: {found}")
