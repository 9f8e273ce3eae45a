"""The streams split into cohorts: the figures of each, with intervals. What is compared is in `comparing`.

Nothing is analysed again: the streams are there, each has a path, and what depends on the path alone (is it fulfilled,
does it conform, does it double back) is a column of a small table. All figures are sums by cohort in the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.core.activities import State, Value
from mining.core.cohorts import MOST_COHORTS, Cohort, CohortKind, Cohorts, Rank, Share, Split
from mining.core.errors import Problem, RequestError, nearest
from mining.core.results import Conformance
from mining.core.spans import NONE, Spans, durations
from mining.core.streams import Path, Streams, is_fulfilled
from mining.core.tables import Tables
from mining.measures.comparing import Times, compared
from mining.measures.intervals import normal, ranks, wilson
from mining.measures.rework import comes_back
from mining.measures.superiority import LEAST
from mining.measures.visit_times import time_before_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_VALUES = 10_000
"""Values that are looked through for the one that was misspelt."""

_MOST_TIMES = 200_000
"""So many pairs of a cohort and a duration leave the engine at most, for comparing lead times."""

_STEPS = (1, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000, 31 * 86_400_000_000)
"""Microseconds: lead times are compared in the finest of these steps that leaves few enough different ones."""

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class _Name:
    kind: CohortKind
    label: str | None
    streams: int


def split(
    tables: Tables,
    streams: Streams,
    labels: ir.Table,
    by: Split,
    *,
    conformance: Conformance | None,
    compare: tuple[str, str] | None = None,
    may_name_people: bool = False,
) -> Cohorts:
    """The streams in cohorts.

    `labels` has one row a ticket whose export tells what is asked for: case_id and label (string, null where the ticket
    has no value). A stream of several tickets is called by the one at which it begins, and belongs to its cohort. The
    largest cohorts stand apart, and those of `compare`; without that, the two largest are set side by side.

    Raises RequestError where no stream has one of the values of `compare`.
    """
    labelled = tables.keep(_labelled(streams, labels), "labelled")
    names, values = _names(tables, labelled, by, compare)
    of_cohort = tables.keep(_numbered(tables, labelled, names), "cohorts")
    rows = tables.named(streams.table.inner_join(of_cohort, "case_id"), "in_cohorts")
    fulfilled = [path for path in streams.paths if _counts(path, streams)]
    counts = _counted(tables, rows, streams, conformance)
    waits = _waiting(tables, rows, streams, fulfilled)
    leads = tables.keep(_lead_times(tables, rows, fulfilled), "lead_times")
    quantiles = _quantiles(tables, leads)
    cohorts = tuple(
        _cohort(name, counts.get(i, {}), waits.get(i), quantiles.get(i), checked=conformance is not None)
        for i, name in enumerate(names)
    )
    times = _times(tables, leads, len(names))
    for table in (leads, rows, of_cohort, labelled):
        tables.drop(table)
    pair = _pair(names, compare)
    side_by_side, against_rest = compared(cohorts, times, pair)
    return Cohorts(by, cohorts, values, pair, side_by_side, against_rest, times.step, may_name_people)


# ---------------------------------------------------------------------------------------------- which cohorts there are


def _labelled(streams: Streams, labels: ir.Table) -> ir.Table:
    """Each stream with what its cohort is called: case_id, label, told (whether its export tells it at all)."""
    told = labels.select(ticket=labels.case_id, label=labels.label)
    joined = streams.table.select("case_id").left_join(told, streams.table.case_id == told.ticket)
    return joined.select("case_id", "label", told=joined.ticket.notnull())


def _names(tables: Tables, labelled: ir.Table, by: Split, compare: tuple[str, str] | None) -> tuple[list[_Name], int]:
    """The cohorts in the order in which they are shown, and how many different values there are."""
    import ibis

    sizes = labelled.group_by(["told", "label"]).aggregate(streams=labelled.count())
    order = [ibis.desc("streams"), ibis.desc("told"), ibis.asc("label", nulls_first=False)]
    top = tables.fetch(sizes.order_by(order).limit(MOST_COHORTS), limit=MOST_COHORTS).to_pylist()
    named = tables.fetch(sizes.filter(sizes.told, sizes.label.isin(compare or [""])), limit=2).to_pylist()
    totals = tables.fetch(sizes.aggregate(streams=sizes.streams.sum(), values=sizes.label.count()), limit=1)
    for word in compare or ():
        if word not in {row["label"] for row in named}:
            raise RequestError(_no_such_cohort(tables, sizes, by, word))
    asked = {row["label"] for row in named} if compare else set()
    wanted = [row for row in top if row["label"] not in asked or not row["told"]]
    wanted = [*(named if compare else []), *wanted][:MOST_COHORTS]
    wanted.sort(key=lambda row: (not row["told"], row["label"] is None, *_place(row, by)))
    found = [_Name(_kind(row), row["label"], row["streams"]) for row in wanted]
    left = int(totals["streams"][0].as_py() or 0) - sum(name.streams for name in found)
    return found + ([_Name(CohortKind.OTHERS, None, left)] if left else []), int(totals["values"][0].as_py())


def _place(row: dict[str, Any], by: Split) -> tuple[Any, ...]:
    """Periods stand in their order, values by how many streams have them."""
    return (row["label"],) if by.unit is not None else (-row["streams"], row["label"])


def _kind(row: dict[str, Any]) -> CohortKind:
    if not row["told"]:
        return CohortKind.NOT_TOLD
    return CohortKind.MISSING if row["label"] is None else CohortKind.VALUE


def _no_such_cohort(tables: Tables, sizes: ir.Table, by: Split, word: str) -> Problem:
    import ibis

    told = sizes.filter(sizes.label.notnull()).order_by([ibis.desc("streams"), "label"]).select("label")
    known = tables.fetch(told.limit(_MOST_VALUES), limit=_MOST_VALUES)["label"].to_pylist()
    return Problem(
        f"--compare: no stream has this {by.name}",
        found=word,
        expected=", ".join(nearest(word, known) or known[:MOST_COHORTS]) or None,
        todo="name two of the values by which the streams are split",
    )


def _numbered(tables: Tables, labelled: ir.Table, names: Sequence[_Name]) -> ir.Table:
    """case_id and cohort (int16, the place in `names`)."""
    import ibis
    import pyarrow as pa

    apart = [(i, name) for i, name in enumerate(names) if name.kind is CohortKind.VALUE]
    places = {name.kind: i for i, name in enumerate(names) if name.kind is not CohortKind.VALUE}
    shown = tables.put(
        pa.table(
            {
                "shown": pa.array([name.label for _, name in apart], pa.string()),
                "place": pa.array([i for i, _ in apart], pa.int16()),
            }
        ),
        "shown_cohorts",
    )
    others = places.get(CohortKind.OTHERS, -1)
    joined = labelled.left_join(shown, labelled.told & (labelled.label == shown.shown))
    cohort = ibis.cases(
        (joined.place.notnull(), joined.place),
        (~joined.told, places.get(CohortKind.NOT_TOLD, others)),
        (joined.label.isnull(), places.get(CohortKind.MISSING, others)),
        else_=others,
    )
    return joined.select("case_id", cohort=cohort.cast("int16"))


def _pair(names: Sequence[_Name], compare: tuple[str, str] | None) -> tuple[int, int] | None:
    """The places of the two cohorts to set side by side, as asked, or the two largest with a value."""
    valued = [i for i, name in enumerate(names) if name.kind is CohortKind.VALUE]
    if compare is not None:
        place = {names[i].label: i for i in valued}
        return place[compare[0]], place[compare[1]]
    largest = sorted(valued, key=lambda i: (-names[i].streams, names[i].label or ""))[:2]
    return (min(largest), max(largest)) if len(largest) == 2 else None


# -------------------------------------------------------------------------------------------------- counts and times


def _counts(path: Path, streams: Streams) -> bool:
    return is_fulfilled(path.state, path.value_at is not None, can_realise_value=streams.can_realise_value)


def _counted(
    tables: Tables, rows: ir.Table, streams: Streams, conformance: Conformance | None
) -> dict[int, dict[str, int]]:
    """By cohort, how many streams there are, are on a known path, and have each of the marks of their path."""
    import pyarrow as pa

    marks = _marks(streams, conformance)
    known = tables.put(
        pa.table(
            {
                "of_path": pa.array([path.id for path in streams.paths], pa.int32()),
                **{name: pa.array(np.array(values, dtype=np.int64)) for name, values in marks.items()},
            }
        ),
        "path_marks",
    )
    joined = rows.left_join(known, rows.path == known.of_path)
    counted = joined.group_by("cohort").aggregate(
        streams=joined.count(), known=joined.of_path.count(), **{name: joined[name].sum() for name in marks}
    )
    found = tables.fetch(counted, limit=MOST_COHORTS + 1).to_pylist()
    tables.drop(known)
    return {row.pop("cohort"): {name: int(n or 0) for name, n in row.items()} for row in found}


def _marks(streams: Streams, conformance: Conformance | None) -> dict[str, list[bool]]:
    """What holds of each path."""
    checks = {} if conformance is None else {check.variant: check.conforms for check in conformance.checks}
    marks: dict[str, list[bool]] = {
        name: [] for name in ("fulfilled", "checked", "conforming", "doubling_back", "reopened")
    }
    for path in streams.paths:
        visits = [streams.labels[visit] for visit in path.visits]
        checked = path.state is not State.OPEN and path.variant in checks
        marks["fulfilled"].append(_counts(path, streams))
        marks["checked"].append(checked)
        marks["conforming"].append(checked and checks[path.variant])
        marks["doubling_back"].append(comes_back(visit.activity for visit in visits))
        marks["reopened"].append(any(visit.value is Value.WITHDRAWN for visit in visits))
    return marks


def _cohort(
    name: _Name, counts: dict[str, int], waiting: Share | None, lead: tuple[int, Rank, Rank] | None, *, checked: bool
) -> Cohort:
    def share(part: str, whole: str) -> Share:
        return wilson(counts.get(part, 0), counts.get(whole, 0))

    lead_n, median, p85 = lead or (0, Rank(None, None, None), Rank(None, None, None))
    return Cohort(
        kind=name.kind,
        label=name.label,
        streams=name.streams,
        fulfilled=share("fulfilled", "streams"),
        lead_n=lead_n,
        median=median,
        p85=p85,
        conforming=share("conforming", "checked") if checked else None,
        waiting=waiting or Share(0, 0, None, None),
        doubling_back=share("doubling_back", "known"),
        reopened=share("reopened", "known"),
    )


def _lead_times(tables: Tables, rows: ir.Table, fulfilled: Sequence[Path]) -> ir.Table:
    """How often each lead time to the first value claimed occurs: cohort, duration, times, and `upto`, how many lead
    times of the cohort are as long or shorter."""
    import ibis

    spans = Spans.of([(path.id, 0, NONE, path.value_at) for path in fulfilled if path.value_at is not None])
    timed = durations(tables, rows, spans, also=("cohort",))
    equal = timed.group_by(["cohort", "duration"]).aggregate(times=timed.count())
    so_far = ibis.window(group_by="cohort", order_by="duration", preceding=None, following=0)
    return equal.mutate(upto=equal.times.sum().over(so_far))


def _quantiles(tables: Tables, leads: ir.Table) -> dict[int, tuple[int, Rank, Rank]]:
    """By cohort: how many lead times there are, their median and 85th percentile, with the order statistics between
    which these lie. Exact, whatever their number: each wanted rank is looked up in the engine."""
    import pyarrow as pa

    sizes = leads.group_by("cohort").aggregate(n=leads.times.sum())
    counted = {row["cohort"]: int(row["n"]) for row in tables.fetch(sizes, limit=MOST_COHORTS + 1).to_pylist()}
    wanted = [(cohort, rank) for cohort, n in counted.items() for rank in sorted(_wanted(n))]
    asked = tables.put(
        pa.table(
            {
                "of_cohort": pa.array([cohort for cohort, _ in wanted], pa.int16()),
                "rank": pa.array([rank for _, rank in wanted], pa.int64()),
            }
        ),
        "ranks",
    )
    joined = leads.inner_join(
        asked, [leads.cohort == asked.of_cohort, leads.upto >= asked["rank"], leads.upto - leads.times < asked["rank"]]
    )
    found = tables.fetch(joined.select("cohort", "rank", "duration"), limit=6 * (MOST_COHORTS + 1)).to_pylist()
    tables.drop(asked)
    at = {(row["cohort"], row["rank"]): row["duration"] for row in found}

    def quantile(cohort: int, n: int, percent: int) -> Rank:
        between = ranks(n, percent / 100)
        low, high = (None, None) if between is None else (at[cohort, between[0]], at[cohort, between[1]])
        return Rank(at[cohort, _nearest(n, percent)], low, high)

    return {cohort: (n, quantile(cohort, n, 50), quantile(cohort, n, 85)) for cohort, n in counted.items()}


def _nearest(n: int, percent: int) -> int:
    """The nearest rank, from 1."""
    return max(1, -(-n * percent // 100))


def _wanted(n: int) -> set[int]:
    found = {_nearest(n, percent) for percent in (50, 85)}
    return found.union(*(ranks(n, percent / 100) or () for percent in (50, 85)))


def _times(tables: Tables, leads: ir.Table, cohorts: int) -> Times:
    """How often each lead time occurs in each cohort, in the finest step that leaves few enough of them."""
    different = leads.aggregate(
        **{
            f"s{i}": (leads.cohort.cast("int64") + (leads.duration // step) * cohorts).nunique()
            for i, step in enumerate(_STEPS)
        }
    )
    numbers = tables.fetch(different, limit=1).to_pylist()[0]
    step = next((step for i, step in enumerate(_STEPS) if numbers[f"s{i}"] <= _MOST_TIMES), _STEPS[-1])
    binned = leads.select("cohort", "times", bin=leads.duration // step)
    counted = binned.group_by(["cohort", "bin"]).aggregate(times=binned.times.sum()).order_by(["bin", "cohort"])
    rows = tables.fetch(counted, limit=_MOST_TIMES)
    bins, at = np.unique(rows["bin"].to_numpy(), return_inverse=True)
    times = np.zeros((cohorts, len(bins)), dtype=np.int64)
    times[rows["cohort"].to_numpy(), at] = rows["times"].to_numpy()
    return Times(times, step)


def _waiting(tables: Tables, rows: ir.Table, streams: Streams, fulfilled: Sequence[Path]) -> dict[int, Share]:
    """By cohort, the share of elapsed time before value that is waiting, with an interval.

    The streams are the sample, not the microseconds: the variance is that of a ratio of two sums over streams, by
    linearisation. Cochran (1977), Sampling Techniques, 6.4. Sums of squares are over whole seconds. Below ten streams
    there is no interval.
    """
    import ibis

    parts = [
        durations(tables, rows, spans, **kind, also=("cohort", "case_id"))
        for spans, kind in time_before_value(streams, fulfilled)
    ]
    timed = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    of_stream = timed.group_by(["cohort", "case_id"]).aggregate(
        waiting=(timed.key * timed.duration).sum(), elapsed=timed.duration.sum()
    )
    waited, took = ((of_stream[name] // _SECOND).cast("decimal(18, 0)") for name in ("waiting", "elapsed"))
    sums = of_stream.group_by("cohort").aggregate(
        n=of_stream.count(),
        waiting=of_stream.waiting.sum(),
        elapsed=of_stream.elapsed.sum(),
        ww=(waited * waited).sum(),
        we=(waited * took).sum(),
        ee=(took * took).sum(),
    )
    found = tables.fetch(sums, limit=MOST_COHORTS + 1).to_pylist()
    return {row["cohort"]: _ratio(row) for row in found}


def _ratio(row: dict[str, Any]) -> Share:
    waiting, elapsed, n = int(row["waiting"]), int(row["elapsed"]), int(row["n"])
    if not elapsed:
        return Share(0, 0, None, None)
    ratio = waiting / elapsed
    if n < LEAST:
        return Share(waiting, elapsed, None, None)
    squares = float(row["ww"]) - 2 * ratio * float(row["we"]) + ratio**2 * float(row["ee"])
    spread = sqrt(max(0.0, squares) * n / (n - 1)) / (elapsed / _SECOND)
    reach = normal() * spread
    return Share(waiting, elapsed, max(0.0, ratio - reach), min(1.0, ratio + reach))
