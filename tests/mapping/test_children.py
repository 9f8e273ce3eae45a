"""Child tickets and their cascaded closures; columns that contradict the order of time; what says run or change."""

from __future__ import annotations

from typing import Any

import pytest
from mapping_helpers import MINUTE, event_table, mapping, rows
from test_mapping_errors import GOOD, problems_of
from test_shapes import TICKETS, mapped, ticket_rows

from mining.core.events import MappedLog
from mining.core.scope import Scope
from mining.core.tables import Tables
from mining.mapping import map_events, parse_mapping
from mining.mapping.several import Part, together
from mining.measures import measure, service_desk
from mining.streams import build_streams, visits_by_case

pytestmark = pytest.mark.slow  # each is quick, all of them are not

RULES = """
- {when: {event: New}, activity: {engage: log}}
- {when: {event: Work}, activity: {deliver_and_support: handle}}
- {when: {event: Done}, activity: {deliver_and_support: resolve}, value: claimed}
- {when: {event: Closed}, end: agent}
"""
PARENT = "facts: {parent: team}"  # the second column is the parent's number

# B hangs on A from minute 3 on and is resolved with it; C too, and is resolved an hour earlier; D with it, but by
# somebody else; E by a machine; F hangs on a ticket that nobody exported; G is resolved half a minute after A.
LOG = """
A 0   New    | - | ann
A 60  Done   | - | ann
A 70  Closed | - | timer
B 1   New    | - | bob
B 3   Work   | A | bob
B 60  Done   | A | ann
C 2   New    | A | bob
C 5   Done   | A | ann
D 2   New    | A | bob
D 60  Done   | A | bob
E 2   New    | A | bob
E 61  Done   | A | timer
F 2   New    | X | bob
F 60  Done   | X | ann
H 2   New    | A | bob
H 71  Closed | A | timer
"""


def log_of(tables: Tables, text: str = LOG, top: str = PARENT) -> MappedLog:
    return map_events(tables, event_table(tables, rows(text)), mapping(RULES, top=f"{top}\nsystem_actors: [timer]"))


