"""The first screen: a verdict, six figures, and what to look at first. All of it follows from rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mining.core.activities import End, State
from mining.core.analysis import Analysis
from mining.core.results import Deviation, VisitTime, Waiting
from mining.report import words
from mining.report.formats import count, duration, harmless, percent, share, whole_percent
from mining.report.names import place, waiting_on
from mining.report.tally import elapsed_time, waiting_time

MOST_FINDINGS = 3
FEW = 30  # fulfilled streams: below, a median says little


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the six figures: what it is, the figure, and over what it was taken."""

    name: str
    figure: str
    over: tuple[str, ...]
    section: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what is claimed, the evidence for it, and the section that shows more."""

    claim: str
    evidence: str
    section: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The first screen."""

    verdict: str
    lede: tuple[str, ...]
    tiles: tuple[Tile, ...]
    findings: tuple[Finding, ...]

    def lines(self) -> list[str]:
        """The same as plain text."""
        width = max(len(tile.name) for tile in self.tiles)
        tiles = [f"  {tile.name:<{width}}  {tile.figure:>9}  {'; '.join(tile.over)}" for tile in self.tiles]
        findings = [
            line
            for number, finding in enumerate(self.findings, 1)
            for line in (f"  {number}. {finding.claim}", f"     {finding.evidence}")
        ]
        return [
            self.verdict,
            *self.lede,
            "",
            *tiles,
            "",
            words.LOOK_FIRST,
            *(findings or [f"  {words.NOTHING_STANDS_OUT}"]),
        ]


def overview(analysis: Analysis) -> Overview:
    """The first screen of an analysis."""
    tiles = (_streams, _conformance, _lead, _within, _waiting, _rework)
    return Overview(verdict(analysis), _lede(analysis), tuple(tile(analysis) for tile in tiles), findings(analysis))


# ------------------------------------------------------------------------------------------------------- verdict


def verdict(analysis: Analysis) -> str:
    """One sentence on how things stand."""
    streams, lead = analysis.streams, analysis.measures.lead_time_claimed
    if not streams.cases:
        return "This export holds no stream."
    if lead.median is not None and lead.p85 is not None:
        joint = "but" if lead.p85 >= 3 * lead.median else "and"
        half = f"Half of the fulfilled streams reach value within {duration(lead.median)}"
        return f"{half}, {joint} 15 % take longer than {duration(lead.p85)}{_waiting_clause(analysis)}."
    if not streams.can_realise_value:
        return "The routes of the streams are known, but this mapping has no rule that says when value is realised."
    if streams.open == streams.cases:
        return f"None of the {count(streams.cases)} streams has reached its end yet: all are still open."
    return f"None of the {count(streams.cases)} streams was fulfilled: {_states(analysis)}."


def _waiting_clause(analysis: Analysis) -> str:
    waited, whole, most = waiting_time(analysis), elapsed_time(analysis), _longest_wait(analysis)
    ratio = share(waited, whole)
    if ratio is None or most is None or most.on is None:
        return ""
    whom = words.WAITED_ON.get(most.on) or words.WAITED_ON_ANY.format(on=harmless(most.on))
    extent = "all" if most.total == waited else "most" if most.total * 2 > waited else "the largest part"
    return f"; {whole_percent(ratio)} of the time before value is waiting, {extent} of it {whom}"


def _waits(analysis: Analysis) -> list[Waiting]:
    waits = [one for one in analysis.measures.waiting if one.on is not None and one.total > 0]
    return sorted(waits, key=lambda one: (-one.total, one.on or ""))


def _longest_wait(analysis: Analysis) -> Waiting | None:
    return next(iter(_waits(analysis)), None)


def _states(analysis: Analysis) -> str:
    counted = [(analysis.streams.states.get(state, 0), words.STATES[state.value]) for state in State]
    return ", ".join(f"{count(number)} {name}" for number, name in counted if number)


