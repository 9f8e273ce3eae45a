"""The variants as rows of chevrons."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from mining.core.activities import State, Value
from mining.core.analysis import Analysis
from mining.core.events import Symbol
from mining.core.results import VariantCheck
from mining.core.streams import Quantiles, Variant
from mining.report import names, words
from mining.report.formats import count, cut, harmless, share
from mining.report.tally import checks_by_variant, top_variants

MOST_CHEVRONS = 16
LONGEST_STEP = 18


@dataclass(frozen=True, slots=True)
class Chevron:
    """One element of a route. `token` names the activity's colour; `mark` is what happens to value here."""

    text: str
    title: str
    token: str
    mark: Value | None


@dataclass(frozen=True, slots=True)
class Route:
    """One variant as the page shows it. `verdict` is "conforming", "deviating" or "unchecked"."""

    number: int
    chevrons: tuple[Chevron, ...]
    further: int
    state: str
    streams: int
    ratio: float | None
    cumulative: float | None
    times: Quantiles | None
    verdict: str
    check: str
    deviations: str
    text: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The variants that have no row of their own."""

    variants: int
    streams: int
    ratio: float | None


def routes(analysis: Analysis) -> tuple[tuple[Route, ...], Tail]:
    """The most frequent variants, and the rest in one."""
    streams, checks = analysis.streams, checks_by_variant(analysis)
    first = top_variants(streams)
    sums = accumulate(one.streams for one in first)
    times = analysis.measures.variant_lead_time
    rows = tuple(
        _route(
            one, share(total, streams.cases), share(one.streams, streams.cases), times.get(one.id), checks.get(one.id)
        )
        for one, total in zip(first, sums, strict=True)
    )
    left = sum(one.streams for one in streams.variants) - sum(one.streams for one in first)
    return rows, Tail(len(streams.variants) - len(first), left, share(left, streams.cases))


def needed_for(analysis: Analysis, ratio: float) -> int | None:
    """How many variants, the most frequent first, cover `ratio` of the streams; None where all do not."""
    sums = accumulate(one.streams for one in sorted(analysis.streams.variants, key=lambda one: one.id))
    enough = (number for number, total in enumerate(sums, 1) if total >= ratio * analysis.streams.cases)
    return next(enough, None) if analysis.streams.cases else None


def _route(
    variant: Variant, cumulative: float | None, ratio: float | None, times: Quantiles | None, check: VariantCheck | None
) -> Route:
    shown = variant.symbols[:MOST_CHEVRONS]
    verdict, said, deviations = _verdict(variant, check)
    return Route(
        number=variant.id + 1,
        chevrons=tuple(map(_chevron, shown)),
        further=len(variant.symbols) - len(shown),
        state=names.state(variant.state),
        streams=variant.streams,
        ratio=ratio,
        cumulative=cumulative,
        times=times,
        verdict=verdict,
        check=said,
        deviations=deviations,
        text=" → ".join(map(names.symbol, variant.symbols)),
    )


def _chevron(symbol: Symbol) -> Chevron:
    text = names.short(symbol.activity) if symbol.step is None else cut(harmless(symbol.step), LONGEST_STEP)
    return Chevron(text, names.symbol(symbol), activity_token(symbol.activity.value), symbol.value)


def activity_token(activity: str) -> str:
    """The name of an activity in the style sheet."""
    return activity.replace("_", "-")


def _verdict(variant: Variant, check: VariantCheck | None) -> tuple[str, str, str]:
    if check is None:
        return "unchecked", words.NOT_CHECKED, ""
    if check.conforms:
        return "conforming", words.CONFORMS_SO_FAR if variant.state is State.OPEN else words.CONFORMS, ""
    number = len(check.deviations)
    said = words.DEVIATIONS_ONE if number == 1 else words.DEVIATIONS_MANY.format(n=count(number))
    deviations = "; ".join(names.deviation(one.kind, one.label, one.instead_of) for one in check.deviations)
    return "deviating", said, deviations
