"""The first screen: a verdict, six figures, and what to look at first. All of it follows from rules."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.activities import State
from mining.core.analysis import Analysis
from mining.core.results import HAND_OFF, Conformance, Distribution, Waiting
from mining.report import link_words, words
from mining.report.cohort_sentences import chosen_line, cohort_line
from mining.report.findings import Finding, findings
from mining.report.formats import (
    IN_A_SENTENCE,
    NOTHING,
    count,
    cut,
    duration,
    harmless,
    many,
    percent,
    share,
    whole_percent,
)
from mining.report.linking import link_line
from mining.report.names import waiting_on
from mining.report.tally import elapsed_time, waiting_time, waits

FEW = 30  # fulfilled streams: below, a median says little


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the six figures: what it is, the figure, and over what it was taken."""

    name: str
    figure: str
    over: tuple[str, ...]
    section: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The first screen."""

    verdict: str
    lede: tuple[str, ...]
    tiles: tuple[Tile, ...]
    findings: tuple[Finding, ...]
    links: Tile | None = None  # among the lines only; the page has a section for them
    cohorts: Tile | None = None  # the same

    def lines(self) -> list[str]:
        """The same as plain text."""
        shown = (*self.tiles, *(one for one in (self.links, self.cohorts) if one is not None))
        width = max(len(tile.name) for tile in shown)
        tiles = [f"  {tile.name:<{width}}  {tile.figure:>9}  {'; '.join(tile.over)}" for tile in shown]
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
    shown = tuple(tile(analysis) for tile in tiles)
    return Overview(verdict(analysis), _lede(analysis), shown, findings(analysis), _links(analysis), _cohorts(analysis))


# ------------------------------------------------------------------------------------------------------- verdict


def verdict(analysis: Analysis) -> str:
    """One sentence on how things stand."""
    streams, lead = analysis.streams, analysis.measures.lead_time_claimed
    if not streams.cases:
        return "This export holds no stream."
    if lead.median is not None and lead.p85 is not None:
        return f"{_how_long(lead)}{_waiting_clause(analysis)}."
    if not streams.can_realise_value:
        return "The routes of the streams are known, but this mapping has no rule that says when value is realised."
    if streams.open == streams.cases:
        return f"None of the {many(streams.cases, 'stream')} has reached its end yet: all are still open."
    return f"None of the {many(streams.cases, 'stream')} was fulfilled: {_states(analysis)}."


def _how_long(lead: Distribution) -> str:
    """How long streams take; of equal ones none takes longer than the others."""
    median, p85, longest = lead.percentiles[50], lead.percentiles[85], lead.percentiles[100]
    if median == longest:
        all_ = "The one fulfilled stream reached" if lead.n == 1 else f"All {count(lead.n)} fulfilled streams reach"
        return f"{all_} value within {duration(longest)}"
    half = f"Half of the fulfilled streams reach value within {duration(median)}"
    if p85 == longest:
        return f"{half}, and all within {duration(longest)}"
    return f"{half}, {'but' if p85 >= 3 * median else 'and'} 15 % take longer than {duration(p85)}"


def _waiting_clause(analysis: Analysis) -> str:
    waited, whole, most = waiting_time(analysis), elapsed_time(analysis), _longest_wait(analysis)
    ratio = share(waited, whole)
    if ratio is None or most is None or most.on is None:
        return ""
    if most.on == HAND_OFF:
        return f"; {whole_percent(share(most.total, whole) or 0)} of the time before value lies between two visits"
    whom = words.WAITED_ON.get(most.on) or words.WAITED_ON_ANY.format(on=cut(harmless(most.on), IN_A_SENTENCE))
    extent = "all" if most.total == waited else "most" if most.total * 2 > waited else "the largest part"
    return f"; {whole_percent(ratio)} of the time before value is waiting, {extent} of it {whom}"


def _longest_wait(analysis: Analysis) -> Waiting | None:
    return next(iter(waits(analysis)), None)


def _states(analysis: Analysis) -> str:
    counted = [(analysis.streams.states.get(state, 0), words.STATES[state.value]) for state in State]
    return ", ".join(f"{count(number)} {name}" for number, name in counted if number)


def _lede(analysis: Analysis) -> tuple[str, ...]:
    found, fulfilled = analysis.conformance, analysis.measures.fulfilled
    lines = chosen_line(analysis)
    if found is not None and found.rates.streams is not None:
        agreed = f"the agreed stream “{harmless(found.reference)}”"
        lines.append(f"{_how_many_keep(found)} to {agreed} in every point{_that_shows(found)}.")
    if 0 < fulfilled < FEW:
        lines.append(words.FEW_STREAMS.format(n=many(fulfilled, "fulfilled stream")))
    return tuple(lines)


def _how_many_keep(found: Conformance) -> str:
    if found.checked == 1:
        return f"The one fulfilled stream {'keeps' if found.conforming else 'does not keep'}"
    if found.conforming in (0, found.checked):
        return f"{'All' if found.conforming else 'None'} of the {count(found.checked)} fulfilled streams keep"
    return f"{whole_percent(found.rates.streams or 0)} of the fulfilled streams keep"


def _that_shows(found: Conformance) -> str:
    """What cannot be shown costs nothing, so "in every point" alone would be too much where all conform."""
    return " that this export can show" if found.conforming == found.checked and found.not_observable else ""


# --------------------------------------------------------------------------------------------------------- tiles


def _streams(analysis: Analysis) -> Tile:
    streams = analysis.streams
    over = (_states(analysis), f"{many(streams.events, 'event')}, {many(len(streams.variants), 'variant')}")
    return Tile("Streams", count(streams.cases), over, "data")


def _conformance(analysis: Analysis) -> Tile:
    found = analysis.conformance
    if found is None:
        return Tile("Conformance", "–", ("no reference stream was named",), "conformance")
    if not found.checked:
        return Tile("Conformance", "–", ("no stream could be checked",), "conformance")
    over = (
        f"{count(found.conforming)} of {many(found.checked, 'fulfilled stream')}",
        f"{percent(found.rates.moves)} of their moves",
        *([] if found.accepted is None else [f"{percent(found.accepted.rates.streams)} with what is accepted"]),
    )
    return Tile("Conformance", percent(found.rates.streams), over, "conformance")


def _lead(analysis: Analysis) -> Tile:
    measures = analysis.measures
    claimed, held = measures.lead_time_claimed, measures.lead_time_held
    over = (
        f"to the first value claimed, {many(claimed.n, 'stream')}",
        f"{duration(held.median)} to the first value held",
    )
    return Tile("Median lead time", duration(claimed.median), over, "lead")


def _within(analysis: Analysis) -> Tile:
    measures = analysis.measures
    claimed, held = measures.lead_time_claimed, measures.lead_time_held
    over = (
        f"of {many(claimed.n, 'stream')}, to the first value claimed",
        f"{duration(held.p85)} to the first value held",
    )
    return Tile("85 % within", duration(claimed.p85), over, "lead")


def _waiting(analysis: Analysis) -> Tile:
    most, whole = _longest_wait(analysis), elapsed_time(analysis)
    once = f", {link_words.ONCE}" if analysis.streams.linked is not None and analysis.streams.linked.shared else ""
    over = [f"of {duration(whole)} before value{once}"] if whole else ["there was no time before value"]
    if most is not None:
        over.append(f"{percent(share(most.total, whole))} {cut(waiting_on(most.on), IN_A_SENTENCE)}")
    if most is not None and most.on == HAND_OFF:
        over.append(words.WORK_OR_WAITING)
    name = "Waiting, or between visits" if any(one.on == HAND_OFF for one in waits(analysis)) else "Waiting"
    if most is None and whole and not any(label.waiting for label in analysis.streams.labels):
        return Tile(name, NOTHING, (*over, words.CANNOT_SHOW_WAITING), "waits")
    return Tile(name, percent(share(waiting_time(analysis), whole)), tuple(over), "waits")


def _rework(analysis: Analysis) -> Tile:
    rework = analysis.measures.rework
    over = (
        f"{count(rework.back_to_activity)} of {many(rework.streams, 'stream')} return to an activity they had left",
        f"{count(rework.reopened)} re-opened",
    )
    return Tile("Doubling back", percent(share(rework.back_to_activity, rework.streams)), over, "doubling")


def _cohorts(analysis: Analysis) -> Tile | None:
    found = cohort_line(analysis)
    return None if found is None else Tile("Cohorts", found[0], (found[1],), "cohorts")


def _links(analysis: Analysis) -> Tile | None:
    found = link_line(analysis)
    return None if found is None else Tile(found.name, found.figure, (found.over,), "links")
