"""The variants as rows of chevrons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate

from mining.core.activities import State, Value
from mining.core.analysis import Analysis
from mining.core.events import Symbol
from mining.core.results import VariantCheck
from mining.core.streams import Quantiles, Variant
from mining.report import names, words
from mining.report.formats import count, cut, harmless, share
from mining.report.once import once
from mining.report.tally import checks_by_variant, further_deviating, top_variants

MOST_CHEVRONS = 12
LONGEST_STEP = 18
LONGEST_ROUTE = 1000  # of characters: a stream may have thousands of visits, and the page shall stay small


@dataclass(frozen=True, slots=True)
class Chevron:
    """One element of a route. `token` names the activity's colour; `mark` is what happens to value here."""

    text: str
    title: str
    token: str
    mark: Value | None


@dataclass(frozen=True, slots=True)
class Route:
    """One variant as the page shows it. `verdict` is "conforming", "deviating" or "unchecked".

    `extra` ones are deviating variants beyond the most frequent: shown only to those who ask for deviating ones.
    """

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
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Tail:
    """The variants that have no row of their own."""

    variants: int
    streams: int
    ratio: float | None


@once
def routes(analysis: Analysis) -> tuple[tuple[Route, ...], Tail]:
    """The most frequent variants, then the most frequent deviating ones beyond them; and what the first leave out."""
    streams, checks = analysis.streams, checks_by_variant(analysis)
    first = top_variants(streams)
    sums = accumulate(one.streams for one in first)
    rows = [_route(analysis, one, checks.get(one.id), total) for one, total in zip(first, sums, strict=True)]
    beyond = [_route(analysis, one, checks.get(one.id), None) for one in further_deviating(analysis)]
    rows += [replace(row, extra=True) for row in beyond]
    left = sum(one.streams for one in streams.variants) - sum(one.streams for one in first)
    return tuple(rows), Tail(len(streams.variants) - len(first), left, share(left, streams.cases))


def in_short(variant: Variant) -> str:
    """A variant in one line: "#3: log → route → resolve"."""
    route = " → ".join(_chevron(symbol).text for symbol in variant.symbols)
    return cut(f"#{variant.id + 1}: {route}", LONGEST_ROUTE)


def needed_for(analysis: Analysis, ratio: float) -> int | None:
    """How many variants, the most frequent first, cover `ratio` of the streams; None where all do not."""
    sums = accumulate(one.streams for one in sorted(analysis.streams.variants, key=lambda one: one.id))
    enough = (number for number, total in enumerate(sums, 1) if total >= ratio * analysis.streams.cases)
    return next(enough, None) if analysis.streams.cases else None


def _route(analysis: Analysis, variant: Variant, check: VariantCheck | None, total: int | None) -> Route:
    """`total` is how many streams this variant and the more frequent ones have together."""
    shown = variant.symbols[:MOST_CHEVRONS]
    verdict, said, deviations = _verdict(variant, check)
    cases = analysis.streams.cases
    return Route(
        number=variant.id + 1,
        chevrons=tuple(map(_chevron, shown)),
        further=len(variant.symbols) - len(shown),
        state=names.state(variant.state),
        streams=variant.streams,
        ratio=share(variant.streams, cases),
        cumulative=None if total is None else share(total, cases),
        times=analysis.measures.variant_lead_time.get(variant.id),
        verdict=verdict,
        check=said,
        deviations=cut(deviations, LONGEST_ROUTE),
        text=cut(" → ".join(map(names.symbol, variant.symbols)), LONGEST_ROUTE),
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
