"""Limits on the time between two parts of a reference stream."""

from __future__ import annotations

import pytest
from test_looking import looked

from mining.conformance import outline, parse_reference
from mining.conformance.spans_of_time import WorkingTime, length_of_time
from mining.conformance.tree import Limit
from mining.core.errors import ConfigError, Problem
from mining.core.tables import Tables
from tests.log_builder import MINUTE

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
        (
            "{from: value, to: {engage: confirm}, within: 2 working days}",
            "limits in working time are not checked here yet",
        ),
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
    [("30 minutes", (30 * MINUTE, "30 minutes")), ("1 week", (7 * DAY * MINUTE, "1 week")), ("a day", None)],
)
def test_lengths_of_time(text: str, length: tuple[int, str] | None) -> None:
    assert length_of_time(text) == length


def test_working_time_is_told_apart() -> None:
    with pytest.raises(WorkingTime):
        length_of_time("2 working days")
