"""Cases of several tickets, on logs that a reader can check.

    1 -fixed by> 7, 1 -parsed> 8

are links of the ticket 1, to the tickets 7 and 8, by the columns of these names (see `COLUMNS`).
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.core.activities import Activity, State
from mining.core.errors import RequestError
from mining.core.events import MappedLog
from mining.core.export import Holds
from mining.core.links import CasesBy, CasesSpec, LinkSpec
from mining.core.rates import PER_UNIT, RateCard, hundredths
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.measures import costs, headline, measure
from mining.streams import build_streams, explicit_streams, visits_by_case
from tests.log_builder import MINUTE, mapped_log

COLUMNS = {
    "fixed by": LinkSpec("rfc", "ticket"),
    "caused by": LinkSpec("cause", "ticket", onwards=False),
    "parsed": LinkSpec("notes", "ticket", pattern="T[0-9]+"),
    "problem": LinkSpec("problem_id", "problem"),
}
FOLLOW, CONNECTED = CasesSpec(CasesBy.FOLLOW), CasesSpec(CasesBy.CONNECTED)

# Two incidents that one problem explains: I1 and I2 lead to P. P began before I2 did.
SHARED = """
I1: 0 engage:log, 10 deliver_and_support:resolve!claimed, 20 .agent
P: 15 improve:analyse, 30 improve:solve, 60 .agent
I2: 40 engage:log, 50 deliver_and_support:resolve!claimed, 55 .agent
"""
SHARED_LINKS = "I1 -fixed by> P, I2 -fixed by> P"


def linked(tables: Tables, text: str, links: str, *, types: tuple[str, ...] = ("ticket",), **more: object) -> MappedLog:
    log = mapped_log(tables, text, **more)
    rows = []
    for link in filter(None, map(str.strip, links.split(","))):
        source, _, rest = link.partition(" -")
        column, _, target = rest.partition("> ")
        rows.append({"source": source, "target": target, "link": list(COLUMNS).index(column), "since": 0})
    names = [("source", pa.string()), ("target", pa.string()), ("link", pa.int16()), ("since", pa.int64())]
    table = tables.put(pa.Table.from_pylist(rows, schema=pa.schema(names)), "links")
    specs = tuple((types[0], spec) for spec in COLUMNS.values())
    return replace(log, links=table, link_specs=specs, ticket_types=types)


def build(tables: Tables, log: MappedLog, spec: CasesSpec) -> Streams:
    return build_streams(tables, log, max_paths=1000, spec=spec)


def told(tables: Tables, streams: Streams) -> list[str]:
    """Each stream: its case, its visits as `minute step` (in brackets where borrowed), its state and its end."""
    rows = tables.fetch(visits_by_case(tables, streams), limit=1000).to_pylist()
    ends = {
        row["case_id"]: row
        for row in tables.fetch(streams.table.select("case_id", "state", "ended"), limit=1000).to_pylist()
    }
    lines: dict[str, list[str]] = {case: [] for case in ends}
    for row in sorted(rows, key=lambda row: row["position"]):
        text = f"{int(row['start'].timestamp()) // 60} {row['step']}"
        lines[row["case_id"]].append(f"({text})" if row.get("borrowed") else text)
    return [
        f"{case}: {', '.join(visits)} {ends[case]['state']}"
        + (f" {ended // MINUTE}" if (ended := ends[case]["ended"]) is not None else "")
        for case, visits in sorted(lines.items())
    ]


@pytest.mark.parametrize("spec", [CasesSpec(CasesBy.TICKET), FOLLOW, CONNECTED])
def test_cases_that_are_gathered_in_parts_are_the_same(tables: Tables, spec: CasesSpec, monkeypatch) -> None:
    log = linked(tables, SHARED, SHARED_LINKS)
    log = replace(log, ledger=replace(log.ledger, events_made=9))
    whole = build(tables, log, spec)
    monkeypatch.setattr("mining.streams.gathered._AT_A_TIME", 3)
    added: list[str] = []
    extend = type(tables).extend
    monkeypatch.setattr(type(tables), "extend", lambda *of: added.append(of[-1]) or extend(*of))
    in_parts = build(tables, log, spec)
    assert len(added) == (2 if spec.by is CasesBy.TICKET else 5)
    assert told(tables, in_parts) == told(tables, whole)
    assert (in_parts.variants, in_parts.steps, in_parts.cases) == (whole.variants, whole.steps, whole.cases)


def test_a_shared_problem_is_in_the_stream_of_each_incident_from_its_demand_on(tables: Tables) -> None:
    streams = build(tables, linked(tables, SHARED, SHARED_LINKS), FOLLOW)
    assert told(tables, streams) == [
        "I1: 0 log, 10 resolve, 15 analyse, 30 solve ended 60",
        "I2: 40 log, 50 resolve ended 60",
    ]
    assert (streams.cases, streams.linked.several, streams.linked.shared) == (2, 2, 1)


def test_what_is_shared_counts_once(tables: Tables) -> None:
    text = SHARED.replace("60 .agent", "60 improve:solve, 70 .agent")
    log = linked(tables, text, SHARED_LINKS)
    streams = build(tables, log, FOLLOW)
    assert told(tables, streams) == [
        "I1: 0 log, 10 resolve, 15 analyse, 30 solve ended 70",
        "I2: 40 log, 50 resolve, (60 solve) ended 70",
    ]
    assert streams.events == 10  # of the log: P's are I1's
    assert streams.visits == 6
    (into,) = [
        h for h in streams.activities if (h.source, h.target) == (Activity.DELIVER_AND_SUPPORT, Activity.IMPROVE)
    ]
    assert (into.count, into.streams) == (1, 1)


def test_borrowed_time_is_in_the_lead_time_of_its_stream_and_not_in_the_totals(tables: Tables) -> None:
    """Both are resolved only after the problem was looked into: 20 minutes that nobody spent twice."""
    log = linked(
        tables,
        """
        A: 0 engage:log, 40 deliver_and_support:resolve!claimed, 50 .agent
        B: 1 engage:log, 40 deliver_and_support:resolve!claimed, 50 .agent
        P: 10 improve:analyse, 30 improve:pass/team, 45 .agent
        """,
        "A -fixed by> P, B -fixed by> P",
    )
    streams = build(tables, log, FOLLOW)
    measures = measure(tables, streams, log)
    assert measures.lead_time_claimed.percentiles[0] == 39 * MINUTE
    assert measures.lead_time_claimed.percentiles[100] == 40 * MINUTE
    times = {
        visit.label.step: (visit.visits, visit.times.total // MINUTE) for visit in measures.visit_times if visit.times
    }
    assert times["analyse"] == (1, 20)
    assert times["pass"] == (1, 10)
    assert times["log"] == (2, 10 + 9)
    assert {wait.on: wait.streams for wait in measures.waiting} == {"team": 1, None: 2}


def test_a_ticket_that_was_over_before_the_demand_is_no_part_of_the_stream(tables: Tables) -> None:
    """P had ended when A came, and is in no stream; its change C had not, and is reached by way of it. Q had not ended,
    so B waits for it, though nothing happened to Q since."""
    text = """
    P: 0 improve:analyse, 9 .agent
    C: 5 obtain_build:build, 40 obtain_build:test, 60 .agent
    Q: 2 improve:analyse
    A: 20 engage:log, 50 .agent
    B: 30 engage:log, 35 .agent
    """
    streams = build(tables, linked(tables, text, "A -fixed by> P, P -fixed by> C, B -fixed by> Q"), FOLLOW)
    assert told(tables, streams) == ["A: 20 log, 40 test ended 60", "B: 30 log open"]
    found = streams.linked
    assert (found.in_no_stream, found.tickets) == ((("ticket", 1),), 5)
    assert (found.several, found.largest) == (2, 2)
    assert (streams.events, found.events_before) == (6, 2)  # C's first and Q's; those of P are in no stream


def test_all_that_hangs_together_is_one_case(tables: Tables) -> None:
    streams = build(tables, linked(tables, SHARED, SHARED_LINKS), CONNECTED)
    assert told(tables, streams) == ["I1: 0 log, 10 resolve, 15 analyse, 30 solve, 40 log, 50 resolve ended 60"]
    assert streams.events == 9


def test_tickets_hang_together_over_one_that_is_in_no_export(tables: Tables) -> None:
    log = linked(tables, "A: 0 engage:log\nB: 5 engage:ask\nC: 9 engage:log", "A -problem> X, B -problem> X")
    streams = build(tables, log, CONNECTED)
    assert told(tables, streams) == ["A: 0 log, 5 ask unknown", "C: 9 log unknown"]
    use = next(use for use in streams.linked.uses if use.column == "problem_id")
    assert (use.links, use.tickets, use.absent, use.to_itself) == (2, 2, 2, 0)
    assert told(tables, build(tables, log, FOLLOW)) == ["A: 0 log unknown", "B: 5 ask unknown", "C: 9 log unknown"]


def test_a_link_that_says_where_a_ticket_came_from_is_followed_the_other_way(tables: Tables) -> None:
    """The change C led to the incident I: its stream goes on to the incident, not the incident's back to the change."""
    log = linked(tables, "C: 0 obtain_build:build\nI: 9 engage:log", "I -caused by> C")
    assert told(tables, build(tables, log, FOLLOW)) == ["C: 0 build, 9 log unknown"]


