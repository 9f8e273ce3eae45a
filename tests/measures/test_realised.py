"""How often value came in a stream, and the lead time to the last of it."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

from mining.core.scope import Scope
from mining.core.tables import Tables
from mining.measures import measure
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

LOG = """
plain:     0 engage, 10 deliver_and_support!claimed, 99 .agent
confirmed: 0 engage, 10 deliver_and_support!claimed, 20 engage!confirmed, 99 .agent
again:     0 engage, 10 improve!claimed, 20 engage!withdrawn, 30 improve!claimed, 99 .agent
further:   0 engage, 10 deliver_and_support!claimed, 50 improve!claimed, 99 .agent
alone:     0 engage, 15 engage!confirmed, 99 .agent
taken:     0 engage, 10 improve!claimed, 20 engage!withdrawn, 99 .agent
never:     0 engage, 99 .agent
"""


def measured(tables: Tables, text: str, **more: Any) -> Any:
    log = replace(mapped_log(tables, text), **more)
    return measure(tables, build_streams(tables, log, max_paths=1000), log)


def test_value_counts_each_time_it_is_claimed_and_a_confirmation_only_where_no_claim_stands(tables: Tables) -> None:
    realised = measured(tables, LOG).realised
    assert [astuple(one) for one in realised.times] == [
        (1, False, 4, 0, 0),  # plain, confirmed, alone, taken
        (2, False, 2, 1, 1),  # again, further
    ]
    assert realised.with_value == 6
    assert realised.children is None


def test_the_last_value_is_later_than_the_first_where_further_value_came(tables: Tables) -> None:
    found = measured(tables, LOG)
    last, held = found.lead_time_last, found.lead_time_held
    assert (last.n, held.n) == (5, 5)  # in the stream that was taken back, none holds
    assert (held.percentiles[100], last.percentiles[100]) == (30 * MINUTE, 50 * MINUTE)
    assert (held.median, last.median) == (10 * MINUTE, 15 * MINUTE)


def test_five_times_and_more_stand_in_one_line(tables: Tables) -> None:
    visits = ", ".join(f"{n * 2} engage:a!claimed, {n * 2 + 1} engage:b!claimed" for n in range(4))
    (line,) = measured(tables, f"A: {visits}\nB: {visits}, 20 improve!claimed").realised.times
    assert (line.times, line.or_more, line.streams, line.further) == (5, True, 2, 2)


def test_time_and_work_are_split_by_the_scope_of_the_type(tables: Tables) -> None:
    """Work goes on until the end that is told: 4 minutes of 10, and 5 of 20."""
    found = measured(
        tables,
        """
        incident 1: 0-4 engage, 10 deliver_and_support!claimed, 11 .agent
        change 1: 0-5 obtain_build, 20 improve!claimed, 21 .agent
        change 2: 0 obtain_build
        """,
        ticket_types=("incident", "change"),
        scopes=(("incident", Scope.RUN), ("change", Scope.CHANGE)),
    )
    scopes = found.scopes
    parts = [(one.scope, one.streams, one.fulfilled, one.elapsed, one.recorded_work) for one in scopes.parts]
    state = found.flow_efficiency
    assert parts[0][:3] == (Scope.RUN, 1, 1)
    assert parts[1][:3] == (Scope.CHANGE, 2, 1)
    assert (scopes.elapsed, scopes.recorded_work) == (state.elapsed, state.recorded_work)
    assert [one.lead_time.median // MINUTE for one in scopes.parts] == [10, 20]
    assert scopes.streams == 3
