"""What the report says of cohorts and of tickets that were left out, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.cohorts import FEW, PERIOD, Cohort, CohortKind, Cohorts, Comparison, Size
from mining.report import cohort_words as words
from mining.report.formats import NOTHING, count, cut, decimal, duration, harmless, many, percent
from mining.report.language import local, t, told

_MOST_NAMED = 4
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class CohortSentences:
    """The sentences of the section; empty where there is nothing to say. `pair` heads the table of two cohorts."""

    how: str
    others: str
    few: str
    pair: str
    no_pair: str
    pair_many: str
    rest_many: str
    steps: str
    no_cause: str
    definitions: tuple[tuple[str, str], ...]


def cohort_sentences(analysis: Analysis) -> CohortSentences | None:
    """The sentences; None where streams were not split."""
    found = analysis.cohorts
    if found is None:
        return None
    few = [name(one) for one in found.cohorts if one.few]
    others = any(one.kind is CohortKind.OTHERS for one in found.cohorts)
    return CohortSentences(
        how=" ".join([_how(found), *_no_trend(analysis)]),
        others=words.OTHERS if others else "",
        few=words.FEW.format(few=FEW, names=_list(few)) if few else "",
        pair="" if found.pair is None else t(" and ").join(name(found.cohorts[place]) for place in found.pair),
        no_pair=words.NO_PAIR if found.pair is None else "",
        pair_many=_many(found.side_by_side),
        rest_many=_many(found.against_rest),
        steps=words.STEPS.format(step=duration(found.step)) if found.step > 1 else "",
        no_cause=words.NO_CAUSE,
        definitions=words.COHORT_DEFINITIONS,
    )


def name(of: Cohort) -> str:
    """What a cohort is called."""
    if of.kind is CohortKind.VALUE and of.label is not None:
        return cut(harmless(of.label), _LONGEST)
    return words.KINDS[of.kind.value]


def verdict(of: Comparison) -> str:
    """Whether a difference is more than chance, in words."""
    if of.by_chance is None or of.size is None:
        return words.UNTOLD
    if of.by_chance:
        return words.CHANCE
    return words.NOT_CHANCE_NEGLIGIBLE if of.size is Size.NEGLIGIBLE else words.NOT_CHANCE.format(size=t(of.size.value))


def chosen_line(analysis: Analysis) -> list[str]:
    """Which tickets the analysis is about, as one line; none where it is about all of them."""
    found = analysis.filtered
    if found is None:
        return []
    conditions = words.AND.join(cut(harmless(one.text)) for one in found.conditions)
    said = words.REACHED if found.reached else words.ONLY
    return [said.format(kept=count(found.kept), tickets=many(found.tickets, "ticket"), conditions=conditions)]


def cohort_line(analysis: Analysis) -> tuple[str, str] | None:
    """Cohorts in one line of the summary: how many, and the median lead times of the first ones."""
    found = analysis.cohorts
    if found is None:
        return None
    shown = [f"{name(one)} {duration(one.median.value)}" for one in found.cohorts[:_MOST_NAMED]]
    if len(found.cohorts) > _MOST_NAMED:
        shown.append("…")
    return count(len(found.cohorts)), t(
        "by {split}, median lead time: {times}", split=harmless(found.split.name), times=", ".join(shown)
    )


def privacy(analysis: Analysis) -> str:
    """What is to be said where the report may name people; else nothing."""
    asked = (analysis.cohorts, analysis.filtered)
    return words.PRIVACY_PEOPLE if any(one is not None and one.may_name_people for one in asked) else ""


def between(low: str, high: str) -> str:
    """An interval in one line, from its two ends as texts."""
    return t("{low} to {high}", low=low, high=high).replace(" ", "\u00a0")


def chance(p: float | None) -> str:
    """A value of p (0 to 1) as text."""
    if p is None:
        return NOTHING
    return local("< 0.001") if p < 0.001 else decimal(p, 3)


def shares_between(low: float | None, high: float | None) -> str:
    """An interval of shares as text."""
    if low is None or high is None:
        return NOTHING
    texts = percent(low), percent(high)
    if any(not text[0].isdigit() for text in texts):  # "> 99.9 %"
        return between(*texts)
    return between(texts[0].removesuffix(" %"), texts[1])


def points(value: float) -> str:
    """A difference of shares: "+1.2 points"."""
    return t("{n} points", n=f"{'−' if value < 0 else '+'}{decimal(abs(value) * 100, 1)}")


def _how(found: Cohorts) -> str:
    by_period = found.split.column == PERIOD
    said = words.HOW_PERIOD if by_period else words.HOW
    values = many(found.values, "period" if by_period else "value")
    return said.format(by=cut(harmless(found.split.name)), values=values)


def no_trend(analysis: Analysis) -> str | None:
    """Why cohorts by period do not tell how things went over time; None where they do, or are by something else."""
    found, selected = analysis.cohorts, analysis.measures.selection
    return selected.reason if found and found.split.column == PERIOD and selected.by_completion else None


def _no_trend(analysis: Analysis) -> list[str]:
    reason = no_trend(analysis)
    return [words.NO_TREND.format(reason=harmless(told(reason)))] if reason else []


def _many(comparisons: tuple[Comparison, ...]) -> str:
    told = sum(one.p is not None for one in comparisons)
    return words.MANY.format(n=count(told)) if told > 1 else ""


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}{t(' and ')}{names[-1]}"