def test_a_case_is_open_while_one_of_its_tickets_is(tables: Tables) -> None:
    text = "A: 0 engage:log, 5 .agent\nP: 3 improve:analyse, 4 improve:solve\nB: 1 engage:log, 9 .duplicate"
    streams = build(tables, linked(tables, text, "A -fixed by> P"), FOLLOW)
    assert told(tables, streams) == ["A: 0 log, 3 analyse, 4 solve open", "B: 1 log cancelled 9"]
    assert (streams.open, streams.cancelled) == (1, 1)


@pytest.mark.parametrize(("spec", "state"), [(FOLLOW, State.CANCELLED), (CONNECTED, State.ENDED)])
def test_a_duplicate_cancels_its_own_stream_and_not_all_that_hangs_together(
    tables: Tables, spec: CasesSpec, state: State
) -> None:
    text = "A: 0 engage:log, 9 .duplicate\nB: 1 engage:log, 5 .agent"
    streams = build(tables, linked(tables, text, "A -fixed by> B"), spec)
    assert {s for s, n in streams.states.items() if n} == {state}


def test_links_in_a_circle_and_to_oneself(tables: Tables) -> None:
    text = "A: 0 engage:log\nB: 1 engage:ask\nC: 2 engage:log"
    streams = build(tables, linked(tables, text, "B -fixed by> A, A -fixed by> B, C -fixed by> C"), FOLLOW)
    assert told(tables, streams) == ["A: 0 log, 1 ask unknown", "C: 2 log unknown"]
    assert streams.linked.in_circles == 2
    assert next(use for use in streams.linked.uses if use.column == "rfc").to_itself == 1


