"""A mapping proposed for exports that nobody has described."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mining
from mining.core.export import Shape
from mining.core.locate import shipped_names
from mining.core.profile import ExportProfile
from mining.mapping import Chosen, Proposal, Sure, as_yaml, ask, load_mapping, parse_mapping, propose
from mining.mapping import test_mapping as run_examples

SHIPPED = {name: load_mapping(name) for name in shipped_names("mappings/exports")}


def looked(tables, path: Path, text: str) -> ExportProfile:
    from mining.sources import look

    path.write_text(text, encoding="utf-8")
    return look(tables, [path], ask)


def proposed(tables, path: Path, text: str, chosen: Chosen | None = None) -> Proposal:
    proposal = propose(looked(tables, path, text), SHIPPED, chosen)
    mapping = parse_mapping(as_yaml(proposal))
    assert run_examples(mapping, tables) == []
    return proposal


def outcomes(proposal: Proposal) -> dict[str, dict]:
    return {str(rule.when): rule.does for rule in proposal.rules if rule.live}


LIST = """\
Issue key,Status,Resolution,Created,Resolved,Due date
A-1,Done,Fixed,2024-02-13 10:00,2024-02-14 10:00,2024-05-01 10:00
A-2,Done,Duplicate,2024-02-13 11:00,2024-02-15 10:00,2024-05-01 10:00
A-3,Open,,2024-02-13 12:00,,2024-05-01 10:00
"""


def test_one_row_a_ticket(tables, tmp_path: Path) -> None:
    proposal = proposed(tables, tmp_path / "t.csv", LIST)
    roles = proposal.roles
    assert roles.shape.value is Shape.TICKETS
    assert roles.ticket.value == "Issue key"
    assert [(time.column, time.event) for time in roles.times] == [("Created", "created"), ("Resolved", "resolved")]
    assert [name for name, _ in roles.left_out] == ["Due date"]
    assert outcomes(proposal)["{'event': 'resolved', 'Resolution': 'Duplicate'}"] == {"end": "duplicate"}
    assert outcomes(proposal)["{'event': 'resolved'}"]["value"] == "claimed"
    assert any("zone" in check for check in proposal.checks)


def test_the_end_of_a_ticket_that_is_open_is_not_believed(tables, tmp_path: Path) -> None:
    text = LIST.replace("A-3,Open,,2024-02-13 12:00,,", "A-3,Open,,2024-02-13 12:00,2024-02-14 08:00,")
    proposal = proposed(tables, tmp_path / "t.csv", text)
    [rule] = [rule for rule in proposal.rules if rule.does.get("ignore")]
    assert (rule.when, rule.sure, rule.rows) == ({"event": "resolved", "Status": "Open"}, Sure.UNSURE, 1)


STATES = """\
number,state,assignment_group,sys_updated_on,sys_mod_count,opened_at,closed_at
I1,New,A,2024-02-13 10:00,0,2024-02-13 09:00,2024-02-20 10:00
I1,Awaiting Vendor,B,2024-02-14 10:00,1,2024-02-13 09:00,2024-02-20 10:00
I1,Resovled,B,2024-02-15 10:00,2,2024-02-13 09:00,2024-02-20 10:00
I1,Closed,B,2024-02-20 10:00,3,2024-02-13 09:00,2024-02-20 10:00
I2,New,A,2024-02-13 11:00,0,2024-02-13 10:00,2024-02-21 10:00
I2,Zzyzx,A,2024-02-13 12:00,1,2024-02-13 10:00,2024-02-21 10:00
I2,Closed,A,2024-02-21 10:00,2,2024-02-13 10:00,2024-02-21 10:00
"""


def test_snapshots_with_states(tables, tmp_path: Path) -> None:
    proposal = proposed(tables, tmp_path / "t.csv", STATES)
    roles = proposal.roles
    assert roles.shape.value is Shape.SNAPSHOTS
    assert (roles.time.column, roles.event and roles.event.value) == ("sys_updated_on", "state")
    assert [choice.value for choice in roles.order_by] == ["sys_mod_count"]
    assert roles.demand is not None
    assert roles.demand.value == "opened_at"
    assert [name for name, _ in roles.final] == ["closed_at"]
    meanings = {meant.label: (meant.meaning.name, meant.sure) for meant in proposal.labels}
    assert meanings["Awaiting Vendor"] == ("await vendor", Sure.SURE)
    assert meanings["Resovled"] == ("resolve", Sure.UNSURE)  # a slip of the pen
    assert [rule.when for rule in proposal.rules if not rule.live] == [{"event": "Zzyzx"}]
    assert "Zzyzx" in as_yaml(proposal)


def test_what_a_person_chose_holds(tables, tmp_path: Path) -> None:
    chosen = Chosen(shape=Shape.EVENTS, zone="Europe/Berlin", meanings={"Zzyzx": "triage", "New": "plan"})
    proposal = proposed(tables, tmp_path / "t.csv", STATES, chosen)
    assert proposal.roles.shape.value is Shape.EVENTS
    assert proposal.roles.time.zone.value == "Europe/Berlin"
    assert {meant.label: meant.meaning.name for meant in proposal.labels}["Zzyzx"] == "triage"
    assert all(rule.live for rule in proposal.rules)


def test_a_log_of_activities_names_its_steps_itself(tables, tmp_path: Path) -> None:
    rows = "".join(f"C{c},{e},2024-02-1{i} 10:00\n" for c in (1, 2) for i, e in enumerate(("Register it", "Frob it")))
    proposal = proposed(tables, tmp_path / "t.csv", "case id,activity,time\n" + rows)
    assert not proposal.roles.is_state
    assert outcomes(proposal)["{'event': 'Frob it'}"] == {"activity": {"deliver_and_support": "frob it"}}
    assert any("no rule ends a ticket" in check for check in proposal.checks)


def test_changed_fields(tables, tmp_path: Path) -> None:
    rows = "".join(
        f"T{t},2024-02-1{i} 10:00,{field},{old},{new}\n"
        for t in (1, 2)
        for i, (field, old, new) in enumerate(
            [
                ("status", "New", "In Progress"),
                ("assignment_group", "A", "B"),
                ("note", "", "hm"),
                ("status", "", "Closed"),
            ]
        )
    )
    proposal = proposed(tables, tmp_path / "t.csv", "ticket,changed at,field,old value,new value\n" + rows)
    roles = proposal.roles
    assert (roles.shape.value, roles.state and roles.state.value) == (Shape.CHANGES, "status")
    assert outcomes(proposal)["{'event': 'assignment_group'}"]["activity"] == {"deliver_and_support": "route"}
    assert outcomes(proposal)["{'event': ['note']}"] == {"ignore": True}


def test_day_and_month_that_cannot_be_told_apart_are_not_guessed_in_silence(tables, tmp_path: Path) -> None:
    text = (
        LIST.replace("2024-02-13", "03/04/2024").replace("2024-02-14", "04/05/2024").replace("2024-02-15", "05/06/2024")
    )
    proposal = proposed(tables, tmp_path / "t.csv", text)
    form = proposal.roles.time.format
    assert (form.sure, form.others) == (Sure.UNSURE, ("%m/%d/%Y %H:%M",))
    assert any("cannot be told apart" in check for check in proposal.checks)


def test_no_times_no_mapping(tables, tmp_path: Path) -> None:
    with pytest.raises(mining.RequestError, match="no column of this export holds times"):
        proposed(tables, tmp_path / "t.csv", "a,b\n1,2\n")


def test_a_column_called_like_a_delimiter_is_a_column(tables, tmp_path: Path) -> None:
    text = "ticket,time,|\nT1,2024-03-04T05:06:00+00:00,|\nT1,2024-03-04T06:06:00+00:00,x\n"
    assert proposed(tables, tmp_path / "t.csv", text).roles.time.column == "time"


def test_numbers_of_tickets_are_no_seconds_since_1970(tables, tmp_path: Path) -> None:
    text = "id,created_at,closed_at\n1700000001,2024-02-13T10:00:00Z,\n1700000002,2024-02-13T10:00:00Z,\n"
    assert proposed(tables, tmp_path / "t.csv", text).roles.ticket.value == "id"
    stamped = text.replace("created_at", "name").replace("id,", "created_at,").replace("closed_at", "x")
    assert (
        proposed(tables, tmp_path / "u.csv", stamped.replace("2024-02-13T10:00:00Z", "A")).roles.time.column
        == "created_at"
    )


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
NAME = st.one_of(
    st.sampled_from(["status", "any", "event", "group", "resolved at", "priority"]), CELL.filter(str.strip)
)


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_the_table_the_proposal_runs_and_every_row_is_accounted_for(tables, data: st.DataObject) -> None:
    """The law of `vsm init`: what it writes loads, and with it every row is accounted for."""
    from csv import writer

    from mining.mapping import map_events
    from mining.sources import look, read

    others = data.draw(st.lists(NAME, max_size=3, unique_by=str.strip))
    begin = datetime(2024, 3, 4, 5, 6, tzinfo=UTC)
    rows = [
        [f"T{data.draw(st.integers(1, 4))}", (begin + timedelta(hours=data.draw(st.integers(0, 900)))).isoformat()]
        + [data.draw(CELL) for _ in others]
        for _ in range(data.draw(st.integers(1, 12)))
    ]
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "x.csv"
        with export.open("w", encoding="utf-8", newline="") as file:
            writer(file).writerows([["ticket", "time", *others], *rows])
        mapping = parse_mapping(as_yaml(propose(look(tables, [export], ask), SHIPPED)))
        events = read(tables, [export], mapping.export)
        mapped = map_events(tables, events, mapping)
        tables.drop(events.table)
    assert mapped.ledger.adds_up
    assert mapped.ledger.rows_rejected == 0
    assert mapped.ledger.rows_read >= len(rows)
