"""The streams split into cohorts: the figures of each, with intervals. What is compared is in `comparing`.

Nothing is analysed again: the streams are there, each has a path, and what depends on the path alone (is it fulfilled,
does it conform, does it double back) is a column of a small table. All figures are sums by cohort in the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mining.core.cohorts import MOST_COHORTS, Cohort, CohortKind, Cohorts, Rank, Share, Split
from mining.core.errors import Problem, RequestError, nearest
from mining.core.results import Conformance
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.measures.cohort_figures import counted, is_counted, lead_times, quantiles, times_of, waiting
from mining.measures.comparing import compared
from mining.measures.intervals import wilson

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_VALUES = 10_000
"""Values that are looked through for the one that was misspelt."""


@dataclass(frozen=True, slots=True)
class CohortName:
    """What a cohort is called, and how many streams are in it."""

    kind: CohortKind
    label: str | None
    streams: int


def split(
    tables: Tables,
    streams: Streams,
    labels: ir.Table,
    by: Split,
    *,
    conformance: Sequence[Conformance],
    against_time: ir.Table | None = None,
    compare: tuple[str, str] | None = None,
    may_name_people: bool = False,
) -> Cohorts:
    """The streams in cohorts.

    `labels` has one row a ticket whose export tells what is asked for: case_id and label (string, null where the ticket
    has no value). A stream of several tickets is called by the one at which it begins, and belongs to its cohort. The
    largest cohorts stand apart, and those of `compare`; without that, the two largest are set side by side. Streams of
    `against_time`, which is that of `Streams`, have no lead time. `conformance` has one for each reference stream.

    Raises RequestError where no stream has one of the values of `compare`.
    """
    labelled = tables.keep(with_labels(streams, labels), "labelled")
    names, values = _names(tables, labelled, by, compare)
    of_cohort = tables.keep(with_cohorts(tables, labelled, names), "cohorts")
    rows = tables.named(streams.table.inner_join(of_cohort, "case_id"), "in_cohorts")
    fulfilled = [path for path in streams.paths if is_counted(path, streams)]
    counts = counted(tables, rows, streams, conformance)
    waits = waiting(tables, rows, streams, fulfilled)
    timed = rows if against_time is None else rows.anti_join(against_time, "case_id")
    leads = tables.keep(lead_times(tables, timed, fulfilled), "lead_times")
    found = quantiles(tables, leads)
    cohorts = tuple(
        _cohort(name, counts.get(i, {}), waits.get(i), found.get(i), checked=bool(conformance))
        for i, name in enumerate(names)
    )
    times = times_of(tables, leads, len(names))
    for table in (leads, rows, of_cohort, labelled):
        tables.drop(table)
    pair = _pair(names, compare)
    side_by_side, against_rest = compared(cohorts, times, pair)
    return Cohorts(by, cohorts, values, pair, side_by_side, against_rest, times.step, may_name_people)


# ---------------------------------------------------------------------------------------------- which cohorts there are


def with_labels(streams: Streams, labels: ir.Table) -> ir.Table:
    """Each stream with what its cohort is called: case_id, label, told (whether its export tells it at all)."""
    told = labels.select(ticket=labels.case_id, label=labels.label)
    joined = streams.table.select("case_id").left_join(told, streams.table.case_id == told.ticket)
    return joined.select("case_id", "label", told=joined.ticket.notnull())


def _names(
    tables: Tables, labelled: ir.Table, by: Split, compare: tuple[str, str] | None
) -> tuple[list[CohortName], int]:
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
    found = [CohortName(_kind(row, by), row["label"], row["streams"]) for row in wanted]
    left = int(totals["streams"][0].as_py() or 0) - sum(name.streams for name in found)
    return found + ([CohortName(CohortKind.OTHERS, None, left)] if left else []), int(totals["values"][0].as_py())


def _place(row: dict[str, Any], by: Split) -> tuple[Any, ...]:
    """Periods stand in their order, values by how many streams have them."""
    return (row["label"],) if by.unit is not None or by.ranges else (-row["streams"], row["label"])


def _kind(row: dict[str, Any], by: Split) -> CohortKind:
    if not row["told"]:
        return CohortKind.NOT_TOLD
    if row["label"] is None and by.ranges:
        return CohortKind.OTHERS
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


def with_cohorts(tables: Tables, labelled: ir.Table, names: Sequence[CohortName]) -> ir.Table:
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


def _pair(names: Sequence[CohortName], compare: tuple[str, str] | None) -> tuple[int, int] | None:
    """The places of the two cohorts to set side by side, as asked, or the two largest with a value."""
    valued = [i for i, name in enumerate(names) if name.kind is CohortKind.VALUE]
    if compare is not None:
        place = {names[i].label: i for i in valued}
        return place[compare[0]], place[compare[1]]
    largest = sorted(valued, key=lambda i: (-names[i].streams, names[i].label or ""))[:2]
    return (min(largest), max(largest)) if len(largest) == 2 else None


# ----------------------------------------------------------------------------------------------------- their figures


def _cohort(
    name: CohortName,
    counts: dict[str, int],
    waiting: Share | None,
    lead: tuple[int, Rank, Rank] | None,
    *,
    checked: bool,
) -> Cohort:
    def share(part: str, whole: str) -> Share:
        return wilson(counts.get(part, 0), counts.get(whole, 0))

    lead_n, median, p85 = lead or (0, Rank(None, None, None), Rank(None, None, None))
    return Cohort(
        kind=name.kind,
        label=name.label,
        streams=name.streams,
        fulfilled=share("fulfilled", "known"),
        lead_n=lead_n,
        median=median,
        p85=p85,
        conforming=share("conforming", "checked") if checked else None,
        waiting=waiting or Share(0, 0, None, None),
        doubling_back=share("doubling_back", "known"),
        reopened=share("reopened", "known"),
    )
