"""Limits on the time between two parts of a reference stream."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from test_looking import looked

from mining.conformance import check, load_agreed, outline, parse_reference
from mining.conformance.comparing import examine
from mining.conformance.limits import Working
from mining.conformance.spans_of_time import length_of_time, working_length
from mining.conformance.tree import Limit
from mining.core.calendars import Calendars
from mining.core.cohorts import Split
from mining.core.errors import ConfigError, Problem, RequestError
from mining.core.tables import Tables
from mining.measures import split
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log
from tests.measures.calendar_helpers import calendar

pytestmark = pytest.mark.slow  # each is quick, all of them are not

HOUR = 60
DAY = 24 * HOUR
TEXT = """\
name: Test
demand: a need
scope: run
stream: [engage, deliver_and_support, value, {optional: {engage: confirm}}]
limits:
  - {from: demand, to: deliver_and_support, within: 4 hours}
  - {from: value, to: {engage: confirm}, within: 2 days}
"""
LOG = f"""
quick:    0 engage, 60 deliver_and_support!claimed, 100 engage:confirm, {9 * DAY} .agent
slow:     0 engage, {5 * HOUR} deliver_and_support!claimed, {6 * HOUR} engage:confirm, {9 * DAY} .agent
slowest:  0 engage, {9 * HOUR} deliver_and_support!claimed, {4 * DAY} engage:confirm, {9 * DAY} .agent
silent:   0 engage, 240 deliver_and_support!claimed, {9 * DAY} .agent
"""


def test_what_is_too_slow_is_a_deviation_without_a_move(tables: Tables) -> None:
    found = looked(tables, LOG, agreed=parse_reference(TEXT, "test.yaml"))
    assert [(d.kind.value, d.sentence, d.key, d.streams, d.occurrences, d.moves) for d in found.deviations] == [
        (
            "too slow",
            "Deliver and support comes later than 4 hours after demand",
            "too-slow/deliver_and_support/after/demand",
            2,
            2,
            0,
        ),
        (
            "too slow",
            "Engage (confirm) comes later than 2 days after value",
            "too-slow/engage:confirm/after/value",
            1,
            1,
            0,
        ),
    ]
    assert (found.checked, found.conforming, found.total_cost, found.fitness) == (4, 2, 0, 1)
    assert (found.rates_mapped.checked, found.rates_mapped.conforming) == (4, 2)


def test_what_is_too_slow_does_not_conform_in_its_cohort_either(tables: Tables) -> None:
    streams = build_streams(tables, mapped_log(tables, LOG), max_paths=10)
    agreed = parse_reference(TEXT, "test.yaml")
    found = examine(tables, streams, agreed, check(agreed, streams))[0]
    of = {"quick": "a", "slow": "a", "slowest": "b", "silent": "b"}
    labels = tables.put(pa.table({"case_id": list(of), "label": list(of.values())}), "labels")
    cohorts = split(tables, streams, labels, Split("team"), conformance=(found,)).cohorts
    shares = [(one.label, one.conforming.part, one.conforming.whole) for one in cohorts if one.conforming]
    assert shares == [("a", 1, 2), ("b", 1, 2)]


def test_a_limit_tells_what_it_was_measured_on(tables: Tables) -> None:
    first, second = looked(tables, LOG, agreed=parse_reference(TEXT, "test.yaml")).limits
    assert first.sentence == "Deliver and support within 4 hours of demand"
    assert first.times is not None
    assert (first.times.n, first.times.median, first.late, first.late_streams) == (4, 240 * MINUTE, 2, 2)
    assert second.times is not None
    assert (second.times.n, second.late_streams, second.observable) == (3, 1, True)


def test_what_cannot_be_seen_cannot_be_late(tables: Tables) -> None:
    log = "A: 0 engage, 900 deliver_and_support!claimed, 999 .agent"
    found = looked(tables, log, agreed=parse_reference(TEXT, "test.yaml"))
    assert [(one.observable, one.late) for one in found.limits] == [(True, 1), (False, 0)]


def test_too_slow_stands_among_the_others_by_the_number_of_its_streams(tables: Tables) -> None:
    log = LOG + "\n".join(f"P{i}: 0 engage, 1 plan, 2 deliver_and_support!claimed, 9 .agent" for i in range(2))
    log += "\nQ: 0 engage, 1 improve, 900 deliver_and_support!claimed, 999 .agent"
    found = looked(tables, log, agreed=parse_reference(TEXT, "test.yaml"))
    assert [(d.sentence.split(" ")[0], d.streams) for d in found.deviations] == [
        ("Deliver", 3),
        ("Plan", 2),
        ("Engage", 1),
        ("Improve", 1),
    ]
    assert found.cases is not None
    effects = [found.cases.evidence[i].effect.with_it for i in range(4)]
    assert [(e.n, e.median) for e in effects[1:]] == [(2, 2 * MINUTE), (1, 540 * MINUTE), (1, 900 * MINUTE)]
    assert found.conforming == 7 - 2 - 1 - 2


@pytest.mark.parametrize(
    ("events", "late"),
    [
        ("0 engage, 1 deliver_and_support!claimed, 100 improve, 900 improve:late", 0),  # one visit to improve
        ("0 engage, 1 deliver_and_support!claimed, 700 engage, 710 improve", 1),  # from value to improve
        ("0 engage, 1 improve, 700 deliver_and_support!claimed, 710 improve", 0),  # a first improve without value
        ("0 engage, 1 plan!claimed, 700 deliver_and_support!claimed, 710 improve", 0),  # the clock starts anew
        ("0 engage, 1 plan!claimed, 5 improve, 9 plan, 999 improve", 0),  # of several after one value, the first
    ],
)
def test_each_is_timed_from_the_last_one_before_it(tables: Tables, events: str, late: int) -> None:
    text = "name: T\ndemand: d\nscope: run\nstream: [engage, value, improve]\n"
    text += "limits:\n  - {from: value, to: improve, within: 10 hours}\n"
    (limit,) = looked(tables, f"A: {events}, 9999 .agent", agreed=parse_reference(text, "t.yaml")).limits
    assert limit.late == late


def test_limits_are_read_and_told() -> None:
    read = parse_reference(TEXT, "test.yaml")
    assert read.limits == (
        Limit("demand", "deliver_and_support", 240 * MINUTE, "4 hours", 6),
        Limit("value", "engage:confirm", 2 * DAY * MINUTE, "2 days", 7),
    )
    assert outline(read)[-1] == "Engage (confirm) within 2 days of value"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("{from: value, to: {engage: confirm}, within: soon}", "`within` is a length of time"),
        ("{from: value, to: {engage: confirm}, within: 2}", "`within` is a length of time"),
        ("{from: value, to: {engage: confirm}, within: 0 days}", "`within` is a length of time"),
        ("{from: value, to: {engage: survey}, within: 2 days}", "this part is not in the stream"),
        ("{from: valu, to: {engage: confirm}, within: 2 days}", "this is no part of a stream"),
        ("{from: value, to: demand, within: 2 days}", "demand opens the stream"),
        ("{from: value, to: {optional: engage}, within: 2 days}", "a limit is between two single parts"),
        ("{from: value, to: engage}", "a limit has `from`, `to` and `within`"),
        ("soon", "a limit has `from`, `to` and `within`"),
    ],
)
def test_a_wrong_limit_is_named_with_its_line(limit: str, said: str) -> None:
    text = TEXT.partition("limits:")[0] + f"limits:\n  - {limit}\n"
    (found,) = problems(text)
    assert said in found.text
    assert (found.file, found.line) == ("test.yaml", 6)


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse_reference(text, "test.yaml")
    return caught.value.problems


def test_limits_are_a_list() -> None:
    (found,) = problems(TEXT.partition("limits:")[0] + "limits: {from: value}\n")
    assert found.text == "`limits` is a list"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30 minutes", (30 * MINUTE, "30 minutes", None)),
        ("1 week", (7 * DAY * MINUTE, "1 week", None)),
        ("a day", None),
    ],
)
def test_lengths_of_time(text: str, length: tuple[int, str, str | None] | None) -> None:
    assert length_of_time(text) == length


def test_working_time_is_told_apart() -> None:
    assert length_of_time("2 working days") == (2 * DAY * MINUTE, "2 working days", "day")


# --------------------------------------------------------------------------------------------------- working time

OFFICE = calendar("mon-thu 09:00-17:00; fri 09:00-17:00")
IN_WORKING_TIME = (
    TEXT.partition("limits:")[0]
    + """\
