"""Analyses made by hand: trails of visits with hours, and everything that follows from them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from mining.core.activities import Activity, End, State, Value
from mining.core.analysis import Analysis, MappingInfo, Run
from mining.core.costs import Amounts, Basis, CostOfDeviation, CostOfPlace, CostOfVariant, Costs
from mining.core.doubling import NO_RETURNS, ComesBack, Depth, DoublingBack, Returns
from mining.core.events import InputFile, Ledger, RejectedRow, RuleUse, Unmapped, VisitLabel
from mining.core.export import ExportSpec, Holds, Shape, TimeSpec
from mining.core.linked import Headline, Linked, LinkUse, Orphans
from mining.core.links import CasesBy, CasesSpec, Strength
from mining.core.passages import AgreedPassage
from mining.core.rates import PER_UNIT, RateCard
from mining.core.results import (
    Conformance,
    Deviation,
    DeviationKind,
    Discovery,
    Distribution,
    FlowEfficiency,
    Measures,
    Rates,
    Rework,
    Selection,
    StreamDeviation,
    VariantCheck,
    VisitTime,
    Waiting,
)
from mining.core.streams import HandOff, Path, Quantiles, Streams, Variant

HOUR = 3_600_000_000
START = 1_456_700_000_000_000

LOG = VisitLabel(Activity.ENGAGE, "log", "team")
ASK = VisitLabel(Activity.ENGAGE, "ask", "user")
REOPEN = VisitLabel(Activity.ENGAGE, "reopen", "team", Value.WITHDRAWN)
ROUTE = VisitLabel(Activity.DELIVER_AND_SUPPORT, "route", "team")
WORK = VisitLabel(Activity.DELIVER_AND_SUPPORT, "investigate")
VENDOR = VisitLabel(Activity.DELIVER_AND_SUPPORT, "await vendor", "supplier")
RESOLVE = VisitLabel(Activity.DELIVER_AND_SUPPORT, "resolve", None, Value.CLAIMED)


@dataclass(frozen=True)
class Trail:
    """So many streams that made these visits, each so many hours long; `deviations` None: not checked."""

    visits: tuple[tuple[VisitLabel, float], ...]
    streams: int
    state: State = State.ENDED
    deviations: tuple[StreamDeviation, ...] | None = ()
    unmapped: int = 0


def deviation(kind: DeviationKind, label: str, moves: int = 1) -> StreamDeviation:
    return StreamDeviation(kind, label, None, 1, moves)


ROUTED_TWICE = deviation(DeviationKind.REPEATED, "deliver_and_support:route")
NO_CONTACT = deviation(DeviationKind.MISSING, "engage")

INCIDENTS: tuple[Trail, ...] = (
    Trail(((LOG, 0.2), (WORK, 3.0), (RESOLVE, 120)), 9120),
    Trail(((LOG, 0.1), (RESOLVE, 120)), 4310),
    Trail(((LOG, 2.0), (ROUTE, 9.0), (WORK, 5.0), (RESOLVE, 120)), 3890),
    Trail(((LOG, 1.0), (ROUTE, 8.0), (ASK, 30.0), (WORK, 6.0), (RESOLVE, 120)), 1822),
    Trail(
        ((LOG, 1.0), (ROUTE, 20.0), (WORK, 4.0), (ROUTE, 26.0), (WORK, 7.0), (RESOLVE, 120)),
        1444,
        deviations=(ROUTED_TWICE,),
    ),
    Trail(
        ((LOG, 3.0), (ASK, 76.0), (WORK, 8.0), (ASK, 80.0), (WORK, 3.0), (RESOLVE, 120)),
        911,
        deviations=(ROUTED_TWICE,),
    ),
    Trail(((WORK, 6.0), (RESOLVE, 120)), 702, deviations=(NO_CONTACT,)),
    Trail(((LOG, 1.0), (WORK, 12.0), (VENDOR, 290.0), (WORK, 8.0), (RESOLVE, 120)), 388),
    Trail(
        ((LOG, 1.0), (WORK, 3.0), (RESOLVE, 48.0), (REOPEN, 3.0), (WORK, 30.0), (RESOLVE, 120)),
        275,
        deviations=(ROUTED_TWICE, NO_CONTACT),
    ),
    Trail(((LOG, 1.0), (WORK, 90.0)), 640, state=State.OPEN),
    Trail(((LOG, 1.0), (ROUTE, 90.0)), 212, state=State.OPEN, unmapped=40),
    Trail(((LOG, 5.0),), 61, state=State.CANCELLED, deviations=None),
)

_P, _E, _D, _O, _S, _I = (VisitLabel(activity) for activity in Activity)
_ASSESSED = VisitLabel(Activity.DESIGN_AND_TRANSITION, "assess", None, Value.CONFIRMED)

NEW_SERVICES: tuple[Trail, ...] = (
    Trail(
        ((_E, 30), (_P, 90), (_E, 20), (_P, 200), (_E, 60), (_O, 400), (_D, 120), (_O, 200), (_ASSESSED, 9), (_S, 50)),
        41,
    ),
    Trail(((_E, 40), (_P, 100), (_O, 700), (_D, 90), (_ASSESSED, 9), (_S, 50), (_I, 50), (_E, 9)), 30),
    Trail(((_P, 20), (_D, 100), (_O, 300), (_S, 20), (_O, 60), (_D, 40), (_ASSESSED, 9)), 12),
    Trail(((_E, 10), (_O, 200), (_S, 5), (_D, 10), (_ASSESSED, 9), (_I, 50), (_P, 9)), 7),
)


def quantiles(durations: Sequence[tuple[int, int]]) -> Quantiles | None:
    """Nearest rank over (duration, how often)."""
    if not durations:
        return None
    n = sum(times for _, times in durations)
    return Quantiles(n, sum(d * t for d, t in durations), *(rank(durations, q) for q in (0.5, 0.85, 0.95)))


def rank(durations: Sequence[tuple[int, int]], ratio: float) -> int:
    n, seen = sum(times for _, times in durations), 0
    for duration, times in sorted(durations):
        seen += times
        if seen >= max(1, math.ceil(ratio * n)):
            return duration
    raise AssertionError("no duration")


def distribution(durations: Sequence[tuple[int, int]]) -> Distribution:
    n = sum(times for _, times in durations)
    return Distribution(n, tuple(rank(durations, level / 100) for level in range(101)) if n else ())


def spread(trails: Sequence[Trail]) -> list[Trail]:
    """Each trail in several paces, so that quantiles differ as in life."""
    paces = ((0.15, 0.3), (0.4, 0.25), (1.0, 0.25), (2.5, 0.12), (7.0, 0.08))
    out = []
    for trail in trails:
        left = trail.streams
        for pace, part in paces:
            n = left if pace == paces[-1][0] else min(left, round(trail.streams * part))
            left -= n
            if n:
                out.append(
                    replace(trail, visits=tuple((label, hours * pace) for label, hours in trail.visits), streams=n)
                )
    return out


def value_positions(trail: Trail) -> tuple[int | None, int | None]:
    claimed = [at for at, (label, _) in enumerate(trail.visits) if label.realises]
    withdrawn = max((at for at, (label, _) in enumerate(trail.visits) if label.value is Value.WITHDRAWN), default=-1)
    return (claimed[0] if claimed else None, next((at for at in claimed if at > withdrawn), None))


def until(trail: Trail, position: int | None) -> list[tuple[int, int]]:
    if position is None:
        return []
    return [(round(sum(hours for _, hours in trail.visits[:position]) * HOUR), trail.streams)]


def analysis(trails: Sequence[Trail] = INCIDENTS, **more: Any) -> Analysis:
    """An analysis of these trails. `more` replaces parts of it."""
    paced = spread(trails)
    labels = tuple(dict.fromkeys(label for trail in trails for label, _ in trail.visits))
    streams = _streams(trails, paced, labels)
    cases = streams.cases
    made = Analysis(
        mapping=_mapping(),
        files=(InputFile("incidents.csv", 45_112_300, "9f2c" * 16, "csv", "utf-8", ",", 141_712),),
        ledger=_ledger(trails, streams.cases),
        rejected=(),
        rule_uses=(RuleUse(1, 31, "incident_state: Closed; actor: system", "end: lapsed", cases // 2),),
        unmapped=(Unmapped("-100", 5, 5),),
        streams=streams,
        discovery=Discovery(
            0.2,
            "->( 'engage:log', *( 'work', 'ask' ), 'resolve' )",
            "<bpmn/>",
            "<pnml/>",
            12,
            14,
            30,
            9,
            22_000,
            streams.cases,
        ),
        conformance=_conformance(trails),
        measures=_measures(paced, streams.cases),
        notes=(),
        run=run(),
    )
    return replace(made, **more)


def run() -> Run:
    started = datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC)
    versions = {"value-stream-miner": "0.1.0", "duckdb": "1.5.6", "pm4py": "2.7.23"}
    return Run(started, 6.2, 812_000_000, "host", versions, {"reading": 1.2, "drawing": 0.5})


def _mapping() -> MappingInfo:
    spec = ExportSpec(
        Shape.SNAPSHOTS, "number", TimeSpec("sys_updated_at", "%d/%m/%Y %H:%M"), "incident_state", ("incident_state",)
    )
    cannot = ("confirmation by the requester", "surveys", "touch time")
    return MappingInfo("ServiceNow incidents", "servicenow_incident.yaml", "ab12" * 16, "service desk", cannot, spec)


def _ledger(trails: Sequence[Trail], cases: int) -> Ledger:
    events = sum(len(trail.visits) * trail.streams for trail in trails)
    unmapped = sum(trail.unmapped for trail in trails)
    return Ledger(
        rows_read=events + unmapped + 570 + 9000,
        rows_mapped=events,
        rows_ignored=570,
        rows_unchanged=9000,
        rows_duplicate=0,
        rows_filtered=0,
        rows_unmapped=unmapped,
        rows_rejected=0,
        events_made=events + cases + unmapped + 570,
        events_mapped=events + cases,
        events_ignored=570,
        events_unmapped=unmapped,
        events_rejected=0,
        ties_decided_by_position=0,
        missing_updates=14_950,
        neighbours=116_794,
        demand_events=cases,
        events_by_system=24_667,
        events_in_bulk=132,
    )


def _streams(trails: Sequence[Trail], paced: Sequence[Trail], labels: tuple[VisitLabel, ...]) -> Streams:
    order = sorted(trails, key=lambda trail: -trail.streams)
    variants = tuple(
        Variant(number, tuple(label.symbol for label, _ in trail.visits), trail.state, trail.streams, trail.unmapped)
        for number, trail in enumerate(order)
    )
    paths = tuple(
        Path(
            number,
            number,
            tuple(labels.index(label) for label, _ in trail.visits),
            trail.state,
            trail.streams,
            *value_positions(trail),
        )
        for number, trail in enumerate(order)
    )
    cases = sum(trail.streams for trail in trails)
    states: Counter[State] = Counter()
    for trail in trails:
        states[trail.state] += trail.streams
    return Streams(
        table=None,  # type: ignore[arg-type]
        labels=labels,
        paths=paths,
        variants=variants,
        steps=_hand_offs(paced, steps=True),
        activities=_hand_offs(paced, steps=False),
        step_ends=_step_ends(paced),
        holds=Holds.STATE,
        cases=cases,
        events=sum((len(trail.visits) + 1) * trail.streams for trail in trails),
        visits=sum(len(trail.visits) * trail.streams for trail in trails),
        states={state: states[state] for state in State if states[state]},
        beyond_cap=0,
        can_end=True,
        can_realise_value=any(label.realises for label in labels),
        first_event=START,
        last_event=START + 355 * 24 * HOUR,
    )


def _hand_offs(trails: Sequence[Trail], *, steps: bool) -> tuple[HandOff, ...]:
    found: dict[tuple[Any, ...], list[tuple[int, int, bool]]] = {}
    for trail in trails:
        held = value_positions(trail)[1]
        nodes: list[tuple[Activity | None, str | None, float, bool]] = [(None, None, 0.0, False)]
        for at, (label, hours) in enumerate(trail.visits):
            node = (label.activity, label.step if steps else None)
            if nodes[-1][:2] == node:
                nodes[-1] = (*node, nodes[-1][2] + hours, nodes[-1][3])
            else:
                nodes.append((*node, hours, held is not None and at > held))
        for giver, taker in pairwise(nodes[1:] if steps else nodes):
            key = (*giver[:2], *taker[:2])
            found.setdefault(key, []).append((round(giver[2] * HOUR), trail.streams, taker[3]))
        if held is not None and not steps:
            label = trail.visits[held][0]
            found.setdefault((label.activity, None, None, None), []).append((0, trail.streams, False))
    return tuple(
        HandOff(
            *key,
            count=sum(n for _, n, _ in times),
            streams=sum(n for _, n, _ in times),
            after_value=sum(n for _, n, after in times if after),
            times=quantiles([(d, n) for d, n, after in times if not after]),
        )
        for key, times in found.items()
    )


def _step_ends(trails: Sequence[Trail]) -> tuple[HandOff, ...]:
    """From demand to the first visit's step, and from the step that held value to value."""
    first: Counter[VisitLabel] = Counter()
    held: Counter[VisitLabel] = Counter()
    for trail in trails:
        if not trail.visits:
            continue
        first[trail.visits[0][0]] += trail.streams
        at = value_positions(trail)[1]
        if at is not None:
            held[trail.visits[at][0]] += trail.streams
    came = [HandOff(None, None, one.activity, one.step, n, n, 0, None) for one, n in first.items()]
    return (*came, *(HandOff(one.activity, one.step, None, None, n, n, 0, None) for one, n in held.items()))


