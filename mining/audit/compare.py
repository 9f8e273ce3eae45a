"""Two runs side by side: figures, variants, deviations, and whether the variants drift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mining.audit.measured import Measured
from mining.audit.quantities import unit_of
from mining.audit.statistics import drift, shares_differ
from mining.core.audit import Change, DeviationChange, Drift, VariantChange

HEADLINE = (
    "streams.cases",
    "streams.fulfilled",
    "streams.variants",
    "conformance.rate_streams",
    "conformance.fitness",
    "measures.lead_time.held.median_us",
    "measures.lead_time.held.p85_us",
    "measures.waiting.share",
    "measures.rework.back_to_activity_share",
    "ledger.rows_read",
    "ledger.rows_unmapped_share",
    "ledger.rows_rejected_share",
)
"""The figures that every comparison shows, before those that the audit names."""

_MOST = 10  # variants of each sort that are told
_SURE = 0.01  # p-value below which a difference is not put down to chance
_LOST = 0.01
_POINTS = 0.01  # a share that moves less is not worth a line, however sure it is


def changes(
    figures: Iterable[str], now: Measured, before: Measured | None, base: Measured | None, kept: Measured | None
) -> tuple[Change, ...]:
    """The figures now, before and in the base line, headline first. `kept` is now by the set-up of before."""
    found = []
    for figure in dict.fromkeys([*HEADLINE, *figures]):
        values = [None if one is None else one.figures.get(figure) for one in (now, before, base, kept)]
        if any(value is not None for value in values[:3]):
            found.append(Change(figure, unit_of(figure), *values))
    return tuple(found)


def variants(now: Measured, before: Measured) -> tuple[VariantChange, ...]:
    """New and gone variants, the most frequent first, and those whose share moved by more than chance explains.

    Many variants are tested at once, so each has to pass a p-value of 0.01 divided by their number (Bonferroni).
    """
    n, m = sum(before.variants.values()), sum(now.variants.values())
    both = [key for key in now.variants if key in before.variants]
    sorts: dict[str, list[tuple[int, VariantChange]]] = {"new": [], "gone": [], "grown": [], "shrunk": []}
    for key in dict.fromkeys([*now.variants, *before.variants]):
        streams, earlier = now.variants.get(key, 0), before.variants.get(key, 0)
        share, share_before = (streams / m if m else None), (earlier / n if n else None)
        what = "new" if not earlier else "gone" if not streams else ""
        if not what:
            moved = (share or 0) - (share_before or 0)
            p_value = shares_differ(earlier, n, streams, m)
            if abs(moved) < _POINTS or p_value * len(both) >= _SURE:
                continue
            what = "grown" if moved > 0 else "shrunk"
        one = VariantChange(what, key[0], key[1], streams, earlier, share, share_before)
        sorts[what].append((abs(streams - earlier), one))
    return tuple(one for found in sorts.values() for _, one in sorted(found, key=lambda pair: -pair[0])[:_MOST])


def deviations(now: Measured, before: Measured) -> tuple[DeviationChange, ...]:
    """Deviations that are new, then those that are gone, those of most streams first."""
    found = [
        DeviationChange("new" if sentence in now.deviations else "gone", sentence, streams, earlier)
        for sentence in dict.fromkeys([*now.deviations, *before.deviations])
        for streams, earlier in [(now.deviations.get(sentence, 0), before.deviations.get(sentence, 0))]
        if not streams or not earlier
    ]
    return tuple(sorted(found, key=lambda one: (one.what == "gone", -one.streams - one.streams_before, one.sentence)))


def variant_drift(now: Measured, before: Measured) -> Drift | None:
    """Whether streams take other variants than before. Only streams that are not open: those change by getting on.

    Of a growing export those that ended since are tested, so that what is in both exports hides nothing.
    """
    since = ended_since(now, before)
    found = drift(_ended(before), _ended(now) if since is None else since)
    return found if found is None or since is None else replace(found, growing=True)


def ended_since(now: Measured, before: Measured) -> dict[tuple[str, ...], int] | None:
    """Of an export that grows: the streams by variant that ended since the run before; None where it does not grow.

    It grows where it begins at the same moment and goes on longer, and hardly any variant has fewer streams than before
    (streams that were re-opened, at most 1 %).
    """
    if now.window[0] != before.window[0] or now.window[1] <= before.window[1]:
        return None
    old, new = _ended(before), _ended(now)
    lost = sum(max(0, streams - new.get(key, 0)) for key, streams in old.items())
    if lost > _LOST * sum(old.values()):
        return None
    return {key: streams - old.get(key, 0) for key, streams in new.items() if streams > old.get(key, 0)}


def _ended(one: Measured) -> dict[tuple[str, ...], int]:
    counted: dict[tuple[str, ...], int] = {}
    for (symbols, state), streams in one.variants.items():
        if state != "open":
            counted[symbols] = counted.get(symbols, 0) + streams
    return counted
