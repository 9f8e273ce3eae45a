"""From a finding to its evidence: which deviation, in which variants, and single streams with their visits in time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mining.core.analysis import Analysis
from mining.core.conformance import Evidence
from mining.core.examples import Example
from mining.core.results import Deviation
from mining.report import example_words as words
from mining.report import names
from mining.report.formats import count, cut, date, duration, harmless, percent, share
from mining.report.language import t, told
from mining.report.routes import activity_token, routes
from mining.report.tally import commonest

Json = dict[str, Any]
_LONGEST_ANCHOR = 60
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of one deviation. `variants` are numbers, each with whether the page has a row for it."""

    anchor: str
    sentence: str
    streams: int
    said: tuple[str, ...]
    variants: tuple[tuple[int, bool], ...]


def anchors(analysis: Analysis) -> dict[str, str]:
    """Where on the page the evidence for a deviation stands, by the deviation's key; the same in every report, so that
    a link to it still works next week."""
    found: dict[str, str] = {}
    for one, _ in _examined(analysis):
        words_of_key = re.sub(r"[^a-z0-9]+", "-", one.key.lower()).strip("-")[:_LONGEST_ANCHOR]
        anchor, n = f"deviation-{words_of_key}", 2
        while anchor in found.values():
            anchor, n = f"deviation-{words_of_key}-{n}", n + 1
        found[one.key] = anchor
    return found


def evidence(analysis: Analysis) -> tuple[Shown, ...]:
    """The deviations that examples were taken of, the one that most streams have first."""
    checked = 0 if analysis.conformance is None else analysis.conformance.checked
    of_key, on_page = anchors(analysis), {route.number for route in routes(analysis)[0]}
    looked_at = (
        {} if analysis.conformance is None or not analysis.conformance.cases else analysis.conformance.cases.evidence
    )
    return tuple(
        Shown(
            anchor=of_key[one.key],
            sentence=harmless(told(one.sentence)),
            streams=one.streams,
            said=tuple(_said(one, checked, looked_at.get(number))),
            variants=tuple((variant + 1, variant + 1 in on_page) for variant in one.variants),
        )
        for one, number in _examined(analysis)
    )


def _examined(analysis: Analysis) -> list[tuple[Deviation, int]]:
    """Deviations with examples, each with its index; the one that most streams have first."""
    found = analysis.conformance
    if found is None or found.cases is None:
        return []
    number = {one: i for i, one in enumerate(found.deviations)}
    return [(one, number[one]) for one in commonest(found.deviations) if number[one] in found.cases.examples]


def _said(one: Deviation, checked: int, of: Evidence | None) -> Iterable[str]:
    ratio = percent(share(one.streams, checked))
    yield words.COUNTED.format(n=count(one.streams), checked=count(checked), share=ratio, times=count(one.occurrences))
    if of is None:
        return
    if of.effect.with_it.median is not None and of.effect.without_it.median is not None:
        with_it, without_it = duration(of.effect.with_it.median), duration(of.effect.without_it.median)
        yield words.WITH_WITHOUT.format(one=with_it, other=without_it)
    if of.first is not None and of.last is not None:
        yield words.SEEN.format(first=date(of.first), last=date(of.last), trend=t(of.trend.direction))


def of_variants(analysis: Analysis) -> tuple[int, ...]:
    """The numbers of the variants that the page has examples of."""
    return tuple(variant + 1 for variant in sorted(analysis.examples))


def named(analysis: Analysis) -> bool:
    """Whether any example says which ticket it is."""
    return any(one.case is not None for _, each in _all(analysis) for one in each)


def _all(analysis: Analysis) -> list[tuple[str, tuple[Example, ...]]]:
    """All examples, each list by the anchor where it stands."""
    found = analysis.conformance
    of_key, cases = anchors(analysis), None if found is None else found.cases
    of_deviations = [] if cases is None else [(of_key[one.key], cases.examples[n]) for one, n in _examined(analysis)]
    return of_deviations + [(f"examples-variant-{n + 1}", each) for n, each in sorted(analysis.examples.items())]


