"""What is read alike in several parts of a mapping file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from mining.core.activities import Activity
from mining.core.errors import nearest
from mining.core.yaml_reader import YamlReader
from mining.core.yamlio import At

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Roles:
    """The names that rules may use for columns, and what holds of columns throughout the file."""

    event: str | None = None
    group: str | None = None
    actor: str | None = None
    ticket_type: str = "ticket"
    system_actors: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("",)
    final: tuple[str, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()  # of `changes`: what the columns of field, old and new are called

    def column(self, name: str) -> str:
        """The column that `name` stands for: that of a role where the export has it, else the name itself."""
        by_role = {"event": self.event, "group": self.group, "actor": self.actor, **dict(self.changes)}
        return by_role.get(name) or name


@dataclass(slots=True)
class Reader(YamlReader):
    """What parts of a mapping file have in common: texts, lists of them, keys that nobody knows."""

    def text(self, at: At, data: Any) -> str | None:
        """`data` where it is text that says something; else a problem is noted."""
        if isinstance(data, str) and data:
            return data
        self.complain(at, "text is expected here", found=shortly(data), todo=how_to_quote(data))
        return None

    def texts(self, at: At, data: Any) -> tuple[str, ...] | None:
        """`data` where it is text or a list of texts."""
        if not isinstance(data, list):
            text = self.text(at, data)
            return None if text is None else (text,)
        if not data:
            self.complain(at, "the list is empty")
        read = [self.text((*at, i), each) for i, each in enumerate(data)]
        found = tuple(each for each in read if each is not None)
        return found if found and len(found) == len(read) else None

    def truth(self, at: At, data: Any) -> bool | None:
        """`data` where it is true or false."""
        if isinstance(data, bool):
            return data
        self.complain(at, "true or false is expected here", found=shortly(data))
        return None

    def one_of(self, kind: type[_E], at: At, data: Any) -> _E | None:
        """`data` as a member of `kind`."""
        known = [member.value for member in kind]
        if isinstance(data, str) and data in known:
            return kind(data)
        self.unknown(at, f"unknown {_WHAT.get(kind.__name__, kind.__name__.lower())}", data, known)
        return None

    def unknown(self, at: At, text: str, data: Any, known: Iterable[str]) -> None:
        """Note that `data` is none of `known`, and which of those look like it."""
        names = list(known)
        near = _near(str(data), names)
        todo = f'did you mean "{near[0]}"?' if near else None
        self.complain(at, text, found=shortly(data), expected=", ".join(near or names), todo=todo)


_WHAT = {"End": "end", "Value": "value", "Activity": "activity"}
_BY_DISPLAY = {activity.display.lower(): activity.value for activity in Activity}


def _near(word: str, names: list[str]) -> list[str]:
    shown = _BY_DISPLAY.get(word.lower())
    return [shown] if shown in names and shown is not None else nearest(word, names)


def shortly(data: Any) -> str:
    """What was found, short enough for a message."""
    if isinstance(data, dict):
        return "a group of keys: " + ", ".join(map(str, list(data)[:5]))
    if isinstance(data, list):
        return "a list"
    if data is None:
        return "nothing"
    if isinstance(data, bool):
        return "true or false (yes, no, on and off are read so too)"
    text = str(data)
    return text if len(text) <= 80 else text[:80] + "…"


def how_to_quote(data: Any) -> str | None:
    """The advice for a scalar that YAML did not read as text."""
    if data is None or data == "":
        return "for a cell that is missing, write {missing: true}"
    return None if isinstance(data, dict | list) else "put it in quotes, so that it is compared as text"