def _measures(paced: Sequence[Trail], cases: int) -> Measures:
    done = [
        trail
        for trail in paced
        if trail.state in (State.ENDED, State.UNKNOWN) and value_positions(trail)[0] is not None
    ]
    visits: dict[VisitLabel, list[tuple[int, int]]] = {}
    times: dict[Activity, int] = {}
    waiting: dict[str | None, int] = {}
    for trail in done:
        for label, hours in trail.visits[: value_positions(trail)[1]]:
            spent = round(hours * HOUR)
            visits.setdefault(label, []).append((spent, trail.streams))
            times[label.activity] = times.get(label.activity, 0) + spent * trail.streams
            waiting[label.waiting] = waiting.get(label.waiting, 0) + spent * trail.streams
    elapsed = sum(waiting.values())
    calm = waiting.get(None, 0)
    fulfilled = sum(trail.streams for trail in done)
    back = sum(trail.streams for trail in paced if len({x.activity for x, _ in trail.visits}) < 2 < len(trail.visits))
    by_variant: dict[int, list[tuple[int, int]]] = {}
    order = sorted(
        {tuple(x for x, _ in trail.visits): 0 for trail in paced},
        key=lambda key: -sum(t.streams for t in paced if tuple(x for x, _ in t.visits) == key),
    )
    for trail in done:
        by_variant.setdefault(order.index(tuple(x for x, _ in trail.visits)), []).extend(
            until(trail, value_positions(trail)[1])
        )
    lapsed = round(fulfilled * 0.99)
    return Measures(
        fulfilled=fulfilled,
        lead_time_claimed=distribution([d for t in done for d in until(t, value_positions(t)[0])]),
        lead_time_held=distribution([d for t in done for d in until(t, value_positions(t)[1])]),
        closure=distribution([d for t in done for d in until(t, len(t.visits))]),
        closure_lag=distribution([(120 * HOUR, fulfilled)] if fulfilled else []),
        visit_times=tuple(
            VisitTime(label, sum(n for _, n in spent), sum(n for _, n in spent), 0, quantiles(spent))
            for label, spent in visits.items()
        ),
        waiting=tuple(Waiting(on, total, fulfilled, fulfilled) for on, total in waiting.items()),
        flow_efficiency=FlowEfficiency(0.0 if elapsed else None, calm / elapsed if elapsed else None, elapsed, calm, 0),
        rework=Rework(cases, back or round(cases * 0.21), round(cases * 0.13), 275, 331),
        ends={End.LAPSED: lapsed, End.AGENT: fulfilled - lapsed} if fulfilled else {},
        ended_without_value=0,
        without_value_or_end=0,
        selection=Selection(True, "Every stream but a few has ended.", ("arrivals", "backlog", "trends"), 0.99, 0.03),
        variant_lead_time={key: found for key, spent in by_variant.items() if (found := quantiles(spent)) is not None},
        time_by_activity=times,
    )


