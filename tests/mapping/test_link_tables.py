"""A table of links as an export of its own: what its mapping may say, and what becomes of its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jsonschema
import pyarrow as pa
import pytest
import yaml
from log_builder import mapped_log
from mapping_helpers import MINUTE, mapping

from mining import mapping as room
from mining.core.errors import ConfigError, RequestError
from mining.core.events import EventTable, MappedLog, src
from mining.core.links import CasesBy, CasesSpec, LinkSpec
from mining.core.tables import Tables
from mining.mapping import Mapping
from mining.mapping.several import Part, check_together, together

RELATIONS = """\
name: Relations
export:
  shape: links
  ticket: parent
  ticket_type: incident
  links:
    - {column: child, to: problem, because: explained by}
    - {column: notes, to: change, pattern: 'CHG\\d+'}
  time: {column: created, zone: UTC}
"""
FOLLOW = CasesSpec(CasesBy.FOLLOW)


def relations(text: str = RELATIONS) -> Mapping:
    return room.parse_mapping(text, "relations.yaml")


def incidents(ticket_type: str = "incident", does: str = "activity: engage") -> Mapping:
    return mapping(f"- {{when: {{event: x}}, {does}}}", export=f"ticket_type: {ticket_type}")


def linked(tables: Tables, text: str, *, rules: Mapping | None = None, rejected: int = 0) -> MappedLog:
    """The log of rows in the notation `1 | 7 | see CHG1 | 5`: parent, child, notes, minute of `created`; `-` is
    missing."""
    rules = rules or relations()
    cells = [[None if cell.strip() == "-" else cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    parents, children, notes, minutes = zip(*cells, strict=True)
    columns: dict[str, Any] = {
        "row": pa.array(range(len(cells)), pa.int64()),
        "ticket_id": pa.array(parents, pa.string()),
        src("child"): pa.array(children, pa.string()),
        src("notes"): pa.array(notes, pa.string()),
    }
    if rules.export.has_time:
        columns["time"] = pa.array([None if m is None else int(m) * MINUTE for m in minutes], pa.int64())
    table = tables.put(pa.table(columns), "relations")
    return room.map_events(tables, EventTable(table, len(cells) + rejected, rejected, (), (), ()), rules)


def told(tables: Tables, log: MappedLog) -> set[tuple[str, str, str, int | None]]:
    assert log.links is not None
    rows = tables.fetch(log.links, limit=100).to_pylist()
    minutes = [None if row["since"] is None else row["since"] // MINUTE for row in rows]
    columns = [log.link_specs[row["link"]][1].column for row in rows]
    return {(row["source"], column, row["target"], m) for row, column, m in zip(rows, columns, minutes, strict=True)}


# What the mapping says.


def test_a_table_of_links_needs_no_rules_and_reads_its_columns_of_links_in_any_case() -> None:
    rules = relations()
    assert rules.is_link_table
    assert rules.export.needed == ("parent", "created", "child", "notes")
    assert rules.with_links.export == rules.export  # a file that lacks one of them cannot be read: none is optional
    assert rules.export.links[0] == LinkSpec("child", "problem", because="explained by")


def test_the_time_may_be_left_out() -> None:
    export = relations(RELATIONS.replace("  time: {column: created, zone: UTC}\n", "")).export
    assert not export.has_time
    assert export.needed == ("parent", "child", "notes")
    assert export.all_times == ()


@pytest.mark.parametrize(
    ("added", "line", "said"),
    [
        ("rules:\n  - {when: {a: b}, activity: engage}", 10, '"rules" makes no sense with the shape links'),
        ("otherwise: ignore", 10, '"otherwise" makes no sense with the shape links'),
        ("demand: {time: created, activity: engage}", 10, '"demand" makes no sense with the shape links'),
        ("examples: []", 10, '"examples" makes no sense with the shape links'),
        ("system_actors: [timer]", 10, '"system_actors" makes no sense with the shape links'),
        ("  event: state", 10, '"event" makes no sense with the shape links'),
        ("  times: [created]", 10, '"times" makes no sense with the shape links'),
        ("  holds: point", 10, '"holds" makes no sense with the shape links'),
        ("  actor: who", 10, '"actor" makes no sense with the shape links'),
        ("  order_by: [n]", 10, '"order_by" makes no sense with the shape links'),
        ("  optional: [child, parent]", 10, '"parent" cannot be optional'),
        ("  aliases: {kind: [type]}", 10, 'nothing reads "kind"'),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(added: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        relations(RELATIONS + added)
    assert [problem.line for problem in raised.value.problems if said in problem.text] == [line]


@pytest.mark.parametrize(
    ("was", "instead", "line", "said"),
    [
        ("  time: {column: created, zone: UTC}", "  time: {zone: UTC}", 9, '"column" is missing'),
        ("  time: {column: created, zone: UTC}", "  time: {column: a, until: b}", 9, "an event's end makes no sense"),
        ("  ticket: parent", "", 2, '"ticket" is missing'),
        (RELATIONS[RELATIONS.index("  links:") : RELATIONS.index("  time:")], "", 2, "the shape links needs it"),
    ],
)
def test_what_is_missing_is_told_with_its_line(was: str, instead: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        relations(RELATIONS.replace(was, instead))
    assert [problem.line for problem in raised.value.problems if said in problem.text] == [line]


def test_all_other_shapes_go_on_needing_rules_and_a_time() -> None:
    with pytest.raises(ConfigError) as raised:
        relations("name: Test\nexport:\n  shape: events\n  ticket: n\n  event: e\n")
    assert {'the key "rules" is missing here', 'the key "time" is missing here'} == {
        problem.text for problem in raised.value.problems
    }


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (RELATIONS, True),
        (RELATIONS.replace("  time: {column: created, zone: UTC}\n", ""), True),
        (RELATIONS + "rules:\n  - {when: {a: b}, activity: engage}\n", False),
        (RELATIONS.replace("shape: links", "shape: events\n  event: e"), False),  # without rules
        ("name: No links\nexport: {shape: links, ticket: parent}", False),
    ],
)
def test_editors_complete_tables_of_links(text: str, fits: bool) -> None:
    assert jsonschema.Draft202012Validator(room.json_schema()).is_valid(yaml.safe_load(text)) is fits


# What becomes of the rows.


def test_every_row_is_accounted_for_and_none_makes_an_event(tables: Tables) -> None:
    log = linked(
        tables,
        """1 | 7 | - | 5
