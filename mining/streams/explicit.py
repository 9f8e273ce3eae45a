"""The streams that explicit links alone make, as far as the headline asks for them.

It is what streams are with weak links too, without what depends on their paths: no variants, no hand-offs, and no path
leaves the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import MappedLog
from mining.core.links import CasesSpec
from mining.core.tables import Tables
from mining.streams.build import top_paths
from mining.streams.cases import make_cases
from mining.streams.gathered import kept_cases

if TYPE_CHECKING:
    import ibis.expr.types as ir


def explicit_streams(
    tables: Tables, mapped: MappedLog, *, max_paths: int, spec: CasesSpec, begins: ir.Table | None = None
) -> ir.Table:
    """One row a stream, kept: state (string), has_value (boolean), lead (int64, microseconds from demand to the first
    value claimed or confirmed, null where there is none, or where columns contradict the time) and within_cap (boolean,
    whether it is on one of the `max_paths` most frequent paths). Raises as `build_streams` does."""
    import ibis

    cases_of = make_cases(tables, mapped, spec, weak=False, begins=begins)
    cases = kept_cases(tables, mapped, cases_of)
    for kept in cases_of.kept:
        tables.drop(kept)
    marks = [i for i, label in enumerate(mapped.visits) if label.realises]
    marks += [mark + len(mapped.visits) for mark in marks]  # the same where they are borrowed
    lead = ibis.null("int64")
    if marks:
        lead = cases.starts.filter(lambda _, i: cases.visits[i].isin(marks))[0] - cases["first"]
    told = cases.select("case_id", "visits", "state", "has_value", lead=lead)
    if cases_of.against_time is not None:
        against = cases_of.against_time.select(against="case_id")
        told = told.left_join(against, told.case_id == against.against)
        told = told.mutate(lead=ibis.ifelse(told.against.isnull(), told.lead, ibis.null("int64")))
    top = top_paths(cases, max_paths).select(path_visits="visits", path_state="state")
    joined = told.left_join(top, [told.visits == top.path_visits, told.state == top.path_state])
    found = joined.select("state", "has_value", "lead", within_cap=joined.path_state.notnull())
    streams = tables.keep(found, "explicit_streams")
    for kept in (cases, *([] if cases_of.against_time is None else [cases_of.against_time])):
        tables.drop(kept)
    return streams