def _rates(trails: Sequence[Trail]) -> Rates:
    checked = [trail for trail in trails if trail.deviations is not None]
    cost = sum(sum(d.moves for d in trail.deviations or ()) * trail.streams for trail in checked)
    moves = sum(len(trail.visits) * trail.streams for trail in checked)
    n = sum(trail.streams for trail in checked)
    conforming = sum(trail.streams for trail in checked if not trail.deviations)
    return Rates(n, conforming, moves, max(moves - cost, 0), cost, moves + 4 * n)


def _conformance(trails: Sequence[Trail]) -> Conformance:
    order = sorted(trails, key=lambda trail: -trail.streams)
    kinds: dict[StreamDeviation, list[tuple[int, int]]] = {}
    for number, trail in enumerate(order):
        for one in trail.deviations or ():
            kinds.setdefault(one, []).append((number, trail.streams))
    sentences = {ROUTED_TWICE: "Deliver and support: route comes again", NO_CONTACT: "Engage is missing"}
    done = [trail for trail in order if trail.state in (State.ENDED, State.UNKNOWN)]
    return Conformance(
        reference="incident",
        reference_demand="a person has an issue and contacts the service desk",
        scope="run",
        shortest_path=3,
        rates=_rates(done),
        rates_mapped=_rates([trail for trail in done if not trail.unmapped]),
        open_rates=_rates([trail for trail in order if trail.state is State.OPEN]),
        not_observable=("engage:confirm", "engage:survey", "improve"),
        not_checked={"cancelled": 61},
        checks=tuple(
            VariantCheck(number, (), sum(d.moves for d in trail.deviations), (), trail.deviations)
            for number, trail in enumerate(order)
            if trail.deviations is not None
        ),
        deviations=tuple(
            Deviation(
                one.kind,
                one.label,
                None,
                sentences.get(one, f"{one.label} is {one.kind.value}"),
                sum(n for _, n in at),
                sum(n for _, n in at),
                sum(n for _, n in at),
                tuple(v for v, _ in at)[:5],
            )
            for one, at in kinds.items()
        ),
        reference_outline=("Engage", "once or more", "  Deliver and support", "  optional: Engage (ask)", "value"),
        passages=AGREED,
    )