def link_to(analysis: Analysis, case: str | None) -> str | None:
    """Where the source tool shows a ticket, if the mapping says so. Nothing of the ticket's name can be more than a
    part of the path or query that the mapping wrote."""
    for before, pattern in analysis.mapping.ticket_links if case is not None else ():
        if case is not None and case.startswith(before):
            return pattern.replace("{ticket}", quote(case[len(before) :], safe=""))
    return None


# ------------------------------------------------------------------------------------------------------- the page


def page_data(analysis: Analysis) -> Json:
    """The examples as the page's script draws them, each once though several lists may show it.

    labels: name, colour, waiting, value mark; examples: ticket, address, start (seconds since 1970, UTC), how long it
    took in words, visits (label, seconds since the start, seconds that it took, in words), marks (visit, text, whether
    something is missing there), number of further visits; lists: which of them, by anchor.
    """
    used: dict[int, int] = {}
    known: dict[Example, int] = {}
    lists: dict[str, list[int]] = {}
    for anchor, each in _all(analysis):
        for one in each:
            for visit in one.visits:
                used.setdefault(visit, len(used))
        lists[anchor] = [known.setdefault(one, len(known)) for one in each]
    labels = [analysis.streams.labels[visit] for visit in used]
    return {
        "labels": [
            [
                names.place(one.activity, cut(one.step) if one.step else one.step),
                activity_token(one.activity.value),
                names.waiting_on(one.waiting) if one.waiting else "",
                names.value_mark(one.value) if one.value else "",
            ]
            for one in labels
        ],
        "examples": [_drawn(analysis, one, used) for one in known],
        "lists": lists,
        "words": {
            "columns": words.COLUMNS,
            "example": words.EXAMPLE,
            "further": words.FURTHER,
            "so_far": words.SO_FAR,
        },
    }


def _drawn(analysis: Analysis, one: Example, number: dict[int, int]) -> list[Any]:
    begin = one.starts[0] if one.starts else 0
    last = one.stops[-1] if one.stops else None
    visits = [
        [
            number[visit],
            (start - begin) // _SECOND,
            None if stop is None else (stop - start) // _SECOND,
            words.SO_FAR if stop is None else duration(stop - start),
        ]
        for visit, start, stop in zip(one.visits, one.starts, one.stops, strict=True)
    ]
    marks = [
        [mark.at, names.deviation(mark.kind, mark.label, mark.instead_of), int(mark.kind.value == "missing")]
        for mark in one.marks
    ]
    took = words.SO_FAR if last is None else duration(last - begin)
    ticket = None if one.case is None else harmless(one.case)
    return [ticket, link_to(analysis, one.case), begin // _SECOND, took, visits, marks, one.further]


# ---------------------------------------------------------------------------------------------------- result.json


def examples_block(analysis: Analysis) -> Json:
    """The examples in `result.json`."""
    cases = None if analysis.conformance is None else analysis.conformance.cases
    return {
        "deviations": []
        if cases is None
        else [
            {"key": one.key, "streams": [_stream(analysis, each) for each in cases.examples[number]]}
            for one, number in _examined(analysis)
        ],
        "variants": [
            {"number": variant + 1, "streams": [_stream(analysis, each) for each in shown]}
            for variant, shown in sorted(analysis.examples.items())
        ],
    }


def _stream(analysis: Analysis, one: Example) -> Json:
    labels = [analysis.streams.labels[visit] for visit in one.visits]
    return {
        "ticket": one.case,
        "address": link_to(analysis, one.case),
        "variant": one.variant + 1,
        "state": one.state.value,
        "visits": [
            {
                "activity": label.activity.value,
                "step": label.step,
                "waiting": label.waiting,
                "value": None if label.value is None else label.value.value,
                "start_us": start,
                "end_us": stop,
            }
            for label, start, stop in zip(labels, one.starts, one.stops, strict=True)
        ],
        "further_visits": one.further,
        "deviations": [
            {"kind": mark.kind.value, "label": mark.label, "instead_of": mark.instead_of, "at_visit": mark.at}
            for mark in one.marks
        ],
    }
