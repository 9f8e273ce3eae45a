"""Tickets that a new one seems to raise again: which, and which not."""

from __future__ import annotations

import random

import pytest
from mapping_helpers import MINUTE, event_table, mapping, rows

from mining import mapping as room
from mining.core.errors import ConfigError
from mining.core.events import MappedLog
from mining.core.links import LinkSpec, Strength
from mining.core.tables import Tables

RULES = """\
- {when: {state: New}, activity: {engage: log}}
- {when: {state: Back}, activity: {engage: reopen}, value: withdrawn}
- {when: {state: Done}, activity: {deliver_and_support: fix}, value: claimed}
- {when: {state: Closed}, end: agent}
- {when: {state: Double}, end: duplicate}
"""
SAME = "links: [{same: [team, who], within: 60 minutes, because: raised again}]"


def log_of(tables: Tables, text: str, export: str = SAME, shuffle: random.Random | None = None) -> MappedLog:
    """The log of rows in the notation of `mapping_helpers`: ticket, minute, state, team and who."""
    found = rows(text)
    if shuffle is not None:
        shuffle.shuffle(found)
    return room.map_events(tables, event_table(tables, found), mapping(RULES, export=export).with_same)


def pairs(tables: Tables, log: MappedLog) -> list[str]:
    """`A > B @9`: B raises A again since minute 9."""
    assert log.links is not None
    found = tables.fetch(log.links, limit=10_000).to_pylist()
    return sorted(f"{row['source']} > {row['target']} @{row['since'] // MINUTE}" for row in found)


def test_a_new_ticket_of_the_same_caller_and_service_is_the_earlier_one_again(tables: Tables) -> None:
    log = log_of(
        tables,
        """A 0 New | mail | ann
A 10 Done | mail | ann
B 30 New | mail | ann""",
    )
    assert pairs(tables, log) == ["A > B @30"]
    [(own, spec)] = log.link_specs
    assert (own, spec.other, spec.strength, spec.reason) == ("ticket", "ticket", Strength.INFERRED, "raised again")
    assert log.notes == (
        "Tickets raised again (raised again), inferred: 1 tickets began within 1 hour after an earlier one was done "
        "with that has the same team and who; 2 of 2 tickets have a value in both and were compared.",
    )


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("B 30 New | mail | bob", "another caller"),
        ("B 30 New | wiki | ann", "another service"),
        ("B 30 New | - | ann", "a value is missing"),
        ("B 71 New | mail | ann", "61 minutes after"),
        ("B 10 New | mail | ann", "at the very moment"),
        ("B 5 New | mail | ann", "before the first one was done with"),
    ],
)
def test_what_is_not_raised_again(tables: Tables, second: str, why: str) -> None:
    assert pairs(tables, log_of(tables, f"A 0 New | mail | ann\nA 10 Done | mail | ann\n{second}")) == [], why


def test_the_last_minute_counts(tables: Tables) -> None:
    text = "A 0 New | mail | ann\nA 10 Done | mail | ann\nB 70 New | mail | ann"
    assert pairs(tables, log_of(tables, text)) == ["A > B @70"]


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("A 10 Closed | mail | ann", ["A > B @65"]),  # no value was told: its end counts
        ("A 3 Done | mail | ann\nA 10 Closed | mail | ann", []),  # value at 3, more than an hour before
        ("A 3 Done | mail | ann\nA 10 Back | mail | ann", []),  # re-opened, and so not done with
        ("A 3 Done | mail | ann\nA 4 Back | mail | ann\nA 10 Closed | mail | ann", ["A > B @65"]),
        ("A 3 Done | mail | ann\nA 4 Back | mail | ann\nA 10 Done | mail | ann", ["A > B @65"]),
        ("A 10 Done | mail | ann\nA 11 Double | mail | ann", []),  # a duplicate: nothing was done
        ("A 10 New | mail | ann", []),  # open
    ],
)
def test_when_a_ticket_is_done_with(tables: Tables, first: str, found: list[str]) -> None:
    assert pairs(tables, log_of(tables, f"A 0 New | mail | ann\n{first}\nB 65 New | mail | ann")) == found


def test_only_the_nearest_earlier_ticket_is_raised_again(tables: Tables) -> None:
    log = log_of(
        tables,
        """A 0 New | mail | ann
A 10 Done | mail | ann
B 12 New | mail | ann
B 30 Done | mail | ann
C 40 New | mail | ann
D 41 New | mail | ann""",
    )
    assert pairs(tables, log) == ["A > B @12", "B > C @40", "B > D @41"]


def test_of_values_that_change_the_last_one_counts(tables: Tables) -> None:
    log = log_of(
        tables,
        """A 0 New | - | ann
A 5 New | wiki | ann
A 10 Done | mail | ann
A 11 Closed | - | -
B 30 New | mail | ann""",
    )
    assert pairs(tables, log) == ["A > B @30"]