def test_a_case_takes_no_more_tickets_than_it_may(tables: Tables) -> None:
    text = "\n".join(f"T{i}: {i} engage:log" for i in range(6))
    links = ", ".join(f"T0 -fixed by> T{i}" for i in range(1, 6))
    streams = build(tables, linked(tables, text, links), replace(FOLLOW, at_most=3))
    assert [(line, streams.linked.largest) for line in told(tables, streams)] == [("T0: 0 log unknown", 3)]
    assert (streams.linked.cut_streams, streams.linked.cut_tickets, streams.linked.cut) == (1, 3, (("T0", 3),))
    assert streams.linked.in_no_stream == (("ticket", 3),)
    together = build(tables, linked(tables, text, links), replace(CONNECTED, at_most=3))
    assert (together.cases, together.linked.cut) == (6, (("T0", 6),))  # each is a case of its own
    assert together.linked.in_no_stream == ()


def test_streams_begin_where_the_mapping_says(tables: Tables) -> None:
    """With two types, tickets are called by theirs; a problem that no incident leads to is in no stream."""
    text = (
        "incident 1: 0 engage:log\nproblem 7: 3 improve:analyse\nproblem 8: 4 improve:analyse\nincident 2: 5 engage:log"
    )
    log = linked(tables, text, "1 -problem> 7, 2 -problem> 9", types=("incident", "problem"))
    streams = build(tables, log, replace(FOLLOW, start=("incident",)))
    assert told(tables, streams) == ["incident 1: 0 log, 3 analyse unknown", "incident 2: 5 log unknown"]
    assert streams.linked.in_no_stream == (("problem", 1),)
    assert [(o.type, o.other, o.tickets, o.without) for o in streams.linked.orphans] == [
        ("incident", "problem", 2, 1),
        ("problem", "incident", 2, 1),
    ]
    with pytest.raises(RequestError, match=r"(?s)in no export.*change.*incident, problem"):
        build(tables, log, replace(FOLLOW, start=("change",)))


def test_weak_links_can_be_left_out(tables: Tables) -> None:
    text = "A: 0 engage:log, 9 deliver_and_support:fix!claimed, 10 .agent\nT1: 1 engage:log, 2 engage:log, 3 .agent"
    log = linked(tables, text, "A -parsed> T1")
    assert build(tables, log, FOLLOW).linked.weak == 1
    figures = headline(tables, explicit_streams(tables, log, max_paths=1000, spec=FOLLOW), can_realise_value=True)
    assert (figures.streams, figures.fulfilled, figures.lead_time.median) == (2, 1, 9 * MINUTE)


