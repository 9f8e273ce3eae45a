"""The section on the service desk, and its block in `result.json`."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files

import pytest
from desk_builder import EMPTY, FULL, HOSTILE, with_desk
from jsonschema import Draft202012Validator
from report_builders import analysis
from test_report_links import said
from test_report_result import Figures, numbers
from unpacked import unpacked

from mining.core.analysis import Analysis
from mining.core.desk import Flow, MeanDifference, Period, ServiceDesk
from mining.report import SCHEMA_FILE, render, result
from mining.report.desk_words import NOT_TOLD, SECTION

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))
CASES = {
    "full": with_desk(),
    "empty": with_desk(EMPTY),
    "listed": with_desk(EMPTY, types=("change",), tickets=7),
    "arrivals alone": with_desk(flow=replace(FULL.flow, backlog_told=False), open=None),
    "nothing open": with_desk(open=replace(FULL.open, all=None, by_waiting=(), by_group=())),  # type: ignore[type-var]
    "no limit": with_desk(open=replace(FULL.open, limit=None)),  # type: ignore[type-var]
}


@pytest.mark.parametrize("name", CASES)
def test_the_block_keeps_to_the_schema_and_holds_every_figure_of_the_page(name: str) -> None:
    found = result(CASES[name])
    Draft202012Validator(SCHEMA).validate(found)
    page = Figures()
    page.feed(render(CASES[name]))
    assert set(page.found) - numbers(found) <= {0.0, 1.0}


def test_the_schema_tells_all_of_the_block() -> None:
    block = SCHEMA["properties"]["measures"]["properties"]["service_desk"]["anyOf"][0]
    assert block["additionalProperties"] is False
    assert set(block["required"]) == set(block["properties"]) == set(result(with_desk())["measures"]["service_desk"])


def section(made: Analysis, name: str = "desk") -> str:
    page = render(made)
    begin = page.index(f'<section id="{name}"')
    return page[begin : page.index("</section>", begin)]


def test_the_section_has_its_question_its_definitions_and_their_sources() -> None:
    text = section(with_desk())
    assert SECTION[1] in text
    for source in ("Business Process Intelligence Challenge 2013", "HDI", "MetricNet", "Kanban Guide", "Little"):
        assert source in text
    assert "Indicators, not verdicts" in text


def test_a_groups_name_is_escaped_and_shown() -> None:
    text = section(with_desk())
    assert HOSTILE not in text
    assert "<script>" not in text
    assert "Desk &lt;script&gt;" in text
    assert "\u202e" not in text


def test_what_is_not_told_is_named_with_the_reason_and_nothing_else_is() -> None:
    empty, full = section(with_desk(EMPTY)), section(with_desk())
    assert all(text.split(":")[0] in empty for _, text in NOT_TOLD)
    assert "What is not shown" not in full
    assert "There are no &lt;streams&gt;." in section(with_desk(EMPTY), "workload")
    assert {name for name, _ in NOT_TOLD} <= {field.name for field in fields(ServiceDesk)}


def test_without_a_service_desk_there_is_no_section() -> None:
    assert '<section id="desk"' not in render(analysis())
    assert result(analysis())["measures"]["service_desk"] is None


def test_arrivals_and_backlog_are_drawn_and_the_chart_has_a_table() -> None:
    made = with_desk()
    assert "desk-flow" in unpacked(render(made))
    assert 'id="table-desk-flow"' in section(made, "workload")
    hidden = with_desk(flow=Flow(Period.WEEK, (), backlog_told=True, not_shown="Selected by completion."))
    assert "desk-flow" not in unpacked(render(hidden))
    assert "Selected by completion." in section(hidden, "workload")


def test_satisfaction_beside_lead_time_is_said_in_words_with_its_interval() -> None:
    few = said(with_desk(), "desk")
    assert "The survey was answered for 212 of 890 resolved tickets (23.8 %)." in few
    assert "Too few answered in the fastest or the slowest quarter" in few
    told = FULL.satisfaction
    assert told is not None
    slow = replace(told.quartiles[1], answered=40, sum_of_thousandths=120_000)
    apart = MeanDifference(-1.4625, -1.9, -1.02)
    made = with_desk(satisfaction=replace(told, quartiles=(told.quartiles[0], slow), slowest_to_fastest=apart))
    text = said(made, "desk")
    assert "within 2.0 h, was given 4.46 (130 answers), the slowest 3.00 (40 answers): a difference of -1.46" in text
    assert "(95 % interval -1.90 to -1.02). Those who waited longest answer lower than those who waited least." in text
    assert result(made)["measures"]["service_desk"]["satisfaction"]["slowest_to_fastest"]["low"] == -1.9


def test_no_mean_of_few_answers() -> None:
    found = result(with_desk())["measures"]["service_desk"]["satisfaction"]
    assert found["quartiles"][0]["mean"] == 580_125 / 130_000
    assert found["quartiles"][1]["mean"] is None