def test_each_rule_tells_its_own_links(tables: Tables) -> None:
    export = "links: [{same: [who], within: 1 week}, {same: [team], within: 5 minutes}]"
    log = log_of(
        tables, "A 0 New | mail | ann\nA 10 Done | mail | ann\nB 12 New | mail | bob\nC 99 New | - | ann", export
    )
    found = tables.fetch(log.links, limit=9).to_pylist() if log.links is not None else []
    assert sorted((row["link"], row["source"], row["target"]) for row in found) == [(0, "A", "C"), (1, "A", "B")]


def test_the_values_that_are_compared_are_not_in_the_links(tables: Tables) -> None:
    log = log_of(tables, "A 0 New | mail | ann\nA 10 Done | mail | ann\nB 12 New | mail | ann")
    assert log.links is not None
    assert set(log.links.columns) == {"source", "target", "link", "since"}
    assert not {"src.who", "src.team"} & set(log.table.columns)


def planted(seed: int) -> tuple[str, list[str]]:
    """A log of 400 tickets, each of a caller of its own, of which some are raised again after a while that is drawn:
    what should be found is what was planted within the hour."""
    draw = random.Random(seed)
    lines, true = [], []
    for i in range(200):
        begun = draw.randrange(0, 5_000)
        done, caller = begun + draw.randrange(1, 300), f"caller {i}"
        lines += [f"A{i} {begun} New | mail | {caller}", f"A{i} {done} Done | mail | {caller}"]
        if draw.random() < 0.5:
            again = done + draw.randrange(1, 121)
            lines.append(f"B{i} {again} New | mail | {caller}")
            true += [f"A{i} > B{i} @{again}"] if again - done <= 60 else []
        else:
            lines.append(f"B{i} {done + 5} New | wiki | {caller}")
    return "\n".join(lines), sorted(true)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_planted_is_found_in_whatever_order(tables: Tables, seed: int) -> None:
    text, true = planted(seed)
    assert len(true) > 20
    assert pairs(tables, log_of(tables, text)) == true
    assert pairs(tables, log_of(tables, text, shuffle=random.Random(seed))) == true


# What the mapping may say.


def test_the_rule_is_read_and_said_in_words() -> None:
    rules = mapping(RULES, export=SAME)
    assert rules.export.links == (
        LinkSpec("team and who", "ticket", because="raised again", same=("team", "who"), within=60 * MINUTE),
    )
    assert "the same team and who within 1 hour: raised again (raised again)" in room.explain(rules)
    more = mapping(RULES, export="links: [{same: [caller], within: 7 days}]")
    assert "caller" not in more.export.used
    assert "caller" in more.with_same.export.used
    assert "caller" in more.with_links.export.used


@pytest.mark.parametrize(
    ("link", "said", "found"),
    [
        ("{same: [who]}", "same needs within", None),
        ("{same: [who], within: soon}", "same needs within", "soon"),
        ("{same: [who], within: 0 days}", "same needs within", "0 days"),
        ("{same: [who], within: 9999 weeks}", "same needs within", "9999 weeks"),
        ("{same: [who], within: 7 days, to: problem}", '"to" makes no sense with same', None),
        ("{same: [who], within: 7 days, column: team}", "one of column, relation, event and same", "column, same"),
        ("{to: problem}", "one of column, relation, event and same", None),
        ("{column: team, to: problem, within: 7 days}", '"within" makes no sense with column', None),
        ("{column: team, to: problem, objects: [problem]}", '"objects" makes no sense with column', None),
        ("{relation: fixes, to: problem, pattern: P}", '"pattern" makes no sense with relation', None),
        ("{event: Merge, to: ticket}", "does not say which way the stream goes", None),
        ("{relation: fixes}", "needs to", None),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(link: str, said: str, found: str | None) -> None:
    with pytest.raises(ConfigError) as raised:
        mapping(RULES, export=f"links:\n  - {link}")
    problems = [problem for problem in raised.value.problems if said in problem.text]
    assert [(problem.line, problem.found) for problem in problems] == [(10, found)]


@pytest.mark.parametrize("link", ["{relation: fixes, to: problem}", "{event: Merge, to: problem}"])
def test_relations_are_of_logs_whose_rows_are_events(link: str) -> None:
    with pytest.raises(ConfigError, match="makes no sense with the shape snapshots"):
        mapping(RULES, shape="snapshots", export=f"links: [{link}]")


def test_a_table_of_links_infers_nothing() -> None:
    text = "name: R\nexport:\n  shape: links\n  ticket: parent\n  links: [{same: [who], within: 7 days}]\n"
    with pytest.raises(ConfigError, match="says nothing of what happened"):
        room.parse_mapping(text, "r.yaml")


def test_tickets_raised_again_stand_beside_links_of_a_column(tables: Tables) -> None:
    both = "links: [{column: team, to: problem}, {same: [who], within: 60 minutes, because: raised again}]"
    found = rows("A 0 New | P7 | ann\nA 10 Done | P7 | ann\nB 30 New | | ann")
    log = room.map_events(tables, event_table(tables, found), mapping(RULES, export=both).with_links)
    assert pairs(tables, log) == ["A > B @30", "A > P7 @0"]
