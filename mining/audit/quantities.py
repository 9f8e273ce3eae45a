"""Numbers with units as people write them, and back into words: "85 %", "5 points", "4 h", "8 days"."""

from __future__ import annotations

import re
from datetime import timedelta

from mining.audit.plan import Quantity
from mining.core.audit import Unit

SECOND = 1_000_000
_LENGTHS = {
    "s": SECOND,
    "min": 60 * SECOND,
    "h": 3_600 * SECOND,
    "d": 86_400 * SECOND,
    "week": 7 * 86_400 * SECOND,
}
_NAMES = {"second": "s", "minute": "min", "hour": "h", "day": "d", "week": "week"}
_QUANTITY = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*(%|[A-Za-z]+)?")
_WORKING_DAYS = re.compile(r"([0-9]+(?:\.[0-9]+)?) working days? of ([0-9]+(?:\.[0-9]+)?) (?:h|hours)")
_SHARES = re.compile(r"(^|_)(share|shares|fitness|rate|lower|upper)(_|$)")


def unit_of(figure: str) -> Unit:
    """What a figure of `result.json` is counted in, by its name: `…_us` is a duration, `…_share` and the like a
    share."""
    last = re.sub(r"\[[^\]]*\]$", "", figure).rsplit(".", 1)[-1]
    if last.endswith("_us"):
        return Unit.DURATION
    return Unit.SHARE if _SHARES.search(last) else Unit.NUMBER


def duration(text: object) -> int | None:
    """A text such as "10 min", "2 hours", or "5 working days of 8 h" (40 hours), as microseconds.

    None where that is no duration.
    """
    days = _WORKING_DAYS.fullmatch(str(text).strip())
    if days is not None:
        return round(float(days[1]) * float(days[2]) * _LENGTHS["h"])
    found = _QUANTITY.fullmatch(str(text).strip())
    if found is None or found[2] is None:
        return None
    word = found[2] if found[2] in _LENGTHS else _NAMES.get(found[2].removesuffix("s"), "")
    return round(float(found[1]) * _LENGTHS[word]) if word in _LENGTHS else None


def span(text: object) -> timedelta | None:
    """Like `duration`, as a timedelta."""
    found = duration(text)
    return None if found is None or found < 0 else timedelta(microseconds=found)


def limit(text: object, unit: Unit) -> Quantity | None:
    """A bound on a figure of this unit, as the audit file says it: a share from 0 to 1, a duration in microseconds, a
    number; None where `text` is none."""
    if unit is Unit.DURATION:
        length = duration(text)
        return None if length is None else Quantity(length, unit, str(text))
    found = _QUANTITY.fullmatch(str(text).strip()) if not isinstance(text, bool) else None
    if found is None:
        return None
    number, word = float(found[1]), found[2]
    if unit is Unit.SHARE and word == "%":
        return Quantity(number / 100, unit, str(text))
    if word is not None or (unit is Unit.SHARE and not 0 <= number <= 1):
        return None
    return Quantity(number, unit, str(text))


def distance(text: object, unit: Unit) -> Quantity | None:
    """A bound on how far a figure may be from another; "5 %" is of that other one, "5 points" of a share are 0.05."""
    found = _QUANTITY.fullmatch(str(text).strip()) if not isinstance(text, bool) else None
    if found is None or float(found[1]) < 0:
        return None
    if found[2] == "%":
        return Quantity(float(found[1]) / 100, unit, str(text), relative=True)
    if unit is Unit.SHARE:
        is_points = found[2] is not None and found[2].removesuffix("s") == "point"
        return Quantity(float(found[1]) / 100, unit, str(text)) if is_points else None
    return limit(text, unit)


def expected_limit(unit: Unit) -> str:
    """What `limit` reads, in words."""
    return {
        Unit.SHARE: "a share such as 85 % or 0.85",
        Unit.DURATION: "a duration such as 5 days, 4 h or 30 min; of working time also 5 working days of 8 h",
        Unit.NUMBER: "a number",
    }[unit]


def expected_distance(unit: Unit) -> str:
    """What `distance` reads, in words."""
    absolute = {Unit.SHARE: "5 points", Unit.DURATION: "4 h", Unit.NUMBER: "100"}[unit]
    return f"{absolute}, or a share of what it is compared with such as 5 %"


def in_words(value: float | None, unit: Unit) -> str:
    """A figure for people: "98.5 %", "5.7 d", "1,139"."""
    if value is None:
        return "none"
    if unit is Unit.SHARE:
        return f"{value * 100:.1f} %"
    if unit is Unit.DURATION:
        return _length(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _length(value: float) -> str:
    sign, value = ("-", -value) if value < 0 else ("", value)
    for name, least, per in (("d", 3 * _LENGTHS["d"], _LENGTHS["d"]), ("h", _LENGTHS["h"], _LENGTHS["h"])):
        if value >= least:
            return f"{sign}{value / per:,.1f} {name}"
    return f"{sign}{value / _LENGTHS['min']:,.1f} min"
