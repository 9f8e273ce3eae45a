"""Hand-offs: the passages from one visit to the next, by step and by activity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.core.activities import Activity
from mining.core.events import VisitLabel
from mining.core.export import Holds
from mining.core.spans import Span, quantiles_by_key, realised_after
from mining.core.streams import HandOff, Path
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_Place = tuple[Activity, str | None]
_Pair = tuple[_Place | None, _Place | None]


@dataclass(frozen=True, slots=True)
class _Passage:
    """One passage of a path. `left` is the position from which its time runs (None: demand), `reached` that of the
    visit it leads to. With `Holds.POINT` the time runs from the last event of the visit at `last`."""

    pair: _Pair
    left: int | None
    last: int | None
    reached: int
    after_value: bool


def step_hand_offs(
    tables: Tables, streams: ir.Table, paths: Sequence[Path], labels: Sequence[VisitLabel], holds: Holds
) -> tuple[HandOff, ...]:
    """The hand-offs between (activity, step), the most frequent first."""
    places = [(label.activity, label.step) for label in labels]
    return _hand_offs(tables, streams, paths, holds, lambda path: _between_runs(path, places, labels))


def activity_hand_offs(
    tables: Tables, streams: ir.Table, paths: Sequence[Path], labels: Sequence[VisitLabel], holds: Holds
) -> tuple[HandOff, ...]:
    """The hand-offs between activities, with demand and value, the most frequent first; those within one activity are
    internal and not among them."""
    places: list[_Place] = [(label.activity, None) for label in labels]

    def passages(path: Path) -> Iterator[_Passage]:
        if path.visits:
            yield _Passage((None, places[path.visits[0]]), None, None, 0, after_value=False)
        yield from _between_runs(path, places, labels)
        yield from _to_value(path, places, labels)

    return _hand_offs(tables, streams, paths, holds, passages)


def _between_runs(path: Path, places: Sequence[_Place], labels: Sequence[VisitLabel]) -> Iterator[_Passage]:
    """The passages between runs of visits at the same place."""
    visits = path.visits
    realised = realised_after(visits, labels)
    run = 0
    for i in range(1, len(visits)):
        source, target = places[visits[i - 1]], places[visits[i]]
        if source != target:
            yield _Passage((source, target), run, i - 1, i, after_value=realised[i - 1])
            run = i


def _to_value(path: Path, places: Sequence[_Place], labels: Sequence[VisitLabel]) -> Iterator[_Passage]:
    """The passages into value: at each visit that claims or confirms it while it is not realised."""
    visits = path.visits
    realised = realised_after(visits, labels)
    run = 0
    for i, visit in enumerate(visits):
        if i and places[visits[i - 1]] != places[visit]:
            run = i
        if labels[visit].realises and not (i and realised[i - 1]):
            yield _Passage((places[visit], None), run, None, i, after_value=False)


def _hand_offs(
    tables: Tables,
    streams: ir.Table,
    paths: Sequence[Path],
    holds: Holds,
    passages: Callable[[Path], Iterator[_Passage]],
) -> tuple[HandOff, ...]:
    keys: dict[_Pair, int] = {}
    count: Counter[_Pair] = Counter()
    on_streams: Counter[_Pair] = Counter()
    late: Counter[_Pair] = Counter()
    spans: list[Span] = []
    for path in paths:
        met: Counter[_Pair] = Counter()
        for passage in passages(path):
            pair = passage.pair
            met[pair] += 1
            if passage.after_value:
                late[pair] += path.streams
                continue
            left = passage.last if holds is Holds.POINT and passage.last is not None else passage.left
            spans.append(Span(path.id, keys.setdefault(pair, len(keys)), left, passage.reached))
        for pair, times in met.items():
            count[pair] += times * path.streams
            on_streams[pair] += path.streams
    timed = quantiles_by_key(tables, streams, spans, start="lasts" if holds is Holds.POINT else "starts")
    found = [
        HandOff(
            source=source[0] if source else None,
            source_step=source[1] if source else None,
            target=target[0] if target else None,
            target_step=target[1] if target else None,
            count=count[pair],
            streams=on_streams[pair],
            after_value=late[pair],
            times=timed.get(keys[pair]) if pair in keys else None,
        )
        for pair in count
        for source, target in [pair]
    ]
    return tuple(sorted(found, key=_by_frequency))


def _by_frequency(h: HandOff) -> tuple[int, str, str, str, str]:
    return (-h.count, h.source or "", h.source_step or "", h.target or "", h.target_step or "")
