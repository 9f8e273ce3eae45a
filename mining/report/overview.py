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
from mining.report.language import meant, t
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
        return t("This export holds no stream.")
    if lead.median is not None and lead.p85 is not None:
        return f"{_how_long(lead)}{_waiting_clause(analysis)}."
    if not streams.can_realise_value:
        return t("The routes of the streams are known, but this mapping has no rule that says when value is realised.")
    if streams.open == streams.cases:
        return t(
            "None of the {streams} has reached its end yet: all are still open.", streams=many(streams.cases, "stream")
        )
    return t(
        "None of the {streams} was fulfilled: {states}.",
        streams=many(streams.cases, "stream"),
        states=_states(analysis),
    )


def _how_long(lead: Distribution) -> str:
    """How long streams take; of equal ones none takes longer than the others."""
    median, p85, longest = lead.percentiles[50], lead.percentiles[85], lead.percentiles[100]
    if median == longest:
        if lead.n == 1:
            return t("The one fulfilled stream reached value within {time}", time=duration(longest))
        return t("All {n} fulfilled streams reach value within {time}", n=count(lead.n), time=duration(longest))
    half = t("Half of the fulfilled streams reach value within {time}", time=duration(median))
    if p85 == longest:
        return t("{half}, and all within {time}", half=half, time=duration(longest))
    joint = t("but") if p85 >= 3 * median else t("and")
    return t("{half}, {joint} 15 % take longer than {time}", half=half, joint=joint, time=duration(p85))


def _waiting_clause(analysis: Analysis) -> str:
    waited, whole, most = waiting_time(analysis), elapsed_time(analysis), _longest_wait(analysis)
    ratio = share(waited, whole)
    if ratio is None or most is None or most.on is None:
        return ""
    if most.on == HAND_OFF:
        ratio = share(most.total, whole) or 0
        return t("; {share} of the time before value lies between two visits", share=whole_percent(ratio))
    on = cut(harmless(meant("waiting on", most.on)), IN_A_SENTENCE)
    whom = words.WAITED_ON.get(most.on) or words.WAITED_ON_ANY.format(on=on)
    extent = t("all of it") if most.total == waited else t("most of it")
    if most.total * 2 <= waited:
        extent = t("the largest part of it")
    said = "; {share} of the time before value is waiting, {extent} {whom}"
    return t(said, share=whole_percent(ratio), extent=extent, whom=whom)


def _longest_wait(analysis: Analysis) -> Waiting | None:
    return next(iter(waits(analysis)), None)


def _states(analysis: Analysis) -> str:
    counted = [(analysis.streams.states.get(state, 0), words.STATES[state.value]) for state in State]
    return ", ".join(f"{count(number)} {name}" for number, name in counted if number)


def _lede(analysis: Analysis) -> tuple[str, ...]:
    found, fulfilled = analysis.conformance, analysis.measures.fulfilled
    lines = chosen_line(analysis)
    if found is not None and found.rates.streams is not None:
        lines.append(_how_many_keep(found))
    if 0 < fulfilled < FEW:
        lines.append(words.FEW_STREAMS.format(n=many(fulfilled, "fulfilled stream")))
    return tuple(lines)


def _how_many_keep(found: Conformance) -> str:
    names = {"name": harmless(found.reference), "shown": _that_shows(found)}
    if found.checked == 1:
        if found.conforming:
            return t("The one fulfilled stream keeps to the agreed stream “{name}” in every point{shown}.", **names)
        return t("The one fulfilled stream does not keep to the agreed stream “{name}” in every point{shown}.", **names)
    n, ratio = count(found.checked), whole_percent(found.rates.streams or 0)
    if found.conforming == found.checked:
        return t(
            "All of the {n} fulfilled streams keep to the agreed stream “{name}” in every point{shown}.", n=n, **names
        )
    if not found.conforming:
        return t("None of the {n} fulfilled streams keep to the agreed stream “{name}” in every point.", n=n, **names)
    return t(
        "{share} of the fulfilled streams keep to the agreed stream “{name}” in every point.", share=ratio, **names
    )


