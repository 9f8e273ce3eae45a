"""Analyses with working time and streams that are not done yet, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from report_builders import HOUR, NAMES, analysis, planted

from mining.core.analysis import Analysis
from mining.core.calendars import Calendar, Hours
from mining.core.results import Distribution, Measures, Selection
from mining.core.streams import Quantiles
from mining.core.timing import CalendarUse, Timing, WindowCut, Within, WorkingFlow, WorkingTime
from mining.measures.survival import product_limit

DAY: Hours = ((480, 720), (780, 1020))
OFFICE = Calendar("Europe/Berlin", (DAY, DAY, DAY, DAY, DAY, ((540, 720),), ()), "DE", "BY", (date(2016, 12, 24),))
ALWAYS = Calendar("UTC", (((0, 1440),),) * 7)


def timed(base: Analysis | None = None, **more: Any) -> Analysis:
    """An analysis with a calendar, a group that works round the clock, and open streams. `more` replaces parts of what
    is known of time."""
    made = base or analysis()
    measures = replace(made.measures, selection=Selection(False, "3 % of the streams are open.", (), 0.97, 0.03))
    timing = Timing(
        working=working(measures),
        without="",
        claimed=product_limit([(n * HOUR, 900 - n * 7, 20, n % 2) for n in range(1, 120)]),
        held=product_limit([(n * HOUR, 850 - n * 6, 22, n % 2) for n in range(1, 120)]),
        not_survival="",
        window=WindowCut(made.streams.cases, max(made.streams.cases // 4, 1), 4_000, 19_000, 1_204),
    )
    return replace(made, measures=replace(measures, timing=replace(timing, **more)))


def working(measures: Measures, groups: tuple[str, ...] = ("Night watch", "Nobody")) -> WorkingTime:
    """A third of every elapsed time is working time."""
    waits = tuple(Within(one.on, one.total, one.total // 3) for one in measures.waiting)
    elapsed, within = sum(one.total for one in waits), sum(one.within for one in waits)
    calm = sum(one.within for one in waits if one.on is None)
    uses = [CalendarUse(None, OFFICE, 2_214 * HOUR, 9, (), None)]
    uses += [CalendarUse(name, ALWAYS, 8_520 * HOUR, 0, (), i * 17) for i, name in reversed([*enumerate(groups)])]
    return WorkingTime(
        calendars=tuple(uses),
        by_group=True,
        lead_time_claimed=_third(measures.lead_time_claimed),
        lead_time_held=_third(measures.lead_time_held),
        closure=_third(measures.closure),
        closure_lag=_third(measures.closure_lag),
        visits=tuple((one.label, _of_visits(one.times)) for one in measures.visit_times if one.times is not None),
        between=None,
        waiting=waits,
        flow=WorkingFlow(elapsed, within, calm, calm, 0, 0),
    )


def _third(of: Distribution) -> Distribution:
    return Distribution(of.n, tuple(one // 3 for one in of.percentiles))


def _of_visits(of: Quantiles) -> Quantiles:
    return Quantiles(of.n, of.total // 3, of.median // 3, of.p85 // 3, of.p95 // 3)


def uncalendared() -> Analysis:
    """No calendar, an estimate that does not come far, and a window that cuts nothing."""
    return timed(
        working=None,
        without="The mapping has no calendar.",
        claimed=product_limit([(HOUR, 1, 0, 0), (2 * HOUR, 0, 900, 0)]),
        held=product_limit([(2 * HOUR, 1, 900, 0)]),
        window=WindowCut(23_000, 9, 0, 0, None),
    )


def not_estimated() -> Analysis:
    """Selected by completion, so nothing is estimated."""
    made = timed(claimed=None, held=None, not_survival="Every stream has ended.")
    return replace(
        made, measures=replace(made.measures, selection=Selection(True, "All ended.", ("backlog",), 1.0, 0.0))
    )


def planted_times() -> Analysis:
    """Hostile names of groups and of whom it waits on."""
    made = planted()
    return timed(made, working=working(made.measures, NAMES))