def children(tables: Tables, log: MappedLog) -> dict[str, tuple[Any, ...]]:
    assert log.children is not None
    return {
        row["case_id"]: (row["parent"], row["since"] // MINUTE, row["known"], row["cascaded"])
        for row in tables.fetch(log.children, limit=100).to_pylist()
    }


def test_children_hang_on_the_parent_that_they_name_and_what_is_closed_with_it_is_cascaded(tables: Tables) -> None:
    assert children(tables, log_of(tables)) == {
        "B": ("A", 3, True, True),
        "C": ("A", 2, True, False),
        "D": ("A", 2, True, False),
        "E": ("A", 2, True, True),
        "F": ("X", 2, False, False),
        "H": ("A", 2, True, True),  # it never reached value: its end is what counts
    }


def test_a_minute_apart_is_together_and_more_is_not(tables: Tables) -> None:
    text = "A 0 New | - | ann\nA 9 Done | - | ann\nB 1 New | A | x\nB 10 Done | A | ann"
    log = log_of(tables, f"{text}\nC 1 New | A | x\nC 11 Done | A | ann")
    assert [cascaded for *_, cascaded in children(tables, log).values()].count(True) == 1
    assert children(tables, log)["B"][3]


def test_who_it_was_is_no_obstacle_where_the_export_does_not_say(tables: Tables) -> None:
    log = log_of(tables, "A 0 New | - | -\nA 9 Done | - | -\nB 1 New | A | x\nB 9 Done | A | bob")
    assert children(tables, log)["B"][3]


def test_no_ticket_is_a_child_of_itself_and_of_two_only_the_later_one_is(tables: Tables) -> None:
    log = log_of(tables, "A 0 New | A | x\nB 1 New | C | x\nC 2 New | B | x")
    assert children(tables, log) == {"C": ("B", 2, True, False)}


def test_of_a_longer_circle_the_first_to_begin_is_no_child(tables: Tables) -> None:
    """C > D > E > C, of which D began first; F hangs on the circle, G on a chain that leads to none."""
    circle = "C 3 New | D | x\nD 1 New | E | x\nE 2 New | C | x\nF 0 New | C | x\nG 4 New | H | x\nH 5 New | I | x"
    log = log_of(tables, f"{circle}\nI 6 New | - | x")
    assert {child: parent for child, (parent, *_) in children(tables, log).items()} == {
        "C": "D",
        "E": "C",
        "F": "C",
        "G": "H",
        "H": "I",
    }


def test_two_circles_that_began_at_one_time_are_broken_by_number(tables: Tables) -> None:
    text = "B 1 New | C | x\nC 1 New | A | x\nA 1 New | B | x\nP 2 New | Q | x\nQ 2 New | P | x"
    assert sorted(children(tables, log_of(tables, text))) == ["B", "C", "Q"]


def test_without_the_fact_or_without_a_parent_in_it_there_are_no_children(tables: Tables) -> None:
    assert log_of(tables, top="").children is None
    assert log_of(tables, "A 0 New | - | ann\nB 1 New | B | bob").children is None


def test_work_on_a_child_counts_for_its_parent_and_its_lead_time_is_its_own(tables: Tables) -> None:
    log = log_of(tables)
    streams = build_streams(tables, log, max_paths=1000)
    found = tables.fetch(visits_by_case(tables, streams), limit=100).to_pylist()
    lent = [f"{row['case_id']} {row['step']}" for row in found if row["borrowed"]]
    assert sorted(lent) == [
        *("B handle", "B resolve", "C log", "C resolve", "D log", "D resolve", "E log", "E resolve", "H log"),
    ]
    assert (streams.cases, streams.events, streams.visits) == (7, 6, 5)  # A's three, B's first, F's two; A ends without
    measures = measure(tables, streams, log)
    assert measures.lead_time_claimed.n == 1  # of A, which alone has ended with value
    own = {visit.label.step: visit.visits for visit in measures.visit_times}
    assert own == {"log": 1, "resolve": 1}
    realised = measures.realised
    assert realised is not None
    told = realised.children
    assert told is not None
    assert (told.tickets, told.absent, told.cascaded) == (6, 1, 3)
    assert (told.with_value, told.cascaded_with_value, told.resolutions) == (6, 2, 4)
    assert told.lead_time is None  # none of them has ended with value


def test_the_desk_counts_what_a_child_waits_for_its_parent_too(tables: Tables) -> None:
    rules = f"{RULES}- {{when: {{event: Ask}}, activity: {{engage: ask}}, waiting: user}}"
    days = "{0} 10 Ask | {1} | x\n{0} 60 Done | {1} | x\n{0} 70 Closed | {1} | x\n"
    text = f"A 0 New | - | x\nB 1 New | A | x\n{days.format('A', '-')}{days.format('B', 'A')}"
    log = map_events(tables, event_table(tables, rows(text)), mapping(rules, top=PARENT))
    streams = build_streams(tables, log, max_paths=1000)
    measures = measure(tables, streams, log)
    waits = service_desk(tables, streams, log, measures.selection).waits
    assert (waits.total, waits.waits) == (50 * MINUTE, 1)
    assert waits.total == sum(one.total for one in measures.waiting if one.on is not None)


def test_the_lead_time_of_children_runs_to_the_value_that_came_by_their_parent(tables: Tables) -> None:
    parent = "A 0 New | - | x\nA 60 Done | - | x\nA 70 Closed | - | x\n"
    log = log_of(tables, f"{parent}B 20 New | A | y\nB 60 Done | A | x\nB 70 Closed | A | x")
    realised = measure(tables, build_streams(tables, log, max_paths=1000), log).realised
    assert realised is not None
    assert realised.children is not None
    assert realised.children.lead_time is not None
    assert (realised.children.lead_time.n, realised.children.lead_time.median) == (1, 40 * MINUTE)


def test_parents_of_several_exports_are_called_as_their_tickets_are(tables: Tables) -> None:
    one = mapping(RULES, export="ticket_type: incident", top=PARENT)
    other = mapping(RULES, export="ticket_type: change")
    logs = [map_events(tables, event_table(tables, rows("A 0 New\nB 1 New | A")), each) for each in (one, other)]
    _, log = together([Part(each, of) for each, of in zip((one, other), logs, strict=True)])
    assert children(tables, log) == {"incident B": ("incident A", 1, True, False)}


# ---------------------------------------------------------------------------------------------- against the time

AGAINST = """
A 10 5 20 | bob | Network
B 10 15 9 | bob | Network
C 10 15 20 | bob | Network
D 10 10 10 | bob | Network
"""


def test_value_or_an_end_before_demand_is_found_told_and_in_no_lead_time(tables: Tables) -> None:
    rules = TICKETS.replace("  - when: {event: resolved, actor: timer}\n    ignore: true\n", "")
    rules = rules.replace("when: {event: resolved, previous.event: opened}", "when: {event: resolved}")
    rules = rules.replace("when: {event: closed, last: true}", "when: {event: closed}")
    log = mapped(tables, ticket_rows(AGAINST), rules=rules)
    assert log.against_time is not None
    found = tables.fetch(log.against_time.order_by("case_id"), limit=9).to_pylist()
    assert found == [{"case_id": "A", "value": True, "end": False}, {"case_id": "B", "value": False, "end": True}]
    (note,) = log.notes
    assert note.startswith("2 tickets have value or an end that is told for a time before their demand (opened_at)")
    measures = measure(tables, build_streams(tables, log, max_paths=1000), log)
    assert measures.realised is not None
    assert (measures.realised.against_time.streams, measures.realised.against_time.end) == (2, 1)
    assert measures.fulfilled == 3  # B is re-opened by what comes after its end, and so is not
    assert (measures.lead_time_claimed.n, measures.lead_time_claimed.percentiles[0]) == (2, 0)  # C, and D at once
    assert min(measures.lead_time_claimed.percentiles) >= 0


def test_value_before_the_demand_column_is_found(tables: Tables) -> None:
    demand = "demand: {time: opened, activity: engage}"
    text = "A 5 Done | - | x | 1 | 9\nA 12 New | - | x | 2 | 9\nB 10 Done | - | x | 1 | 9\nC 1 New | - | x | 1 | 9"
    log = map_events(tables, event_table(tables, rows(text)), mapping(RULES, export="order_by: [counter]", top=demand))
    assert log.against_time is not None
    assert tables.fetch(log.against_time, limit=9).to_pylist() == [{"case_id": "A", "value": True, "end": False}]
    assert "1 ticket has value or an end that is told for a time before its demand (demand)" in log.notes[-1]


def test_two_tickets_of_one_number_are_told(tables: Tables) -> None:
    rules = TICKETS.replace("  - when: {event: resolved, actor: timer}\n    ignore: true\n", "")
    log = mapped(tables, ticket_rows("A 1 2 3\nA 9 10 11\nB 1 2 3\nB 1 2 4\nC 1 2 3"), rules=rules)
    (said,) = [note for note in log.notes if "number" in note]
    assert said.startswith(
        "1 ticket stands in rows that tell different times for demand (opened_at): two tickets of one"
    )


def test_two_tickets_of_one_number_are_told_by_the_demand_column(tables: Tables) -> None:
    demand = "demand: {time: opened, activity: engage}"
    text = "A 5 New | - | x | 1 | 3\nA 12 Done | - | x | 2 | 9\nB 10 New | - | x | 1 | 9\nB 12 Done | - | x | 2 | 9"
    log = map_events(tables, event_table(tables, rows(text)), mapping(RULES, export="order_by: [counter]", top=demand))
    assert [note.split(":")[0] for note in log.notes if "number" in note] == [
        "1 ticket stands in rows that tell different times for demand (demand)"
    ]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (["A1", "A2", "A1"], []),
        (["A1", "a1", " A1", "B"], ["3 ticket numbers are like another but for blanks or capitals."]),
        (["A1", " ", "  "], ["Blanks alone were taken for the number of a ticket:"]),
    ],
)
def test_numbers_that_are_alike_are_told(tables: Tables, numbers: list[str], said: list[str]) -> None:
    found = rows("\n".join(f"X {minute} New" for minute in range(len(numbers))))
    spelt = [row | {"ticket_id": number} for row, number in zip(found, numbers, strict=True)]
    log = map_events(tables, event_table(tables, spelt), mapping(RULES))
    assert [note[: len(start)] for note, start in zip(log.notes, said, strict=True)] == said


