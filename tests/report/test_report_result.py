from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from cohort_builders import split, split_by_what_was_planted
from jsonschema import Draft202012Validator
from report_builders import (
    INCIDENTS,
    LOG,
    NAMES,
    NEW_SERVICES,
    PLANTED,
    Trail,
    analysis,
    barely_linked,
    came_back,
    connected,
    linked,
    planted_links,
    priced,
    recorded,
    rejected,
)
from syrupy.assertion import SnapshotAssertion
from time_builders import not_estimated, planted_times, timed, uncalendared

from mining.core.activities import State
from mining.core.analysis import Analysis
from mining.report import SCHEMA_FILE, render, result

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))

CASES: dict[str, Analysis] = {
    "timed": timed(),
    "uncalendared": uncalendared(),
    "not estimated": not_estimated(),
    "planted times": planted_times(),
    "incidents": analysis(),
    "new services": analysis(NEW_SERVICES),
    "no reference": analysis(conformance=None),
    "nothing at all": analysis(()),
    "all open": analysis((Trail(((LOG, 3.0),), 12, State.OPEN),)),
    "one stream": analysis((replace(INCIDENTS[0], streams=1),)),
    "rejected": analysis(rejected=rejected(3)),
    "linked": linked(),
    "connected": connected(),
    "barely linked": barely_linked(),
    "planted links": planted_links(),
    "doubling back": came_back(),
    "planted returns": came_back(NAMES),
    "priced": priced(),
    "planted costs": priced(PLANTED, NAMES),
    "recorded work": recorded(),
    "cohorts": split(),
    "planted cohorts": split_by_what_was_planted(),
}


@pytest.mark.parametrize("name", CASES)
def test_the_result_keeps_to_its_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(result(CASES[name]))


def test_the_schema_refuses_what_is_not_in_it() -> None:
    found = {**result(analysis()), "surprise": 1}
    assert not Draft202012Validator(SCHEMA).is_valid(found)


def test_names_that_other_programs_rely_on() -> None:
    found = result(analysis())
    assert {"rows_read", "rows_mapped", "rows_rejected", "events_made", "ties_decided_by_position"} <= set(
        found["ledger"]
    )
    assert {"cases", "events", "visits", "variants", "open", "cancelled", "states"} <= set(found["streams"])
    assert {"checked", "conforming", "total_cost", "fitness", "deviations"} <= set(found["conformance"])
    assert found["discovery"]["bpmn"] == "models/discovered.bpmn"
    assert {"lead_time", "flow_efficiency", "rework", "waiting", "visit_times"} <= set(found["measures"])
    assert found["streams"]["variants"] == 12


def test_only_the_run_block_differs_from_run_to_run() -> None:
    first, second = analysis(), analysis()
    later = replace(second.run, started=datetime(2027, 1, 1, tzinfo=UTC), seconds=99.0, peak_memory=1, host="other")
    second = replace(second, run=replace(later, versions={}, phases={}))
    without = [{key: value for key, value in result(one).items() if key != "run"} for one in (first, second)]
    assert json.dumps(without[0]) == json.dumps(without[1])
    assert result(first)["run"] != result(second)["run"]


def test_the_same_analysis_gives_the_same_bytes() -> None:
    assert json.dumps(result(analysis())) == json.dumps(result(analysis()))
    assert render(analysis()) == render(analysis())


def test_a_deviation_in_the_result(snapshot: SnapshotAssertion) -> None:
    assert result(analysis())["conformance"]["deviations"][0] == snapshot


def test_a_variant_in_the_result(snapshot: SnapshotAssertion) -> None:
    assert result(analysis())["streams"]["top_variants"][4] == snapshot


def test_what_came_of_linking_is_in_the_result(snapshot: SnapshotAssertion) -> None:
    assert result(linked())["links"] == snapshot


def test_without_links_there_is_no_block_on_them() -> None:
    found = result(analysis())
    assert found["links"] is None
    assert list(found).index("links") == list(found).index("streams") + 1 == list(found).index("discovery") - 1


def test_the_result_names_no_row_that_was_set_aside() -> None:
    assert "secret" not in json.dumps(result(analysis(rejected=rejected(3))))
    assert result(analysis(rejected=rejected(3)))["coverage"]["rejected"] == [
        {"reason": "not a time", "column": "sys_updated_at", "rows": 3}
    ]


class Figures(HTMLParser):
    """The plain figures behind the tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[float] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = dict(attrs).get("data-raw")
        if raw is not None:
            self.found.append(float(raw))


def numbers(value: Any) -> set[float]:
    if isinstance(value, dict):
        return set().union(*map(numbers, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(numbers, value)) if value else set()
    return {float(value)} if isinstance(value, int | float) else set()


@pytest.mark.parametrize("name", CASES)
def test_every_figure_of_the_page_is_in_the_result(name: str) -> None:
    page = Figures()
    page.feed(render(CASES[name]))
    # The sums of the ledger are those of rows_read and events_made, and what is all of something has a share of 1.
    assert set(page.found) - numbers(result(CASES[name])) <= {0.0, 1.0}
    assert len(page.found) > 50
