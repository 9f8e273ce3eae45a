"""Acceptances: what they come to in an analysis, and their file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from test_looking import looked

from mining.conformance import add_acceptance, load_acceptances, remove_acceptances
from mining.core.acceptances import Acceptance, Accepted
from mining.core.errors import ConfigError, Problem, RequestError
from mining.core.tables import Tables

TODAY = date(2026, 11, 26)
LOG = """
as agreed: 0 engage, 9 deliver_and_support!claimed, 99 .agent
planned 1: 0 engage, 5 plan, 9 deliver_and_support!claimed, 99 .agent
planned 2: 0 engage, 5 plan, 9 deliver_and_support!claimed, 99 .agent
both:      0 engage, 5 plan, 6 improve, 9 deliver_and_support!claimed, 99 .agent
"""


def plan(**more: Any) -> Acceptance:
    given = {"deviation": "unexpected/plan", "reference": "Test", "owner": "Ann", "reason": "a pilot"}
    return Acceptance(**{**given, "until": date(2026, 12, 31), **more})


def accepted(tables: Tables, *acceptances: Acceptance, turns: Any = None) -> Accepted:
    found = looked(tables, LOG, turns=turns, acceptances=acceptances, today=TODAY)
    assert found.accepted is not None
    assert (found.checked, found.conforming, found.total_cost) == (4, 1, 4)  # what is left if all lapsed
    return found.accepted


def standings(found: Accepted) -> list[tuple[str, int]]:
    return [(use.standing.value, use.streams) for use in found.uses]


def test_what_is_accepted_does_not_count(tables: Tables) -> None:
    found = accepted(tables, plan())
    assert standings(found) == [("in force", 3)]
    assert (found.rates.checked, found.rates.conforming, found.rates.total_cost) == (4, 3, 1)
    assert found.rates.matched_moves == found.rates.visible_moves - 1
    assert found.rates_mapped == found.rates
    assert found.by_deviation == (("unexpected/plan", 3),)
    assert found.uses[0].sentence == "Plan is not expected"


def test_a_stream_conforms_only_if_all_of_its_deviations_are_accepted(tables: Tables) -> None:
    found = accepted(tables, plan(), plan(deviation="unexpected/improve"))
    assert (found.rates.conforming, found.rates.total_cost) == (4, 0)
    assert found.rates.moves == 1


@pytest.mark.parametrize(
    ("until", "standing", "conforming"), [(TODAY, "in force", 3), (date(2026, 11, 25), "expired", 1)]
)
def test_it_holds_up_to_its_last_day_and_counts_again_after_it(
    tables: Tables, until: date, standing: str, conforming: int
) -> None:
    found = accepted(tables, plan(until=until))
    assert (standings(found), found.rates.conforming) == ([(standing, 3)], conforming)


def test_what_no_stream_has_is_not_met(tables: Tables) -> None:
    found = accepted(tables, plan(deviation="missing/engage"))
    assert standings(found) == [("not met", 0)]
    assert found.uses[0].sentence is None


def test_an_acceptance_of_another_reference_stream_is_not_meant(tables: Tables) -> None:
    assert accepted(tables, plan(reference="Another")).uses == ()


def test_its_scope_can_be_single_tickets(tables: Tables) -> None:
    found = accepted(tables, plan(tickets=("planned 2", "elsewhere")))
    assert (standings(found), found.rates.conforming) == ([("in force", 1)], 2)


def test_its_scope_can_be_the_values_of_an_attribute(tables: Tables) -> None:
    rows = [("as agreed", "low"), ("planned 1", "low"), ("planned 2", "high"), ("both", "low")]
    columns = {"case_id": [case for case, _ in rows], "fact.priority": [value for _, value in rows]}
    turns = tables.put(
        pa.table({**columns, "last": [True] * 4, "ticket_type": ["t"] * 4, "group": pa.array([None] * 4, pa.string())}),
        "turns",
    )
    low = plan(where=(("priority", ("low", "lower")),))
    found = accepted(tables, low, turns=turns)
    assert (standings(found), found.rates.conforming) == ([("in force", 2)], 2)
    nobody_knows = plan(where=(("group", ("Two",)),))
    assert standings(accepted(tables, nobody_knows, turns=turns)) == [("not met", 0)]


def test_what_the_export_does_not_show_cannot_be_judged(tables: Tables) -> None:
    found = accepted(tables, plan(where=(("priority", ("low",)),)))
    assert (standings(found), found.rates.conforming) == ([("cannot be judged", 0)], 1)


def test_without_acceptances_nothing_changes(tables: Tables) -> None:
    found = looked(tables, LOG, acceptances=(), today=TODAY)
    assert found.accepted is not None
    assert (found.accepted.rates, found.accepted.uses) == (found.rates, ())
    assert looked(tables, LOG).accepted is None


# ------------------------------------------------------------------------------------------------------- the file

TEXT = """\
# Agreed in the meeting of March.
acceptances:
  # The desk confirms by phone.
  - deviation: missing/engage:confirm
    reference: Incident
    where: {priority: [4, low], vip: false}
    tickets: INC1
    owner: Ann
    reason: a pilot
    until: 2027-03-31
    accepted: 2026-11-26
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "ours.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "ours.yaml"