def test_events_with_ends_keep_their_order_over_tickets(tables: Tables) -> None:
    text = "A: 0-4 engage:log, 9-12 deliver_and_support:fix\nP: 2-6 improve:analyse, 10-20 improve:solve"
    log = linked(tables, text, "A -fixed by> P", holds=Holds.POINT)
    assert told(tables, build(tables, log, FOLLOW)) == ["A: 0 log, 2 analyse, 9 fix, 10 solve unknown"]


def test_a_log_without_links_says_so(tables: Tables) -> None:
    with pytest.raises(RequestError, match="no links to make cases of"):
        build(tables, mapped_log(tables, "A: 0 engage:log"), FOLLOW)


TICKETS = [f"T{i}" for i in range(8)]
PAIRS = st.lists(st.tuples(st.sampled_from(TICKETS), st.sampled_from([*TICKETS, "gone"])), max_size=14)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS, at_most=st.integers(2, 9))
def test_every_ticket_is_in_a_stream_and_every_event_counts_once(tables: Tables, pairs, at_most: int) -> None:
    """Whatever the links: nothing is lost but what a cut left out, and nothing counted twice."""
    text = "\n".join(
        f"{ticket}: {i} engage:s{i}, {i + 20} improve:e{i}, {i + 40} .agent" for i, ticket in enumerate(TICKETS)
    )
    log = linked(tables, text, ", ".join(f"{one} -fixed by> {other}" for one, other in pairs))
    for spec in (FOLLOW, CONNECTED):
        streams = build(tables, log, replace(spec, at_most=at_most))
        lost = sum(number for _, number in streams.linked.in_no_stream)
        assert streams.events + streams.linked.events_before == 3 * (len(TICKETS) - lost)
        assert bool(lost) <= bool(streams.linked.cut_streams)
        assert streams.linked.largest <= at_most
        if spec is CONNECTED:
            assert lost == 0
        for line in told(tables, streams) if spec is FOLLOW else ():
            case, _, visits = line.partition(": ")
            seen = {f"T{part.split()[1].strip(')')[1:]}" for part in visits.rpartition(" ended")[0].split(", ")}
            assert seen <= reachable(case, pairs)
            if not streams.linked.cut_streams:
                assert seen == reachable(case, pairs)
        tables.drop(streams.table)


def reachable(start: str, pairs: list[tuple[str, str]]) -> set[str]:
    """What links lead to from a ticket, the ticket among it; over tickets of the log alone."""
    found = {start}
    while new := {other for one, other in pairs if one in found and other in TICKETS} - found:
        found |= new
    return found


def test_returns_and_costs_of_a_shared_ticket_count_once(tables: Tables) -> None:
    """Both incidents come back to deliver after the problem, which belongs to I1: 80 minutes away from 10 to 90. What
    I2 was away for is the problem's time, and counts there. At 1 a minute I1 costs 90, and I2 its own 20."""
    text = """
    I1: 0 engage:log, 5 deliver_and_support:fix, 90 deliver_and_support:give!claimed, 99 .agent
    P: 10 improve:analyse, 50 improve:solve, 60 .agent
    I2: 30 engage:log, 40 deliver_and_support:fix, 95 deliver_and_support:give!claimed, 98 .agent
    """
    log = linked(tables, text, "I1 -fixed by> P, I2 -fixed by> P")
    log = replace(log, rates=RateCard("EUR", default=60 * PER_UNIT))
    streams = build(tables, log, FOLLOW)
    (deliver,) = measure(tables, streams, log).doubling_back.activities
    assert (deliver.returns, deliver.streams) == (2, 2)
    assert deliver.iteration.away is not None
    assert (deliver.iteration.away.n, deliver.iteration.away.total) == (1, 80 * MINUTE)
    found = costs(tables, streams, log, None)
    assert found is not None
    assert found.per_stream is not None
    assert [hundredths(found.total), hundredths(found.per_stream.median)] == [11_000, 2_000]


def test_a_return_to_a_borrowed_visit_counts_for_the_stream_that_it_belongs_to(tables: Tables) -> None:
    """P improves, is tried, and improves again: one return, though it is in both streams."""
    text = """
    I1: 0 engage:log, 90 deliver_and_support:give!claimed, 99 .agent
    P: 10 improve, 40 obtain_build, 50 improve, 60 .agent
    I2: 5 engage:log, 95 deliver_and_support:give!claimed, 98 .agent
    """
    log = linked(tables, text, "I1 -fixed by> P, I2 -fixed by> P")
    measures = measure(tables, build(tables, log, FOLLOW), log)
    (improve,) = measures.doubling_back.activities
    assert (improve.visited, improve.streams, improve.returns) == (1, 1, 1)
    assert measures.rework.back_to_activity == measures.rework.back_to_step == measures.doubling_back.back == 1
