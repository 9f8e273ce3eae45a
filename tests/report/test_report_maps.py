"""The maps: steps in the areas of their activities, how many hand-offs are drawn, what was agreed and what was seen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from report_builders import INCIDENTS, LOG, NEW_SERVICES, RESOLVE, Trail, analysis

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.events import VisitLabel
from mining.report import render
from mining.report.agreed_map import agreed_map, difference_map
from mining.report.agreement import Agreement, compared
from mining.report.geometry import DEMAND, VALUE, Box, arrow, place_labels, thinned
from mining.report.map_block import map_block
from mining.report.map_panels import panels, why
from mining.report.map_tables import map_tables
from mining.report.step_map import boxes_of, step_line, step_map_figure
from mining.report.step_places import AREAS, ENDS, STEP_LETTER, STEP_SPAN, headings, node_of, placed
from mining.report.step_tally import ends, first_map, step_map

E, S = Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT
FULL = [(activity, f"step {n}") for activity, area in AREAS.items() for n in range(area.holds)]
BOXES, _ = placed(FULL, {})
SIZES = [(activity, number) for activity, area in AREAS.items() for number in range(1, area.holds + 1)]


def overlap(one: Box, other: Box) -> bool:
    apart = one.centre - other.centre
    return abs(apart.real) < one.half[0] + other.half[0] and abs(apart.imag) < one.half[1] + other.half[1]


def within(inner: Box, outer: Box) -> bool:
    apart = inner.centre - outer.centre
    return (
        abs(apart.real) + inner.half[0] <= outer.half[0] + 1e-9
        and abs(apart.imag) + inner.half[1] <= outer.half[1] + 1e-9
    )


@pytest.mark.parametrize(("activity", "number"), SIZES)
def test_however_many_steps_they_lie_in_their_area_and_on_no_other(activity: Activity, number: int) -> None:
    boxes, left = placed([(activity, f"{n}") for n in range(number)], {})
    assert len(boxes) == number
    assert not left
    for box in boxes.values():
        assert within(box, AREAS[activity].frame)
        if AREAS[activity].frame.width > 5 or number:
            assert not overlap(box, Box(AREAS[activity].heading.centre, 0.1, 0.05))
    assert not [pair for pair in itertools.combinations(boxes.values(), 2) if overlap(*pair)]


def test_areas_and_ends_do_not_overlap_and_lie_on_the_map() -> None:
    every = [*(area.frame for area in AREAS.values()), *ENDS.values()]
    assert not [pair for pair in itertools.combinations(every, 2) if overlap(*pair)]
    for box in every:
        for corner in (complex(*box.half), -complex(*box.half)):
            point = box.centre + corner
            assert STEP_SPAN[0].real <= point.real <= STEP_SPAN[1].real
            assert STEP_SPAN[0].imag <= point.imag <= STEP_SPAN[1].imag


def test_a_step_keeps_its_place_whatever_was_counted() -> None:
    steps = [(E, "log"), (E, "ask"), (S, "work"), (S, "resolve")]
    few, many = placed(steps, {(E, "log"): 1}), placed(steps, {(S, "work"): 999, (E, "ask"): 5})
    assert few == many


def test_where_the_area_is_too_small_the_rarest_steps_are_left_out() -> None:
    steps = [(Activity.PLAN, f"{n}") for n in range(7)]
    boxes, left = placed(steps, {step: n for n, step in enumerate(steps)})
    assert left == ((Activity.PLAN, "0"), (Activity.PLAN, "1"))
    assert [step[1] for step in boxes] == ["2", "3", "4", "5", "6"]


def test_no_name_of_a_step_is_taken_for_an_activity_or_an_end() -> None:
    names = {node_of((E, None)), node_of((E, "demand")), node_of((S, "value"))}
    assert names.isdisjoint({*Activity, DEMAND, VALUE})


def test_an_arrow_between_steps_runs_from_box_to_box() -> None:
    boxes = {**ENDS, **{node_of(step): box for step, box in BOXES.items()}}
    for source, target in itertools.permutations([DEMAND, *map(node_of, FULL), VALUE][::3], 2):
        line = step_line(source, target, {(source, target): 0.05}, boxes)
        assert boxes[source].holds(line[0], 0.1)
        assert boxes[target].holds(line[-1], 0.12)


def test_labels_of_the_map_on_steps_cover_no_box_no_heading_and_no_label() -> None:
    shown = step_map(analysis())
    assert shown is not None
    boxes = boxes_of(shown)
    lines = [step_line(*ends(one), dict.fromkeys(map(ends, shown.drawable), 0.1), boxes) for one in shown.drawable]
    texts = ["12,345 · 13.9 h"] * len(lines)
    kept = [at for at in place_labels(lines, texts, (*boxes.values(), *headings()), STEP_LETTER) if at is not None]
    labels = [Box(at, len(texts[0]) * STEP_LETTER + 0.12, 0.2 - 1e-9) for at in kept]
    assert len(labels) > 10
    assert not [pair for pair in itertools.combinations(labels, 2) if overlap(*pair)]
    assert not [pair for pair in itertools.product(labels, [*boxes.values(), *headings()]) if overlap(*pair)]


def test_a_thinned_outline_keeps_its_corners_and_its_shape() -> None:
    straight = arrow([complex(n / 10, 0) for n in range(31)], 0.2)
    kept = thinned(straight)
    assert len(kept) <= 9 < len(straight)
    assert kept[0] == kept[-1]
    assert {3 + 0j} <= set(kept) <= set(straight)


# --------------------------------------------------------------------------------------------------- what is shown


def test_the_map_on_steps_has_demand_and_value() -> None:
    shown = step_map(analysis())
    assert shown is not None
    found = {(*ends(one),): one.count for one in shown.drawable}
    work = sum(trail.streams for trail in INCIDENTS if trail.visits[0][0].step == "investigate")
    assert found[DEMAND, "deliver_and_support:investigate"] == work == 702
    assert found[DEMAND, "engage:log"] == 23_775 - 702
    assert ("deliver_and_support:resolve", VALUE) in found


def test_each_step_says_how_many_streams_visit_it() -> None:
    shown = step_map(analysis())
    assert shown is not None
    by_step = {one.step: one for one in shown.steps}
    assert by_step[S, "await vendor"].streams == 388
    assert by_step[E, "reopen"].streams == 275
    assert by_step[E, "ask"].streams == 1822 + 911
    assert by_step[E, "ask"].visits == 1822 + 2 * 911


def test_where_few_activities_are_seen_the_map_opens_on_steps() -> None:
    assert first_map(analysis()).steps
    assert panels(analysis())[0].key == "steps"
    # Deliver and support: 70 of 71 hours before value.
    many = analysis(
        [Trail(((VisitLabel(Activity.PLAN, "a"), 1.0), (LOG, 0.5), (VisitLabel(S, "w"), 70.0), (RESOLVE, 1.0)), 9)]
    )
    assert first_map(many).seen == 3
    assert "Deliver and support holds 97.9 % of the time before value" in why(many)


def test_without_steps_there_is_only_the_map_on_activities() -> None:
    plain = analysis([Trail(((VisitLabel(E), 1.0), (VisitLabel(S), 2.0)), 5)], conformance=None)
    assert step_map(plain) is None
    assert [one.key for one in panels(plain)] == ["activities"]
    assert "map-tabs" not in render(plain).split("<script")[0]
    assert map_block(plain)["steps"] is None


def test_a_step_that_was_never_seen_is_told_apart() -> None:
    given = analysis()
    labels = (*given.streams.labels, VisitLabel(E, "call back"))
    given = replace(given, streams=replace(given.streams, labels=labels))
    texts = notes(given)
    assert "<b>call back</b><br>never seen" in texts
    assert not any("<br>0 " in text for text in texts)


def test_what_the_export_cannot_show_has_a_reason_on_the_map_on_steps() -> None:
    texts = notes(analysis())
    assert "<b>Plan</b> · this export cannot show it" in texts
    assert "<b>Obtain/build</b><br>this export cannot show it" in texts


def notes(given: Analysis) -> list[str]:
    shown = step_map(given)
    assert shown is not None
    figure: Any = step_map_figure(given, shown).to_plotly_json()
    return [one["text"] for one in figure["layout"]["annotations"]]


def test_names_of_the_log_are_harmless_on_the_map() -> None:
    planted = VisitLabel(E, "<b>bold</b><img src=x>")
    given = analysis([Trail(((planted, 1.0), (RESOLVE, 2.0)), 5)])
    text = "".join(notes(given))
    assert "<img" not in text
    assert "&lt;b&gt;bold" in text


def test_the_same_analysis_makes_the_same_map() -> None:
    assert notes(analysis()) == notes(analysis())


# ------------------------------------------------------------------------------------------------- agreed and seen


def test_every_passage_stands_in_one_way() -> None:
    found = {(one.source, one.target): (one.agreement, one.skipping) for one in compared(analysis())}
    assert found == {
        (None, E): (Agreement.SEEN, False),
        (E, S): (Agreement.SEEN, False),
        (S, None): (Agreement.SEEN, True),
        (S, E): (Agreement.NOT_AGREED, False),
        (None, S): (Agreement.NOT_AGREED, False),
        (E, None): (Agreement.NEVER, False),
        (S, Activity.IMPROVE): (Agreement.NOT_SHOWN, False),
        (Activity.IMPROVE, None): (Agreement.NOT_SHOWN, False),
    }


def test_the_maps_of_the_agreed_stream_say_what_cannot_be_shown() -> None:
    of_agreed: Any = agreed_map(analysis()).to_plotly_json()
    texts = [one["text"] for one in of_agreed["layout"]["annotations"]]
    assert "<b>Improve</b> · this export cannot show it" in texts
    assert "<b>Plan</b> · not part of it" in texts
    difference: Any = difference_map(analysis()).to_plotly_json()
    texts = [one["text"] for one in difference["layout"]["annotations"]]
    assert "never seen" in texts
    assert "cannot be shown" in texts
    assert any(text.startswith("not agreed · ") for text in texts)


def test_without_a_reference_stream_nothing_is_compared() -> None:
    given = analysis(conformance=None)
    assert [one.key for one in panels(given)] == ["steps", "activities"]
    assert map_block(given)["agreed"] is None
    assert [one.name for one in map_tables(given) if one] == ["map-hand-offs", "map-steps"]


def test_every_map_has_its_tables() -> None:
    names = {one.name for one in map_tables(analysis()) if one} | {"hand-offs-activities", "activities"}
    assert {name for panel in panels(analysis()) for name in panel.tables} == names


def test_result_json_holds_what_the_maps_show() -> None:
    block = map_block(analysis())
    assert block["first"] == "steps"
    assert len(block["steps"]["hand_offs"]) == block["steps"]["hand_offs_all"]
    assert {one["agreement"] for one in block["agreed"]["compared"]} == {"seen", "not agreed", "never", "not shown"}
    of_new = map_block(analysis(NEW_SERVICES))
    assert of_new["first"] == "activities"
    assert of_new["rule"]["activities_seen"] == 6
