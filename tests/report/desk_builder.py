"""A service desk made by hand, with every part that there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from report_builders import HOUR, START, analysis

from mining.core.analysis import Analysis
from mining.core.desk import (
    AgainstTarget,
    Apart,
    AtLine,
    FirstContact,
    Flow,
    FlowOf,
    Group,
    Lines,
    OpenOf,
    OpenTickets,
    Part,
    Period,
    PingPong,
    PingPongPair,
    PriorityChange,
    PriorityChanges,
    Quartile,
    Reassignment,
    Reopening,
    Satisfaction,
    ServiceDesk,
    TargetMet,
    WaitBetween,
    WaitIndicators,
    WaitOf,
    Waits,
)
from mining.core.streams import Quantiles

HOSTILE = "Desk <script>alert(1)</script> \u202e& 'co'"
DAY = 24 * HOUR
LEAD = Quantiles(900, 9_000 * HOUR, 8 * HOUR, 30 * HOUR, 90 * HOUR)
OPEN = OpenOf(41, 12, 5, 9 * DAY, 70 * DAY)

FULL = ServiceDesk(
    types=("incident",),
    tickets=1_000,
    listed=(),
    lead_time=LEAD,
    reassignment=Reassignment(980, (500, 300, 120, 60), 777),
    ping_pong=PingPong(
        Part(151, 980),
        203,
        Quantiles(203, 1_234 * HOUR, 4 * HOUR, 11 * HOUR, 29 * HOUR),
        Part(172, 980),
        333,
        (PingPongPair(HOSTILE, "Second", 0, 33, 77 * HOUR), PingPongPair(None, None, 18, 170, 1_157 * HOUR)),
    ),
    lines=Lines(880, (AtLine(1, 600, 566), AtLine(2, 277, 44), AtLine(None, 3, 2))),
    reopening=Reopening(Part(21, 890), 25),
    first_contact=FirstContact(Part(444, 880), Part(391, 880), Part(390, 880), Part(55, 890)),
    waits=Waits(
        5_000 * HOUR,
        1_500,
        (
            WaitOf("user", Group(HOSTILE), 2_000 * HOUR, 700),
            WaitOf("team", Group(None), 1_000 * HOUR, 300),
            WaitOf(None, Group(None, 31), 2_000 * HOUR, 500),
        ),
        (WaitBetween(HOSTILE, "Second", 0, 901 * HOUR, 90), WaitBetween(None, None, 17, 45 * HOUR, 13)),
    ),
    indicators=(
        WaitIndicators(
            "user", 700, 410, 2_000 * HOUR, Part(222, 700), Part(101, 700), Part(34, 700), Part(66, 700), Part(88, 512)
        ),
    ),
    priorities=PriorityChanges(
        Part(46, 970),
        29,
        19,
        4,
        (PriorityChange("3", "1", 29, up=True), PriorityChange("1", HOSTILE, 4, up=None)),
    ),
    flow=Flow(
        Period.WEEK,
        tuple(FlowOf(START // DAY * DAY + 7 * DAY * i, 90 + i, 80 + 2 * i, 10 + 9 * i) for i in range(12)),
        backlog_told=True,
        not_shown=None,
    ),
    target_met=TargetMet(Part(790, 905), (("1", Part(31, 47)), (None, Part(700, 799))), Part(59, 59)),
    target=AgainstTarget(
        870,
        Part(612, 866),
        Quantiles(612, 6_120 * HOUR, 3 * HOUR, 17 * HOUR, 71 * HOUR),
        Quantiles(254, 2_540 * HOUR, 2 * HOUR, 19 * HOUR, 55 * HOUR),
    ),
    open=OpenTickets(
        START,
        30 * HOUR,
        14,
        OPEN,
        ((None, OpenOf(16, 3, 0, 2 * DAY, 8 * DAY)), ("user", OpenOf(25, 9, 5, 11 * DAY, 70 * DAY))),
        ((Group(HOSTILE), OpenOf(30, 7, 4, 7 * DAY, 69 * DAY)), (Group(None, 22), OpenOf(11, 5, 1, 6 * DAY, 68 * DAY))),
    ),
    satisfaction=Satisfaction(
        Part(212, 890),
        3,
        880_000,
        (Quartile(1, 2 * HOUR, 222, 130, 580_125), Quartile(4, 99 * HOUR, 223, 29, None)),
    ),
    surveys_sent=Part(640, 1_000),
    monitoring=Apart(Part(61, 1_000), replace(LEAD, n=58), LEAD),
    major=Apart(Part(0, 1_000), None, LEAD),
    knowledge_used=Part(237, 890),
)

EMPTY = ServiceDesk(
    types=("incident", "change"),
    tickets=0,
    listed=("change",),
    lead_time=None,
    reassignment=None,
    ping_pong=None,
    lines=None,
    reopening=None,
    first_contact=None,
    waits=Waits(0, 0, (), None),
    indicators=(),
    priorities=None,
    flow=Flow(Period.DAY, (), backlog_told=False, not_shown="There are no <streams>."),
    target_met=None,
    target=None,
    open=None,
    satisfaction=None,
    surveys_sent=None,
    monitoring=None,
    major=None,
    knowledge_used=None,
)


def with_desk(desk: ServiceDesk = FULL, **more: Any) -> Analysis:
    """The analysis of the incidents, with a service desk."""
    made = analysis()
    return replace(made, measures=replace(made.measures, service_desk=replace(desk, **more)))