def test_a_log_of_events_alone_cannot_contradict_itself(tables: Tables) -> None:
    log = log_of(tables, "A 5 Done\nA 9 New")
    assert (log.against_time, log.notes) == (None, ())


# ---------------------------------------------------------------------------------------------------------- scope


def test_a_mapping_says_of_its_tickets_whether_they_run_or_change_the_business(tables: Tables) -> None:
    one = mapping(RULES, export="ticket_type: incident", top="scope: run")
    other = mapping(RULES, export="ticket_type: change", top="scope: change")
    logs = [map_events(tables, event_table(tables, rows("A 0 New")), each) for each in (one, other)]
    _, log = together([Part(each, of) for each, of in zip((one, other), logs, strict=True)])
    assert log.scopes == (("incident", Scope.RUN), ("change", Scope.CHANGE))


def split(tables: Tables, log: MappedLog, reference: Scope | None = None) -> list[tuple[Any, ...]]:
    found = measure(tables, build_streams(tables, log, max_paths=1000), log, reference_scope=reference).scopes
    return (
        []
        if found is None
        else [(found.told_by, part.scope, part.streams, part.fulfilled, part.elapsed // MINUTE) for part in found.parts]
    )


LIVES = """
A 0 New | story | x
A 8 Done | story | x
A 9 Closed | story | x
B 0 New | bug | x
B 3 Done | bug | x
B 4 Closed | bug | x
C 0 New | bug | x
D 0 New | - | x
"""


def test_a_column_says_of_each_ticket_whether_it_changes_the_business(tables: Tables) -> None:
    log = log_of(tables, LIVES, "facts: {change: {column: team, is: [story]}}")
    assert split(tables, log) == [
        ("mapping", Scope.RUN, 2, 1, 3),
        ("mapping", Scope.CHANGE, 1, 1, 8),
        ("mapping", None, 1, 0, 0),
    ]
    assert split(tables, log, Scope.RUN)[0] == ("mapping and reference", Scope.RUN, 3, 1, 3)


def test_else_the_reference_stream_says_it_and_else_nobody(tables: Tables) -> None:
    log = log_of(tables, LIVES, "")
    assert split(tables, log, Scope.CHANGE) == [("reference", Scope.CHANGE, 4, 2, 11)]
    assert split(tables, log) == []


@pytest.mark.parametrize(
    ("top", "said"),
    [
        ("scope: both", ["unknown scope", "both"]),
        ("scope: run\nfacts: {change: {column: state, is: x}}", ["not both", "leave one of them out"]),
        ("facts: {change: {column: state}}", ["holds or does not"]),
        ("facts: {parent: {column: state, is: x}}", ["no cell needs to be named"]),
    ],
)
def test_what_is_wrong_with_scopes_and_parents_is_told_with_its_line(top: str, said: list[str]) -> None:
    (problem,) = problems_of(GOOD.replace("system_actors: [timer]", f"system_actors: [timer]\n{top}"))
    assert problem.line in (11, 12)
    assert not [word for word in said if word not in str(problem)], str(problem)


def test_a_table_of_links_has_no_scope() -> None:
    text = "name: L\nexport:\n  shape: links\n  ticket: n\n  links: [{column: p, to: problem}]\nscope: run\n"
    with pytest.raises(Exception, match="makes no sense with the shape links"):
        parse_mapping(text)
