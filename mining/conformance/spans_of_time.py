"""Lengths of time as people write them: "2 days", "4 hours", "30 minutes"."""

from __future__ import annotations

import re

_MINUTE = 60_000_000
_UNITS = {"minute": _MINUTE, "hour": 60 * _MINUTE, "day": 24 * 60 * _MINUTE, "week": 7 * 24 * 60 * _MINUTE}
_FORM = re.compile(r"\s*(\d{1,6})\s+(working\s+)?([a-z]+?)s?\s*", re.IGNORECASE)
FORMS = "such as 2 days, 4 hours, 30 minutes or 1 week"


class WorkingTime(ValueError):
    """A length of working time, for which no calendar is there."""


def length_of_time(text: object) -> tuple[int, str] | None:
    """The microseconds of a length of elapsed time, and how it is told; None where it is none, or none at all.

    Raises WorkingTime where it is told in working time.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[3].lower() not in _UNITS or not int(found[1]):
        return None
    if found[2]:
        raise WorkingTime
    number, unit = int(found[1]), found[3].lower()
    return number * _UNITS[unit], f"{number} {unit}{'' if number == 1 else 's'}"
