"""The streams taken apart: hand-worked parts, sums that come to the whole, and parts that equal an analysis of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import mining
from mining import conformance, measures, slicing, streams
from mining.core.analysis import Analysis, Options
from mining.core.cohorts import CohortKind
from mining.core.errors import RequestError
from mining.core.export import Holds
from mining.core.slices import Dimension, Slice
from mining.core.tables import Tables
from mining.mapping import cohort_request
from mining.report import SCHEMA_FILE, result
from mining.report.filter_bundle import bundle
from mining.report.filter_names import of_part
from mining.report.overview import overview
from tests.log_builder import MINUTE, mapped_log

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "servicenow_incidents.csv"
SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))

LOG = """
A: 0 engage:log/team, 10 deliver_and_support:resolve!claimed, 100 .lapsed
B: 1 engage:log/team, 31 deliver_and_support:resolve!claimed, 40 engage:reopen!withdrawn, 50 deliver_and_support:resolve!claimed, 90 .agent
C: 2 engage:log, 5 deliver_and_support:queue
D: 60 engage:log, 100 deliver_and_support:resolve!claimed, 160 .lapsed
E: 70 deliver_and_support:resolve!claimed, 80 .lapsed
"""  # noqa: E501 - a stream a line
REFERENCE = "name: Test\ndemand: a need\nscope: run\nstream: [engage, deliver_and_support, value]\n"


def in_halves(first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """The first hour, and what comes after it."""
    assert first <= last
    yield "early", 0, 60 * MINUTE
    yield "late", 60 * MINUTE, 600 * MINUTE


def halves(tables: Tables, text: str = LOG, holds: Holds = Holds.STATE) -> tuple[Dimension, Any, Any]:
    mapped = mapped_log(tables, text, holds=holds)
    built = streams.build_streams(tables, mapped, max_paths=100)
    checked = conformance.check(conformance.parse_reference(REFERENCE, "test.yaml"), built)
    parted = measures.by_period(tables, built, [("hour", in_halves)])
    assert parted is not None
    return slicing._dimension(tables, built, mapped, parted, (checked,)), built, checked


def test_each_part_has_the_figures_of_its_streams(tables: Tables) -> None:
    dimension, _, _ = halves(tables)
    early, late = dimension.slices
    assert [(one.kind, one.label, one.streams.cases) for one in dimension.slices] == [
        (CohortKind.VALUE, "early", 3),
        (CohortKind.VALUE, "late", 2),
    ]
    assert (early.measures.fulfilled, early.streams.open, late.measures.fulfilled, late.streams.open) == (2, 1, 2, 0)
    # A takes 10 minutes, B 30, D 40, E none.
    assert (early.measures.lead_time_claimed.median, late.measures.lead_time_claimed.median) == (10 * MINUTE, 0)
    assert late.measures.lead_time_claimed.p85 == 40 * MINUTE
    # Waiting on the team: A 10 of 10 minutes, B 30 of 30 and then 10 in which nobody is waited on; D none of 40.
    waits = [{one.on: one.total // MINUTE for one in part.measures.waiting} for part in (early, late)]
    assert waits == [{"team": 40, None: 10}, {None: 40}]
    passed = {(one.source_step, one.target_step): one for one in early.streams.steps}
    log = passed["log", "resolve"]
    assert log.count == 2  # to resolve; that to the queue is another
    assert (log.times.n, log.times.median) == (2, 10 * MINUTE)  # type: ignore[union-attr]
    assert (early.measures.rework.reopened, late.measures.rework.reopened) == (1, 0)
    assert {end.value: n for end, n in early.measures.ends.items()} == {"lapsed": 1, "agent": 1}
    # B goes back to engage; E never came to it.
    assert [one.conformance and (one.conformance.conforming, one.conformance.checked) for one in dimension.slices] == [
        (1, 2),
        (1, 2),
    ]
    assert [d.streams for d in late.conformance.deviations] == [1]  # type: ignore[union-attr]


@pytest.mark.parametrize("holds", [Holds.STATE, Holds.POINT])
def test_the_parts_come_to_the_whole(tables: Tables, holds: Holds) -> None:
    dimension, built, checked = halves(tables, holds=holds)
    parts = dimension.slices

    def total(of: Any) -> int:
        return sum(of(one) for one in parts)

    assert total(lambda one: one.streams.cases) == built.cases
    assert total(lambda one: one.streams.events) == built.events
    assert total(lambda one: one.streams.visits) == built.visits
    assert {one.id for part in parts for one in part.streams.variants} == {one.id for one in built.variants}
    for level in ("steps", "activities", "step_ends"):
        for whole in getattr(built, level):
            ends = whole.source, whole.source_step, whole.target, whole.target_step
            mine = [
                one
                for part in parts
                for one in getattr(part.streams, level)
                if (one.source, one.source_step, one.target, one.target_step) == ends
            ]
            for figure in ("count", "streams", "after_value"):
                assert sum(getattr(one, figure) for one in mine) == getattr(whole, figure)
            timed = [one.times for one in mine if one.times is not None]
            assert sum(one.total for one in timed) == (whole.times.total if whole.times else 0)
    for figure in ("checked", "conforming", "visible_moves", "matched_moves", "total_cost", "worst_cost"):
        assert total(lambda one: getattr(one.conformance.rates, figure)) == getattr(checked.rates, figure)  # noqa: B023
        assert total(lambda one: getattr(one.conformance.open_rates, figure)) == getattr(checked.open_rates, figure)  # noqa: B023


def test_of_too_many_periods_the_largest_stand_apart(tables: Tables) -> None:
    begins = [30 * n for n in range(20)]
    text = "\n".join(f"T{n}: {n} engage, {n + 1} deliver_and_support!claimed, {n + 2} .agent" for n in begins)

    def half_hours(first: int, last: int) -> Iterator[tuple[str, int, int]]:
        for minute in begins:
            yield f"{minute:03}", minute * MINUTE, (minute + 30) * MINUTE

    built = streams.build_streams(tables, mapped_log(tables, text), max_paths=100)
    parted = measures.by_period(tables, built, [("first", half_hours), ("half hour", half_hours)])
    assert parted is not None
    assert parted.name == "period:half hour"  # the last unit, where none has few enough
    assert [one.label for one in parted.names] == [*(f"{n:03}" for n in begins[:11]), None]
    assert [one.cases for one in measures.count_parts(tables, built, parted)] == [1] * 11 + [9]


def test_of_one_period_there_is_nothing_to_choose(tables: Tables) -> None:
    built = streams.build_streams(tables, mapped_log(tables, "A: 0 engage, 5 deliver_and_support"), max_paths=9)
    assert measures.by_period(tables, built, [("hour", in_halves)]) is None


# --------------------------------------------------------------------------------------------------- the whole way


@cache
def whole() -> Analysis:
    return mining.analyse(SAMPLE, mapping="servicenow_incident", reference="incident").analysis


def of_march() -> Slice:
    assert whole().slices is not None
    (dimension,) = whole().slices.dimensions  # type: ignore[union-attr]
    return next(one for one in dimension.slices if one.label == "2025-03")


@pytest.mark.slow
def test_a_part_equals_an_analysis_of_it_alone() -> None:
    options = Options(where=("period=2025-03",))
    alone = mining.analyse(SAMPLE, mapping="servicenow_incident", reference="incident", options=options).analysis
    part = of_march()
    mine, theirs = result(of_part(whole(), part)), result(alone)
    for block in ("fulfilled", "lead_time", "rework", "waiting", "visit_times", "ends", "ended_without_value"):
        assert mine["measures"][block] == theirs["measures"][block], block
    assert mine["streams"]["activities"] == theirs["streams"]["activities"]
    for level in ("directly_follows", "between_activities"):
        assert mine["discovery"][level] == theirs["discovery"][level]
    figures = ("key", "streams", "occurrences", "moves")
    deviations = [
        [{name: one[name] for name in figures} for one in of["conformance"]["deviations"]] for of in (mine, theirs)
    ]
    assert deviations[0] == deviations[1]
    for rates in ("rates", "rates_mapped", "open_rates"):
        assert getattr(part.conformance, rates) == getattr(alone.conformance, rates)
    by_symbols = [
        {(one.symbols, one.state): (one.streams, one.streams_with_unmapped) for one in of.variants}
        for of in (part.streams, alone.streams)
    ]
    assert by_symbols[0] == by_symbols[1]
    # What the page shows of it is what the report of it alone shows.
    shown = overview(of_part(whole(), part))
    assert (shown.tiles, shown.verdict) == (overview(alone).tiles, overview(alone).verdict)
    held = {one["number"]: one["lead_time_held"] for one in mine["streams"]["top_variants"]}
    assert sum(one["n"] for one in held.values() if one) > 0


@pytest.mark.slow
def test_the_result_holds_the_parts_as_the_schema_says_and_the_page_holds_them_packed() -> None:
    found = result(whole())
    Draft202012Validator(SCHEMA).validate(found)
    (dimension,) = found["slices"]["dimensions"]
    assert (dimension["along"], dimension["name"]) == ("period", "period:month")
    assert [one["label"] for one in dimension["slices"]] == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
    assert sum(one["streams"] for one in dimension["slices"]) == found["streams"]["cases"]
    assert [one["address"] for one in dimension["slices"]][:1] == ["filter=period:2025-01"]
    held = bundle(whole())
    assert held["keys"][0] == "period:2025-01"
    assert held["kinds"]["said"]["period:2025-03"] == (
        "Shown: Period of demand, by month: 2025-03, 287 of 1,139 streams."
    )


@pytest.mark.slow
def test_two_periods_side_by_side_and_what_is_left() -> None:
    options = Options(compare=("2025-01..2025-03", "2025-03..2025-05"))
    found = mining.analyse(SAMPLE, mapping="servicenow_incident", reference="incident", options=options).analysis
    assert found.cohorts is not None
    assert [(one.kind, one.label, one.streams) for one in found.cohorts.cohorts] == [
        (CohortKind.VALUE, "2025-01..2025-03", 495),
        (CohortKind.VALUE, "2025-03..2025-05", 599),
        (CohortKind.OTHERS, None, 45),
    ]
    Draft202012Validator(SCHEMA).validate(result(found))
    differing = found.slices.differences  # type: ignore[union-attr]
    assert differing is not None
    log = next(one for one in differing.found if one.of.value == "place" and one.place[1] == "log")  # type: ignore[index]
    assert (log.first.whole, log.second.whole) == (495, 599)  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------------------- bad inputs


@pytest.mark.parametrize(
    ("compare", "said"),
    [
        (("2016-03..2016-05", "2016-04..2016-06"), "overlap"),
        (("2016-03..", "2016-05"), "overlap"),
        (("2016-03..2016-05", "soon"), "this is no period"),
        (("2016-05..2016-03", "2016-06"), "this is no period"),
    ],
)
def test_periods_that_cannot_be_compared_are_refused(compare: tuple[str, str], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        cohort_request((), None, compare)


def test_names_of_periods_stay_names_where_the_split_says_of_what() -> None:
    assert cohort_request((), "period:quarter", ("2016-Q1", "2016-Q2")).split.ranges == ()  # type: ignore[union-attr]
    assert cohort_request((), None, ("Phone", "Email")).split is None
    ranges = cohort_request((), None, ("2016-Q1", "2016-Q2")).split.ranges  # type: ignore[union-attr]
    assert [name for name, _ in ranges] == ["2016-Q1", "2016-Q2"]
