"""The file of acceptances: reading it, with every problem told by its line, and changing it by whole entries, so that
what people wrote beside them stays and a version control shows what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mining.conformance.scopes import read_scope, read_values
from mining.core.acceptances import Acceptance
from mining.core.errors import ConfigError, Problem, RequestError, nearest
from mining.core.files import write_text
from mining.core.results import DeviationKind
from mining.core.yamlio import At, YamlFile, read_yaml

_KEYS = ("deviation", "reference", "owner", "reason", "until", "accepted", "where", "tickets")
_NEEDED = ("deviation", "reference", "owner", "reason", "until")
_KINDS = tuple(kind.value.replace(" ", "-") for kind in DeviationKind)
_HEAD = """\
# Deviations that are accepted, each with an owner, a reason and the last day on which that holds.
# `vsm deviations accept` and `withdraw` change this file by whole entries; it may be edited by hand, too.
acceptances:
"""


def load_acceptances(path: str | Path) -> tuple[Acceptance, ...]:
    """The acceptances of a file, in its order.

    Raises RequestError where it cannot be read, ConfigError with every problem, each with file and line, where its
    content is wrong.
    """
    return _read(read_yaml(Path(path)))


def _read(file: YamlFile) -> tuple[Acceptance, ...]:
    problems: list[Problem] = []
    entries = file.data.get("acceptances") if isinstance(file.data, dict) else None
    if not isinstance(file.data, dict) or set(file.data) != {"acceptances"} or not isinstance(entries, list | None):
        todo = "begin with `acceptances:` and a list under it"
        raise ConfigError(file.problem((), "this is no file of acceptances", todo=todo))
    found = [_entry(file, entry, ("acceptances", i), problems) for i, entry in enumerate(entries or [])]
    seen: dict[tuple[Any, ...], int] = {}
    for one in found:
        if one is not None and seen.setdefault(identity(one), one.line or 0) != one.line:
            text = f"this acceptance stands here a second time; the first is on line {seen[identity(one)]}"
            problems.append(Problem(text, file=file.name, line=one.line, todo="leave one of them out"))
    if problems:
        raise ConfigError(*problems)
    return tuple(one for one in found if one is not None)


def identity(one: Acceptance) -> tuple[Any, ...]:
    """What makes two acceptances the same: deviation, reference stream and scope."""
    return (one.reference, one.deviation, one.where, one.tickets)


def _entry(file: YamlFile, entry: Any, at: At, problems: list[Problem]) -> Acceptance | None:
    if not isinstance(entry, dict):
        text = "an acceptance has the keys " + ", ".join(_NEEDED)
        problems.append(file.problem(at, text, found=None if entry is None else str(entry)))
        return None
    reader = _Entry(file, entry, at, problems)
    before = len(problems)
    reader.keys()
    texts = {key: reader.text(key) for key in ("deviation", "reference", "owner", "reason")}
    until = reader.needed("until", _day, "`until` is the last day on which this holds", "such as 2027-03-31")
    accepted = reader.optional("accepted", _day, "`accepted` is the day on which this was accepted", "a day")
    where = reader.optional(
        "where", read_scope, "`where` names attributes and their values", "such as {priority: [4, 5]}"
    )
    tickets = reader.optional("tickets", read_values, "`tickets` is a list of tickets", "such as [INC0012345]")
    if len(problems) > before:
        return None
    return Acceptance(
        **texts, until=until, accepted=accepted, where=where or (), tickets=tickets or (), line=file.line(at)
    )


class _Entry:
    """Reads one acceptance, and adds what is wrong with it to `problems`."""

    def __init__(self, file: YamlFile, data: dict[Any, Any], at: At, problems: list[Problem]) -> None:
        self._file, self._data, self._at, self._problems = file, data, at, problems

    def _wrong(self, key: str, text: str, expected: str | None = None, todo: str | None = None) -> None:
        found = None if self._data.get(key) is None else str(self._data[key])
        self._problems.append(self._file.problem((*self._at, key), text, found=found, expected=expected, todo=todo))

    def keys(self) -> None:
        """Whether all keys are known."""
        for key in self._data:
            if key not in _KEYS:
                near = nearest(str(key), _KEYS)
                todo = f"did you mean {' or '.join(near)}?" if near else None
                self._wrong(key, f'the key "{key}" is not known here', ", ".join(_KEYS), todo)

    def text(self, key: str) -> str:
        """The words at `key`."""
        text = _text(self._data.get(key))
        if text is None:
            self._wrong(key, f"an acceptance needs `{key}`, in words")
        elif key == "deviation" and text.partition("/")[0] not in _KINDS:
            self._wrong(key, "this is no key of a deviation", "one that vsm deviations list shows")
        return text or ""

    def needed(self, key: str, read: Callable[[Any], Any], text: str, expected: str) -> Any:
        """What `read` makes of the part at `key`, which has to be there."""
        found = read(self._data.get(key))
        if found is None:
            self._wrong(key, text, expected)
        return found

    def optional(self, key: str, read: Callable[[Any], Any], text: str, expected: str) -> Any:
        """What `read` makes of the part at `key`; None where there is none."""
        return None if key not in self._data else self.needed(key, read, text, expected)


def _text(data: Any) -> str | None:
    return data.strip() if isinstance(data, str) and data.strip() else None


def _day(data: Any) -> date | None:
    return data if isinstance(data, date) and not isinstance(data, datetime) else None


# ------------------------------------------------------------------------------------------------------- changing


def add_acceptance(path: Path, one: Acceptance) -> None:
    """Write `one` into the file, which need not be there yet, before the first entry that comes later by reference
    stream and deviation. Raises RequestError where it is accepted already."""
    if not path.exists():
        write_text(path, _HEAD + _as_yaml(one))
        return
    present = load_acceptances(path)
    for other in present:
        if identity(other) == identity(one):
            todo = "withdraw it first, or edit the file"
            found = f"{other.scope}, by {other.owner}, until {other.until}"
            raise RequestError(Problem("this is accepted already", str(path), other.line, found=found, todo=todo))
    if not present:
        write_text(path, _HEAD + _as_yaml(one))
        return
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    later = next((other for other in present if identity(other) > identity(one)), None)
    at = len(lines) if later is None or later.line is None else _begin(lines, later.line) - 1
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    write_text(path, "".join([*lines[:at], _as_yaml(one, _indent(lines, present)), *lines[at:]]))
    load_acceptances(path)


def remove_acceptances(path: Path, gone: Sequence[Acceptance]) -> None:
    """Take these entries (of `load_acceptances`) out of the file, with the comments right above them."""
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    starts = sorted(one.line for one in load_acceptances(path) if one.line is not None)
    begins = [_begin(lines, line) for line in starts]
    last = max((number for number, line in enumerate(lines, 1) if not _is_comment(line)), default=0)
    ends = dict(zip(starts, [*begins[1:], last + 1], strict=True))
    dropped = {line for one in gone if one.line is not None for line in range(_begin(lines, one.line), ends[one.line])}
    write_text(path, "".join(line for number, line in enumerate(lines, 1) if number not in dropped))


def _begin(lines: Sequence[str], line: int) -> int:
    """The first line of an entry, the comments right above it included. Lines count from 1."""
    while line > 1 and lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _indent(lines: Sequence[str], present: Sequence[Acceptance]) -> str:
    first = lines[(present[0].line or 1) - 1]
    return first[: len(first) - len(first.lstrip())]


def _as_yaml(one: Acceptance, indent: str = "  ") -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML one, whatever it holds

    lines = [f"deviation: {quoted(one.deviation)}", f"reference: {quoted(one.reference)}"]
    if one.where:
        lines.append("where:")
        lines += [f"  {quoted(name)}: [{', '.join(map(quoted, values))}]" for name, values in one.where]
    if one.tickets:
        lines.append(f"tickets: [{', '.join(map(quoted, one.tickets))}]")
    lines += [f"owner: {quoted(one.owner)}", f"reason: {quoted(one.reason)}", f"until: {one.until.isoformat()}"]
    if one.accepted is not None:
        lines.append(f"accepted: {one.accepted.isoformat()}")
    return "".join(f"{indent}{'- ' if i == 0 else '  '}{line}\n" for i, line in enumerate(lines))
