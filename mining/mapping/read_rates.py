"""The rates of a mapping file, and the steps after which coming back is rework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from mining.core.activities import Activity
from mining.core.errors import Problem, RequestError
from mining.core.events import VisitLabel
from mining.core.rates import PER_UNIT, RateCard
from mining.core.yamlio import At
from mining.mapping.model import Mapping
from mining.mapping.read_outcome import read_label
from mining.mapping.reader import Reader, shortly
from mining.mapping.schema_rates import RatesPart

_MOST = 1_000_000
_DECIMALS = 6


def read_rates(
    reader: Reader, part: RatesPart | None, labels: Sequence[VisitLabel] | None, *, tells_groups: bool
) -> RateCard | None:
    """What an hour costs; None where the mapping does not say. Problems are noted in `reader`.

    `labels` are all that the rules make; None where that is not known, since a rule is wrong.
    """
    if part is None:
        return None
    at: At = ("rates", "per_hour")
    activities = dict(_of_activities(reader, (*at, "activities"), part.per_hour.activities))
    steps = dict(_of_steps(reader, (*at, "steps"), part.per_hour.steps, labels))
    groups = dict(_of_groups(reader, (*at, "groups"), part.per_hour.groups, tells_groups=tells_groups))
    default = None if part.default is None else _rate(reader, ("rates", "default"), part.default)
    if all(said is None for said in (*part.per_hour.model_dump().values(), part.default)):
        reader.complain(("rates",), "there is no rate here", expected="per_hour: activities, steps, groups; or default")
    return RateCard(part.currency, activities, steps, groups, default)


def _of_activities(reader: Reader, at: At, data: Any) -> Iterator[tuple[Activity, int]]:
    for name, cell in _entries(reader, at, data):
        activity = reader.one_of(Activity, (*at, name), name)
        rate = _rate(reader, (*at, name), cell)
        if activity is not None and rate is not None:
            yield activity, rate


def _of_steps(
    reader: Reader, at: At, data: Any, labels: Sequence[VisitLabel] | None
) -> Iterator[tuple[tuple[Activity, str], int]]:
    for name, by_step in _entries(reader, at, data):
        activity = reader.one_of(Activity, (*at, name), name)
        for step, cell in _entries(reader, (*at, name), by_step):
            here = (*at, name, step)
            rate = _rate(reader, here, cell)
            if activity is not None and _is_made(reader, here, activity, step, labels) and rate is not None:
                yield (activity, step), rate


def _of_groups(reader: Reader, at: At, data: Any, *, tells_groups: bool) -> Iterator[tuple[str, int]]:
    if data is not None and not tells_groups:
        todo = "name the column under export: group, or give rates by activity"
        reader.complain(at, "the mapping does not say which group has a ticket", todo=todo)
    for name, cell in _entries(reader, at, data):
        group = reader.text((*at, name), name)
        rate = _rate(reader, (*at, name), cell)
        if group is not None and rate is not None:
            yield group, rate


def _entries(reader: Reader, at: At, data: Any) -> list[tuple[Any, Any]]:
    if data is None or isinstance(data, dict):
        return list((data or {}).items())
    reader.complain(at, "a group of keys is expected here, each with its rate", found=shortly(data))
    return []


def _rate(reader: Reader, at: At, data: Any) -> int | None:
    """A rate in millionths, exactly as it is written."""
    if isinstance(data, bool) or not isinstance(data, int | float):
        todo = "write it without a currency and with a point: 72.5"
        reader.complain(at, "a rate is a number: money for an hour", found=shortly(data), todo=todo)
        return None
    exact = Decimal(repr(data))
    if not exact.is_finite() or not 0 <= exact <= _MOST:
        reader.complain(at, "a rate cannot be this", found=str(data), expected=f"0 to {_MOST:,} for an hour")
        return None
    millionths = exact * PER_UNIT
    if millionths != int(millionths):
        reader.complain(at, f"a rate has at most {_DECIMALS} decimals", found=str(data))
        return None
    return int(millionths)


def _is_made(reader: Reader, at: At, activity: Activity, step: Any, labels: Sequence[VisitLabel] | None) -> bool:
    """Whether a rule makes this step, as far as that is known; else it is noted."""
    if labels is None:
        return True
    known = {label.step for label in labels if label.activity is activity and label.step is not None}
    if step in known:
        return True
    reader.unknown(at, f"no rule makes this step of {activity.value}", step, sorted(known))
    return False


def read_rework_after(
    reader: Reader, data: Any, labels: Sequence[VisitLabel] | None
) -> tuple[tuple[Activity, str | None], ...]:
    """The steps (or whole activities, with the step None) that mean rejection or failure."""
    found = []
    for i, entry in enumerate(data if isinstance(data, list) else []):
        at: At = ("rework_after", i)
        label = read_label(reader, at, entry, step=None)
        if label is None:
            continue
        if label.step is not None:
            _is_made(reader, (*at, label.activity.value), label.activity, label.step, labels)
        elif labels is not None and label.activity not in {one.activity for one in labels}:
            made = dict.fromkeys(one.activity.value for one in labels)
            reader.unknown(at, "no rule makes this activity", label.activity.value, made)
        found.append((label.activity, label.step))
    return tuple(dict.fromkeys(found))


def rates_together(mappings: Sequence[Mapping]) -> RateCard | None:
    """The rates of one analysis: those of the mapping that has some.

    Raises RequestError where several mappings have rates, and not the same.
    """
    having = [mapping for mapping in mappings if mapping.rates is not None]
    if any(mapping.rates != having[0].rates for mapping in having):
        todo = "give the same rates in each, or only in one of them: they hold for all exports of the analysis"
        raise RequestError(
            *(
                Problem(
                    "mappings of one analysis must agree on rates",
                    file=mapping.info.file,
                    line=mapping.lines.get("rates"),
                    todo=todo,
                )
                for mapping in having
            )
        )
    return having[0].rates if having else None