AGREED = (
    AgreedPassage(None, Activity.ENGAGE, whole=True, visible=True),
    AgreedPassage(Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT, whole=True, visible=True),
    AgreedPassage(Activity.ENGAGE, None, whole=True, visible=True),
    AgreedPassage(Activity.DELIVER_AND_SUPPORT, Activity.IMPROVE, whole=True, visible=False),
    AgreedPassage(Activity.DELIVER_AND_SUPPORT, None, whole=False, visible=True),
    AgreedPassage(Activity.IMPROVE, None, whole=True, visible=False),
)
"""Of INCIDENTS, these are seen: the first two and into value from Deliver and support; and back to Engage, and from
demand straight to Deliver and support, which are not agreed."""

LINKED = Linked(
    events_before=93,
    by_type=(("incident", 23_102), ("problem", 811), ("change", 4_824), ("request", 673)),
    spec=CasesSpec(CasesBy.FOLLOW, start=("incident", "request"), at_most=100),
    in_no_stream=(("problem", 74), ("change", 1_120)),
    several=7_204,
    largest=100,
    median_size=2,
    shared=611,
    in_circles=4,
    cut_streams=7,
    cut_tickets=1_893,
    cut=(("incident INC0012345", 902), ("incident INC0020011", 611), ("request REQ0000417", 204)),
    uses=(
        LinkUse(
            "incident", "problem", "problem_id", "caused by a problem", Strength.EXPLICIT, True, 6_120, 6_120, 31, 0
        ),
        LinkUse("problem", "change", "rfc", "mended by a change", Strength.EXPLICIT, True, 402, 398, 12, 0),
        LinkUse("incident", "change", "close_notes", "close_notes", Strength.PARSED, True, 1_310, 1_204, 97, 0),
        LinkUse("incident", "incident", "parent_incident", "part of", Strength.EXPLICIT, False, 1_877, 1_877, 5, 3),
    ),
    orphans=(
        Orphans("incident", "problem", 23_102, 17_013, 6_089, 1, 1),
        Orphans("problem", "incident", 811, 502, 6_089, 12, 96),
        Orphans("problem", "change", 811, 425),
        Orphans("change", "problem", 4_824, 4_402),
    ),
    weak=1_310,
    without_weak=Headline(24_020, 22_951, Quantiles(22_951, 400_000 * HOUR, 4 * HOUR, 29 * HOUR, 130 * HOUR)),
)


