"""Exports of which a row is not an event: a ticket with several times, a changed field, an event with its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from source_helpers import moment, rows_of, take, written

from mining.core.errors import InputError, RequestError
from mining.core.export import ExportSpec, Shape, TicketTime, TimeSpec

TICKETS = ExportSpec(
    shape=Shape.TICKETS,
    ticket="number",
    time=TimeSpec("opened", "%d/%m/%Y %H:%M", "UTC"),
    event="event",
    used=("event", "actor", "group", "priority"),
    actor="actor",
    group="group",
    times=(
        TicketTime("opened", "opened", "caller"),
        TicketTime("resolved", "resolved", "solver", "team"),
        TicketTime("closed", "closed"),
    ),
)
CHANGES = ExportSpec(
    shape=Shape.CHANGES,
    ticket="key",
    time=TimeSpec("at", zone="UTC"),
    event="event",
    used=("event", "field", "old", "new"),
    demand=TimeSpec("born", zone="UTC"),
    field="field",
    old="old",
    new="new",
    state="status",
)
ENDS = ExportSpec(
    shape=Shape.EVENTS,
    ticket="key",
    time=TimeSpec("start", zone="UTC"),
    event="label",
    used=("label",),
    until="end",
)

LIST = """\
number,opened,resolved,closed,caller,solver,team,priority
A,01/02/2024 10:00,01/02/2024 11:00,01/02/2024 11:00,ann,bob,Network,3
B,02/02/2024 09:00,,,cem,,,1
"""


def events(engine, *exports, spec: ExportSpec = TICKETS, **more) -> list[tuple]:
    """Row, ticket, time, part, and the used columns, in the order of rows and parts."""
    table = take(engine, *exports, spec=spec, **more)
    found = sorted(rows_of(engine, table), key=lambda row: (row["row"], row.get("part", 0)))
    used = [f"src.{name}" for name in spec.used]
    return [(row["row"], row["ticket_id"], moment(row["time"]), *(row[name] for name in used)) for row in found]


def test_each_filled_time_of_a_ticket_is_an_event_with_who_did_it(engine, tmp_path):
    assert events(engine, written(tmp_path / "list.csv", LIST)) == [
        (0, "A", "2024-02-01 10:00:00", "opened", "ann", None, "3"),
        (0, "A", "2024-02-01 11:00:00", "resolved", "bob", "Network", "3"),
        (0, "A", "2024-02-01 11:00:00", "closed", None, None, "3"),
        (1, "B", "2024-02-02 09:00:00", "opened", "cem", None, "1"),
    ]


def test_the_parts_of_a_ticket_stand_in_the_order_of_the_mapping(engine, tmp_path):
    table = take(engine, written(tmp_path / "list.csv", LIST), spec=TICKETS)
    assert sorted((row["row"], row["part"]) for row in rows_of(engine, table)) == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_what_goes_for_all_times_of_a_ticket_is_repeated(engine, tmp_path):
    spec = replace(TICKETS, order_by=("priority",), demand=TimeSpec("opened", "%d/%m/%Y %H:%M", "UTC"))
    found = rows_of(engine, take(engine, written(tmp_path / "list.csv", LIST), spec=spec))
    assert {(row["ticket_id"], row["order_0"], moment(row["demand"])) for row in found} == {
        ("A", 3, "2024-02-01 10:00:00"),
        ("B", 1, "2024-02-02 09:00:00"),
    }


def test_times_of_tickets_may_be_time_stamps_of_their_own(engine, tmp_path):
    columns = {name: ["x"] for name in ("number", "caller", "solver", "team", "priority")}
    times = {"opened": [datetime(2024, 2, 1, 10)], "resolved": [None], "closed": [datetime(2024, 2, 2, 10)]}  # noqa: DTZ001
    table = pa.table({**columns, **{name: pa.array(time, pa.timestamp("us")) for name, time in times.items()}})
    pq.write_table(table, tmp_path / "list.parquet")
    assert [row[2:4] for row in events(engine, tmp_path / "list.parquet")] == [
        ("2024-02-01 10:00:00", "opened"),
        ("2024-02-02 10:00:00", "closed"),
    ]


def test_a_ticket_stands_as_long_as_one_of_its_events_does(engine, tmp_path):
    export = LIST + "C,03/02/2024 10:00,soon,never,,,,\nD,,,,,,,\n,03/02/2024 10:00,03/02/2024 11:00,,,,,\nE,x,,,,,,\n"
    table = take(engine, written(tmp_path / "list.csv", export), spec=TICKETS, max_rejected=0.9)
    assert (table.rows_read, table.rows_rejected, table.further_rejected) == (6, 3, 3)  # 2 of C, 1 of the nameless
    assert [(row.row, row.column, row.found) for row in table.rejected] == [
        (3, "resolved", "soon"),
        (3, "closed", "never"),
        (4, None, None),
        (5, "number", None),
        (6, "opened", "x"),
    ]
    assert table.rejected[2].reason == "none of its times is filled: opened, resolved, closed"
    assert {row["ticket_id"] for row in rows_of(engine, table)} == {"A", "B", "C"}


def test_times_that_cannot_be_read_count_towards_the_rows_that_may_be_set_aside(engine, tmp_path):
    """All rows of this list stand, and yet half of them would lose an event."""
    export = LIST + "C,03/02/2024 10:00,soon,,,,,\nD,03/02/2024 10:00,2024-02-03,,,,,\n"
    with pytest.raises(InputError, match=r"2 of 4 rows cannot be used, or not with all of their times") as caught:
        take(engine, written(tmp_path / "list.csv", export), spec=TICKETS, max_rejected=0.4)
    assert [problem.row for problem in caught.value.problems[1:]] == [3, 4]


def test_a_demand_that_cannot_be_read_sets_no_ticket_aside(engine, tmp_path):
    spec = replace(TICKETS, demand=TimeSpec("priority", "%d/%m/%Y %H:%M", "UTC"))
    export = LIST.replace("bob,Network,3", "bob,Network,01/02/2024 08:00")
    table = take(engine, written(tmp_path / "list.csv", export), spec=spec, max_rejected=0.9)
    assert (table.rows_rejected, table.further_rejected) == (0, 1)
    assert [(row.row, row.column) for row in table.rejected] == [(2, "priority")]
    assert [row["demand"] is None for row in rows_of(engine, table)].count(True) == 1


def test_a_time_column_in_another_format_is_told_before_anything_is_computed(engine, tmp_path):
    export = LIST.replace("01/02/2024 11:00", "2024-02-01 11:00")
    with pytest.raises(RequestError, match="no time in this column can be read") as caught:
        take(engine, written(tmp_path / "list.csv", export), spec=TICKETS)
    assert caught.value.problems[0].column == "resolved"


@pytest.mark.parametrize("none", ["0000-00-00 00:00:00", "01/01/0001 00:00"])
def test_a_time_that_stands_for_none_is_to_be_named_as_missing(engine, tmp_path, none):
    export = LIST.replace("01/02/2024 11:00", none)
    with pytest.raises(RequestError, match="no time in this column can be read") as caught:
        take(engine, written(tmp_path / "list.csv", export), spec=TICKETS)
    assert f"missing: ['', '{none}']" in (caught.value.problems[0].todo or "")
    named = replace(TICKETS, missing=("", none))
    assert take(engine, written(tmp_path / "list.csv", export), spec=named).rows_rejected == 0


def test_a_time_column_that_is_not_there_is_named(engine, tmp_path):
    with pytest.raises(RequestError, match="there is no such column") as caught:
        take(engine, written(tmp_path / "list.csv", LIST.replace("closed", "closed_at")), spec=TICKETS)
    assert "closed_at" in (caught.value.problems[0].found or "")
    optional = replace(TICKETS, optional=("closed", "resolved"))
    found = events(engine, written(tmp_path / "list.csv", LIST.replace("closed", "shut")), spec=optional)
    assert [row[3] for row in found] == ["opened", "resolved", "opened"]


def test_rows_with_a_cell_too_many_keep_the_numbers_of_the_others(engine, tmp_path):
    export = LIST.replace("B,", "X,1,2,3,4,5,6,7,8\nB,") + "C,,,,,,,\n"
    table = take(engine, written(tmp_path / "list.csv", export), spec=TICKETS, max_rejected=0.9)
    assert [row.row for row in table.rejected] == [2, 4]
    assert {row["ticket_id"] for row in rows_of(engine, table)} == {"A", "B"}


CHANGED = """\
key,born,at,field,old,new
A,2024-02-01 09:00:00,2024-02-01 10:00:00,status,New,Active
A,2024-02-01 09:00:00,2024-02-01 10:05:00,assignee,,ann
A,2024-02-01 09:00:00,2024-02-01 11:00:00,status,Active,
B,2024-02-02 08:00:00,,,,
"""


def test_a_change_is_called_by_the_new_state_or_else_by_its_field(engine, tmp_path):
    assert events(engine, written(tmp_path / "changes.csv", CHANGED), spec=CHANGES) == [
        (0, "A", "2024-02-01 10:00:00", "Active", "status", "New", "Active"),
        (1, "A", "2024-02-01 10:05:00", "assignee", "assignee", None, "ann"),
        (2, "A", "2024-02-01 11:00:00", "status", "status", "Active", None),
        (3, "B", "2024-02-02 08:00:00", "created", None, None, None),
    ]


def test_without_a_field_for_the_state_every_change_is_called_by_its_field(engine, tmp_path):
    found = events(engine, written(tmp_path / "changes.csv", CHANGED), spec=replace(CHANGES, state=None))
    assert [row[3] for row in found] == ["status", "assignee", "status", "created"]


def test_a_change_without_a_time_is_no_creation(engine, tmp_path):
    """Only what names neither field nor time tells that a ticket was created; and that needs a time of demand."""
    export = CHANGED + "C,2024-02-02 08:00:00,,status,New,Active\nD,,,,,\nE,soon,,,,\nF,2024-02-02 08:00:00,soon,,,\n"
    path = written(tmp_path / "changes.csv", export)
    table = take(engine, path, spec=CHANGES, max_rejected=0.9)
    assert [(row.row, row.column, row.found) for row in table.rejected] == [
        (5, "at", None),
        (6, "at", None),
        (7, "born", "soon"),
        (8, "at", "soon"),
    ]
    engine.drop(table.table)
    table = take(engine, path, spec=replace(CHANGES, demand=None), max_rejected=0.9)
    assert [row.row for row in table.rejected] == [4, 5, 6, 7, 8]
    engine.drop(table.table)


def test_events_keep_their_ends_where_those_make_sense(engine, tmp_path):
    export = """\
key,start,end,label
A,2024-02-01 10:00:00,2024-02-01 10:30:00,work
A,2024-02-01 11:00:00,,work
A,2024-02-01 12:00:00,12:30,work
A,2024-02-01 13:00:00,2024-02-01 12:59:59,work
A,2024-02-01 14:00:00,2024-02-01 14:00:00,work
"""
    table = take(engine, written(tmp_path / "log.csv", export), spec=ENDS)
    assert table.notes == (
        'log.csv: ends in column "end" that cannot be read were taken as missing: 1',
        'log.csv: ends in column "end" that lie before the start of their event were taken as missing: 1',
    )
    ends = [row["until"] and moment(row["until"]) for row in rows_of(engine, table)]
    assert ends == ["2024-02-01 10:30:00", None, None, None, "2024-02-01 14:00:00"]
