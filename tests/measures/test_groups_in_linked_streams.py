"""Working time and rates of groups in streams of several tickets: the group counts that has the ticket of each visit.

Minute 0 is a Thursday, 1970-01-01 00:00 UTC.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from calendar_helpers import calendar

from mining.core.activities import Activity
from mining.core.calendars import Calendars
from mining.core.events import MappedLog
from mining.core.export import Holds
from mining.core.links import CasesBy, CasesSpec, LinkSpec
from mining.core.rates import PER_UNIT, RateCard, hundredths
from mining.core.tables import Tables
from mining.core.timing import WorkingTime
from mining.measures import costs, measure
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

pytestmark = pytest.mark.slow  # each is quick, all of them are not

FOLLOW, CONNECTED = CasesSpec(CasesBy.FOLLOW), CasesSpec(CasesBy.CONNECTED)
HOURS = Calendars(calendar("mon-fri 08:00-16:00"), (("Watch", calendar("mon-sun 20:00-24:00")),))

# The incident is with the desk from 9:00 on. At 12:00 the night watch takes up the problem, solves it from 21:00 on,
# and passes it to the desk at 21:30; at 22:00 the incident is resolved. B has no link, and is always the watch's.
LOG = """
I: 540 engage:log, 600 deliver_and_support:fix, 1320 deliver_and_support:give!claimed, 1321 .agent
P: 720 improve:analyse, 1260 improve:solve, 1319 .agent
B: 1170 engage:log, 1230 deliver_and_support:give!claimed, 1231 .agent
"""
TURNS = (("I", 540, "Desk"), ("P", 730, "Watch"), ("P", 1290, "Desk"), ("B", 1180, "Watch"))


def log_of(tables: Tables, text: str = LOG, holds: Holds = Holds.STATE) -> MappedLog:
    turns = pa.table(
        {
            "case_id": [ticket for ticket, _, _ in TURNS],
            "number": range(len(TURNS)),
            "time": [minute * MINUTE for _, minute, _ in TURNS],
            "group": [group for _, _, group in TURNS],
        }
    )
    links = pa.table(
        {"source": ["I"], "target": ["P"], "link": pa.array([0], pa.int16()), "since": pa.array([0], pa.int64())}
    )
    return replace(
        mapped_log(tables, text, holds=holds),
        turns=tables.put(turns, "turns"),
        links=tables.put(links, "links"),
        link_specs=(("ticket", LinkSpec("rfc", "ticket")),),
        ticket_types=("ticket",),
    )


def working(tables: Tables, log: MappedLog, spec: CasesSpec, *, by_ticket: bool = True) -> WorkingTime:
    streams = build_streams(tables, log, max_paths=9, spec=spec, by_ticket=by_ticket)
    found = measure(tables, streams, log, calendars=HOURS).timing
    assert found is not None
    assert found.working is not None
    return found.working


@pytest.mark.parametrize("spec", [FOLLOW, CONNECTED])
def test_each_visit_runs_by_the_hours_of_the_group_that_has_its_ticket(tables: Tables, spec: CasesSpec) -> None:
    """Of the analysis from 12:00 to 21:00 the watch works one hour, of the solving from 21:00 on half of one, until the
    desk, which has gone home, gets it. The hour of B until 20:30 is the watch's: half of it."""
    found = working(tables, log_of(tables), spec)
    assert found.by_group
    assert {label.step: times.total // MINUTE for label, times in found.visits if times} == {
        "log": 60 + 30,
        "fix": 120,
        "analyse": 60,
        "solve": 30,
    }
    assert found.lead_time_claimed.percentiles[100] == (60 + 120 + 60 + 30) * MINUTE
    assert found.lead_time_claimed.percentiles[0] == 30 * MINUTE
    assert found.flow.within == (60 + 120 + 60 + 30 + 30) * MINUTE


def test_streams_that_do_not_tell_their_tickets_all_work_by_the_first_calendar(tables: Tables) -> None:
    found = working(tables, log_of(tables), FOLLOW, by_ticket=False)
    assert not found.by_group
    assert found.lead_time_claimed.percentiles[100] == (60 + 120 + 240) * MINUTE


