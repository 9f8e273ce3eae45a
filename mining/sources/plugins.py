"""Formats that other packages bring, asked before our own; what goes wrong in one is told with its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from mining.core.extensions import FORMATS, Extension, extensions
from mining.sources.opened import PROTOCOL, Opened, Visit

_NEEDED = ("NAME", "fits", "open_file")


class Plugin:
    """A `Format` of another package. Raises RequestError, naming the extension, wherever it does not keep to that."""

    def __init__(self, extension: Extension) -> None:
        self._extension = extension
        self._format = extension.load()
        lacking = [name for name in _NEEDED if not hasattr(self._format, name)]
        if lacking:
            raise extension.wrong("is no format", f"it lacks {', '.join(lacking)}")
        protocol = getattr(self._format, "PROTOCOL", PROTOCOL)
        if protocol != PROTOCOL:
            raise extension.wrong(f"was made for protocol {protocol} of formats; this program has {PROTOCOL}")
        self.NAME = str(self._format.NAME)
        suffixes = getattr(self._format, "SUFFIXES", ())
        self.suffixes = tuple(
            str(suffix).lower() for suffix in ((suffixes,) if isinstance(suffixes, str) else suffixes)
        )

    def fits(self, name: str, head: bytes) -> bool:
        """Whether a file of that name, beginning with those bytes, is of this format."""
        with self._extension.answering("its fits", name):
            return bool(self._format.fits(name, head))

    def open_file(self, visit: Visit) -> Opened:
        """Make the file ready to be scanned."""
        with self._extension.answering("its open_file", visit.name):
            opened = self._format.open_file(visit)
        if not isinstance(opened, Opened):
            raise self._extension.wrong("returned no Opened from its open_file", type(opened).__name__, visit.name)
        return replace(
            opened,
            mend=self._guarded("its mend", opened.mend, visit),
            confirm=self._guarded("its confirm", opened.confirm, visit),
        )

    def _guarded(
        self, doing: str, call: Callable[[Opened], Any] | None, visit: Visit
    ) -> Callable[[Opened], Any] | None:
        if call is None:
            return None

        def guarded(opened: Opened) -> Any:
            with self._extension.answering(doing, visit.name):
                return call(opened)

        return guarded


@cache
def plugins() -> tuple[Plugin, ...]:
    """The formats of other packages, in the order of their names."""
    return tuple(Plugin(extension) for extension in extensions(FORMATS))