def test_a_file_is_read(path: Path) -> None:
    assert load_acceptances(path) == (
        Acceptance(
            "missing/engage:confirm",
            "Incident",
            "Ann",
            "a pilot",
            date(2027, 3, 31),
            date(2026, 11, 26),
            (("priority", ("4", "low")), ("vip", ("false",))),
            ("INC1",),
            4,
        ),
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("reason: a pilot", "reason: ''", 9, "an acceptance needs `reason`"),
        ("    reason: a pilot\n", "", 4, "an acceptance needs `reason`"),
        ("owner: Ann", "owner: 7", 8, "an acceptance needs `owner`"),
        ("until: 2027-03-31", "until: next year", 10, "`until` is the last day"),
        ("    until: 2027-03-31\n", "", 4, "`until` is the last day"),
        ("accepted: 2026-11-26", "accepted: today", 11, "`accepted` is the day"),
        ("missing/engage", "mising/engage", 4, "no key of a deviation"),
        ("owner: Ann", "owner: Ann\n    ownr: Bob", 9, 'the key "ownr" is not known here'),
        ("where: {priority: [4, low], vip: false}", "where: high", 6, "`where` names attributes"),
        ("where: {priority: [4, low], vip: false}", "where: {priority: []}", 6, "`where` names attributes"),
        ("tickets: INC1", "tickets: {a: 1}", 7, "`tickets` is a list"),
        ("acceptances:", "accepted:", 2, "this is no file of acceptances"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(path: Path, before: str, after: str, line: int, said: str) -> None:
    assert before in TEXT
    path.write_text(TEXT.replace(before, after, 1), encoding="utf-8")
    (found,) = problems(path)
    assert said in found.text
    assert (found.file, found.line) == (str(path), line)


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load_acceptances(path)
    return caught.value.problems


def test_the_same_twice_is_wrong(path: Path) -> None:
    entry = TEXT.partition("phone.\n")[2]
    path.write_text(TEXT + entry, encoding="utf-8")
    (found,) = problems(path)
    assert "stands here a second time; the first is on line 4" in found.text


def test_an_entry_is_added_in_its_place_and_what_people_wrote_stays(path: Path) -> None:
    add_acceptance(path, plan(deviation="missing/engage", reference="Incident", reason='says "so": #1'))
    add_acceptance(path, plan(reference="Zoo"))
    read = load_acceptances(path)
    assert [(one.reference, one.deviation) for one in read] == [
        ("Incident", "missing/engage"),
        ("Incident", "missing/engage:confirm"),
        ("Zoo", "unexpected/plan"),
    ]
    assert read[0].reason == 'says "so": #1'
    text = path.read_text(encoding="utf-8")
    assert all(line in text for line in TEXT.splitlines())


def test_what_is_added_and_taken_out_again_leaves_the_file_as_it_was(path: Path) -> None:
    for reference in ("Aaa", "Zoo"):
        one = plan(reference=reference, where=(("group", ("Two", "ä")),), tickets=("A 1",), accepted=TODAY)
        add_acceptance(path, one)
        (written,) = [other for other in load_acceptances(path) if other.reference == reference]
        assert (written.where, written.tickets, written.accepted) == (one.where, one.tickets, one.accepted)
        remove_acceptances(path, [written])
        assert path.read_text(encoding="utf-8") == TEXT


def test_comments_stay_above_their_entry_and_go_with_it(path: Path) -> None:
    add_acceptance(path, plan(deviation="missing/engage", reference="Incident"))
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines.index("# The desk confirms by phone.") + 1 == lines.index("- deviation: missing/engage:confirm")
    remove_acceptances(path, [load_acceptances(path)[1]])
    assert "by phone" not in path.read_text(encoding="utf-8")
    assert "meeting of March" in path.read_text(encoding="utf-8")


def test_what_is_accepted_already_is_refused(path: Path) -> None:
    add_acceptance(path, plan())
    with pytest.raises(RequestError, match="accepted already"):
        add_acceptance(path, plan(owner="Bob"))


def test_a_file_begins_with_its_first_entry_and_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    add_acceptance(path, plan())
    remove_acceptances(path, load_acceptances(path))
    assert load_acceptances(path) == ()
    add_acceptance(path, plan())
    assert [one.owner for one in load_acceptances(path)] == ["Ann"]


def test_a_missing_file_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        load_acceptances(tmp_path / "none.yaml")


def test_scopes_in_words() -> None:
    assert plan().scope == "all streams"
    assert plan(where=(("priority", ("4", "5")),), tickets=("A",)).scope == "priority: 4 or 5; 1 ticket"
