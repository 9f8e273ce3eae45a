"""What --where and --split-by ask for, and which tickets of an export that means."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapping_helpers import MINUTE, event_table, mapping, rows, told

from mining import mapping as room
from mining.core.cohorts import Dates, Split, Unit
from mining.core.errors import RequestError
from mining.core.events import MappedLog, src
from mining.core.tables import Tables
from mining.mapping import parse_mapping
from mining.mapping.filtering import Judged
from mining.mapping.periods import begins, periods, read_dates

WORK = "- when: {state: New}\n  activity: {engage: log}\n- when: {state: Done}\n  end: agent\n"
TABLE = """
A 0 New  | g1 | ann
A 5 Done | g2 | bob
B 1 New  | g1 | ann
B 6 Done | -  | ann
C 2 New  | -  | bob
C 3 Odd  | -  | bob
"""


def judged(tables: Tables, *where: str, split: str | None = None, table: str = TABLE, **more: str) -> Judged:
    request = room.cohort_request(where, split)
    return room.judge_tickets(tables, event_table(tables, rows(table)), mapping(WORK, **more), request)


def chosen(tables: Tables, *where: str, **more: str) -> str:
    found = judged(tables, *where, **more)
    kept = tables.fetch(found.table.filter(found.table.chosen), limit=100)
    return "".join(sorted(kept["ticket_id"].to_pylist()))


def label_of(tables: Tables, split: str, **more: str) -> dict[str, str | None]:
    found = tables.fetch(judged(tables, split=split, **more).table, limit=100).to_pylist()
    return {row["ticket_id"]: row["label"] for row in found}


def filtered(tables: Tables, *where: str, table: str = TABLE) -> MappedLog:
    rules, events = mapping(WORK), event_table(tables, rows(table), rejected=2)
    found = room.judge_tickets(tables, events, rules, room.cohort_request(where, None))
    log = room.map_events(tables, room.only(tables, events, found.table.filter(found.table.chosen)), rules)
    assert log.ledger.adds_up
    return log


@pytest.mark.parametrize(
    ("condition", "tickets"),
    [
        ("group=g2", "A"),
        ("team=g1", "B"),  # the value last known of B: it lost its group, and nothing else was told since
        ("team=g1|g2", "AB"),
        ("group!=g1", "AC"),
        ("group=", "C"),  # it was never told
        ("group!=", "AB"),
        ("group=|g2", "AC"),
        ("state=Done", "AB"),
        ("event!=Done", "C"),
        (" group = g2 ", "A"),
        ("ticket_type=ticket", "ABC"),
        ("ticket_type!=ticket", ""),
    ],
)
def test_a_ticket_meets_a_condition_by_the_value_last_known(tables: Tables, condition: str, tickets: str) -> None:
    assert chosen(tables, condition) == tickets


def test_all_conditions_must_hold(tables: Tables) -> None:
    assert chosen(tables, "group!=g2", "state=Done") == "B"


def test_what_means_missing_in_a_cell_means_it_in_a_condition(tables: Tables) -> None:
    assert chosen(tables, "group=?", export='missing: ["?", ""]') == "C"


def test_a_value_may_hold_the_sign_between_values(tables: Tables) -> None:
    found = event_table(tables, [{"ticket_id": "A", "time": 0, src("state"): "New", src("team"): "a|b"}])
    request = room.cohort_request(["group=a\\|b"], None)
    assert room.judge_tickets(tables, found, mapping(WORK), request).chosen == 1


def test_the_last_row_is_that_by_time_and_counter(tables: Tables) -> None:
    table = "A 5 New | old | ann | 1\nA 5 New | new | ann | 2\nA 1 New | first | ann | 0"
    assert chosen(tables, "group=new", table=table, export="order_by: [n]") == "A"


def test_rows_of_the_others_are_counted_whatever_would_have_become_of_them(tables: Tables) -> None:
    ledger = filtered(tables, "group=g2").ledger
    assert (ledger.rows_read, ledger.rows_mapped, ledger.rows_filtered, ledger.rows_rejected) == (8, 2, 4, 2)
    assert (ledger.rows_unmapped, ledger.events_unmapped) == (0, 0)  # the odd row is of a ticket that is left out
    assert (ledger.events_made, ledger.events_mapped) == (4, 2)


log_rows = st.lists(
    st.tuples(
        st.sampled_from("ABCD"),
        st.integers(0, 9),
        st.sampled_from(["New", "Done", "Odd"]),
        st.sampled_from(["g1", "g2", "-"]),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=log_rows, condition=st.sampled_from(["group{}g1", "group{}g1|", "state{}New|Odd", "period{}1970"]))
def test_a_condition_and_its_opposite_are_everything(
    tables: Tables, made: list[tuple[str, int, str, str]], condition: str
) -> None:
    table = "\n".join(f"{ticket} {minute} {state} | {team} | ann" for ticket, minute, state, team in made)
    with_it, without = (filtered(tables, condition.format(sign), table=table) for sign in ("=", "!="))
    whole = room.map_events(tables, event_table(tables, rows(table)), mapping(WORK))
    assert sorted([*told(tables, with_it), *told(tables, without)]) == sorted(told(tables, whole))
    assert with_it.ledger.rows_filtered + without.ledger.rows_filtered == len(made)
    for name in ("rows_mapped", "rows_unmapped", "rows_duplicate", "events_made", "neighbours"):
        both = getattr(with_it.ledger, name) + getattr(without.ledger, name)
        assert both == getattr(whole.ledger, name) + (2 * 2 if name == "events_made" else 0)


def test_the_order_of_rows_does_not_matter(tables: Tables) -> None:
    lines = [line for line in TABLE.splitlines() if line]
    random.Random(4).shuffle(lines)
    assert (
        label_of(tables, "group", table="\n".join(lines))
        == label_of(tables, "group")
        == {
            "A": "g2",
            "B": "g1",
            "C": None,
        }
    )


# ------------------------------------------------------------------------------------------------------------ periods


def at(*date: int) -> int:
    return int((datetime(*date, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


DATED = "\n".join(
    f"{ticket} {at(*date) // MINUTE} New | g | ann"
    for ticket, date in {
        "A": (2016, 2, 29, 23, 30),
        "B": (2016, 3, 1),
        "C": (2016, 4, 30, 23, 59),
        "D": (2016, 5, 1),
    }.items()
)


@pytest.mark.parametrize(
    ("asked", "tickets"),
    [
        ("2016-03..2016-05", "BC"),  # up to the beginning of May
        ("2016-03", "B"),
        ("2016-Q1", "AB"),
        ("2016", "ABCD"),
        ("2016-02-29", "A"),
        ("2016-05..", "D"),
        ("..2016-03", "A"),
        ("2016-02|2016-05", "AD"),
        ("2015", ""),
    ],
)
def test_a_period_begins_with_its_first_day_and_ends_before_the_next(tables: Tables, asked: str, tickets: str) -> None:
    assert chosen(tables, f"period={asked}", table=DATED) == tickets


def test_days_begin_when_they_do_in_their_zone() -> None:
    assert begins(datetime(2016, 3, 1, tzinfo=UTC).date(), "Europe/Berlin") == at(2016, 2, 29, 23)
    assert begins(datetime(2016, 7, 1, tzinfo=UTC).date(), "Europe/Berlin") == at(2016, 6, 30, 22)
    assert begins(datetime(2016, 3, 1, tzinfo=UTC).date(), "+05:30") == at(2016, 2, 29, 18, 30)


def test_demand_counts_where_it_is_earlier(tables: Tables) -> None:
    early, late = at(2016, 2, 10) // MINUTE, at(2016, 3, 10) // MINUTE
    table = f"A {late} New | g | ann | 0 | {early}\nB {late} New | g | ann | 0 | -"
    top = "demand: {time: opened, activity: engage}"
    assert label_of(tables, "period:month", table=table, export="order_by: [n]", top=top) == {
        "A": "2016-02",
        "B": "2016-03",
    }


def test_each_moment_is_in_one_period() -> None:
    assert list(periods(Unit.QUARTER, at(2016, 3, 31), at(2016, 4, 1), None)) == [
        ("2016-Q1", at(2016, 1, 1), at(2016, 4, 1)),
        ("2016-Q2", at(2016, 4, 1), at(2016, 7, 1)),
    ]
    months = list(periods(Unit.MONTH, at(1999, 11, 5), at(2001, 2, 1), "America/New_York"))
    assert [name for name, _, _ in months][:3] == ["1999-11", "1999-12", "2000-01"]
    assert all(end == begin for (_, _, end), (_, begin, _) in pairwise(months))
    assert [name for name, _, _ in periods(Unit.YEAR, at(1, 1, 1), at(1, 6, 1), None)] == ["0002"]


def test_periods_as_people_write_them() -> None:
    day = datetime(2016, 2, 28, tzinfo=UTC).date()
    assert read_dates("2016-02-28") == Dates(day, day.replace(day=29))
    for wrong in ("2016-13", "2016-Q5", "16", "2015-02-29", "", "..", "2016-03..2016-01", "2016-03..x", "March"):
        assert read_dates(wrong) is None, wrong


# ---------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("where", "split", "said"),
    [
        ("priority", None, "--where is no condition"),
        ("=x", None, "--where is no condition"),
        ("period=Mai", None, "(?s)this is no period.*found: Mai.*2016-Q1"),
        (None, "", "--split-by names nothing"),
        (None, "period:mont", r"(?s)no such period.*did you mean period:month\?"),
    ],
)
def test_a_request_that_says_nothing_is_refused(where: str | None, split: str | None, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        room.cohort_request([where] if where else [], split)


def test_a_split_is_a_column_or_a_unit_of_time() -> None:
    assert room.cohort_request([], "category").split == Split("category")
    assert room.cohort_request([], "period").split == Split("period", Unit.MONTH)
    assert room.cohort_request([], "period: year").split == Split("period", Unit.YEAR)
    assert room.cohort_request([], "a:b").split == Split("a:b")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("number", "this is the ticket's number"),
        ("at", "(?s)this is a time.*--split-by period:month"),
        ("actor", "(?s)names people.*--with-actors"),
        ("who", "names people"),
        ("caller_id", "names people"),
        ("Requester Name", "names people"),
        ("sys_updated_by", "names people"),
        ("assigned_to", "names people"),
        ("problem", "names other tickets"),
    ],
)
def test_who_people_are_and_which_ticket_it_is_stays_out(name: str, said: str) -> None:
    rules = mapping(WORK, export="links: [{column: problem, to: problem}]")
    with pytest.raises(RequestError, match=said):
        room.check_cohorts(room.cohort_request([], name), [rules], with_actors=False)


def test_people_may_be_asked_for() -> None:
    request = room.cohort_request(["who=ann"], "caller_id")
    room.check_cohorts(request, [mapping(WORK)], with_actors=True)


@pytest.mark.parametrize("name", ["contact_type", "Owner Country", "priority", "user_impact", "category", "group"])
def test_what_only_sounds_like_people_may_be_asked_for(name: str) -> None:
    room.check_cohorts(room.cohort_request([], name), [mapping(WORK)], with_actors=False)


def test_what_is_known_only_at_the_end_may_be_asked_for_with_a_word_of_warning() -> None:
    rules = mapping(WORK, export="final: [made_sla]")
    (note,) = room.check_cohorts(room.cohort_request([], "made_sla"), [rules], with_actors=False)
    assert note.startswith("Test: made_sla is known only at a ticket's end.")
    assert room.check_cohorts(room.cohort_request([], "group"), [rules], with_actors=False) == []


def test_mail_addresses_are_people_too(tables: Tables) -> None:
    found = judged(tables, split="group", table="A 0 New | x@y.org | ann")
    request = room.cohort_request([], "group")
    with pytest.raises(RequestError, match=r'column "group": this column holds mail addresses'):
        room.check_told(tables, request, [found], ["team"], with_actors=False)
    room.check_told(tables, request, [found], ["team"], with_actors=True)


def test_a_value_that_nobody_has_names_the_nearest(tables: Tables) -> None:
    request = room.cohort_request(["group=G1"], None)
    with pytest.raises(RequestError, match=r'(?s)column "group": --where: no ticket has this value.*found: G1\n.*g1'):
        room.concluded(request, [judged(tables, "group=G1")], None)


def test_one_value_of_several_that_nobody_has_is_noted(tables: Tables) -> None:
    request = room.cohort_request(["group=g2|g3"], None)
    kept, notes = room.concluded(request, [judged(tables, "group=g2|g3")], None)
    assert (kept.tickets, kept.kept) == (3, 1)
    assert notes == ["--where: no ticket has group=g3; values there are: g2, g1."]


def test_conditions_that_leave_nothing_say_what_each_leaves(tables: Tables) -> None:
    where = ("group=g2", "state!=Done")
    request = room.cohort_request(where, None)
    with pytest.raises(RequestError, match=r"(?s)no ticket meets all.*group=g2: 1 of 3 tickets; state!=Done: 1 of 3"):
        room.concluded(request, [judged(tables, *where)], None)


def test_a_column_that_no_export_has_names_the_nearest(tables: Tables) -> None:
    request = room.cohort_request(["teem=g1"], "temm")
    found = judged(tables, "teem=g1", split="temm")
    assert (found.met, found.tells, found.chosen) == ((None,), False, 3)
    with pytest.raises(RequestError, match=r"(?s)--where teem=g1: no export has this column.*team.*--split-by temm"):
        room.check_told(tables, request, [found], ["state", "team", "who"], with_actors=False)


def test_columns_that_are_asked_for_do_not_decide_what_is_a_duplicate(tables: Tables) -> None:
    """The two rows differ in a column that only this run carries on: they are one event, told twice."""
    twice = [{"ticket_id": "A", "time": 0, src("state"): "New", src("team"): team} for team in ("g1", "g2")]
    rules = parse_mapping(
        "name: T\nexport: {shape: events, ticket: number, time: {column: at}, event: state}\n"
        "rules: [{when: {state: New}, activity: engage}]"
    )
    asked = room.carrying(rules, room.cohort_request([], "team"), alone=True)
    assert (asked.export.used, asked.export.asked) == (("state", "team"), ("team",))
    assert room.map_events(tables, event_table(tables, twice), asked).ledger.rows_duplicate == 1
