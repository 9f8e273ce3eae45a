"""The breakdown, workload over time, improvement actions and the maps in working time, as the report says them."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest
from breakdown_builder import BROKEN, WEEK, broken_down, in_working_time
from desk_builder import FULL, HOSTILE
from jsonschema import Draft202012Validator
from report_builders import LOG, RESOLVE, ROUTE, WORK, Trail, analysis
from test_report_result import Figures, numbers
from unpacked import unpacked

from mining.audit.figures import value
from mining.core.activities import State
from mining.core.analysis import Analysis
from mining.core.desk import Flow, Period
from mining.core.results import HAND_OFF, Waiting
from mining.report import SCHEMA_FILE, render, result, tables
from mining.report.actions import actions

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))
MADE: dict[str, Analysis] = {"broken down": broken_down(), "working": in_working_time()}


@cache
def page(name: str = "broken down") -> str:
    return render(MADE[name])


def section(name: str, text: str) -> str:
    begin = text.index(f'<section id="{name}"')
    return text[begin : text.index("</section>", begin)].replace("\u00a0", " ")


def cells(table: str, text: str) -> list[list[str]]:
    """The rows of a table as the page shows them, hidden columns left out."""
    found = re.search(rf'<table id="table-{table}".*?<tbody>(.*?)</tbody>', text, flags=re.DOTALL)
    assert found is not None
    return [
        [re.sub(r"<[^>]*>", " ", cell).split() for cell in re.findall(r"<td(?! hidden).*?</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", found[1])
    ]


@pytest.mark.parametrize("name", MADE)
def test_the_result_keeps_to_its_schema_and_holds_every_figure_of_the_page(name: str) -> None:
    found = result(MADE[name])
    Draft202012Validator(SCHEMA).validate(found)
    read = Figures()
    read.feed(page(name))
    assert set(read.found) - numbers(found) <= {0.0, 1.0}


def test_each_figure_of_the_breakdown_stands_above_what_it_is_of() -> None:
    rows = [[" ".join(cell) for cell in row] for row in cells("breakdown-priority", page())]
    assert rows[0] == [
        "3 - Moderate",
        "700 70.0 %",
        "60.0 % 125 d",
        "7.0 h n = 690",
        "31.0 h",
        "98.1 % 677 of 690",
        "2.4 % 17 of 700",
        "19.7 % 138 of 700",
        "89.0 % 614 of 690",
    ]
    assert rows[1][3] == "7.0 h n = 5 (few)"
    assert [row[0] for row in cells("breakdown-group", page())][1:] == [
        ["Second", "line"],
        ["no", "group"],
        ["9", "further", "values"],
    ]


def test_what_stands_out_is_said_and_too_few_streams_say_nothing() -> None:
    text = section("breakdown", page())
    assert "Group “Desk &lt;script&gt;" in text
    assert "stands out: 50.0 % of the delay (104 d) with 20.0 % of the streams." in text
    # Of the priorities, only one with five lead times has a larger share of the delay than of the streams.
    assert "No priority has a share of the delay that stands out" in text
    assert "Not shown by service, category or customer" in text


def test_a_mapping_that_tells_nothing_is_told_so_where_an_owner_looks_first() -> None:
    text = section("breakdown", render(analysis()))
    assert "the mapping names no column for service, category, priority" in text
    assert result(analysis())["breakdown"] is None
    assert tables(analysis())["breakdown"].num_rows == 0


def test_the_breakdown_is_a_table_of_its_own_with_every_count() -> None:
    rows = tables(MADE["broken down"])["breakdown"].to_pylist()
    assert [(row["dimension"], row["value"], row["others"]) for row in rows[2:5]] == [
        ("priority", "4 - Low", 0),
        ("group", HOSTILE, 0),
        ("group", "Second line", 0),
    ]
    assert (rows[0]["held"], rows[0]["not_open"], rows[0]["checked"]) == (677, 690, 690)


def test_where_nothing_was_checked_nothing_is_said_to_conform() -> None:
    made = replace(MADE["broken down"], breakdowns=replace(BROKEN, checked=False))
    assert "<th" in section("breakdown", render(made))
    assert ">Conforming<" not in section("breakdown", render(made))
    assert result(made)["breakdown"]["by"][0]["slices"][0]["conforming"] is None


def test_the_hours_of_the_week_are_drawn_where_the_export_tells_hours() -> None:
    text, figures = section("workload", page()), unpacked(page())
    assert figures["week-arrivals"]["data"][0]["z"][4][23] == 23
    assert "On the clocks of Europe/Berlin" in text
    assert "All beginnings of visits lie in one hour of the day" in text
    assert "week-visits" not in figures


def test_what_the_selection_of_the_export_forbids_is_not_shown_and_said() -> None:
    hidden = Flow(Period.WEEK, (), backlog_told=True, not_shown="Every stream has ended.")
    desk = replace(FULL, flow=hidden, week=replace(WEEK, arrivals=None))
    made = analysis()
    found = render(replace(made, measures=replace(made.measures, service_desk=desk)))
    text, figures = section("workload", found), unpacked(found)
    assert "Arrivals and backlog are not shown. Every stream has ended." in text
    assert "Arrivals by day and hour are not shown, for the same reason." in text
    assert not {"desk-flow", "week-arrivals"} & set(figures)


@pytest.mark.parametrize("name", MADE)
def test_the_figure_to_follow_of_every_action_is_in_the_result_by_its_name(name: str) -> None:
    found = result(MADE[name])
    assert found["actions"]
    text = html.unescape(section("actions", page(name)))
    for one in found["actions"]:
        assert value(found, one["name"]) == one["now"], one["name"]
        assert one["finding"] in text


def test_waiting_on_each_party_has_its_own_advice() -> None:
    made = analysis()
    waits = (Waiting("supplier", 900, 9, 9), Waiting(HAND_OFF, 500, 9, 9), Waiting(None, 100, 9, 9))
    found = actions(replace(made, measures=replace(made.measures, waiting=waits)))
    practices = [one.advice.practice for one in found if one.name.startswith("measures.waiting")]
    assert practices == ["Supplier management", "Measurement and reporting"]


def test_where_streams_part_is_counted_step_by_step() -> None:
    made = analysis(
        (
            Trail(((LOG, 1.0), (WORK, 2.0), (RESOLVE, 3.0)), 60),
            Trail(((LOG, 1.0), (ROUTE, 2.0), (WORK, 1.0), (RESOLVE, 3.0)), 30),
            Trail(((LOG, 1.0),), 10, State.OPEN),
        )
    )
    found = result(made)["step_by_step"]
    Draft202012Validator(SCHEMA).validate(result(made))
    assert [(one["step"], one["target"], one["streams"], one["share"]) for one in found["passages"][:3]] == [
        (1, "Deliver and support (investigate)", 60, 0.6),
        (1, "Deliver and support (route)", 30, 0.3),
        (1, "still open", 10, 0.1),
    ]
    last = {"value holds": 90, "still open": 10}
    assert sum(one["streams"] for one in found["passages"] if one["target"] in last) == found["streams"] == 100
    assert (
        "Most streams part at Engage (log), their step 1: of 100 streams that come there, 60.0 % go on to Deliver and "
        "support (investigate); of the others most go to Deliver and support (route)."
    ) in section("parting", render(made))
    assert len(unpacked(render(made))["parting"]["data"][0]["link"]["value"]) == len(found["passages"])


def test_maps_in_working_time_have_the_same_arrows_with_other_times() -> None:
    figures = unpacked(page("working"))
    elapsed, worked = figures["map"], figures["map-working"]
    assert [trace.get("meta") for trace in elapsed["data"]] == [trace.get("meta") for trace in worked["data"]]
    assert [trace["x"] for trace in elapsed["data"]] == [trace["x"] for trace in worked["data"]]
    assert [note["text"] for note in elapsed["layout"]["annotations"]] != [
        note["text"] for note in worked["layout"]["annotations"]
    ]
    assert "Median, working time" in section("map", page("working"))


def test_without_a_calendar_there_is_no_choice_of_clocks() -> None:
    assert "map-working" not in unpacked(page())
    assert 'class="choice clock"' not in page()
