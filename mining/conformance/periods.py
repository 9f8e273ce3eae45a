"""The calendar periods that a trend is told by: chosen so that there are neither too few nor too many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 40

_Step = Callable[[datetime], datetime]


def periods(first: int, last: int) -> tuple[str, tuple[int, ...]]:
    """The unit ("day", "week", "month", "quarter" or "year") and the starts (microseconds UTC) of the periods from the
    one that holds `first` to the one that holds `last`: the finest unit that needs at most 40 of them, and days only
    for two weeks at most."""
    begin, end = (_EPOCH + timedelta(microseconds=moment) for moment in (first, last))
    for unit, floor, after in _UNITS:
        begins = list(_from(floor(begin), end, after))
        if len(begins) <= (14 if unit == "day" else 26 if unit == "week" else _MOST) or unit == "year":
            return unit, tuple((one - _EPOCH) // timedelta(microseconds=1) for one in begins)
    raise AssertionError("a year is the coarsest unit")  # pragma: no cover


def _from(begin: datetime, end: datetime, after: _Step) -> Iterator[datetime]:
    while begin <= end:
        yield begin
        begin = after(begin)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _monday(moment: datetime) -> datetime:
    return _midnight(moment) - timedelta(days=moment.weekday())


def _months(length: int) -> tuple[_Step, _Step]:
    def floor(moment: datetime) -> datetime:
        return _midnight(moment).replace(day=1, month=(moment.month - 1) // length * length + 1)

    def after(moment: datetime) -> datetime:
        month = moment.month - 1 + length
        return moment.replace(year=moment.year + month // 12, month=month % 12 + 1)

    return floor, after


_UNITS: tuple[tuple[str, _Step, _Step], ...] = (
    ("day", _midnight, lambda moment: moment + timedelta(days=1)),
    ("week", _monday, lambda moment: moment + timedelta(days=7)),
    ("month", *_months(1)),
    ("quarter", *_months(3)),
    ("year", *_months(12)),
)
