"""The maps in working time, where a calendar was given: the same arrows, with the times that its clock shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.passages import Ends
from mining.core.results import Waiting
from mining.core.streams import HandOff, Quantiles
from mining.core.timing import WorkingTime
from mining.report import plots
from mining.report.formats import hours
from mining.report.step_map import step_map_figure
from mining.report.step_tally import step_map
from mining.report.value_chain_map import value_chain_map


def working_maps(analysis: Analysis, width: int) -> list[tuple[str, plots.Figure | None, int, str]]:
    """Name, figure, least width and caption of the maps in working time; none without a calendar."""
    worked = in_working_time(analysis)
    if worked is None:
        return []
    steps = step_map(worked)
    made: list[tuple[str, plots.Figure | None, int, str]] = [
        ("map-working", value_chain_map(worked, hours), width, ""),
    ]
    if steps is not None:
        made.append(("map-steps-working", step_map_figure(worked, steps, hours), width, ""))
    return made


def working_hand_offs(analysis: Analysis) -> dict[Ends, Quantiles]:
    """The working times of hand-offs, by source, its step, target and its step; empty without a calendar."""
    working = _working(analysis)
    if working is None:
        return {}
    return {(one.source, one.source_step, one.target, one.target_step): one.times for one in working.hand_offs}


def median_of(one: HandOff, working: dict[Ends, Quantiles]) -> int | None:
    """The median working time of a hand-off; None where it was not timed."""
    times = working.get((one.source, one.source_step, one.target, one.target_step))
    return None if times is None else times.median


def in_working_time(analysis: Analysis) -> Analysis | None:
    """The analysis with working times in the place of the elapsed ones that the maps show; None without a calendar."""
    working = _working(analysis)
    if working is None or not working.hand_offs:
        return None
    of_hand_offs, of_visits = working_hand_offs(analysis), dict(working.visits)

    def worked(hand_offs: tuple[HandOff, ...]) -> tuple[HandOff, ...]:
        return tuple(
            replace(one, times=of_hand_offs.get((one.source, one.source_step, one.target, one.target_step)))
            for one in hand_offs
        )

    streams, measures = analysis.streams, analysis.measures
    visits = tuple(replace(one, times=of_visits.get(one.label)) for one in measures.visit_times)
    by_activity: Counter[Activity] = Counter()
    for one in visits:
        by_activity[one.label.activity] += 0 if one.times is None else one.times.total
    within = {one.on: one.within for one in working.waiting}
    return replace(
        analysis,
        streams=replace(
            streams,
            activities=worked(streams.activities),
            steps=worked(streams.steps),
            step_ends=worked(streams.step_ends),
        ),
        measures=replace(
            measures,
            visit_times=visits,
            time_by_activity=dict(by_activity),
            waiting=tuple(Waiting(one.on, within[one.on], one.visits, one.streams) for one in measures.waiting),
        ),
    )


def _working(analysis: Analysis) -> WorkingTime | None:
    return None if analysis.measures.timing is None else analysis.measures.timing.working
