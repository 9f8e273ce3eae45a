"""Mappings and reference streams by name: those of a folder of one's own, those of packages, those that ship.

A name that several have is that of the first in this order; the others are hidden. The folder is named by
`own_mappings` (the command line's --mappings), or by the variable VSM_MAPPINGS. It holds `exports/*.yaml` and
`streams/*.yaml`, or the files directly: one with a key `stream` is a reference stream then, any other a mapping.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from mining.core.errors import Problem, RequestError, shown
from mining.core.extensions import MAPPINGS, Extension, extensions
from mining.core.locate import shipped

VARIABLE = "VSM_MAPPINGS"
SHIPPED = "shipped"

_own: ContextVar[Path | None] = ContextVar("own_mappings", default=None)
_STREAM = re.compile(r"^stream\s*:", re.MULTILINE)


class Kind(StrEnum):
    """What a file in the catalogue is, and the folder in which it lies."""

    EXPORTS = "exports"  # a mapping: how a kind of export is read
    STREAMS = "streams"  # a reference stream


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping or a reference stream. `origin` says where it is from, `hides` where others of its name are from."""

    name: str
    path: Path
    origin: str
    hides: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """A sentence for whoever uses it, where it takes the name of another one."""
        if not self.hides:
            return None
        others = ("the one that ships" if origin == SHIPPED else f"that of the {origin}" for origin in self.hides)
        return f'"{self.name}" is that of the {self.origin}; it hides {" and ".join(others)}.'


@contextmanager
def own_mappings(folder: str | Path | None) -> Iterator[None]:
    """Inside the block, `folder` comes first in the catalogue; None changes nothing."""
    token = _own.set(_own.get() if folder is None else Path(folder))
    try:
        yield
    finally:
        _own.reset(token)


def catalogue(kind: Kind) -> dict[str, Entry]:
    """All of a kind by name, in the order of their names.

    Raises RequestError where one's own folder, or a package that brings mappings, cannot be used.
    """
    found: dict[str, Entry] = {}
    for origin, paths in _places(kind):
        for path in paths:
            first = found.setdefault(path.stem, Entry(path.stem, path, origin))
            if first.origin != origin:
                found[path.stem] = replace(first, hides=(*first.hides, origin))
    return dict(sorted(found.items()))


def notes_on(mapping: str | Path | None, reference: str | Path | None) -> list[str]:
    """What has to be said of a mapping and a reference stream that are named: that they hide others of their name."""
    notes = []
    for kind, name in ((Kind.EXPORTS, mapping), (Kind.STREAMS, reference)):
        if isinstance(name, str) and not name.endswith((".yaml", ".yml")):
            entry = catalogue(kind).get(name)
            notes += [entry.note] if entry is not None and entry.note is not None else []
    return notes


def _places(kind: Kind) -> Iterator[tuple[str, list[Path]]]:
    folder = _own_folder()
    if folder is not None:
        yield f"folder {shown(folder.absolute())}", _in_own_folder(folder, kind)
    for extension in extensions(MAPPINGS):
        yield f"package {extension.package}", _yaml_files(_folder_of(extension) / kind)
    yield SHIPPED, _yaml_files(shipped(f"mappings/{kind}"))


def _own_folder() -> Path | None:
    given = os.environ.get(VARIABLE)
    folder = _own.get() or (Path(given) if given else None)
    if folder is not None and not folder.is_dir():
        todo = f"name a folder with --mappings or {VARIABLE}"
        raise RequestError(Problem("there is no such folder of mappings", file=str(folder), todo=todo))
    return folder


def _in_own_folder(folder: Path, kind: Kind) -> list[Path]:
    direct = [path for path in _yaml_files(folder) if _kind_of(path) is kind]
    return [*_yaml_files(folder / kind), *direct]


def _kind_of(path: Path) -> Kind:
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from error
    return Kind.STREAMS if _STREAM.search(text) else Kind.EXPORTS


def _folder_of(extension: Extension) -> Path:
    places = list(getattr(extension.load(), "__path__", ()))
    if not places or not Path(places[0]).is_dir():
        raise extension.wrong("names no package whose folder could be looked into", extension.point.value)
    folder = Path(places[0])
    if not any((folder / kind).is_dir() for kind in Kind):
        raise extension.wrong("brings no mappings: it has neither a folder exports nor a folder streams")
    return folder


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.is_file())
