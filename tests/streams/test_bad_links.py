"""Links as no tool should write them: to nothing, to oneself, in circles, of one number twice, very many."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from test_linked_tickets import CONNECTED, FOLLOW, build, linked, told

from mining.core.events import MappedLog
from mining.core.tables import Tables
from mining.streams.reach import follow
from tests.log_builder import MINUTE, mapped_log

pytestmark = pytest.mark.slow  # each is quick, all of them are not

THREE = "A: 0 engage:log, 9 .agent\nB: 1 engage:ask, 9 .agent\nC: 2 engage:log, 9 .agent"


@pytest.mark.parametrize("spec", [FOLLOW, CONNECTED])
def test_links_to_tickets_that_do_not_exist_change_nothing(tables: Tables, spec) -> None:
    log = linked(tables, THREE, "A -fixed by> X1, A -parsed> X2, B -caused by> X3, C -fixed by> X4")
    streams = build(tables, log, spec)
    assert told(tables, streams) == ["A: 0 log ended 9", "B: 1 ask ended 9", "C: 2 log ended 9"]
    assert (streams.linked.several, streams.linked.in_no_stream, streams.linked.shared) == (0, (), 0)
    assert sum(use.absent for use in streams.linked.uses) == sum(use.links for use in streams.linked.uses) == 4


@pytest.mark.parametrize("spec", [FOLLOW, CONNECTED])
def test_links_to_oneself_change_nothing(tables: Tables, spec) -> None:
    links = "A -fixed by> A, A -caused by> A, B -parsed> B"
    streams = build(tables, linked(tables, THREE, links), spec)
    assert len(told(tables, streams)) == streams.cases == 3
    assert [use.to_itself for use in streams.linked.uses if use.links] == [1, 1, 1]
    assert streams.linked.in_circles == 0


@pytest.mark.parametrize("spec", [FOLLOW, CONNECTED])
def test_a_circle_is_one_stream_that_begins_at_its_first_ticket(tables: Tables, spec) -> None:
    links = "C -fixed by> A, A -fixed by> B, B -fixed by> C"
    streams = build(tables, linked(tables, THREE, links), spec)
    assert told(tables, streams) == ["A: 0 log, 1 ask, 2 log ended 9"]
    assert (streams.linked.in_circles, streams.linked.shared) == (3, 0)


def test_circles_that_meet_and_what_leads_into_them(tables: Tables) -> None:
    """Two circles over B, and D that leads into one of them: all of it is D's stream, from D's demand on."""
    text = THREE + "\nD: 0 engage:call, 9 .agent"
    links = "A -fixed by> B, B -fixed by> A, B -fixed by> C, C -fixed by> B, D -fixed by> C"
    streams = build(tables, linked(tables, text, links), FOLLOW)
    assert told(tables, streams) == ["D: 0 log, 0 call, 1 ask, 2 log ended 9"]
    assert streams.linked.in_circles == 3


def test_tickets_of_one_number_in_two_types_are_two(tables: Tables) -> None:
    """The incident 1 names the problem 1, and the problem 2 is not the incident 2."""
    text = "incident 1: 0 engage:log\nincident 2: 1 engage:ask\nproblem 1: 2 improve:find\nproblem 2: 3 improve:find"
    log = linked(tables, text, "1 -problem> 1", types=("incident", "problem"))
    for spec in (FOLLOW, CONNECTED):
        streams = build(tables, log, spec)
        assert told(tables, streams) == [
            "incident 1: 0 log, 2 find unknown",
            "incident 2: 1 ask unknown",
            "problem 2: 3 find unknown",
        ]
        assert all(use.to_itself == 0 for use in streams.linked.uses)


def test_the_same_link_told_by_several_columns_and_both_ways_is_one(tables: Tables) -> None:
    links = "A -fixed by> B, A -parsed> B, B -caused by> A, A -fixed by> B"
    streams = build(tables, linked(tables, THREE.replace("B:", "T7:"), links.replace("B", "T7")), FOLLOW)
    assert told(tables, streams) == ["A: 0 log, 1 ask ended 9", "C: 2 log ended 9"]
    assert streams.linked.in_circles == 0


@pytest.mark.slow
def test_the_order_of_links_and_events_does_not_matter(tables: Tables) -> None:
    text = "\n".join(f"T{i}: {i % 7} engage:s{i % 5}, {40 + i} .agent" for i in range(30))
    draw = random.Random(7)
    links = [f"T{draw.randrange(30)} -fixed by> T{draw.randrange(32)}" for _ in range(25)]
    seen = set()
    for seed in range(3):
        random.Random(seed).shuffle(links)
        log = linked(tables, text, ", ".join(links), shuffle=random.Random(seed).shuffle)
        seen |= {(spec.by, tuple(told(tables, build(tables, log, spec)))) for spec in (FOLLOW, CONNECTED)}
    assert len(seen) == 2


MANY = 100_000


def many(tables: Tables, pairs: list[tuple[int, int]]) -> MappedLog:
    """So many tickets, each with one event, a minute after the one before, and links between them by their numbers."""
    log = mapped_log(tables, "T: 0 engage:log")
    number = np.arange(MANY)
    events = {
        "case_id": pa.array([f"T{i}" for i in range(MANY)]),
        "time": pa.array(number * MINUTE),
        "sequence": pa.array(number * 0 + 8),
        "visit": pa.array(number * 0, pa.int16()),
        "end": pa.nulls(MANY, pa.int16()),
        "unmapped": pa.array(np.zeros(MANY, dtype=bool)),
    }
    links = {
        "source": pa.array([f"T{a}" for a, _ in pairs]),
        "target": pa.array([f"T{b}" for _, b in pairs]),
        "link": pa.array([0] * len(pairs), pa.int16()),
        "since": pa.array([0] * len(pairs), pa.int64()),
    }
    empty = linked(tables, "T: 0 engage:log", "")
    made = replace(log, table=tables.put(pa.table(events), "many"), link_specs=empty.link_specs)
    return replace(made, links=tables.put(pa.table(links), "many_links"))


CHAIN = [(i, i + 1) for i in range(MANY - 1)]
STAR = [(0, i) for i in range(1, MANY)]
INTO_ONE = [(i, 0) for i in range(1, MANY)]
CIRCLE = [*CHAIN, (MANY - 1, 0)]


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [CHAIN, STAR, INTO_ONE, CIRCLE], ids=["chain", "star", "into one", "circle"])
def test_a_stream_of_a_hundred_thousand_tickets(tables: Tables, pairs: list[tuple[int, int]]) -> None:
    log = many(tables, pairs)
    whole = build(tables, log, replace(CONNECTED, at_most=MANY))
    assert (whole.cases, whole.events, whole.linked.largest, whole.linked.cut) == (1, MANY, MANY, ())
    apart = build(tables, log, CONNECTED)
    assert (apart.cases, apart.linked.cut) == (MANY, (("T0", MANY),))
    followed = build(tables, log, FOLLOW)
    assert followed.linked.largest <= 100
    lost = sum(number for _, number in followed.linked.in_no_stream)
    assert followed.events + followed.linked.events_before == MANY - lost
    assert bool(lost) == bool(followed.linked.cut_streams)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [CHAIN[:20_000], STAR], ids=["chain", "star"])
def test_following_very_far_ends(pairs: list[tuple[int, int]]) -> None:
    """Each link of the chain is a step of its own."""
    source, target = np.array(pairs).T
    members = follow(np.array([0]), source, target, MANY, MANY)
    assert (len(members.ticket), members.cut) == (len(pairs) + 1, ())
