"""The figures of cohorts, as sums in the engine: `rows` are the streams with a column `cohort`, the place of each one's
cohort. What is compared is in `comparing`."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.core.activities import State, Value
from mining.core.cohorts import MOST_COHORTS, Rank, Share
from mining.core.results import Conformance
from mining.core.spans import durations, visits_of
from mining.core.streams import Path, Streams, is_fulfilled
from mining.core.tables import Tables
from mining.measures.comparing import Times
from mining.measures.intervals import normal, ranks
from mining.measures.lead_times import claimed_spans
from mining.measures.rework import come_back
from mining.measures.superiority import LEAST
from mining.measures.visit_times import time_before_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_TIMES = 200_000
"""So many pairs of a cohort and a duration leave the engine at most, for comparing lead times."""

_STEPS = (1, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000, 31 * 86_400_000_000)
"""Microseconds: lead times are compared in the finest of these steps that leaves few enough different ones."""

_SECOND = 1_000_000


def is_counted(path: Path, streams: Streams) -> bool:
    """Whether the streams on a path count in lead times and conformance."""
    return is_fulfilled(path.state, path.value_at is not None, can_realise_value=streams.can_realise_value)


def counted(
    tables: Tables, rows: ir.Table, streams: Streams, checked: Sequence[Conformance]
) -> dict[int, dict[str, int]]:
    """By cohort, how many streams there are, are on a known path, and have each of the marks of their path; whether a
    stream conforms, the reference stream says that it was checked against."""
    found = _sums(tables, rows, streams, _marks(streams))
    for one in checked:
        of = one.streams or streams
        own = rows if one.streams is None else rows.semi_join(of.table, "case_id")
        for cohort, sums in _sums(tables, own, of, _verdicts(of, one)).items():
            for name in ("checked", "conforming"):
                found[cohort][name] = found[cohort].get(name, 0) + sums[name]
        if one.late is not None:  # those conform by their paths, and are too slow
            for cohort, sums in _sums(tables, own.semi_join(one.late, "case_id"), of, _verdicts(of, one)).items():
                found[cohort]["conforming"] -= sums["conforming"]
    return found


def _sums(tables: Tables, rows: ir.Table, streams: Streams, marks: dict[str, list[bool]]) -> dict[int, dict[str, int]]:
    """By cohort, how many of `rows` there are, are on a known path, and have each of the marks of the paths."""
    import pyarrow as pa

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


def path_marks(streams: Streams, conformance: Conformance | None) -> dict[str, list[bool]]:
    """What holds of each path, in the order of the paths: nothing is checked where there is no conformance."""
    never = [False] * len(streams.paths)
    verdicts = {"checked": never, "conforming": never} if conformance is None else _verdicts(streams, conformance)
    return {**_marks(streams), **verdicts}


def _verdicts(streams: Streams, checked: Conformance) -> dict[str, list[bool]]:
    """Which paths were checked, and which of them conform."""
    conforms = {check.variant: check.conforms for check in checked.checks}
    of_path = [conforms.get(path.variant) if path.state is not State.OPEN else None for path in streams.paths]
    return {"checked": [one is not None for one in of_path], "conforming": [bool(one) for one in of_path]}


def _marks(streams: Streams) -> dict[str, list[bool]]:
    """What holds of each path."""
    back = set(come_back(visits_of(streams), [label.activity for label in streams.labels]).tolist())
    withdrawn = {i for i, label in enumerate(streams.labels) if label.value is Value.WITHDRAWN and not label.borrowed}
    return {
        "fulfilled": [is_counted(path, streams) for path in streams.paths],
        "doubling_back": [path.id in back for path in streams.paths],
        "reopened": [not withdrawn.isdisjoint(path.visits) for path in streams.paths],
    }


def lead_times(tables: Tables, rows: ir.Table, fulfilled: Sequence[Path]) -> ir.Table:
    """How often each lead time to the first value claimed occurs: cohort, duration, times, and `upto`, how many lead
    times of the cohort are as long or shorter."""
    import ibis

    spans = claimed_spans(fulfilled)
    timed = durations(tables, rows, spans, also=("cohort",))
    equal = timed.group_by(["cohort", "duration"]).aggregate(times=timed.count())
    so_far = ibis.window(group_by="cohort", order_by="duration", preceding=None, following=0)
    return equal.mutate(upto=equal.times.sum().over(so_far))


def quantiles(tables: Tables, leads: ir.Table) -> dict[int, tuple[int, Rank, Rank]]:
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


def times_of(tables: Tables, leads: ir.Table, cohorts: int) -> Times:
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


def waiting(tables: Tables, rows: ir.Table, streams: Streams, fulfilled: Sequence[Path]) -> dict[int, Share]:
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