limits:
  - {from: value, to: {engage: confirm}, within: 2 working days}
"""
)
FRIDAY, MONDAY, TUESDAY = DAY, 4 * DAY, 5 * DAY  # the first of January 1970 was a Thursday
CLAIMED = FRIDAY + 15 * HOUR
OVER_A_WEEK_END = f"""
monday:  0 engage, {CLAIMED} deliver_and_support!claimed, {MONDAY + 16 * HOUR} engage:confirm, {9 * DAY} .agent
tuesday: 0 engage, {CLAIMED} deliver_and_support!claimed, {TUESDAY + 15 * HOUR} engage:confirm, {9 * DAY} .agent
late:    0 engage, {CLAIMED} deliver_and_support!claimed, {TUESDAY + 17 * HOUR} engage:confirm, {9 * DAY} .agent
"""


def test_a_week_end_does_not_count(tables: Tables) -> None:
    agreed = parse_reference(IN_WORKING_TIME, "test.yaml")
    found = looked(tables, OVER_A_WEEK_END, agreed=agreed, working=Working(Calendars(OFFICE), None))
    (limit,) = found.limits
    # Two hours on Friday; then 7 on Monday, or 8 and 6 on Tuesday, or 8 and 8: two working days are 16 hours.
    assert limit.times is not None
    assert (limit.times.n, limit.times.total) == (3, (9 + 16 + 18) * HOUR * MINUTE)
    assert (limit.within, limit.working, limit.late, limit.late_streams) == (16 * HOUR * MINUTE, True, 1, 1)
    assert found.conforming == 2
    assert [d.key for d in found.deviations] == ["too-slow/engage:confirm/after/value"]
    assert outline(agreed)[-1] == "Engage (confirm) within 2 working days of value"


def test_both_kinds_of_time_side_by_side(tables: Tables) -> None:
    text = IN_WORKING_TIME + "  - {from: value, to: {engage: confirm}, within: 80 hours}\n"
    log = OVER_A_WEEK_END
    found = looked(tables, log, agreed=parse_reference(text, "t.yaml"), working=Working(Calendars(OFFICE), None))
    assert [(limit.working, limit.late) for limit in found.limits] == [(True, 1), (False, 2)]


def test_what_a_working_day_is() -> None:
    short_fridays = calendar("mon-thu 08:00-17:00; fri 08:00-14:00")
    assert working_length(DAY * MINUTE, "day", short_fridays) == (4 * 9 + 6) * HOUR * MINUTE // 5
    assert working_length(2 * 7 * DAY * MINUTE, "week", short_fridays) == 2 * (4 * 9 + 6) * HOUR * MINUTE
    assert working_length(3 * HOUR * MINUTE, "hour", short_fridays) == 3 * HOUR * MINUTE


def test_without_a_calendar_working_time_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "agreed.yaml"
    file.write_text(IN_WORKING_TIME)
    with pytest.raises(RequestError, match=r"agreed\.yaml:6: a limit in working time needs a calendar") as caught:
        load_agreed([str(file)])
    assert "--calendar" in str(caught.value)
    assert load_agreed([str(file)], None, Calendars(OFFICE)) is not None


# --------------------------------------------------------------------------------------------------- open streams


def test_open_streams_that_are_too_slow_already_stand_apart(tables: Tables) -> None:
    log = f"""