def _that_shows(found: Conformance) -> str:
    """What cannot be shown costs nothing, so "in every point" alone would be too much where all conform."""
    return t(" that this export can show") if found.conforming == found.checked and found.not_observable else ""


# --------------------------------------------------------------------------------------------------------- tiles


def _streams(analysis: Analysis) -> Tile:
    streams = analysis.streams
    over = (_states(analysis), f"{many(streams.events, 'event')}, {many(len(streams.variants), 'variant')}")
    return Tile(t("Streams"), count(streams.cases), over, "data")


def _conformance(analysis: Analysis) -> Tile:
    found = analysis.conformance
    if found is None:
        return Tile(t("Conformance"), "–", (t("no reference stream was named"),), "conformance")
    if not found.checked:
        return Tile(t("Conformance"), "–", (t("no stream could be checked"),), "conformance")
    over = (
        t("{n} of {streams}", n=count(found.conforming), streams=many(found.checked, "fulfilled stream")),
        t("{share} of their moves", share=percent(found.rates.moves)),
        *(
            []
            if found.accepted is None
            else [t("{share} with what is accepted", share=percent(found.accepted.rates.streams))]
        ),
    )
    return Tile(t("Conformance"), percent(found.rates.streams), over, "conformance")


def _lead(analysis: Analysis) -> Tile:
    measures = analysis.measures
    claimed, held = measures.lead_time_claimed, measures.lead_time_held
    over = (
        t("to the first value claimed, {streams}", streams=many(claimed.n, "stream")),
        t("{time} to the first value held", time=duration(held.median)),
    )
    return Tile(t("Median lead time"), duration(claimed.median), over, "lead")


def _within(analysis: Analysis) -> Tile:
    measures = analysis.measures
    claimed, held = measures.lead_time_claimed, measures.lead_time_held
    over = (
        t("of {streams}, to the first value claimed", streams=many(claimed.n, "stream")),
        t("{time} to the first value held", time=duration(held.p85)),
    )
    return Tile(t("85 % within"), duration(claimed.p85), over, "lead")


def _waiting(analysis: Analysis) -> Tile:
    most, whole = _longest_wait(analysis), elapsed_time(analysis)
    once = f", {link_words.ONCE}" if analysis.streams.linked is not None and analysis.streams.linked.shared else ""
    over = (
        [t("of {time} before value{once}", time=duration(whole), once=once)]
        if whole
        else [t("there was no time before value")]
    )
    if most is not None:
        over.append(f"{percent(share(most.total, whole))} {cut(waiting_on(most.on), IN_A_SENTENCE)}")
    if most is not None and most.on == HAND_OFF:
        over.append(words.WORK_OR_WAITING)
    name = t("Waiting, or between visits") if any(one.on == HAND_OFF for one in waits(analysis)) else t("Waiting")
    if most is None and whole and not any(label.waiting for label in analysis.streams.labels):
        return Tile(name, NOTHING, (*over, words.CANNOT_SHOW_WAITING), "waits")
    return Tile(name, percent(share(waiting_time(analysis), whole)), tuple(over), "waits")


def _rework(analysis: Analysis) -> Tile:
    rework = analysis.measures.rework
    over = (
        t(
            "{n} of {streams} return to an activity they had left",
            n=count(rework.back_to_activity),
            streams=many(rework.streams, "stream"),
        ),
        t("{n} re-opened", n=count(rework.reopened)),
    )
    return Tile(t("Doubling back"), percent(share(rework.back_to_activity, rework.streams)), over, "doubling")


def _cohorts(analysis: Analysis) -> Tile | None:
    found = cohort_line(analysis)
    return None if found is None else Tile(t("Cohorts"), found[0], (found[1],), "cohorts")


def _links(analysis: Analysis) -> Tile | None:
    found = link_line(analysis)
    return None if found is None else Tile(found.name, found.figure, (found.over,), "links")