def _lede(analysis: Analysis) -> tuple[str, ...]:
    found, fulfilled = analysis.conformance, analysis.measures.fulfilled
    lines = []
    if found is not None and found.rates.streams is not None:
        agreed = f"the agreed stream “{harmless(found.reference)}”"
        lines.append(f"{whole_percent(found.rates.streams)} of the fulfilled streams keep to {agreed} in every point.")
    if 0 < fulfilled < FEW:
        lines.append(words.FEW_STREAMS.format(n=fulfilled))
    return tuple(lines)


# --------------------------------------------------------------------------------------------------------- tiles


def _streams(analysis: Analysis) -> Tile:
    streams = analysis.streams
    over = (_states(analysis), f"{count(streams.events)} events, {count(len(streams.variants))} variants")
    return Tile("Streams", count(streams.cases), over, "data")


def _conformance(analysis: Analysis) -> Tile:
    found = analysis.conformance
    if found is None:
        return Tile("Conformance", "–", ("no reference stream was named",), "conformance")
    if not found.checked:
        return Tile("Conformance", "–", ("no stream could be checked",), "conformance")
    over = (
        f"{count(found.conforming)} of {count(found.checked)} fulfilled streams",
        f"{percent(found.rates.moves)} of their moves",
    )
    return Tile("Conformance", percent(found.rates.streams), over, "conformance")


def _lead(analysis: Analysis) -> Tile:
    measures = analysis.measures
    claimed, held = measures.lead_time_claimed, measures.lead_time_held
    over = (
        f"to the first value claimed, {count(claimed.n)} streams",
        f"{duration(held.median)} to the first value held",
    )
    return Tile("Median lead time", duration(claimed.median), over, "lead")


def _within(analysis: Analysis) -> Tile:
    measures = analysis.measures
    claimed, held = measures.lead_time_claimed, measures.lead_time_held
    over = (
        f"of {count(claimed.n)} streams, to the first value claimed",
        f"{duration(held.p85)} to the first value held",
    )
    return Tile("85 % within", duration(claimed.p85), over, "lead")


def _waiting(analysis: Analysis) -> Tile:
    most, whole = _longest_wait(analysis), elapsed_time(analysis)
    over = [f"of {duration(whole)} before value"] if whole else ["there was no time before value"]
    if most is not None:
        over.append(f"{percent(share(most.total, whole))} {waiting_on(most.on)}")
    return Tile("Waiting", percent(share(waiting_time(analysis), whole)), tuple(over), "waits")


def _rework(analysis: Analysis) -> Tile:
    rework = analysis.measures.rework
    over = (
        f"{count(rework.back_to_activity)} of {count(rework.streams)} streams return to an activity they had left",
        f"{count(rework.reopened)} re-opened",
    )
    return Tile("Doubling back", percent(share(rework.back_to_activity, rework.streams)), over, "steps")


# ------------------------------------------------------------------------------------------------------ findings


def findings(analysis: Analysis) -> tuple[Finding, ...]:
    """At most three findings; `words.LOOK_FIRST_RULE` tells the reader the rule."""
    rules: tuple[Callable[[Analysis], Iterator[Finding]], ...] = (
        _unaccounted,
        _largest_time,
        _commonest_deviation,
        _doubling_back,
        _timers,
        _second_wait,
        _slowest,
    )
    return tuple(found for rule in rules for found in rule(analysis))[:MOST_FINDINGS]


def _unaccounted(analysis: Analysis) -> Iterator[Finding]:
    ledger = analysis.ledger
    unmapped, rejected = (
        share(ledger.events_unmapped, ledger.events_made),
        share(ledger.rows_rejected, ledger.rows_read),
    )
    if unmapped is not None and unmapped >= 0.01:
        labels = f"{count(len(analysis.unmapped))} labels of the export met no rule of the mapping"
        claim = f"{percent(unmapped)} of the events have no activity"
        yield Finding(claim, f"{count(ledger.events_unmapped)} of {count(ledger.events_made)} events; {labels}", "data")
    elif rejected is not None and rejected >= 0.01:
        evidence = f"{count(ledger.rows_rejected)} of {count(ledger.rows_read)} rows could not be read"
        yield Finding(f"{percent(rejected)} of the rows were set aside", evidence, "data")


