"""Whether the process changed between two runs: by more than chance explains, by enough to be told, and by more than
earlier periods differ among themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from mining.audit.compare import came_since, grows, variant_drift
from mining.audit.latest import Latest
from mining.audit.measured import Measured
from mining.audit.quantities import in_words
from mining.audit.statistics import percentiles_differ, shares_differ
from mining.audit.usual import exceeds, moves_beyond
from mining.core.audit import Drift, Unit

_SURE = 0.01
_EFFECT = 0.1  # Cramér's V and the distance of lead times: below it a difference is small (Cohen 1988)
_POINTS = 0.02  # by how much a share must move to be told

Limit = tuple[bool, float]


@dataclass
class Told:
    """Differences in words: those that are `beyond` what is usual, and those `within`."""

    beyond: list[str] = field(default_factory=list)
    within: list[str] = field(default_factory=list)

    def add(self, said: str, limit: Limit | None, known: int) -> None:
        """Take in a difference that chance does not explain; `limit` says whether it is greater than usual, and what is
        usual, None where that is not known."""
        if limit is None:
            said += f" How much such periods differ anyway is not known yet (earlier differences: {known})."
        else:
            said += f" Up to {limit[1]:.2f} is usual (earlier differences: {known})."
        (self.within if limit is not None and not limit[0] else self.beyond).append(said)


def process_changes(
    now: Measured, before: Measured, earlier: Callable[[], Sequence[Measured]] | None = None
) -> tuple[list[str], list[str]]:
    """What differs by more than chance, and is not small: what also differs by more than earlier periods do among
    themselves, as far as these are known, and what does not.

    `earlier` gives the runs before `before` that were counted alike, the latest first; None where nobody asks for what
    is usual. It is only called where something differs, and not for an export that grows, whose earlier periods are in
    itself.
    """
    if not grows(now, before):
        return _of_runs(now, before, earlier)
    since = came_since(now, before)
    return ([], []) if since is None else _of_periods(since, variant_drift(now, before))


def _of_periods(since: Latest, drifted: Drift | None) -> tuple[list[str], list[str]]:
    sure = _SURE / 3  # a week is small, and three tests are made of it: Bonferroni
    streams, usual, told = "streams that began since", since.usual, Told()
    for effect, said in _variants(streams, drifted, sure):
        told.add(said, exceeds(effect, [one.variants for one in usual], _SURE), len(usual))
    times = (since.before.times, since.before.valued, since.now.times, since.now.valued)
    for distance, said in _lead_times(streams, *times, sure=sure):
        told.add(said, exceeds(distance, [one.times for one in usual], _SURE), len(usual))
    name = "streams that reach value in the time that they are looked at"
    values = (since.before.valued, since.before.streams, since.now.valued, since.now.streams)
    for moved, said in _share(name, *values, sure=sure):
        told.add(said, moves_beyond(moved, [one.share for one in usual], _SURE), len(usual))
    return told.beyond, told.within


_Differ = Callable[[Measured, Measured], "float | None"]


def _of_runs(
    now: Measured, before: Measured, earlier: Callable[[], Sequence[Measured]] | None
) -> tuple[list[str], list[str]]:
    found: list[tuple[float, str, _Differ, bool]] = []
    for effect, said in _variants("streams", variant_drift(now, before), _SURE):
        found.append((effect, said, _effect, False))
    times = (before.lead_times, _timed(before), now.lead_times, _timed(now))
    for distance, said in _lead_times("streams", *times, sure=_SURE):
        found.append((distance, said, _distance, False))
    for name, hits, of in (*_kept_to(now, before), *_SHARES):
        old, new = (_counts(one, hits, of) for one in (before, now))
        for moved, said in _share(name, *old, *new, sure=_SURE):
            found.append((moved, said, partial(_moved, hits=hits, of=of), True))
    if earlier is None or not found:
        return [said for _, said, _, _ in found], []
    told = Told()
    pairs = [(a, b) for a, b in pairwise([before, *earlier()]) if not grows(a, b)]
    for value, said, differ, both_ways in found:
        usual = [differ(a, b) for a, b in pairs]
        told.add(said, (moves_beyond if both_ways else exceeds)(value, usual, _SURE), len(usual))
    return told.beyond, told.within


def _effect(now: Measured, before: Measured) -> float | None:
    found = variant_drift(now, before)
    return None if found is None else found.effect


def _distance(now: Measured, before: Measured) -> float | None:
    if not now.lead_times or not before.lead_times:
        return None
    return percentiles_differ(before.lead_times, _timed(before), now.lead_times, _timed(now))[0]


def _moved(now: Measured, before: Measured, *, hits: str, of: str) -> float | None:
    (new, among), (old, among_before) = _counts(now, hits, of), _counts(before, hits, of)
    return new / among - old / among_before if among and among_before else None


def _counts(one: Measured, hits: str, of: str) -> tuple[int, int]:
    return int(one.figures.get(hits, 0)), int(one.figures.get(of, 0))


def _variants(streams: str, drifted: Drift | None, sure: float) -> Iterator[tuple[float, str]]:
    if drifted is not None and drifted.p_value < sure and drifted.effect >= _EFFECT:
        yield (
            drifted.effect,
            f"{streams} take other variants (chi-square {drifted.statistic:,.1f}, {drifted.degrees} degrees of "
            f"freedom, p {_p(drifted.p_value)}; effect, Cramér's V: {drifted.effect:.2f}).",
        )


def _lead_times(
    streams: str, before: tuple[int, ...], n: int, now: tuple[int, ...], m: int, *, sure: float
) -> Iterator[tuple[float, str]]:
    distance, p_value = percentiles_differ(before, n, now, m)
    if p_value < sure and distance >= _EFFECT:
        yield (
            distance,
            f"lead times of {streams} to the first value held differ (Kolmogorov-Smirnov distance {distance:.2f}, "
            f"p {_p(p_value)}): median {in_words(before[50], Unit.DURATION)} before, "
            f"{in_words(now[50], Unit.DURATION)} now.",
        )


def _share(
    name: str, hits_before: int, of_before: int, hits: int, of: int, *, sure: float
) -> Iterator[tuple[float, str]]:
    if not of_before or not of:
        return
    moved, p_value = hits / of - hits_before / of_before, shares_differ(hits_before, of_before, hits, of)
    if abs(moved) >= _POINTS and p_value < sure:
        yield moved, f"{name}: {hits_before / of_before:.1%} before, {hits / of:.1%} now (of {of:,}; p {_p(p_value)})."


def _kept_to(now: Measured, before: Measured) -> Iterator[tuple[str, str, str]]:
    """The shares of streams that keep to a reference stream, for each that both runs have."""
    for figure in now.figures:
        block, _, name = figure.rpartition(".")
        if name != "conforming" or figure not in before.figures:
            continue
        if block == "conformance":
            yield "streams that keep to the reference stream", figure, f"{block}.checked"
        elif block.startswith("further_conformance[reference=") and block.endswith("]"):
            yield f"streams that keep to {block[30:-1]}", figure, f"{block}.checked"


_SHARES = (
    ("streams that come back to an activity", "measures.rework.back_to_activity", "measures.rework.streams"),
    ("streams that are re-opened", "measures.rework.reopened", "measures.rework.streams"),
)


def _timed(one: Measured) -> int:
    return int(one.figures.get("measures.lead_time.held.n", 0))


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
