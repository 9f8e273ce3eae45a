"""Several exports of different shape in one analysis."""

from __future__ import annotations

import pytest
from log_builder import label, mapped_log
from mapping_helpers import mapping

from mining.core.errors import RequestError
from mining.core.links import CasesBy
from mining.core.tables import Tables
from mining.mapping import Mapping
from mining.mapping.several import Part, check_together, together

INCIDENTS = """
7: 0 engage:log, 5 deliver_and_support:work, 9 deliver_and_support:resolve!claimed, 20 .lapsed
8: 0 engage:log, 3 ?
"""
CHANGES = """
7: 1 plan:assess, 4 obtain_build:build, 6 deliver_and_support:work, 8 .rejected
"""


RULE = "- {when: {event: x}, activity: engage}"


def of_type(ticket_type: str, rule: str = RULE) -> Mapping:
    return mapping(rule, export=f"ticket_type: {ticket_type}")


def parts(tables: Tables) -> list[Part]:
    return [
        Part(of_type("incident"), mapped_log(tables, INCIDENTS)),
        Part(of_type("change"), mapped_log(tables, CHANGES)),
    ]


def test_events_of_all_exports_stand_in_one_log_and_equal_numbers_do_not_meet(tables: Tables) -> None:
    _, log = together(parts(tables))
    told: dict[str, list[str]] = {}
    for event in tables.fetch(log.table.order_by(["case_id", "sequence"]), limit=20).to_pylist():
        what = "?" if event["unmapped"] else "." if event["visit"] is None else str(log.visits[event["visit"]].symbol)
        told.setdefault(event["case_id"], []).append(what)
    assert told == {
        "change 7": ["plan:assess", "obtain_build:build", "deliver_and_support:work", "."],
        "incident 7": ["engage:log", "deliver_and_support:work", "deliver_and_support:resolve [claimed]", "."],
        "incident 8": ["engage:log", "?"],
    }
    assert log.visits.count(label("deliver_and_support:work")) == 1
    assert [end.value for end in log.ends] == ["lapsed", "rejected"]


def test_the_ledgers_add_up_together(tables: Tables) -> None:
    both = parts(tables)
    info, log = together(both)
    total = log.ledger
    assert info.name == "Test and Test"
    assert total.rows_read == sum(part.log.ledger.rows_read for part in both) == 10
    assert total.adds_up


def test_one_export_stays_as_it_is(tables: Tables) -> None:
    one = parts(tables)[0]
    assert together([one]) == (one.mapping.info, one.log)


def test_mappings_that_time_events_differently_are_refused(tables: Tables) -> None:
    incidents, _ = parts(tables)
    other = mapping("- {when: {event: x}, activity: engage}", export="ticket_type: change\nholds: point")
    with pytest.raises(RequestError, match="how long an event holds"):
        together([incidents, Part(other, mapped_log(tables, CHANGES))])


def test_two_mappings_of_one_ticket_type_are_refused(tables: Tables) -> None:
    incidents, _ = parts(tables)
    with pytest.raises(RequestError, match="cannot be told apart"):
        together([incidents, Part(of_type("incident"), incidents.log)])


def test_ticket_types_that_begin_alike_are_refused_since_their_tickets_could_be_taken_for_each_other() -> None:
    with pytest.raises(RequestError, match="cannot be told apart"):
        check_together([of_type("change"), of_type("change task")])
    check_together([of_type("change"), of_type("changes")])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("- {when: {event: x}, activity: engage, end: agent}", "whether tickets end"),
        ("- {when: {event: x}, activity: engage, value: claimed}", "whether value is told"),
    ],
)
def test_tickets_that_cannot_end_would_pass_for_open_ones_beside_tickets_that_can(rule: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        check_together([of_type("incident"), of_type("change", rule)])


def test_value_need_not_be_told_of_tickets_at_which_no_stream_begins() -> None:
    """A change without value in a stream that begins at an incident with it; but no stream may begin at the change."""
    telling = "- {when: {event: x}, activity: engage, value: claimed}"
    linked = "ticket_type: incident\nlinks: [{column: rfc, to: change}]"
    incident = mapping(telling, export=linked, top="cases: {by: follow, start: [incident]}")
    changes = [of_type("change"), of_type("release")]
    check_together([*changes, incident])
    for by in (CasesBy.CONNECTED, CasesBy.TICKET):
        with pytest.raises(RequestError, match=r"(?s)whether value is told.*cases: by: follow, start") as raised:
            check_together([incident, *changes], by)
        assert len(raised.value.problems) == 2
    with pytest.raises(RequestError, match="whether value is told"):
        check_together([mapping(telling, export=linked, top="cases: {by: follow}"), *changes])
