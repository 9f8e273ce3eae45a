"""Which deviations were looked at more closely, case by case, and what is said of them in a sentence."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.core.conformance import Cases, Evidence
from mining.core.results import Conformance, Deviation
from mining.report import deviation_words as words
from mining.report import examples
from mining.report.formats import count, duration, harmless
from mining.report.language import told
from mining.report.tally import commonest

MOST_DRAWN = 5
"""So many deviations are drawn over time, and stand in the table of the chart."""


def looked_at(found: Conformance) -> list[tuple[Deviation, Evidence]]:
    """The deviations that were looked at more closely, the one that most streams have first."""
    number = {one: i for i, one in enumerate(found.deviations)}
    evidence = {} if found.cases is None else found.cases.evidence
    return [(one, evidence[number[one]]) for one in commonest(found.deviations) if number[one] in evidence]


def cases(analysis: Analysis) -> Cases | None:
    """What looking at the cases found; None where nobody did."""
    return None if analysis.conformance is None else analysis.conformance.cases


def costliest(analysis: Analysis) -> str:
    """One sentence on the deviation that goes with the most time, where that is sure."""
    found = analysis.conformance
    if found is None:
        return ""
    sure = [(of.effect.difference or 0, one, of) for one, of in looked_at(found) if of.effect.low and of.effect.low > 0]
    if not sure:
        return ""
    _, one, of = max(sure, key=lambda item: (item[0], item[1].streams, item[1].sentence))
    return words.COSTLIEST.format(
        deviation=harmless(told(one.sentence)),
        more=duration(of.effect.difference),
        low=duration(of.effect.low),
        high=duration(of.effect.high),
        n=count(of.effect.with_it.n),
    )


def named(analysis: Analysis) -> bool:
    """Whether the report names tickets as examples."""
    found = analysis.conformance
    return examples.named(analysis) or (found is not None and any(of.examples for _, of in looked_at(found)))
