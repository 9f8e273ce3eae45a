"""Analyses made by hand with streams to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report_builders import HOUR, START, analysis, planted

from mining.core.activities import State
from mining.core.analysis import Analysis
from mining.core.conformance import Cases, Effect, Evidence, Interval, Trend
from mining.core.examples import Example, Mark

LINK = (("", "https://desk.example.com/show?id={ticket}"),)


def stream(made: Analysis, variant: int, case: str | None = None, *, hours: int = 3) -> Example:
    """One stream of a variant, each visit so many hours long, with the deviations of its variant as marks."""
    path = made.streams.paths[variant]
    starts = tuple(START + at * hours * HOUR for at in range(len(path.visits) + 1))
    deviations = {one.variant: one.deviations for one in made.conformance.checks} if made.conformance else {}
    marks = tuple(
        Mark(one.kind, one.label, one.instead_of, at) for at, one in enumerate(deviations.get(variant, ()), 1)
    )
    last = None if path.state is State.OPEN else starts[-1]
    return Example(case, variant, path.state, path.visits, starts[:-1], (*starts[1:-1], last), marks=marks)


def with_examples(made: Analysis | None = None, names: Sequence[str] = ()) -> Analysis:
    """`made` with two examples of each deviation and of the first two variants; called `names` in turn, if any."""
    made = made or analysis()
    assert made.conformance is not None
    found = made.conformance
    named = iter(names)
    deviations = tuple(replace(one, key=f"{one.kind.value}/{one.label}".replace(" ", "-")) for one in found.deviations)
    examples = {
        number: tuple(stream(made, variant, next(named, None)) for variant in (one.variants * 2)[:2])
        for number, one in enumerate(deviations)
    }
    nothing = Interval(0, None, None, None)
    effect = Effect(Interval(9, 30 * HOUR, None, None), Interval(99, 3 * HOUR, None, None))
    evidence = {n: Evidence(effect, Trend((), None, None), START, START + 99 * HOUR) for n in examples}
    evidence[0] = replace(evidence[0], effect=Effect(nothing, nothing))
    return replace(
        made,
        conformance=replace(
            found, deviations=deviations, cases=Cases(evidence, len(evidence), "month", (), examples=examples)
        ),
        examples={variant: (stream(made, variant, next(named, None)),) for variant in (0, 1)},
        mapping=replace(made.mapping, ticket_links=LINK),
    )


def planted_examples() -> Analysis:
    """Every name hostile or strange, those of the tickets as well."""
    return with_examples(
        planted(), ["javascript:alert(1)", "../<b>x</b>?a=b&c#d", "</script><script>alert(3)</script>"]
    )