def linked(account: Linked = LINKED, **more: Any) -> Analysis:
    """An analysis whose streams are made of linked tickets. `more` replaces parts of what came of linking."""
    made = analysis()
    return replace(made, streams=replace(made.streams, linked=replace(account, **more)))


def connected() -> Analysis:
    """An analysis whose streams are all that hangs together."""
    spec = CasesSpec(CasesBy.CONNECTED, at_most=50)
    return linked(
        spec=spec, in_no_stream=(), shared=0, largest=50, cut_streams=1, cut_tickets=60, cut=(("incident INC1", 60),)
    )


def barely_linked() -> Analysis:
    """An analysis of linked tickets whose columns of links are all empty."""
    uses = (LinkUse("incident", "incident", "parent", "part of", Strength.EXPLICIT, False, 0, 0, 0, 0),)
    made = Linked(CasesSpec(CasesBy.FOLLOW), (), 0, 0, 0, 0, 0, 0, 0, (), uses, (), by_type=(("request", 23_775),))
    return linked(made)


def planted_links() -> Analysis:
    """An analysis of links in which every name of a ticket, a type and a reason is hostile or strange."""
    uses = tuple(
        LinkUse(name, name, name, name, strength, True, 3, 2, 1, 0)
        for name, strength in zip(NAMES, (*Strength, *Strength, *Strength), strict=False)
    )
    return linked(
        spec=CasesSpec(CasesBy.FOLLOW, start=NAMES),
        in_no_stream=tuple((name, 1) for name in NAMES),
        cut=tuple((f"{PLANTED} {name}", 5) for name in NAMES),
        uses=uses,
        orphans=tuple(Orphans(name, name, 4, 1) for name in NAMES),
        weak=9,
    )


