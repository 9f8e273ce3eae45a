"""The streams followed step by step: where they part from the way that most of them take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mining.core.activities import Activity, State
from mining.core.analysis import Analysis
from mining.core.spans import Bools, Ints, visits_of
from mining.core.streams import Path, Streams
from mining.report import parting_words as words
from mining.report import plots
from mining.report.formats import count, many, percent, plotly_text, share
from mining.report.names import colour, place
from mining.report.once import once
from mining.report.tabular import Column, Table, table

Json = dict[str, Any]
_Place = tuple[Activity, str | None]
Node = tuple[int, _Place | str]
"""A step, from 1, and the place; or, in words, other steps, further ones, and how it ended."""

STEPS, PLACES, MOST_ROWS = 6, 5, 25
_OTHER, _FURTHER, _FIRST_END = -2, -3, -4
_ENDS = ("HELD", "WITHOUT", "NOT_KNOWN", "OPEN", "CANCELLED")


@dataclass(frozen=True, slots=True)
class Passage:
    """So many `streams` go from one node to the next; `of` are all that come to the first. `main`: it is on the way
    that most take."""

    source: Node
    target: Node
    streams: int
    of: int
    main: bool


@once
def passages(analysis: Analysis) -> tuple[Passage, ...]:
    """Every passage, by step, the most frequent first."""
    found = _counted(analysis.streams)
    at: Counter[Node] = Counter()
    for (source, _), n in found.items():
        at[source] += n
    main = set(_main_way(found, at))
    made = [Passage(source, target, n, at[source], (source, target) in main) for (source, target), n in found.items()]
    return tuple(sorted(made, key=lambda one: (one.source[0], -one.streams, name(one.source), name(one.target))))


def _counted(streams: Streams) -> Counter[tuple[Node, Node]]:
    """How many streams go from each node to each next one."""
    visits = visits_of(streams)
    if not len(visits.label):
        return Counter()
    ends = np.zeros(max(path.id for path in streams.paths) + 1, dtype=np.int64)
    ends[[path.id for path in streams.paths]] = [_FIRST_END - _ENDS.index(_end(path)) for path in streams.paths]
    of_label = [(label.activity, label.step) for label in streams.labels]
    places = sorted(dict.fromkeys(of_label), key=lambda one: place(*one))
    here = np.array([places.index(one) for one in of_label], dtype=np.int64)[visits.label]
    begins = np.flatnonzero(visits.first | (here != np.roll(here, 1)))
    here, path, n = here[begins], visits.path[begins], visits.streams[begins]
    first = np.append(True, path[1:] != path[:-1])
    opens = np.maximum.accumulate(np.where(first, np.arange(len(path)), 0))
    step = np.arange(len(path)) - opens + 1
    last = np.append(first[1:], True)
    node = _shown(here, step, n, len(places))
    # The passage from each stay: to the next one, to what is not followed further, or to the end.
    kept = step <= STEPS
    key = np.where(last, -1, np.where(step == STEPS, _FURTHER, np.append(node[1:], -1)))
    found: Counter[tuple[Node, Node]] = Counter()
    _add(found, places, (step, node, key, n), kept & ~last)
    ended = kept & last
    _add(found, places, (step, node, ends[path], n), ended)
    return found


def _shown(here: Ints, step: Ints, n: Ints, places: int) -> Ints:
    """The place of each stay, or that it is one of the others: of each step the most frequent places are named."""
    node = here.copy()
    for at in range(1, STEPS + 1):
        mine = step == at
        streams = np.bincount(here[mine], n[mine], places)
        named = np.argsort(-streams, kind="stable")[:PLACES]
        node[mine & ~np.isin(here, named)] = _OTHER
    return node


def _add(found: Counter[tuple[Node, Node]], places: list[_Place], of: tuple[Ints, ...], which: Bools) -> None:
    """Count the passages `which` from one stay to another."""
    step, node, key, n = (column[which] for column in of)
    lowest, width = _FIRST_END - len(_ENDS), len(places) + len(_ENDS) - _FIRST_END
    pairs = (step * width + node - lowest) * width + key - lowest  # one number for the three, in the same order
    _, first, at = np.unique(pairs, return_index=True, return_inverse=True)
    total = np.bincount(at, n, len(first))
    rows = np.stack([step[first], node[first], key[first]]).T
    for (of_step, source, target), streams_ in zip(rows.tolist(), total.tolist(), strict=True):
        found[_node(places, of_step, source), _node(places, of_step + 1, target)] += int(streams_)


def _node(places: list[_Place], step: int, node: int) -> Node:
    if node == _FURTHER:
        return STEPS + 1, words.FURTHER
    if node <= _FIRST_END:
        return STEPS + 1, getattr(words, _ENDS[_FIRST_END - node])
    return step, words.OTHER if node == _OTHER else places[node]


def _end(path: Path) -> str:
    """How a stream on the path ended, by the name of the text that says so."""
    if path.state in (State.OPEN, State.CANCELLED):
        return path.state.name
    if path.held_at is not None:
        return "HELD"
    return "WITHOUT" if path.state is State.ENDED else "NOT_KNOWN"


def _main_way(found: Counter[tuple[Node, Node]], at: Counter[Node]) -> Iterator[tuple[Node, Node]]:
    """From the most frequent first step on, at each the passage that most streams take."""
    first = [node for node in at if node[0] == 1]
    here = min(first, key=lambda node: (-at[node], name(node)), default=None)
    while here is not None:
        on = [pair for pair in found if pair[0] == here]
        if not on:
            return
        most = min(on, key=lambda pair: (-found[pair], name(pair[1])))
        yield most
        here = most[1]


def name(node: Node) -> str:
    """What a node is called."""
    return node[1] if isinstance(node[1], str) else place(*node[1])


# ------------------------------------------------------------------------------------------------- what is shown


@dataclass(frozen=True, slots=True)
class Parting:
    """The sentences of the section."""

    said: str
    note: str


def parting(analysis: Analysis) -> Parting | None:
    """The section; None where no stream makes a visit."""
    found = passages(analysis)
    if not found:
        return None
    streams = sum(path.streams for path in analysis.streams.paths)
    note = words.NOTE.format(steps=STEPS, places=PLACES, streams=count(streams))
    return Parting(_said(found), note)


def _said(found: tuple[Passage, ...]) -> str:
    """Where most streams leave the way that most take."""
    main = [one for one in found if one.main]
    most = max(main, key=lambda one: (one.of - one.streams, -one.source[0]))
    others = [one for one in found if one.source == most.source and one != most]
    if not others or (most.of - most.streams) * 100 < sum(one.of for one in main if one.source[0] == 1):
        return words.TOGETHER
    return words.PARTS.format(
        place=name(most.source),
        step=most.source[0],
        n=many(most.of, "stream"),
        share=percent(share(most.streams, most.of)),
        most=name(most.target),
        other=name(others[0].target),
    )


def parting_table(analysis: Analysis) -> Table | None:
    """The passages that most streams make, in the order of the steps."""
    found = passages(analysis)
    if not found:
        return None
    kept = sorted(found, key=lambda one: -one.streams)[:MOST_ROWS]
    kinds = ("count", "text", "text", "count", "share")
    columns = [Column(title, kind) for title, kind in zip(words.COLUMNS, kinds, strict=True)]  # type: ignore[arg-type]
    rows = [
        (one.source[0], name(one.source), name(one.target), one.streams, share(one.streams, one.of))
        for one in found
        if one in kept
    ]
    left = len(found) - len(rows)
    return table("parting", words.CAPTION, columns, rows, words.BEYOND.format(n=count(left)) if left else "")


def parting_chart(analysis: Analysis) -> plots.Figure | None:
    """The streams as bands from step to step; None where none makes a visit."""
    found = passages(analysis)
    if not found:
        return None
    nodes = sorted({node for one in found for node in (one.source, one.target)}, key=lambda node: (node[0], name(node)))
    number = {node: at for at, node in enumerate(nodes)}
    sankey = plots.Sankey(
        node={
            "label": [plotly_text(_short(node), 24) for node in nodes],
            "color": [_colour(node) for node in nodes],
            "pad": 12,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": f"{words.NODE}<extra></extra>",
        },
        link={
            "source": [number[one.source] for one in found],
            "target": [number[one.target] for one in found],
            "value": [one.streams for one in found],
            "color": [colour("heat-high" if one.main else "grid") for one in found],
            "hovertemplate": f"{words.LINK}<extra></extra>",
        },
    )
    return plots.Figure(data=[sankey], layout={"height": 480, "margin": {"l": 8, "r": 8, "t": 12, "b": 12}})


def _short(node: Node) -> str:
    """What stands beside a node: its colour tells the activity."""
    return node[1] if isinstance(node[1], str) else node[1][1] or node[1][0].display


def _colour(node: Node) -> str:
    if isinstance(node[1], str):
        return colour("good" if node[1] == words.HELD else "muted")
    return colour(node[1][0].value.replace("_", "-"))


def parting_block(analysis: Analysis) -> Json:
    """The passages in `result.json`."""
    return {
        "steps": STEPS,
        "places": PLACES,
        "streams": sum(path.streams for path in analysis.streams.paths),
        "passages": [
            {
                "step": one.source[0],
                "source": name(one.source),
                "target": name(one.target),
                "streams": one.streams,
                "share": share(one.streams, one.of),
                "main_way": one.main,
            }
            for one in passages(analysis)
        ],
    }