def _by_total(analysis: Analysis) -> list[VisitTime]:
    timed = [one for one in analysis.measures.visit_times if one.times is not None and one.times.total > 0]
    return sorted(timed, key=lambda one: (-one.times.total if one.times else 0, one.label))


def _visits(analysis: Analysis, one: VisitTime) -> str:
    """What is known of the visits with one label."""
    times = one.times
    said = f"{count(one.visits)} visits in {count(one.streams)} streams"
    if times is None:
        return said
    ratio = percent(share(times.total, elapsed_time(analysis)))
    return f"{ratio} of the time; {said}, median {duration(times.median)}, 85 % within {duration(times.p85)}"


def _wait_findings(analysis: Analysis) -> Iterator[Finding]:
    """For each party that is waited on, the longest first: how much, and where most of it."""
    for wait in _waits(analysis):
        ratio = percent(share(wait.total, elapsed_time(analysis)))
        where = [one for one in _by_total(analysis) if one.label.waiting == wait.on][:1]
        evidence = [f"most in {place(one.label.activity, one.label.step)}: {_visits(analysis, one)}" for one in where]
        said = waiting_on(wait.on)
        yield Finding(f"{said[0].upper()}{said[1:]} takes {ratio} of the time before value", "".join(evidence), "waits")


def _largest_time(analysis: Analysis) -> Iterator[Finding]:
    found = list(_wait_findings(analysis))[:1]
    if found:
        yield from found
        return
    for one in _by_total(analysis)[:1]:
        name = place(one.label.activity, one.label.step)
        yield Finding(f"{name} takes the largest part of the time before value", _visits(analysis, one), "waits")


def _second_wait(analysis: Analysis) -> Iterator[Finding]:
    yield from list(_wait_findings(analysis))[1:2]


def commonest(deviations: tuple[Deviation, ...]) -> list[Deviation]:
    """The deviation that most streams have first."""
    return sorted(deviations, key=lambda one: (-one.streams, -one.moves, one.sentence))


def _commonest_deviation(analysis: Analysis) -> Iterator[Finding]:
    found = analysis.conformance
    for one in [] if found is None else commonest(found.deviations)[:1]:
        ratio = share(one.streams, found.checked) if found else None
        if ratio is not None and ratio >= 0.01:
            of = f"{count(one.streams)} of {count(found.checked if found else 0)} checked streams ({percent(ratio)})"
            yield Finding(harmless(one.sentence), f"{of}, {count(one.occurrences)} times", "conformance")


def _doubling_back(analysis: Analysis) -> Iterator[Finding]:
    rework = analysis.measures.rework
    ratio = share(rework.back_to_activity, rework.streams)
    if ratio is not None and ratio >= 0.05:
        evidence = (
            f"{count(rework.back_to_activity)} of {count(rework.streams)} streams; {count(rework.back_to_step)} to the "
            f"very same step; {count(rework.reopened)} were re-opened after value was claimed"
        )
        yield Finding(f"{percent(ratio)} of the streams double back to an activity they had left", evidence, "steps")


def _timers(analysis: Analysis) -> Iterator[Finding]:
    ends, lapsed = sum(analysis.measures.ends.values()), analysis.measures.ends.get(End.LAPSED, 0)
    if lapsed * 2 >= ends > 0:
        evidence = f"{count(lapsed)} of {count(ends)} ended tickets; a timer is no confirmation"
        yield Finding(f"{percent(share(lapsed, ends))} of the tickets were closed by a timer", evidence, "lead")


def _slowest(analysis: Analysis) -> Iterator[Finding]:
    lead = analysis.measures.lead_time_claimed
    if lead.p95 is not None and lead.median is not None and lead.p95 >= 10 * max(lead.median, 1):
        evidence = f"the median is {duration(lead.median)}, over {count(lead.n)} streams"
        yield Finding(f"The slowest 5 % of the streams take longer than {duration(lead.p95)}", evidence, "lead")