def rejected(n: int) -> tuple[RejectedRow, ...]:
    return tuple(
        RejectedRow("incidents.csv", row, "sys_updated_at", "31/02/2016 secret", "not a time")
        for row in range(1, n + 1)
    )


PLANTED = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
LONG = "very " * 40
STRANGE = ("تذكرة\u202e جديدة", "👩\u200d💻 \x1b[31m done", "=cmd|'/c calc'!A1", "%{x} ${y} `z`", "<b>bold</b>")
NAMES = (PLANTED, LONG, *STRANGE)


def planted() -> Analysis:
    """An analysis in which every name of the log and of the mapping is hostile or strange."""
    labels = [VisitLabel(Activity.ENGAGE, name, name) for name in NAMES]
    odd = StreamDeviation(DeviationKind.UNEXPECTED, f"engage:{PLANTED}", PLANTED, 1, 1)
    trails = tuple(
        Trail(((label, 1.0 + at), (WORK, 2.0), (RESOLVE, 1.0)), 100 - at, deviations=(odd,))
        for at, label in enumerate(labels)
    )
    made = analysis(trails)
    assert made.conformance is not None
    return replace(
        made,
        mapping=replace(made.mapping, name=PLANTED, owner=PLANTED, cannot_show=STRANGE),
        files=(replace(made.files[0], name=PLANTED),),
        rule_uses=tuple(RuleUse(n, n, name, name, 1) for n, name in enumerate(NAMES)),
        unmapped=tuple(Unmapped(name, 2, 1) for name in NAMES),
        conformance=replace(made.conformance, reference=PLANTED, notes=STRANGE, not_observable=(f"engage:{PLANTED}",)),
        notes=(PLANTED, *STRANGE),
        discovery=replace(made.discovery, tree=PLANTED),
    )


