"""Workload over time: what the section says, its tables, its charts, and its block in `result.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mining.core.analysis import Analysis
from mining.core.desk import Flow, ServiceDesk
from mining.core.workload import HOURS, WeekHours
from mining.report import desk_words, plots
from mining.report import workload_words as words
from mining.report.desk import counted as count_of_desk
from mining.report.formats import count, date, harmless, many, percent, share
from mining.report.language import told
from mining.report.names import colour
from mining.report.tabular import Column, Table, table

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InTheWeek:
    """What is said of one map of the week; its `name` is that of its chart and its table."""

    name: str
    title: str
    said: str


@dataclass(frozen=True, slots=True)
class Workload:
    """The section's sentences. `flow` are on arrivals and backlog, `counted` how these were counted; `left_out` says
    why a map is missing."""

    flow: tuple[str, ...]
    counted: str
    week: tuple[InTheWeek, ...]
    left_out: str
    note: str


def workload(analysis: Analysis) -> Workload | None:
    """The section; None where tickets were not measured."""
    desk = analysis.measures.service_desk
    if desk is None:
        return None
    left_out = words.ARRIVALS_LEFT_OUT if desk.week is not None and desk.week.arrivals is None else ""
    note = "" if desk.week is None else words.WEEK_NOTE.format(zone=_zone(analysis, desk.week.visits))
    counted = desk_words.FLOW_NOTE if desk.flow.backlog_told else desk_words.ARRIVALS_ONLY
    return Workload(
        flow=((count_of_desk(desk),) if desk.left_out else ()) + _flow(desk.flow, analysis),
        counted=counted if desk.flow.periods else "",
        week=tuple(
            InTheWeek(name, title, _when(found, what)) for name, title, what, found in _maps(desk) if found is not None
        ),
        left_out=left_out,
        note=note,
    )


def _zone(analysis: Analysis, found: WeekHours) -> str:
    zone = harmless(found.zone)
    return words.ZONE_ASSUMED.format(zone=zone) if analysis.mapping.export.time.zone is None else zone


def _flow(flow: Flow, analysis: Analysis) -> tuple[str, ...]:
    if flow.not_shown is not None:
        return (words.NOT_SHOWN.format(reason=harmless(told(flow.not_shown))),)
    if not flow.periods:
        return ()
    arrived, done = sum(one.arrived for one in flow.periods), sum(one.done for one in flow.periods)
    said = {
        "arrived": many(arrived, "ticket"),
        "done": count(done),
        "first": date(analysis.streams.first_event),
        "last": date(analysis.streams.last_event),
        "n": count(abs(arrived - done)),
    }
    if not flow.backlog_told:
        return (words.ARRIVED.format(**said),)
    behind = sum(one.arrived > one.done for one in flow.periods)
    text = words.SAME if arrived == done else words.GREW if arrived > done else words.SHRANK
    return text.format(**said), words.BEHIND.format(n=count(behind), all=many(len(flow.periods), flow.period.value))


def _maps(desk: ServiceDesk) -> list[tuple[str, str, str, WeekHours | None]]:
    if desk.week is None:
        return []
    return [
        ("week-arrivals", words.ARRIVALS, words.WHAT_ARRIVED, desk.week.arrivals),
        ("week-visits", words.VISITS, words.WHAT_BEGAN, desk.week.visits),
    ]


def _when(found: WeekHours, what: str) -> str:
    if not found.tells_hours:
        return words.NO_HOURS.format(what=what)
    busiest = max(range(len(found.counts)), key=lambda place: (found.counts[place], -place))
    hour = busiest % HOURS
    return words.WHEN.format(
        share=percent(share(sum(sum(one) for one in found.days[:5]), found.n)),
        n=count(found.n),
        what=what,
        day=words.DAYS[busiest // HOURS],
        hour=hour,
        next=hour + 1,
    )


def workload_tables(analysis: Analysis) -> list[Table]:
    """The maps of the week as tables: a row an hour, a column a day."""
    desk = analysis.measures.service_desk
    made = [] if desk is None else [(name, title, found) for name, title, _, found in _maps(desk) if found is not None]
    columns = (Column(words.HOUR, "prose"), *(Column(one, "count") for one in words.DAYS))
    return [
        table(name, title, columns, [(f"{hour:02}", *(one[hour] for one in found.days)) for hour in range(HOURS)])
        for name, title, found in made
        if found.tells_hours
    ]


def workload_charts(analysis: Analysis) -> list[tuple[str, plots.Figure | None, int, str]]:
    """Name, figure, least width and caption of the maps of the week."""
    desk = analysis.measures.service_desk
    made = [] if desk is None else [(name, found) for name, _, _, found in _maps(desk) if found is not None]
    return [(name, _heat(found), 560, "") for name, found in made if found.tells_hours]


def _heat(found: WeekHours) -> plots.Figure:
    heat = plots.Heatmap(
        z=[list(one) for one in found.days],
        x=list(range(HOURS)),
        y=list(words.DAYS),
        hovertemplate=f"{words.HOVER}<extra></extra>",
        xgap=1,
        ygap=1,
        colorscale=[[0, colour("heat-low")], [1, colour("heat-high")]],
        zmin=0,
        colorbar={"thickness": 12, "nticks": 5, "outlinewidth": 0, "tickformat": ","},
    )
    layout = {
        "height": 300,
        "margin": {"l": 10, "r": 10, "t": 12, "b": 48},
        "xaxis": {"title": {"text": words.AXIS.format(zone=harmless(found.zone))}, "dtick": 2, "showgrid": False},
        "yaxis": {"autorange": "reversed", "automargin": True, "showgrid": False},
    }
    return plots.Figure(data=[heat], layout=layout)


def week_block(desk: ServiceDesk) -> Json | None:
    """The maps of the week in `result.json`."""
    week = desk.week
    if week is None:
        return None
    return {
        "zone": week.visits.zone,
        "arrivals": None if week.arrivals is None else _of(week.arrivals),
        "visits": _of(week.visits),
    }


def _of(found: WeekHours) -> Json:
    weekdays = sum(sum(one) for one in found.days[:5])
    return {
        "n": found.n,
        "by_day_and_hour": [list(one) for one in found.days],
        "monday_to_friday_share": share(weekdays, found.n),
        "tells_hours": found.tells_hours,
    }
