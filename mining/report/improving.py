"""What is said of improvement, of run and change, and of how often value came, beside their tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.improvement import Effect, Improvement, Interval, Ripple, Verdict
from mining.core.realised import Children
from mining.report import improve_words as words
from mining.report.formats import count, decimal, duration, many, percent, share
from mining.report.language import t, told


@dataclass(frozen=True, slots=True)
class Improving:
    """The sentences of the section on improvement."""

    how: tuple[str, ...]
    effects: tuple[str, ...]
    ripple: str | None
    observed: str
    tells_effects: bool  # else its table is of dashes
    tells_ripple: bool  # the same


def improving(analysis: Analysis) -> Improving | None:
    """The sentences on improvement; None where nothing could lead to one."""
    found = analysis.measures.improvement
    if found is None:
        return None
    compared = any(one.verdict is Verdict.COMPARED for one in found.effects)
    return Improving(
        how=tuple(_how(found)),
        effects=_effects(found),
        ripple=None if found.ripple is None else _ripple(found.ripple),
        observed=words.OBSERVED if compared else "",
        tells_effects=any(one.ratio is not None for one in found.effects),
        tells_ripple=found.ripple is not None and found.ripple.ratio is not None,
    )


def value_sentences(analysis: Analysis) -> tuple[str, ...]:
    """What is said of children, of cascaded closures, and of times that contradict each other."""
    found = analysis.measures.realised
    if found is None:
        return ()
    said = [] if found.children is None or not found.children.tickets else list(_children(found.children))
    if found.against_time.streams:
        said.append(
            words.AGAINST_TIME.format(
                streams=many(found.against_time.streams, "stream"),
                verb=t("contradicts") if found.against_time.streams == 1 else t("contradict"),
                value=count(found.against_time.value),
                end=count(found.against_time.end),
            )
        )
    return tuple(said)


def one_scope(analysis: Analysis) -> str:
    """What is said in place of a section on run and change where there is nothing to split; else nothing."""
    found = analysis.measures.scopes
    if found is None or len(found.parts) != 1:
        return ""
    (only,) = found.parts
    scope = words.SCOPES_SAID[only.scope]
    return words.ONE_SCOPE.format(streams=many(only.streams, "stream"), by=t(found.told_by), scope=scope)


def number(value: float | None) -> str:
    """A ratio as it is said in a sentence."""
    return "–" if value is None else decimal(value, 2)


def _how(found: Improvement) -> Iterator[str]:
    if found.fact is None:
        yield words.NOT_GROUPED
        return
    yield words.GROUPED.format(
        fact=words.FACTS[found.fact.value],
        telling=count(found.telling),
        all=many(found.incidents, "incident"),
        share=percent(share(found.telling, found.incidents)),
        groups=many(found.groups, "group"),
        least=found.least,
        days=found.days,
        recurring=many(found.recurring, "group"),
        recurring_share=percent(share(found.recurring, found.groups)),
        incidents=many(found.in_recurring, "incident"),
    )
    if found.beyond:
        yield words.BEYOND.format(most=count(found.looked_at), beyond=count(found.beyond), least=found.least)


def _effects(found: Improvement) -> tuple[str, ...]:
    """A sentence for each kind; one for all where none is shown, for one reason."""
    reasons = {one.reason if one.verdict is Verdict.NOT_SHOWN else "" for one in found.effects}
    if len(found.effects) > 1 and len(reasons) == 1 and "" not in reasons:
        return (words.NONE_SHOWN.format(reason=told(reasons.pop())),)
    return tuple(_effect(one, found) for one in found.effects)


def _effect(one: Effect, found: Improvement) -> str:
    what = words.LED_TO[one.kind.value]
    if one.verdict is Verdict.NOT_SHOWN or one.ratio is None:
        return words.NOT_SHOWN.format(what=what, reason=told(one.reason))
    low, high = number(one.ratio.low), number(one.ratio.high)
    if one.verdict is Verdict.ASSOCIATION:
        against = (
            words.AGAINST_BEFORE.format(n=count(one.before))
            if one.expected is None
            else words.AGAINST_EXPECTED.format(n=_rounded(one.expected))
        )
        after = many(one.after if one.expected is None else one.compared_after, "incident")
        return words.ASSOCIATION.format(
            what=what, after=after, days=found.days, against=against, low=low, high=high, reason=told(one.reason)
        )
    compared = words.COMPARED.format(
        what=what,
        after=many(one.compared_after, "incident"),
        days=found.days,
        groups=many(one.compared, "group"),
        comparison=count(one.comparison),
        expected=_rounded(one.expected),
        ratio=number(one.ratio.ratio),
        low=low,
        high=high,
        meaning=_meaning(one.ratio),
        fewer=t("{n} of {all}", n=count(one.fewer), all=count(one.groups)),
        comparison_fewer=percent(one.comparison_fewer),
    )
    return f"{compared} {told(one.reason)}" if one.reason else compared


def _rounded(value: float | None) -> str:
    return "–" if value is None else decimal(value, 0)


def _meaning(ratio: Interval) -> str:
    if ratio.high is not None and ratio.high < 1:
        return words.FEWER
    return words.MORE if ratio.low > 1 else words.SAME


def _ripple(one: Ripple) -> str:
    if one.verdict is Verdict.NOT_SHOWN or one.ratio is None:
        return words.RIPPLE_NOT_SHOWN.format(reason=told(one.reason))
    return words.RIPPLE.format(
        after_days=one.days_after,
        after=many(one.after, "incident"),
        rate=number(one.after_each),
        before_days=one.days_before,
        before=count(one.before),
        base=number(one.base_line),
        ratio=number(one.ratio.ratio),
        low=number(one.ratio.low),
        high=number(one.ratio.high),
        alone=many(one.alone, "change"),
    )


def _children(found: Children) -> Iterator[str]:
    lead, absent = words.CHILD_NO_LEAD, ""
    if found.lead_time is not None:
        times = found.lead_time
        lead = words.CHILD_LEAD.format(
            median=duration(times.median), p85=duration(times.p85), n=many(times.n, "stream")
        )
    if found.absent:
        absent = words.CHILD_ABSENT.format(n=count(found.absent))
    yield words.CHILDREN.format(tickets=many(found.tickets, "ticket"), lead=lead, absent=absent)
    yield words.CASCADED.format(
        n=count(found.cascaded), with_value=many(found.with_value, "stream"), resolutions=count(found.resolutions)
    )
