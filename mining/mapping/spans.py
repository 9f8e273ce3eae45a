"""Spans of time as a mapping writes them: a number and a unit."""

from __future__ import annotations

import re

_SECOND = 1_000_000
_UNITS = {
    "minute": 60 * _SECOND,
    "hour": 3_600 * _SECOND,
    "day": 86_400 * _SECOND,
    "week": 7 * 86_400 * _SECOND,
}
EXPECTED = "a number and a unit, such as 90 minutes, 36 hours, 7 days or 2 weeks"
MOST = 100 * 366 * 86_400 * _SECOND
"""A hundred years: more is a slip."""


def read_span(text: str) -> int | None:
    """A span as microseconds; None where it is none, is nothing, or is longer than `MOST`."""
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*(minute|hour|day|week)s?\s*", text)
    span = int(found[1]) * _UNITS[found[2]] if found else 0
    return span if 0 < span <= MOST else None


def in_words(span: int) -> str:
    """7 days, from microseconds, in the largest unit that tells it whole."""
    unit, size = next((unit, size) for unit, size in reversed(_UNITS.items()) if span % size == 0 or unit == "minute")
    number = span // size
    return f"{number} {unit}{'' if number == 1 else 's'}"