1 | 8 | see CHG3 and CHG4 | 6
2 | - | nothing here | 7
3 | - | - | 8
1 | 7 | - | 5
1 | 7 | - | 3""",
        rejected=2,
    )
    ledger = log.ledger
    assert ledger.adds_up
    assert (ledger.rows_read, ledger.rows_mapped, ledger.rows_ignored) == (8, 3, 2)
    assert (ledger.rows_duplicate, ledger.rows_rejected) == (1, 2)
    assert ledger.events_made == 0
    assert tables.fetch(log.table, limit=10).num_rows == 0


def test_a_link_is_known_since_it_was_first_told(tables: Tables) -> None:
    log = linked(tables, "1 | 7 | - | 5\n1 | 7 | - | 3\n1 | - | CHG3, CHG4 | 6")
    assert told(tables, log) == {("1", "child", "7", 3), ("1", "notes", "CHG3", 6), ("1", "notes", "CHG4", 6)}


def test_a_link_stands_also_where_it_is_not_known_since_when(tables: Tables) -> None:
    assert told(tables, linked(tables, "1 | 7 | - | -")) == {("1", "child", "7", None)}
    timeless = relations(RELATIONS.replace("  time: {column: created, zone: UTC}\n", ""))
    log = linked(tables, "1 | 7 | - | -\n1 | 7 | - | -", rules=timeless)
    assert told(tables, log) == {("1", "child", "7", None)}
    assert (log.ledger.rows_mapped, log.ledger.rows_duplicate) == (1, 1)


# Beside other exports.


def test_it_need_not_agree_with_the_others_on_what_is_asked_of_events() -> None:
    ending = incidents(does="activity: engage, value: claimed, end: agent")
    check_together([relations(), ending])
    check_together([ending, relations(), relations()])


def test_alone_it_is_refused() -> None:
    with pytest.raises(RequestError, match=r"relations\.yaml: a table of links makes no streams alone"):
        check_together([relations()])


def test_beside_one_export_of_events_its_tickets_keep_their_numbers(tables: Tables) -> None:
    events = mapped_log(tables, "1: 0 engage:log\n2: 3 engage:log")
    table = linked(tables, "1 | 7 | - | 5")
    info, log = together([Part(relations(), table), Part(incidents(), events)])
    assert log.ticket_types == ("incident",)
    assert sorted(tables.fetch(log.table, limit=9)["case_id"].to_pylist()) == ["1", "2"]
    assert log.case_of("incident", "1") == "1"
    assert log.links is not None
    assert told(tables, log) == {("1", "child", "7", 5)}
    assert log.ledger.adds_up
    assert log.ledger.rows_read == events.ledger.rows_read + 1
    assert info.export == incidents().export  # how the exports are read is told of one with events


def test_its_links_come_beside_those_of_columns(tables: Tables) -> None:
    told_by_column = mapping("- {when: {event: x}, activity: engage}", export="links: [{column: who, to: user}]")
    links = pa.table({"source": ["2"], "target": ["ann"], "link": pa.array([0], pa.int16()), "since": [0]})
    own = {"links": tables.put(links, "own"), "link_specs": (("ticket", told_by_column.export.links[0]),)}
    log = mapped_log(tables, "1: 0 engage:log")
    _, both = together([Part(told_by_column, replace(log, **own)), Part(relations(), linked(tables, "1 | 7 | - | 5"))])
    assert told(tables, both) == {("2", "who", "ann", 0), ("1", "child", "7", 5)}


def test_cases_can_be_made_by_its_links_alone() -> None:
    assert room.cases_of([incidents(), relations()], CasesBy.FOLLOW) == FOLLOW
    with pytest.raises(RequestError, match="no mapping names a column of them"):
        room.cases_of([incidents()], CasesBy.FOLLOW)


def test_the_report_says_where_links_go_unused() -> None:
    each, follow = CasesSpec(), FOLLOW
    assert room.notes_on_links([incidents(), relations()], follow) == []
    assert room.notes_on_links([incidents()], each) == []
    [unused] = room.notes_on_links([incidents(), relations()], each)
    assert unused.startswith("Relations: its links were not used, since each ticket is a stream")
    [misspelt] = room.notes_on_links([incidents("Incident"), relations()], follow)
    assert "start at tickets of the type incident" in misspelt
    assert misspelt.endswith("types that are read: Incident.")


# The tools for a mapping.


def test_it_is_told_in_words() -> None:
    said = room.explain(relations())
    assert "each row says what a ticket is linked with, and makes no event" in said
    assert "child: the stream goes on to a ticket of the type problem (explained by)" in said
    assert "rule" not in said


def test_nothing_is_questionable_but_times_without_a_zone() -> None:
    assert room.check_mapping(relations()) == []
    [caution] = room.check_mapping(relations(RELATIONS.replace(", zone: UTC", "")))
    assert "no zone is named" in caution.text
