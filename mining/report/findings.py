"""What to look at first: at most three findings, chosen by rules that the reader is told (`words.LOOK_FIRST_RULE`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mining.core.activities import Activity, End
from mining.core.analysis import Analysis
from mining.core.results import HAND_OFF, VisitTime
from mining.report import improve_words, words
from mining.report.examples import anchors
from mining.report.formats import IN_A_SENTENCE, begun, count, cut, duration, harmless, many, percent, share
from mining.report.language import t, told
from mining.report.names import place as whole_place
from mining.report.names import waiting_on
from mining.report.tally import commonest, elapsed_time, ends_of, waits, what_ends

MOST_FINDINGS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what is claimed, the evidence for it, and the section that shows more; `anchor` is where in
    it the evidence stands."""

    claim: str
    evidence: str
    section: str
    anchor: str | None = None


def place(activity: Activity | None, step: str | None) -> str:
    """A place with a name of a length that a sentence bears."""
    return whole_place(activity, None if step is None else cut(step, IN_A_SENTENCE))


def findings(analysis: Analysis) -> tuple[Finding, ...]:
    """At most three findings; `words.LOOK_FIRST_RULE` tells the reader the rule."""
    return tuple(found for _, found in every_finding(analysis))[:MOST_FINDINGS]


def every_finding(analysis: Analysis) -> Iterator[tuple[str, Finding]]:
    """All that the rules find, in their order, each with the name of its rule."""
    rules: tuple[tuple[str, Callable[[Analysis], Iterator[Finding]]], ...] = (
        ("unaccounted", _unaccounted),
        ("against time", _against_time),
        ("largest time", _largest_time),
        ("deviation", _commonest_deviation),
        ("doubling back", _doubling_back),
        ("timers", _timers),
        ("second wait", _second_wait),
        ("slowest", _slowest),
    )
    for name, rule in rules:
        for found in rule(analysis):
            yield name, found


def _unaccounted(analysis: Analysis) -> Iterator[Finding]:
    ledger = analysis.ledger
    unmapped, rejected = (
        share(ledger.events_unmapped, ledger.events_made),
        share(ledger.rows_rejected, ledger.rows_read),
    )
    if unmapped is not None and unmapped >= 0.01:
        evidence = t(
            "{n} of {all} events; {labels} labels of the export met no rule of the mapping",
            n=count(ledger.events_unmapped),
            all=count(ledger.events_made),
            labels=count(len(analysis.unmapped)),
        )
        claim = t("{share} of the events have no activity", share=percent(unmapped))
        yield Finding(claim, evidence, "data", "table-unmapped")
    elif rejected is not None and rejected >= 0.01:
        evidence = t("{n} of {all} rows could not be read", n=count(ledger.rows_rejected), all=count(ledger.rows_read))
        claim = t("{share} of the rows were set aside", share=percent(rejected))
        yield Finding(claim, evidence, "data", "table-rejected")


def _against_time(analysis: Analysis) -> Iterator[Finding]:
    found = analysis.measures.realised
    if found is not None and found.against_time.streams:
        against = found.against_time
        claim = improve_words.AGAINST_CLAIM.format(
            streams=many(against.streams, "stream"), verb=t("tells") if against.streams == 1 else t("tell")
        )
        evidence = improve_words.AGAINST_EVIDENCE.format(value=count(against.value), end=count(against.end))
        yield Finding(claim, evidence, "lead")


def _by_total(analysis: Analysis) -> list[VisitTime]:
    timed = [one for one in analysis.measures.visit_times if one.times is not None and one.times.total > 0]
    return sorted(timed, key=lambda one: (-one.times.total if one.times else 0, one.label))


def _visits(analysis: Analysis, one: VisitTime) -> str:
    """What is known of the visits with one label."""
    times = one.times
    if times is None:
        return many(one.streams, "stream")
    ratio = percent(share(times.total, elapsed_time(analysis)))
    return t(
        "{share}; {streams}, median {median}, 85 % within {p85}",
        share=ratio,
        streams=many(one.streams, "stream"),
        median=duration(times.median),
        p85=duration(times.p85),
    )


