"""XML, read as a stream by expat, which says of itself where a file breaks off or is no XML.

Entities are refused as soon as one is declared: expat then expands nothing, and no file of a few lines unfolds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from mining.core.errors import InputError, MiningError, Problem, RequestError
from mining.sources.opened import Visit

_CHUNK = 1 << 20
_BROKEN_OFF = {
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
}


class XmlStream:
    """One file of the format `format`; all handlers but that of beginnings are set on `parser` before `read`."""

    def __init__(self, visit: Visit, format: str) -> None:
        self._visit, self._format = visit, format
        self.parser = expat.ParserCreate()
        self.parser.EntityDeclHandler = self._refuse
        self._begun = False

    def read(self, start: Callable[[str, dict[str, str]], None], *, is_root: Callable[[str], bool]) -> None:
        """Read the file to its end, telling `start` of each element that begins.

        `is_root` says whether an outermost element is one of this format.

        Raises InputError where it breaks off or is damaged, RequestError where it is something else.
        """
        name, path = self._visit.name, self._visit.plain.path
        size, read = path.stat().st_size or 1, 0

        def first(tag: str, attributes: dict[str, str]) -> None:
            if not is_root(tag):
                raise RequestError(_other_root(name, self._format, tag))
            self._begun = True
            self.parser.StartElementHandler = start
            start(tag, attributes)

        self.parser.StartElementHandler = first
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    read += len(chunk)
                    self.parser.Parse(chunk, False)
                    self._visit.progress(f"reading {name}", read / size)
                self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._unreadable(error, name, empty=read == 0) from error
        except (LookupError, ValueError) as error:  # an encoding that expat leaves to Python
            text, todo = "is in an encoding that is not read", "save it as UTF-8"
            raise RequestError(Problem(text, file=name, found=str(error)[:80], todo=todo)) from error

    def _refuse(self, entity: str, *_: Any) -> None:
        todo = "an event log has no use for entities: have it exported again without"
        text = "declares an XML entity, which is refused"
        raise RequestError(Problem(text, file=self._visit.name, found=entity, todo=todo))

    def _unreadable(self, error: expat.ExpatError, name: str, *, empty: bool) -> MiningError:
        said = expat.errors.messages[error.code]
        if empty:
            return RequestError(Problem("is empty", file=name, todo="export the log again"))
        if not self._begun:
            text = f"is no {self._format}: it is not even XML"
            return RequestError(Problem(text, file=name, line=error.lineno, found=said))
        text = "breaks off" if error.code in _BROKEN_OFF else "is damaged: from here on it is no XML"
        todo = "fetch or export the file again; nothing was concluded from its beginning"
        return InputError(Problem(text, file=name, line=error.lineno, found=said, todo=todo))


def _other_root(name: str, format: str, tag: str) -> Problem:
    todo = "name an event log: its outermost element is <log>"
    return Problem(f"is XML, but no {format}", file=name, found=f"<{tag[:40]}>", todo=todo)
