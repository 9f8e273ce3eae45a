"""The rule language once more, row by row in plain Python, to compare the compiled expression with.

It is written from the description of the language alone: a condition is True, False, or None where it cannot be told.
"""

from __future__ import annotations

import re
from typing import Any

Row = dict[str, Any]

ROLES = {"event": "state", "group": "team", "actor": "who"}


def decisions(rules: list[dict[str, Any]], machines: list[str], rows: list[Row]) -> list[int | None]:
    """For each row (in the order of its ticket) the index of the rule that decides, None where none does."""
    return [
        next((i for i, rule in enumerate(rules) if _when(rule["when"], rows, at, machines) is True), None)
        for at in range(len(rows))
    ]


def _when(when: dict[str, Any], rows: list[Row], at: int, machines: list[str]) -> bool | None:
    return _all([_entry(key, value, rows, at, machines) for key, value in when.items()])


def _entry(key: str, value: Any, rows: list[Row], at: int, machines: list[str]) -> bool | None:
    if key == "first":
        return (at == 0) is value
    if key == "last":
        return (at == len(rows) - 1) is value
    if key == "any":
        return _not(_all([_not(_when(each, rows, at, machines)) for each in value]))
    previous = key.startswith("previous.")
    name = key.removeprefix("previous.")
    column = ROLES.get(name, name)
    before = rows[at - 1] if at else None
    row = before if previous else rows[at]
    return _condition(value, column, row, before, machines)


def _condition(value: Any, column: str, row: Row | None, before: Row | None, machines: list[str]) -> bool | None:
    if not isinstance(value, dict):
        texts = value if isinstance(value, list) else [value]
        return None if row is None or row[column] is None else row[column] in texts
    return _all([_operator(name, inner, column, row, before, machines) for name, inner in value.items()])


def _operator(
    name: str, inner: Any, column: str, row: Row | None, before: Row | None, machines: list[str]
) -> bool | None:
    if name == "not":
        return _not(_condition(inner, column, row, before, machines))
    if name == "is":
        return _condition(inner, column, row, before, machines)
    if row is None:
        return None
    cell = row[column]
    if name == "missing":
        return (cell is None) is inner
    if name == "matches":
        return None if cell is None else re.search(inner, cell) is not None
    if name == "system":
        return None if cell is None else (cell in machines) is inner
    assert name == "differs"
    if before is None:
        return None
    if isinstance(inner, dict):
        return bool(cell != before[column]) if inner["null"] else _differs(cell, before[column])
    differs = _differs(cell, before[column])
    return differs if inner else _not(differs)


def _differs(cell: str | None, before: str | None) -> bool | None:
    return None if cell is None or before is None else cell != before


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _all(truths: list[bool | None]) -> bool | None:
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True