closed:  0 engage, 60 deliver_and_support!claimed, 100 engage:confirm, {9 * DAY} .agent
overdue: 0 engage, 60 deliver_and_support!claimed
running: 0 engage, 60 deliver_and_support!claimed, {8 * DAY} engage, {8 * DAY + 60} deliver_and_support!claimed
done:    0 engage, {5 * HOUR} deliver_and_support!claimed, {6 * HOUR} engage:confirm
early:   0 engage
"""
    found = looked(tables, log, agreed=parse_reference(TEXT, "test.yaml"))
    first, second = found.limits
    assert (first.open_running, first.open_overdue, first.open_late_streams) == (1, 1, 2)  # early; and done before
    assert (second.open_running, second.open_overdue, second.open_late_streams) == (2, 1, 1)  # overdue
    assert (first.late, second.late, found.deviations, found.conforming) == (0, 0, (), 1)


def test_open_streams_are_timed_in_working_time_too(tables: Tables) -> None:
    log = f"""
closed: 0 engage, {TUESDAY + 15 * HOUR} deliver_and_support!claimed, {TUESDAY + 16 * HOUR} .agent
open:   0 engage, {FRIDAY + 15 * HOUR} deliver_and_support!claimed
older:  0 engage, 600 deliver_and_support!claimed
"""
    agreed = parse_reference(IN_WORKING_TIME, "test.yaml")
    (limit,) = looked(tables, log, agreed=agreed, working=Working(Calendars(OFFICE), None)).limits
    assert (limit.open_running, limit.open_overdue) == (2, 2)  # 17 hours up to Tuesday at 16:00, and more