def _wait_findings(analysis: Analysis) -> Iterator[Finding]:
    """For each party that is waited on, the longest first: how much, and where most of it."""
    for wait in waits(analysis):
        ratio = percent(share(wait.total, elapsed_time(analysis)))
        if wait.on == HAND_OFF:
            claim = t("{share} of the time before value lies between two visits", share=ratio)
            yield Finding(claim, _slowest_hand_off(analysis), "map", "table-hand-offs-steps")
            continue
        where = [one for one in _by_total(analysis) if one.label.waiting == wait.on][:1]
        evidence = [
            t(
                "The largest part in {place}: {visits}",
                place=place(one.label.activity, one.label.step),
                visits=_visits(analysis, one),
            )
            for one in where
        ]
        said = begun(cut(waiting_on(wait.on), IN_A_SENTENCE))
        claim = t("{waiting} takes {share} of the time before value", waiting=said, share=ratio)
        yield Finding(claim, "".join(evidence), "waits", "table-visit-times")


def _slowest_hand_off(analysis: Analysis) -> str:
    """Where most of the time between visits goes."""
    timed = [(one.times.total, one) for one in analysis.streams.steps if one.times is not None and one.times.total > 0]
    if not timed:
        return words.WORK_OR_WAITING
    _, one = max(timed, key=lambda pair: (pair[0], ends_of(pair[1])))
    name = f"{place(one.source, one.source_step)} → {place(one.target, one.target_step)}"
    median = duration(one.times.median if one.times else None)
    return t(
        "The largest part in {name}: {passages}, median {median}; {work_or_waiting}",
        name=name,
        passages=many(one.count, "passage"),
        median=median,
        work_or_waiting=words.WORK_OR_WAITING,
    )


def _largest_time(analysis: Analysis) -> Iterator[Finding]:
    found = list(_wait_findings(analysis))[:1]
    if found:
        yield from found
        return
    for one in _by_total(analysis)[:1]:
        name = place(one.label.activity, one.label.step)
        claim = t("{name} takes the largest part of the time before value", name=name)
        yield Finding(claim, _visits(analysis, one), "waits", "table-visit-times")


def _second_wait(analysis: Analysis) -> Iterator[Finding]:
    yield from list(_wait_findings(analysis))[1:2]


def _commonest_deviation(analysis: Analysis) -> Iterator[Finding]:
    found = analysis.conformance
    for one in [] if found is None else commonest(found.deviations)[:1]:
        ratio = share(one.streams, found.checked) if found else None
        if ratio is not None and ratio >= 0.01:
            evidence = t(
                "{n} of {all} checked streams ({share}), {times} times",
                n=count(one.streams),
                all=count(found.checked if found else 0),
                share=percent(ratio),
                times=count(one.occurrences),
            )
            claim = cut(harmless(told(one.sentence)), 3 * IN_A_SENTENCE)
            yield Finding(claim, evidence, "conformance", anchors(analysis).get(one.key))


def _doubling_back(analysis: Analysis) -> Iterator[Finding]:
    rework = analysis.measures.rework
    ratio = share(rework.back_to_activity, rework.streams)
    if ratio is not None and ratio >= 0.05:
        evidence = t("{n} of {streams}", n=count(rework.back_to_activity), streams=many(rework.streams, "stream"))
        evidence += t("; {n} come back to a step they had left", n=count(rework.back_to_step))
        if rework.reopened:
            evidence += t("; {n} were re-opened after value was claimed", n=count(rework.reopened))
        claim = t("{share} of the streams double back to an activity they had left", share=percent(ratio))
        yield Finding(claim, evidence, "doubling")


def _timers(analysis: Analysis) -> Iterator[Finding]:
    ends, lapsed = sum(analysis.measures.ends.values()), analysis.measures.ends.get(End.LAPSED, 0)
    if lapsed * 2 >= ends > 0:
        whats = f"{what_ends(analysis)}s"
        evidence = t("{n} of {all} ended " + whats + "; a timer is no confirmation", n=count(lapsed), all=count(ends))
        claim = t("{share} of the " + whats + " were closed by a timer", share=percent(share(lapsed, ends)))
        yield Finding(claim, evidence, "lead", "table-ends")


def _slowest(analysis: Analysis) -> Iterator[Finding]:
    lead = analysis.measures.lead_time_claimed
    if lead.p95 is not None and lead.median is not None and lead.p95 >= 10 * max(lead.median, 1):
        evidence = t("the median is {median}, over {n} streams", median=duration(lead.median), n=count(lead.n))
        claim = t("The slowest 5 % of the streams take longer than {time}", time=duration(lead.p95))
        yield Finding(claim, evidence, "lead", "table-lead-times")
