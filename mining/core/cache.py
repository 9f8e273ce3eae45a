"""What earlier runs worked out and a later one need not work out again: files in a folder, found by the hash of all
that they depend on.

An entry is a small JSON file, and Parquet files that are called by their own SHA-256. Everything is written under
another name and renamed, so that an entry is whole or absent, and two runs that write the same one do no harm. Whatever
is damaged is put down as not there, removed, and said. Nothing may depend on an entry being there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import zoneinfo
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from mining.core.errors import MiningError, shown
from mining.core.files import whole

_FORMAT = 1
_ORPHANS = 3600.0  # seconds after which a Parquet file that no entry names is removed: a run may be about to name it
_OURS = re.compile(r"vsm-[a-z]+-[0-9a-f]{24}-[0-9a-f]{32}\.json|vsm-[0-9a-f]{64}\.parquet|\.vsm-\d+-\d+\.partial")
_PACKAGES = ("duckdb", "ibis-framework", "pyarrow", "pm4py", "tzdata")


def digest_of(*parts: object) -> str:
    """A hash of what something depends on, by how Python writes it down."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()


@cache
def program() -> str:
    """A hash of the program itself and of the libraries that compute: another one makes everything anew."""
    digest = hashlib.sha256(str(_FORMAT).encode())
    package = Path(__file__).parent.parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            digest.update(f"{name} {metadata.version(name)}".encode())
    for folder in zoneinfo.TZPATH:  # Python asks the system for zones before it asks the package
        with suppress(OSError), Path(folder, "tzdata.zi").open("rb") as file:
            digest.update(file.readline())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was worked out: what is `told` of it, and the Parquet files that hold its rows, in order."""

    key: str
    told: dict[str, Any]
    parts: tuple[str, ...]
    path: Path

    @property
    def files(self) -> list[Path]:
        """Where its Parquet files are."""
        return [self.path.with_name(_parquet(part)) for part in self.parts]


class Cache:
    """Entries of a kind, in families: those of one family differ only in the content that they were made of.

    `at_most` are the bytes that the folder may hold after `tidy`, `keep` the seconds that an entry stays unused.
    `said` is what has to be said of damage; `used` counts what was found, and what had to be made, by kind.
    """

    def __init__(self, folder: Path, *, at_most: int, keep: float, now: Callable[[], float] = time.time) -> None:
        self.folder, self._at_most, self._keep, self._now = folder, at_most, keep, now
        self.said: list[str] = []
        self.used: Counter[str] = Counter()

    def find(self, kind: str, family: str, key: str) -> Entry | None:
        """The entry, if it is there and whole."""
        path = self._path(kind, family, key)
        found = self._read(path) if path.exists() else None
        return None if found is None or found.key != key or not self.is_whole(found) else found

    def family(self, kind: str, family: str) -> list[Entry]:
        """All entries of a family, the newest first. Their Parquet files are not looked at: ask `is_whole`."""
        paths = sorted(self._in(f"vsm-{kind}-{family[:24]}-*.json"), key=_used, reverse=True)
        return [entry for path in paths if (entry := self._read(path)) is not None]

    def is_whole(self, entry: Entry) -> bool:
        """Whether its Parquet files are there as they were written; else the entry is removed, and that is said."""
        for file, part in zip(entry.files, entry.parts, strict=True):
            try:
                with file.open("rb") as opened:
                    found = hashlib.file_digest(opened, "sha256").hexdigest()
            except OSError:
                found = ""
            if found != part:
                self.damaged(entry.path, "its rows are not as they were written" if found else "its rows are gone")
                _remove(file)
                return False
        with suppress(OSError):
            os.utime(entry.path, (self._now(), self._now()))
        return True

    def damaged(self, path: Path, why: str) -> None:
        """Remove an entry that cannot be used, and say so."""
        self.said.append(f"{shown(path.name)} of the cache was damaged ({why}); what it held was worked out anew.")
        _remove(path)

    def put(
        self,
        kind: str,
        family: str,
        key: str,
        told: dict[str, Any],
        *,
        write: Callable[[Path], None] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        """Keep an entry: `write` writes its rows to a path, `before` are Parquet files that stand before those.

        What cannot be written, since the disk is full, say, is not kept, and that is said.
        """
        try:
            parts = (*before, *(() if write is None else (self._written(write),)))
            body = {"key": key, "told": told, "parts": parts}
            text = json.dumps(body, ensure_ascii=False, sort_keys=True)
            with whole(self._path(kind, family, key)) as partial:
                partial.write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", encoding="utf-8")
                partial.chmod(0o600)
                os.utime(partial, (self._now(), self._now()))
        except (MiningError, OSError) as error:
            why = error.problems[0].text if isinstance(error, MiningError) else error.strerror
            self.said.append(f"The cache could not be written: {why}.")

    def tidy(self) -> None:
        """Remove what was not used for long, then what was not used longest until the rest fits; and all that no entry
        names. Whoever removes the whole folder loses nothing but time."""
        named: set[str] = set()
        gone: set[str] = set()
        size = 0
        for path in sorted(self._in("vsm-*.json"), key=_used, reverse=True):
            entry = self._read(path)
            if entry is None:
                continue
            files = {_parquet(part) for part in entry.parts} - named
            more = sum(_size(file) for file in [path, *map(self.folder.__truediv__, files)])
            if _used(path) < self._now() - self._keep or size + more > self._at_most:
                _remove(path)
                gone |= files
                continue
            named |= files
            size += more
        for file in [*self._in("vsm-*.parquet"), *self._in(".vsm-*.partial")]:
            if file.name not in named and (file.name in gone or _used(file) < self._now() - _ORPHANS):
                _remove(file)

    def _path(self, kind: str, family: str, key: str) -> Path:
        return self.folder / f"vsm-{kind}-{family[:24]}-{key[:32]}.json"

    def _in(self, pattern: str) -> list[Path]:
        """Files of ours: others in the folder are never touched, whatever they are called."""
        found = self.folder.glob(pattern) if self.folder.is_dir() else ()
        return [path for path in found if _OURS.fullmatch(path.name)]

    def _read(self, path: Path) -> Entry | None:
        try:
            checksum, _, text = path.read_text(encoding="utf-8").partition("\n")
        except FileNotFoundError:  # another run tidied
            return None
        except (OSError, UnicodeDecodeError):
            checksum = text = ""
        if not checksum or hashlib.sha256(text.encode()).hexdigest() != checksum:
            self.damaged(path, "it is not as it was written")
            return None
        body = json.loads(text)
        return Entry(body["key"], body["told"], tuple(body["parts"]), path)

    def _written(self, write: Callable[[Path], None]) -> str:
        fresh = self.folder / f".vsm-{os.getpid()}-{time.monotonic_ns()}.partial"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(fresh)
            with fresh.open("rb") as file:
                part = hashlib.file_digest(file, "sha256").hexdigest()
            fresh.chmod(0o600)
            fresh.replace(self.folder / _parquet(part))
        finally:
            _remove(fresh)
        return part


def _parquet(part: str) -> str:
    return f"vsm-{part}.parquet"


def _used(path: Path) -> float:
    """When it was used last; 0 where another run removed it meanwhile."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
