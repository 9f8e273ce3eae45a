"""What is aligned in benchmarks/alignments.py: invented variants of several kinds, and those of real exports."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import mining
from mining.conformance import Reference, check, load_reference, parse_reference
from mining.conformance.automaton import Automaton, compile_stream
from mining.conformance.tree import names
from mining.conformance.view import SymbolTable, merge, producible
from mining.core.activities import Activity, State, Value
from mining.core.events import Symbol, VisitLabel
from mining.core.export import Holds
from mining.core.streams import Streams, Variant
from mining.core.variant_visits import VariantVisits, numbered

Word = tuple[str, ...]
Visits = tuple[Symbol, ...]

LONGEST = 40
SHARE_FOREIGN = 0.1

_HEAD = "name: Hard\ndemand: a need\nscope: run\nstream: "
LONG = (
    _HEAD + "[engage, {repeat: [deliver_and_support, {optional: [engage: ask]}]}, value, {optional: [engage: survey]}]"
)
ANY_ORDER = _HEAD + (
    "[engage, {in_any_order: [plan, improve, obtain_build, [design_and_transition, {engage: ask}], "
    "deliver_and_support]}, value]"
)
ENDLESS = _HEAD + (
    "[{one_of: [{repeat: [engage, deliver_and_support]}, {repeat: [plan, {optional: improve}, engage]}]}, value]"
)
"""Here beginnings do not come to the same: it matters for ever how much dearer one branch was."""


@dataclass(frozen=True)
class Set:
    """Variants and a reference stream. Everybody aligns the distinct merged streams `words` with `automaton`; `costs`
    are ours, one for each."""

    title: str
    reference: Reference
    streams: Streams
    automaton: Automaton
    words: list[Word]
    costs: list[int]

    @property
    def shape(self) -> str:
        """How many and how long."""
        visits = sum(len(variant.symbols) for variant in self.streams.variants)
        longest = max(map(len, self.words))
        return (
            f"{len(self.streams.variants):,} variants of {visits:,} visits, {len(self.words):,} merged streams of up "
            f"to {longest} names, {len(self.automaton.names)} states"
        )


def made(title: str, reference: Reference, streams: Streams) -> Set:
    """The set of these streams: of those that are checked in full, each distinct merged one once."""
    still_open = {variant.id for variant in streams.variants if variant.state is State.OPEN}
    found = check(reference, streams)
    costs = {one.merged: one.cost for one in found.checks if one.variant not in still_open}
    words = sorted(costs)
    shown = producible((label.symbol for label in streams.labels), frozenset(names(reference.stream)))
    automaton = compile_stream(reference.stream, shown.__contains__)
    return Set(title, reference, streams, automaton, words, [costs[word] for word in words])


def invented(incidents: int) -> list[Set]:
    """Incidents as they happen, and streams that are hard for a search."""
    found = []
    incident = load_reference("incident")
    variants = distinct_incidents(incidents, frozenset(names(incident.stream)))
    found.append(made(f"{incidents:,} incidents", incident, as_streams(variants)))
    for title, text, count, visits in (
        ("200 visits", LONG, 200, 200),
        ("800 visits", LONG, 50, 800),
        ("five in any order", ANY_ORDER, 2_000, 8),
    ):
        reference = parse_reference(text, "hard.yaml")
        found.append(made(title, reference, as_streams(random_variants(reference, count, visits, distinct=True))))
    return found


def real(told: str, reference: str) -> Set:
    """The variants of an export, told as PATH=MAPPING; read and mapped as `vsm analyse` does."""
    path, _, mapping = told.rpartition("=")
    streams = mining.analyse(path, mapping=mapping).analysis.streams
    return made(Path(path).name, load_reference(reference), streams)


def as_streams(variants: list[Visits]) -> Streams:
    """The variants as the streams room hands them over, each taken by one stream, their visits numbered."""
    labels = {VisitLabel(s.activity, s.step, None, s.value) for variant in variants for s in variant}
    of = tuple(Variant(i, symbols, State.ENDED, 1, 0) for i, symbols in enumerate(variants))
    return Streams(
        table=None,  # conformance never touches the engine
        labels=tuple(sorted(labels, key=repr)),
        paths=(),
        variants=of,
        steps=(),
        activities=(),
        holds=Holds.STATE,
        cases=len(variants),
        events=sum(map(len, variants)),
        visits=sum(map(len, variants)),
        states={State.ENDED: len(variants)},
        beyond_cap=0,
        can_end=True,
        can_realise_value=True,
        first_event=0,
        last_event=0,
        variant_visits=VariantVisits(of, *numbered(variants)),
    )


def merged_words(variants: list[Visits], named: frozenset[str]) -> list[Word]:
    """The variants as a reference stream with these names sees them."""
    merged = merge(SymbolTable.of(variants), named)
    words, at = (merged.tokens >> 1).tolist(), merged.offsets.tolist()
    return [tuple(merged.names[i] for i in words[low:high]) for low, high in pairwise(at)]


# -------------------------------------------------------------------------------------------- streams at random


def random_variants(reference: Reference, count: int, visits: int, *, distinct: bool) -> list[Visits]:
    """Variants of so many visits, a tenth of them foreign to the reference stream, so that hardly any two begin alike;
    with `distinct` all different once they are merged."""
    choose = random.Random(20261126)  # noqa: S311
    named = frozenset(names(reference.stream))
    known = sorted(name for name in named if name != "value")
    visit = {name: _visit(name) for name in known}  # as in any analysis, the same visit is the same object
    foreign = Symbol(Activity.PLAN, "again")
    found: dict[object, Visits] = {}
    while len(found) < count:
        one = [visit[choose.choice(known)] for _ in range(visits)]
        one = [foreign if choose.random() < SHARE_FOREIGN else each for each in one]
        one[-1] = Symbol(one[-1].activity, one[-1].step, Value.CLAIMED)
        key = merged_words([tuple(one)], named)[0] if distinct else len(found)
        found.setdefault(key, tuple(one))
    return list(found.values())


def _visit(name: str) -> Symbol:
    activity, _, step = name.partition(":")
    return Symbol(Activity(activity), step or None)


# ------------------------------------------------------------------------------------------ believable variants

E, S = Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT


class Incidents:
    """Incidents as service desks record them: contact, routing, asking back, chasing, resolving, re-opening."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._symbols: dict[tuple[Activity, str | None, Value | None], Symbol] = {}

    def _visit(self, activity: Activity, step: str | None = None, value: Value | None = None) -> Symbol:
        return self._symbols.setdefault((activity, step, value), Symbol(activity, step, value))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def one(self) -> Visits:
        """The visits of one incident, 3 to 40."""
        visits = [self._visit(E, "contact"), self._visit(E, "log")]
        if self._chance(0.1):
            visits.append(self._visit(E, "ask"))
        while True:
            self._work(visits)
            visits.append(self._visit(S, "resolve", Value.CLAIMED))
            if self._chance(0.25):
                visits.append(self._visit(E, "confirm", Value.CONFIRMED))
            if self._chance(0.2):
                visits.append(self._visit(E, "survey"))
            if len(visits) > LONGEST - 8 or not self._chance(0.35):
                return tuple(visits[:LONGEST])
            visits.append(self._visit(E, "reopen", Value.WITHDRAWN))

    def _work(self, visits: list[Symbol]) -> None:
        steps = ("route", "queue", "investigate", "await vendor")
        while len(visits) < LONGEST - 4 and self._chance(0.8):
            visits.append(self._visit(S, self._random.choices(steps, (4, 2, 5, 1))[0]))
            if self._chance(0.3):
                visits.append(self._visit(E, "ask"))
            elif self._chance(0.12):
                visits.append(self._visit(E, "contact"))  # the user chases
            elif self._chance(0.06):
                visits.append(self._visit(Activity.IMPROVE, "article"))
            elif self._chance(0.04):
                visits.append(self._visit(Activity.OBTAIN_BUILD, "fix"))
            elif self._chance(0.04):
                visits.append(self._visit(Activity.DESIGN_AND_TRANSITION, "release"))


def distinct_incidents(count: int, named: frozenset[str]) -> list[Visits]:
    """Incidents that are still all different once they are merged, so that nobody is spared any work."""
    source = Incidents(20261123)
    found: dict[Word, Visits] = {}
    while len(found) < count:
        drawn = [source.one() for _ in range(count)]
        for variant, word in zip(drawn, merged_words(drawn, named), strict=True):
            if len(found) < count:
                found.setdefault(word, variant)
    return list(found.values())