def test_where_events_tell_their_ends_visits_have_their_tickets_too(tables: Tables) -> None:
    text = LOG.replace("600 deliver_and_support:fix", "600-660 deliver_and_support:fix").replace("1260", "1260-1300")
    found = working(tables, log_of(tables, text, Holds.POINT), FOLLOW)
    by_step = {label.step: times.total // MINUTE for label, times in found.visits if times}
    assert (by_step["fix"], by_step["solve"]) == (60, 30)


@pytest.mark.parametrize("spec", [FOLLOW, CONNECTED])
def test_each_visit_is_priced_by_the_group_that_has_its_ticket_when_it_begins(tables: Tables, spec: CasesSpec) -> None:
    """At 2 a minute of the watch and 1 of anybody else: the problem is taken up before anybody has it, 540 minutes; the
    watch solves it, 60 minutes. Nobody has B when it begins."""
    card = RateCard("EUR", groups={"Watch": 120 * PER_UNIT}, default=60 * PER_UNIT)
    log = replace(log_of(tables), rates=card)
    streams = build_streams(tables, log, max_paths=9, spec=spec, by_ticket=True)
    found = costs(tables, streams, log, None)
    assert found is not None
    assert not found.without_groups
    assert {(one.activity, one.step, one.group): hundredths(one.amount) for one in found.places} == {
        (Activity.IMPROVE, "analyse", None): 54_000,
        (Activity.IMPROVE, "solve", "Watch"): 12_000,
        (Activity.DELIVER_AND_SUPPORT, "fix", None): 12_000,
        (Activity.ENGAGE, "log", None): 12_000,
    }


# One visit, `fix`, with events of two tickets: the desk's from 10:00, the watch's from 21:00, and again the desk's from
# 21:30 until the incident is resolved at 22:00.
ONE_VISIT = """
I: 540 engage:log, 600 deliver_and_support:fix, 1290 deliver_and_support:fix, 1320 deliver_and_support:give!claimed, \
1321 .agent
P: 1260 deliver_and_support:fix, 1319 .agent
"""


@pytest.mark.parametrize("spec", [FOLLOW, CONNECTED])
def test_a_visit_with_events_of_several_tickets_is_at_each_of_them_in_turn(tables: Tables, spec: CasesSpec) -> None:
    """The desk works from 10:00 to 16:00, and at 21:00 the watch takes over for half an hour: 390 minutes. All of it is
    one visit. At 2 a minute of the watch it costs 660 + 2 × 30 + 30."""
    log = log_of(tables, ONE_VISIT)
    turns = pa.table({"case_id": ["I", "P"], "number": [0, 1], "time": [540 * MINUTE, 1260 * MINUTE]})
    log = replace(log, turns=tables.put(turns.append_column("group", [["Desk", "Watch"]]), "turns"))
    streams = build_streams(tables, log, max_paths=9, spec=spec, by_ticket=True)
    assert streams.visits == 3
    found = working(tables, log, spec)
    assert {label.step: times.total // MINUTE for label, times in found.visits if times} == {"log": 60, "fix": 390}
    log = replace(log, rates=RateCard("EUR", groups={"Watch": 120 * PER_UNIT}, default=60 * PER_UNIT))
    cost = costs(tables, streams, log, ())
    assert cost is not None
    assert {(one.step, one.group): hundredths(one.amount) // 100 for one in cost.places if one.time} == {
        ("fix", None): 660 + 30,
        ("fix", "Watch"): 60,
        ("log", None): 60,
    }
    whole = costs(tables, build_streams(tables, log, max_paths=9, spec=spec), log, ())
    assert whole is not None
    assert sum(one.time for one in whole.places) == sum(one.time for one in cost.places)


def test_recorded_work_in_one_visit_is_of_the_ticket_that_recorded_it(tables: Tables) -> None:
    """40 minutes of the desk, 20 of the watch, whose last 5 the desk works too, and 15 of the desk with those: where
    two work at one time the later one counts, so that no minute counts twice."""
    text = ONE_VISIT.replace("600 d", "600-640 d").replace("1290 d", "1275-1290 d").replace("1260 d", "1260-1280 d")
    log = log_of(tables, text, Holds.POINT)
    turns = pa.table({"case_id": ["P"], "number": [0], "time": [1260 * MINUTE], "group": ["Watch"]})
    card = RateCard("EUR", groups={"Watch": 120 * PER_UNIT}, default=60 * PER_UNIT)
    log = replace(log, turns=tables.put(turns, "turns"), rates=card)
    streams = build_streams(tables, log, max_paths=9, spec=FOLLOW, by_ticket=True)
    cost = costs(tables, streams, log, ())
    assert cost is not None
    assert {
        (one.step, one.group): (one.time // MINUTE, hundredths(one.amount) // 100) for one in cost.places if one.time
    } == {
        ("fix", None): (40 + 15, 55),
        ("fix", "Watch"): (15, 30),
    }