def came_back(steps: Sequence[str] = ("route", "investigate"), *, tells_rework: bool = True) -> Analysis:
    """An analysis in which streams come back to two activities, and to these steps of one of them."""
    again = Quantiles(1_400, 30_000 * HOUR, 8 * HOUR, 30 * HOUR, 90 * HOUR)
    iteration = Returns(
        1_444, 1_300, Depth(1, 2, 7), Quantiles(1_444, 40_000 * HOUR, 6 * HOUR, 20 * HOUR, 77 * HOUR), again
    )
    untimed = Returns(331, 275, Depth(2, 3, 9), None, None)
    rework = untimed if tells_rework else NO_RETURNS
    deliver = Activity.DELIVER_AND_SUPPORT
    found = DoublingBack(
        streams=23_775,
        back=1_900,
        rework=275 if tells_rework else 0,
        activities=(
            ComesBack(deliver, None, 23_000, 1_500, iteration, rework),
            ComesBack(Activity.ENGAGE, None, 22_000, 911, iteration, NO_RETURNS),
        ),
        steps=tuple(ComesBack(deliver, step, 9_000, 1_500, iteration, rework) for step in steps),
        rework_after=tuple((deliver, step) for step in steps) if tells_rework else (),
        tells_rework=tells_rework,
    )
    made = analysis()
    return replace(made, measures=replace(made.measures, doubling_back=found))


def priced(currency: str = "EUR", names: Sequence[str] = ("investigate", "route"), **more: Any) -> Analysis:
    """An analysis with rates: of two steps with these names, the second priced by a group of that name."""
    made = analysis()
    deliver = Activity.DELIVER_AND_SUPPORT
    rate = 72_500_000
    places = (
        CostOfPlace(deliver, names[0], None, rate, 40_000 * HOUR),
        CostOfPlace(deliver, names[1], names[1], 3 * PER_UNIT // 8, 8_000 * HOUR + 1),
    )
    total = sum(place.amount for place in places)
    variants = tuple(CostOfVariant(one.id, one.streams, total // 12) for one in made.streams.variants)
    costs = Costs(
        rates=RateCard(currency, {deliver: rate}, {(deliver, names[0]): rate}, {names[1]: 3 * PER_UNIT // 8}, PER_UNIT),
        basis=Basis.NOT_WAITING,
        per_stream=Amounts(22_862, total, rate * HOUR // 2, rate * 9 * HOUR, rate * 70 * HOUR, rate * 900 * HOUR),
        at_most=None,
        unpriced=90 * HOUR,
        other_streams=rate * 1_000 * HOUR,
        places=places,
        variants=variants,
        deviations=(
            CostOfDeviation(DeviationKind.REPEATED, f"{deliver.value}:{names[1]}", None, 1_719, 1_719, 9, rate * 9),
        ),
    )
    return replace(made, costs=replace(costs, **more))


def recorded() -> Analysis:
    """An analysis of recorded work with rates, without a reference stream, and with streams of several tickets."""
    made = priced(basis=Basis.RECORDED, at_most=10**20, deviations=None, without_groups=True)
    return replace(made, streams=linked().streams, conformance=None)
