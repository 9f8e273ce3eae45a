"""Streams taken apart: which part each stream is in, and what is counted and timed of each part.

Nothing is analysed again. What depends on a path alone is a sum over the streams of a part on that path; what is timed
is timed once for all parts, with the part as one more key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mining.core.activities import State
from mining.core.cohorts import PERIOD, CohortKind, Cohorts
from mining.core.events import MappedLog
from mining.core.parts import PartCount, Parted, PartName, in_parts, quantiles_in_parts
from mining.core.results import Conformance, Distribution, Measures, Selection
from mining.core.scope import Scope
from mining.core.slices import MOST_SLICES, Along
from mining.core.spans import Ints, visits_of
from mining.core.streams import Path, Quantiles, Streams
from mining.core.tables import Tables
from mining.measures.cohort_figures import is_counted
from mining.measures.cohorts import CohortName, with_cohorts, with_labels
from mining.measures.lead_times import LAST, LEAD_TIMES, all_lead_time_spans, distributions_of, variant_spans
from mining.measures.outcomes import Outcomes
from mining.measures.rework import rework
from mining.measures.scope import with_scope
from mining.measures.visit_times import counted_visits, flow_efficiency, time_by_activity, visit_spans, waiting

if TYPE_CHECKING:
    import ibis.expr.types as ir

SHOWN_VARIANTS = 40
"""The lead times of so many variants are told by part, and of as many deviating ones: more than a report shows."""

_QUARTER_HOUR = 900_000_000  # microseconds: all zones of today are whole ones away from UTC
_NO_SELECTION = Selection(None, "", (), None, None)

Period = tuple[str, int, int]
"""A name, when it begins, and when the next one does (microseconds UTC)."""


# ------------------------------------------------------------------------------------------- which part a stream is in


def by_period(
    tables: Tables, streams: Streams, units: Iterable[tuple[str, Callable[[int, int], Iterable[Period]]]]
) -> Parted | None:
    """By when demand arose: by the first of `units` (each a name, and what tells the periods between two moments) of
    which at most `MOST_SLICES` have streams; None where all streams are of one. Of the last unit the largest periods
    stand apart, if there are more."""
    table = streams.table
    quarters = table.select(q=table["first"] // _QUARTER_HOUR)
    counted = tables.fetch(quarters.group_by("q").aggregate(n=quarters.count()), limit=max(streams.cases, 1))
    moments = counted["q"].to_numpy().astype(np.int64) * _QUARTER_HOUR
    number = counted["n"].to_numpy().astype(np.int64)
    if not len(moments):
        return None
    taken, found = "", []
    for name, periods in units:
        taken = name
        every = list(periods(int(moments.min()), int(moments.max())))
        at = np.searchsorted(np.array([begin for _, begin, _ in every]), moments, side="right") - 1
        sizes = np.bincount(np.maximum(at, 0), number, len(every)).astype(np.int64)
        found = [(period, int(size)) for period, size in zip(every, sizes.tolist(), strict=True) if size]
        if len(found) <= MOST_SLICES:
            break
    if len(found) < 2:
        return None
    beyond = len(found) > MOST_SLICES
    if beyond:
        largest = sorted(found, key=lambda one: (-one[1], one[0][0]))[: MOST_SLICES - 1]
        found = [one for one in found if one in largest]
    return _by_bounds(table, f"period:{taken}", [period for period, _ in found], beyond=beyond)


def _by_bounds(table: ir.Table, name: str, periods: Sequence[Period], *, beyond: bool) -> Parted:
    import ibis

    names = [PartName(CohortKind.VALUE, label) for label, _, _ in periods]
    names += [PartName(CohortKind.OTHERS, None)] if beyond else []
    cases = [
        ((table["first"] >= begin) & (table["first"] < end), ibis.literal(i))
        for i, (_, begin, end) in enumerate(periods)
    ]
    part = ibis.cases(*cases, else_=ibis.literal(len(names) - 1))
    return Parted(Along.PERIOD, name, tuple(names), table.mutate(part=part.cast("int16")))


def by_type(tables: Tables, streams: Streams, mapped: MappedLog) -> Parted | None:
    """By the type of the ticket at which they begin; None where there is but one."""
    import ibis

    types = mapped.ticket_types
    if len(types) < 2:
        return None
    table = streams.table
    cases = [(table.case_id.startswith(mapped.case_of(one, "")), ibis.literal(i)) for i, one in enumerate(types)]
    rows = table.mutate(part=ibis.cases(*cases, else_=ibis.literal(0)).cast("int16"))
    return _only_met(tables, Along.TYPE, "ticket_type", [PartName(CohortKind.VALUE, one) for one in types], rows)


def by_scope(tables: Tables, streams: Streams, mapped: MappedLog, reference: Scope | None) -> Parted | None:
    """By whether they run or change the business; None where all are alike."""
    import ibis

    names = [PartName(CohortKind.VALUE, one.value) for one in Scope] + [PartName(CohortKind.MISSING, None)]
    table = tables.keep(with_scope(streams, mapped, reference), "scoped")
    cases = [(table.scope == one.value, ibis.literal(i)) for i, one in enumerate(Scope)]
    rows = table.mutate(part=ibis.cases(*cases, else_=ibis.literal(len(names) - 1)).cast("int16"))
    return _only_met(tables, Along.SCOPE, "scope", names, rows)


def by_cohort(tables: Tables, streams: Streams, labels: ir.Table, cohorts: Cohorts) -> Parted:
    """By the cohorts of `split`, in their order."""
    named = [CohortName(one.kind, one.label, one.streams) for one in cohorts.cohorts]
    labelled = tables.keep(with_labels(streams, labels), "labelled")
    of_cohort = tables.keep(with_cohorts(tables, labelled, named), "parts")
    tables.drop(labelled)
    rows = streams.table.inner_join(of_cohort.rename(part="cohort"), "case_id")
    names = tuple(PartName(one.kind, one.label) for one in named)
    along = Along.PERIOD if cohorts.split.column == PERIOD else Along.COHORT
    return Parted(along, cohorts.split.name, names, tables.keep(rows, "in_parts"))


def _only_met(tables: Tables, along: Along, name: str, names: Sequence[PartName], rows: ir.Table) -> Parted | None:
    """Without the parts that no stream is in, and with the largest apart where there are too many."""
    import ibis

    counted = tables.fetch(rows.group_by("part").aggregate(n=rows.count()), limit=len(names)).to_pylist()
    met = sorted(counted, key=lambda row: (-row["n"], row["part"]))
    kept = sorted(row["part"] for row in met[: MOST_SLICES if len(met) <= MOST_SLICES else MOST_SLICES - 1])
    if len(met) < 2:
        return None
    shown = [names[i] for i in kept]
    shown += [PartName(CohortKind.OTHERS, None)] if len(met) > len(kept) else []
    cases = [(rows.part == old, ibis.literal(new)) for new, old in enumerate(kept)]
    part = ibis.cases(*cases, else_=ibis.literal(len(shown) - 1)).cast("int16")
    return Parted(along, name, tuple(shown), rows.mutate(part=part))


# -------------------------------------------------------------------------------------------------------- counts


def count_parts(tables: Tables, streams: Streams, parted: Parted) -> list[PartCount]:
    """What is counted of each part, in one aggregate."""
    rows = parted.rows
    own_events = rows.events - rows.lent if "lent" in rows.columns else rows.events
    grouped = rows.group_by(["part", "path", "state", "end", "has_value"]).aggregate(
        n=rows.count(),
        unmapped=(rows.unmapped > 0).cast("int64").sum(),
        events=own_events.sum(),
        first=rows["first"].min(),
        last=rows["last"].max(),
    )
    table = tables.fetch(grouped, limit=max(streams.cases, 1))
    column = {name: table[name].fill_null(-1) for name in ("part", "path", "end")}
    part, path, end = (column[name].to_numpy().astype(np.int64) for name in ("part", "path", "end"))
    n, unmapped, events, first, last = (
        table[name].to_numpy().astype(np.int64) for name in ("n", "unmapped", "events", "first", "last")
    )
    states, has_value = np.array(table["state"].to_pylist()), table["has_value"].to_numpy(zero_copy_only=False)
    counts = []
    for number in range(len(parted.names)):
        here = part == number
        known = here & (path >= 0)
        counts.append(
            PartCount(
                on_path=_on_path(path[known], n[known], len(streams.paths)),
                unmapped_on_path=_on_path(path[known], unmapped[known], len(streams.paths)),
                cases=int(n[here].sum()),
                events=int(events[here].sum()),
                states={one: int(found) for one in State if (found := n[here & (states == one.value)].sum())},
                beyond_cap=int(n[here & (path < 0)].sum()),
                first=int(first[here].min(initial=np.iinfo(np.int64).max)),
                last=int(last[here].max(initial=np.iinfo(np.int64).min)),
                ends={int(one): int(n[here & (end == one)].sum()) for one in np.unique(end[here & (end >= 0)])},
                valueless={one: int(n[here & ~has_value & (states == one.value)].sum()) for one in State},
            )
        )
    return counts


def _on_path(path: Ints, number: Ints, paths: int) -> Ints:
    found = np.zeros(paths, dtype=np.int64)
    np.add.at(found, path, number)
    return found


# ------------------------------------------------------------------------------------------------------ measures


def measure_parts(
    tables: Tables,
    streams: Streams,
    mapped: MappedLog,
    parted: Parted,
    *,
    parts: Sequence[Streams],
    counts: Sequence[PartCount],
    checked: Conformance | None,
) -> list[Measures]:
    """The measures of each part: `parts` are its streams. What is not told by part is empty."""
    fulfilled = [path for path in streams.paths if is_counted(path, streams)]
    in_order = parted
    if streams.against_time is not None:  # those have no lead time
        in_order = replace(parted, rows=parted.rows.anti_join(streams.against_time, "case_id"))
    leads = _lead_times(tables, streams, in_order, fulfilled)
    of_variants = _variant_lead_times(tables, streams, in_order, fulfilled, checked)
    visit_quantiles, gaps = _visit_quantiles(tables, streams, parted, fulfilled)
    found = []
    for number, (part, count) in enumerate(zip(parts, counts, strict=True)):
        own = [path for path in part.paths if is_counted(path, part)]
        visits = counted_visits(part, visits_of(part, own), visit_quantiles[number])
        waits = waiting(visits, gaps[number].get(0), own, part)
        ended = _outcomes(count, streams, mapped)
        claimed, held, closure, lag, last = (
            leads.get((key, number), Distribution(0, ())) for key in (*LEAD_TIMES, LAST)
        )
        found.append(
            Measures(
                fulfilled=sum(path.streams for path in own),
                lead_time_claimed=claimed,
                lead_time_held=held,
                closure=closure,
                closure_lag=lag,
                visit_times=visits,
                waiting=waits,
                flow_efficiency=flow_efficiency(waits, 0),
                rework=rework(part),
                ends=ended.ends,
                ended_without_value=ended.ended_without_value,
                without_value_or_end=ended.without_value_or_end,
                selection=_NO_SELECTION,
                variant_lead_time=of_variants[number],
                time_by_activity=time_by_activity(visits),
                lead_time_last=last,
            )
        )
    return found


def _lead_times(
    tables: Tables, streams: Streams, parted: Parted, fulfilled: Sequence[Path]
) -> dict[tuple[int, int], Distribution]:
    """Lead times by (key, part)."""
    spans, width = all_lead_time_spans(streams, fulfilled), len(parted.names)
    if not len(spans.key):
        return {}
    found = distributions_of(tables, in_parts(tables, parted, spans), (LAST + 1) * width)
    return {divmod(key, width): times for key, times in found.items()}


def _variant_lead_times(
    tables: Tables, streams: Streams, parted: Parted, fulfilled: Sequence[Path], checked: Conformance | None
) -> list[dict[int, Quantiles]]:
    """By part: the lead times of the variants that are shown, to the first value held."""
    shown = _shown(streams, checked)
    return quantiles_in_parts(tables, parted, variant_spans([path for path in fulfilled if path.variant in shown]))


def _shown(streams: Streams, checked: Conformance | None) -> set[int]:
    deviating = [] if checked is None else [one.variant for one in checked.checks if not one.conforms]
    return {*(one.id for one in streams.variants[:SHOWN_VARIANTS]), *deviating[: 2 * SHOWN_VARIANTS]}


def _visit_quantiles(
    tables: Tables, streams: Streams, parted: Parted, fulfilled: Sequence[Path]
) -> tuple[list[dict[int, Quantiles]], list[dict[int, Quantiles]]]:
    """By part: the times in visits by label, and those between visits by the key 0, as in `visit_times`."""
    spans = visit_spans(visits_of(streams, fulfilled), streams)
    overlapping = streams.tells_ends
    of_visits = quantiles_in_parts(tables, parted, spans.visits, stop=spans.stop, overlapping=overlapping)
    if spans.between is None:
        return of_visits, [{} for _ in parted.names]
    return of_visits, quantiles_in_parts(tables, parted, spans.between, start="lasts", overlapping=overlapping)


def _outcomes(count: PartCount, streams: Streams, mapped: MappedLog) -> Outcomes:
    ends: Counter[str] = Counter()
    for index, number in count.ends.items():
        ends[mapped.ends[index]] += number
    in_order = {end: ends[end] for end in type(mapped.ends[0]) if ends[end]} if mapped.ends else {}
    valueless = count.valueless if streams.can_realise_value else {}
    return Outcomes(in_order, valueless.get(State.ENDED, 0), valueless.get(State.OPEN, 0))
