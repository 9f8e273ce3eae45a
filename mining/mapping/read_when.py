"""From the YAML of a `when` to a condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mining.core.yamlio import At
from mining.mapping.conditions import (
    AllOf,
    AnyOf,
    Cell,
    Condition,
    Constant,
    Differs,
    First,
    Last,
    Matches,
    Missing,
    Not,
    OneOf,
)
from mining.mapping.patterns import fault_in
from mining.mapping.reader import Reader, Roles, shortly

PREVIOUS = "previous."


@dataclass(frozen=True, slots=True)
class WhenReader:
    """Reads the `when`s of one file. What is wrong is noted in `reader`, and None returned for it."""

    reader: Reader
    roles: Roles

    def when(self, at: At, data: Any) -> Condition | None:
        """The condition that all entries of a `when` hold."""
        if not isinstance(data, dict) or not data:
            todo = "for rows that no rule meets, use otherwise"
            self.reader.complain(at, "a when names at least one condition", found=shortly(data), todo=todo)
            return None
        return _all([self._entry((*at, key), key, value) for key, value in data.items()])

    def cell(self, at: At, key: Any) -> Cell | None:
        """The cell that a key names: COLUMN or previous.COLUMN, a role standing for its column."""
        name = self.reader.text(at, key)
        if name is None:
            return None
        column = self.roles.column(name.removeprefix(PREVIOUS))
        if not column:
            self.reader.complain(at, "a column is missing after previous.")
            return None
        if column in self.roles.final:
            self.reader.complain(
                at,
                f'"{column}" is listed under final: it is known only at the end, so nothing may look at it',
                todo="look at a column that tells what was known then, or take it from final",
            )
            return None
        return Cell(column, name.startswith(PREVIOUS))

    def _entry(self, at: At, key: Any, value: Any) -> Condition | None:
        match key:
            case "first":
                return self._turned(First(), at, value)
            case "last":
                return self._turned(Last(), at, value)
            case "any":
                return self._any(at, value)
            case "ticket_type":
                texts = self.reader.texts(at, value)
                return None if texts is None else Constant(self.roles.ticket_type in texts)
            case _:
                cell = self.cell(at, key)
                return None if cell is None else self._condition(at, cell, value)

    def _any(self, at: At, value: Any) -> Condition | None:
        if not isinstance(value, list) or not value:
            self.reader.complain(at, "any is a list of whens", found=shortly(value))
            return None
        parts = [self.when((*at, i), each) for i, each in enumerate(value)]
        found = tuple(part for part in parts if part is not None)
        return AnyOf(found) if len(found) == len(parts) else None

    def _condition(self, at: At, cell: Cell, value: Any) -> Condition | None:
        if not isinstance(value, dict):
            return self._one_of(at, cell, value)
        if not value:
            self.reader.complain(at, "a condition is missing", expected=", ".join(_OPERATORS))
            return None
        return _all([self._operator((*at, key), cell, key, inner) for key, inner in value.items()])

    def _operator(self, at: At, cell: Cell, key: Any, value: Any) -> Condition | None:
        read = _OPERATORS.get(key)
        if read is None:
            self.reader.unknown(at, f'there is no condition "{key}"', key, _OPERATORS)
            return None
        return read(self, at, cell, value)

    def _one_of(self, at: At, cell: Cell, value: Any) -> Condition | None:
        texts = self.reader.texts(at, value)
        for text in texts or ():
            if text in self.roles.missing:
                todo = "write {missing: true}"
                self.reader.complain(at, f'cells with "{text}" are read as missing, so this never holds', todo=todo)
                return None
        return None if texts is None else OneOf(cell, texts)

    def _matches(self, at: At, cell: Cell, value: Any) -> Condition | None:
        pattern = self.reader.text(at, value)
        fault = None if pattern is None else fault_in(pattern)
        if fault is not None:
            self.reader.complain(at, f"the regular expression {fault}", found=shortly(pattern))
        return None if pattern is None or fault is not None else Matches(cell, pattern)

    def _missing(self, at: At, cell: Cell, value: Any) -> Condition | None:
        return self._turned(Missing(cell), at, value)

    def _not(self, at: At, cell: Cell, value: Any) -> Condition | None:
        inner = self._condition(at, cell, value)
        return None if inner is None else Not(inner)

    def _differs(self, at: At, cell: Cell, value: Any) -> Condition | None:
        if cell.previous:
            self.reader.complain(at, "differs compares the row with the row before, so it stands without previous.")
            return None
        if isinstance(value, dict) and set(value) in ({"null"}, {None}):  # YAML reads an unquoted null as nothing
            null = self.reader.truth(at, next(iter(value.values())))
            return None if null is None else Differs(cell.column, null)
        if not isinstance(value, bool):
            self.reader.complain(at, "differs is true, false or {null: true}", found=shortly(value))
            return None
        return self._turned(Differs(cell.column), at, value)

    def _system(self, at: At, cell: Cell, value: Any) -> Condition | None:
        roles = self.roles
        if cell.column != roles.actor:
            text = "system asks what kind of actor it was, so it goes with the actor's column"
            expected = roles.actor or "an actor under export"
            self.reader.complain(at, text, found=cell.column, expected=expected)
            return None
        if not roles.system_actors:
            self.reader.complain(at, "no actor is known to be a machine", todo="list them under system_actors")
            return None
        return self._turned(OneOf(cell, roles.system_actors), at, value)

    def _turned(self, condition: Condition, at: At, value: Any) -> Condition | None:
        truth = self.reader.truth(at, value)
        if truth is None:
            return None
        return condition if truth else Not(condition)


def _all(parts: list[Condition | None]) -> Condition | None:
    found = tuple(part for part in parts if part is not None)
    if len(found) != len(parts):
        return None
    return found[0] if len(found) == 1 else AllOf(found)


_OPERATORS = {
    "is": WhenReader._one_of,  # noqa: SLF001
    "matches": WhenReader._matches,  # noqa: SLF001
    "missing": WhenReader._missing,  # noqa: SLF001
    "not": WhenReader._not,  # noqa: SLF001
    "differs": WhenReader._differs,  # noqa: SLF001
    "system": WhenReader._system,  # noqa: SLF001
}
