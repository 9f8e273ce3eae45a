"""What to look at first: at most three findings, chosen by rules that the reader is told (`words.LOOK_FIRST_RULE`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mining.core.activities import Activity, End
from mining.core.analysis import Analysis
from mining.core.results import HAND_OFF, VisitTime
from mining.report import improve_words, words
from mining.report.examples import anchors
from mining.report.formats import IN_A_SENTENCE, count, cut, duration, harmless, many, percent, share
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
    rules: tuple[Callable[[Analysis], Iterator[Finding]], ...] = (
        _unaccounted,
        _against_time,
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
        evidence = f"{count(ledger.events_unmapped)} of {count(ledger.events_made)} events; {labels}"
        yield Finding(claim, evidence, "data", "table-unmapped")
    elif rejected is not None and rejected >= 0.01:
        evidence = f"{count(ledger.rows_rejected)} of {count(ledger.rows_read)} rows could not be read"
        yield Finding(f"{percent(rejected)} of the rows were set aside", evidence, "data", "table-rejected")


def _against_time(analysis: Analysis) -> Iterator[Finding]:
    found = analysis.measures.realised
    if found is not None and found.against_time.streams:
        against = found.against_time
        claim = improve_words.AGAINST_CLAIM.format(
            streams=many(against.streams, "stream"), verb="tells" if against.streams == 1 else "tell"
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
    return f"{ratio}; {many(one.streams, 'stream')}, median {duration(times.median)}, 85 % within {duration(times.p85)}"


def _wait_findings(analysis: Analysis) -> Iterator[Finding]:
    """For each party that is waited on, the longest first: how much, and where most of it."""
    for wait in waits(analysis):
        ratio = percent(share(wait.total, elapsed_time(analysis)))
        if wait.on == HAND_OFF:
            claim = f"{ratio} of the time before value lies between two visits"
            yield Finding(claim, _slowest_hand_off(analysis), "map", "table-hand-offs-steps")
            continue
        where = [one for one in _by_total(analysis) if one.label.waiting == wait.on][:1]
        evidence = [
            f"The largest part in {place(one.label.activity, one.label.step)}: {_visits(analysis, one)}"
            for one in where
        ]
        said = cut(waiting_on(wait.on), IN_A_SENTENCE)
        claim = f"{said[0].upper()}{said[1:]} takes {ratio} of the time before value"
        yield Finding(claim, "".join(evidence), "waits", "table-visit-times")


def _slowest_hand_off(analysis: Analysis) -> str:
    """Where most of the time between visits goes."""
    timed = [(one.times.total, one) for one in analysis.streams.steps if one.times is not None and one.times.total > 0]
    if not timed:
        return words.WORK_OR_WAITING
    _, one = max(timed, key=lambda pair: (pair[0], ends_of(pair[1])))
    name = f"{place(one.source, one.source_step)} → {place(one.target, one.target_step)}"
    median = duration(one.times.median if one.times else None)
    return f"The largest part in {name}: {many(one.count, 'passage')}, median {median}; {words.WORK_OR_WAITING}"


def _largest_time(analysis: Analysis) -> Iterator[Finding]:
    found = list(_wait_findings(analysis))[:1]
    if found:
        yield from found
        return
    for one in _by_total(analysis)[:1]:
        name = place(one.label.activity, one.label.step)
        claim = f"{name} takes the largest part of the time before value"
        yield Finding(claim, _visits(analysis, one), "waits", "table-visit-times")


def _second_wait(analysis: Analysis) -> Iterator[Finding]:
    yield from list(_wait_findings(analysis))[1:2]


def _commonest_deviation(analysis: Analysis) -> Iterator[Finding]:
    found = analysis.conformance
    for one in [] if found is None else commonest(found.deviations)[:1]:
        ratio = share(one.streams, found.checked) if found else None
        if ratio is not None and ratio >= 0.01:
            of = f"{count(one.streams)} of {count(found.checked if found else 0)} checked streams ({percent(ratio)})"
            anchor = anchors(analysis).get(one.key)
            yield Finding(
                cut(harmless(one.sentence), 3 * IN_A_SENTENCE),
                f"{of}, {count(one.occurrences)} times",
                "conformance",
                anchor,
            )


def _doubling_back(analysis: Analysis) -> Iterator[Finding]:
    rework = analysis.measures.rework
    ratio = share(rework.back_to_activity, rework.streams)
    if ratio is not None and ratio >= 0.05:
        evidence = f"{count(rework.back_to_activity)} of {many(rework.streams, 'stream')}"
        evidence += f"; {count(rework.back_to_step)} come back to a step they had left"
        evidence += f"; {count(rework.reopened)} were re-opened after value was claimed" if rework.reopened else ""
        yield Finding(f"{percent(ratio)} of the streams double back to an activity they had left", evidence, "doubling")


def _timers(analysis: Analysis) -> Iterator[Finding]:
    ends, lapsed = sum(analysis.measures.ends.values()), analysis.measures.ends.get(End.LAPSED, 0)
    if lapsed * 2 >= ends > 0:
        what = what_ends(analysis)
        evidence = f"{count(lapsed)} of {count(ends)} ended {what}s; a timer is no confirmation"
        claim = f"{percent(share(lapsed, ends))} of the {what}s were closed by a timer"
        yield Finding(claim, evidence, "lead", "table-ends")


def _slowest(analysis: Analysis) -> Iterator[Finding]:
    lead = analysis.measures.lead_time_claimed
    if lead.p95 is not None and lead.median is not None and lead.p95 >= 10 * max(lead.median, 1):
        evidence = f"the median is {duration(lead.median)}, over {count(lead.n)} streams"
        claim = f"The slowest 5 % of the streams take longer than {duration(lead.p95)}"
        yield Finding(claim, evidence, "lead", "table-lead-times")
