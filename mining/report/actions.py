"""Improvement actions: each finding with what to try and the figure that shows whether it helped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mining.core.activities import End
from mining.core.analysis import Analysis
from mining.core.breakdown import Dimension
from mining.core.desk import REQUESTERS, SUPPLIERS
from mining.core.results import HAND_OFF
from mining.report import action_words as words
from mining.report import breakdown_words
from mining.report.action_words import Advice
from mining.report.breakdown import low, stands_out
from mining.report.findings import Finding, every_finding
from mining.report.formats import count, cut, duration, harmless, percent, share
from mining.report.language import t
from mining.report.names import waiting_on
from mining.report.tabular import Column, Table, table
from mining.report.tally import elapsed_time, waits

Json = dict[str, Any]
MOST_ACTIONS = 8
_IN_TURN = (Dimension.SERVICE, Dimension.CUSTOMER, Dimension.GROUP, Dimension.CATEGORY)
"""What a value can stand out in that somebody owns; the first that has one."""


@dataclass(frozen=True, slots=True)
class Action:
    """A finding with what to try. `figure` is what the figure to follow is called, `now` how it stands, `name` the way
    to it in `result.json`, and `value` what stands there."""

    finding: Finding
    advice: Advice
    figure: str
    now: str
    name: str
    value: int | float


def actions(analysis: Analysis) -> tuple[Action, ...]:
    """One for each finding, in the order of the rules; then the service, customer, group or category that stands
    out."""
    made = [action for rule, found in every_finding(analysis) for action in _on(analysis, rule, found)]
    return (*made[: MOST_ACTIONS - 1], *_on_what_stands_out(analysis))


def _on(analysis: Analysis, rule: str, found: Finding) -> Iterator[Action]:
    ledger, measures, lead = analysis.ledger, analysis.measures, analysis.measures.lead_time_claimed
    if rule in ("largest time", "second wait") and waits(analysis):
        yield from _on_waiting(analysis, found, 0 if rule == "largest time" else 1)
    elif rule == "unaccounted" and found.anchor == "table-rejected":
        ratio = share(ledger.rows_rejected, ledger.rows_read)
        yield from _share(found, words.ADVICE["rejected"], ratio, "ledger.rows_rejected_share")
    elif rule == "unaccounted":
        ratio = share(ledger.events_unmapped, ledger.events_made)
        yield from _share(found, words.ADVICE[rule], ratio, "ledger.events_unmapped_share")
    elif rule == "against time" and measures.realised is not None:
        n = measures.realised.against_time.streams
        yield Action(
            found, words.ADVICE[rule], words.ADVICE[rule].figure, count(n), "measures.value.against_time.streams", n
        )
    elif rule == "deviation" and analysis.conformance is not None:
        yield from _share(found, words.ADVICE[rule], analysis.conformance.rates.streams, "conformance.rate_streams")
    elif rule == "doubling back":
        ratio = share(measures.rework.back_to_activity, measures.rework.streams)
        yield from _share(found, words.ADVICE[rule], ratio, "measures.rework.back_to_activity_share")
    elif rule == "timers":
        ratio = share(measures.ends.get(End.LAPSED, 0), sum(measures.ends.values()))
        yield from _share(found, words.ADVICE[rule], ratio, "measures.ends_share.lapsed")
    elif rule == "slowest" and lead.p95 is not None:
        name = "measures.lead_time.claimed.p95_us"
        yield Action(found, words.ADVICE[rule], words.ADVICE[rule].figure, duration(lead.p95), name, lead.p95)
    elif rule == "largest time" and lead.median is not None:
        advice, name = words.ADVICE["time"], "measures.lead_time.claimed.median_us"
        yield Action(found, advice, advice.figure, duration(lead.median), name, lead.median)


def _share(
    found: Finding, advice: Advice, ratio: float | None, name: str, *, figure: str | None = None
) -> Iterator[Action]:
    if ratio is not None:
        yield Action(found, advice, figure or advice.figure, percent(ratio), name, ratio)


def _on_waiting(analysis: Analysis, found: Finding, place: int) -> Iterator[Action]:
    wait = waits(analysis)[place]
    between = wait.on == HAND_OFF
    advice = words.BETWEEN if between else words.on_waiting(wait.on, REQUESTERS, SUPPLIERS)
    name = f"measures.waiting.by[on={wait.on}].share"
    ratio = share(wait.total, elapsed_time(analysis))
    yield from _share(found, advice, ratio, name, figure=advice.figure.format(on=waiting_on(wait.on)))


def _on_what_stands_out(analysis: Analysis) -> Iterator[Action]:
    found = analysis.breakdowns
    by = {} if found is None else {one.by: stands_out(found, one) for one in found.by}
    for dimension in _IN_TURN:
        most = by.get(dimension)
        if found is None or most is None or most.label is None:
            continue
        delay, streams = share(most.delay, found.delay), share(most.streams, found.streams)
        label = cut(harmless(most.label))
        claim = t(
            "{by} “{name}” has {share} of the delay",
            by=breakdown_words.NAMES[dimension],
            name=label,
            share=percent(delay),
        )
        evidence = t(
            "{share} of the streams, {n}; {time} of delay",
            share=percent(streams),
            n=count(most.streams),
            time=duration(most.delay),
        )
        slices = next(one.slices for one in found.by if one.by is dimension)
        which = f"value={most.label}" if _can_be_named(most.label) else str(slices.index(most))
        name = f"breakdown.by[dimension={dimension.value}].slices[{which}].delay_share"
        advice = words.ADVICE["stands out"]
        figure = advice.figure.format(by=low(dimension), name=t("“{name}”", name=label))
        yield from _share(Finding(claim, evidence, "breakdown"), advice, delay, name, figure=figure)
        return


def _can_be_named(label: str) -> bool:
    """Whether a name of a figure can hold a label of the log; else the value is named by its position."""
    return label == harmless(label).strip() and not {"[", "]"} & set(label)


def actions_table(analysis: Analysis) -> Table | None:
    """The actions, a row each; None where no rule found anything."""
    found = actions(analysis)
    if not found:
        return None
    rows = [
        (
            one.finding.claim,
            one.finding.evidence,
            one.advice.practice,
            one.advice.what,
            one.figure,
            one.now,
            one.name,
        )
        for one in found
    ]
    return table("actions", words.CAPTION, [Column(title, "prose") for title in words.COLUMNS], rows)


def actions_block(analysis: Analysis) -> list[Json]:
    """The actions in `result.json`."""
    return [
        {
            "finding": one.finding.claim,
            "evidence": one.finding.evidence,
            "section": one.finding.section,
            "practice": one.advice.practice,
            "what_to_try": one.advice.what,
            "figure": one.figure,
            "name": one.name,
            "now": one.value,
        }
        for one in actions(analysis)
    ]
