"""What the page's filter can show: of each part the tiles, tables and figures that this report would have of it alone.

Each is made by what makes the report of all streams, so that a part reads as a report of its own. The page puts one in
the place of another and works out nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from mining.core.analysis import Analysis
from mining.core.slices import Dimension, Slice
from mining.report import bars, evidence, filter_words, map_tables, plots, several_references
from mining.report.curves import lead_times
from mining.report.filter_maps import map_changes, map_lines
from mining.report.filter_names import key, of_part, part_name, title
from mining.report.formats import NOTHING, count, duration, glued, many, percent, share
from mining.report.language import t
from mining.report.overview import overview
from mining.report.page_facts import conformance_rates
from mining.report.routes import routes
from mining.report.tabular import Cell, Table

Json = Any
_NESTED = ("tables", "charts", "maps")


def bundle(analysis: Analysis) -> Json:
    """All that the page needs; None where the streams were not taken apart.

    What is alike stands side by side, all parts of one table and then those of the next: so it packs to two thirds.
    """
    if analysis.slices is None or not analysis.slices.dimensions:
        return None
    parts = {
        key(dimension, part): _part(analysis, dimension, part)
        for dimension in analysis.slices.dimensions
        for part in dimension.slices
    }
    kinds: dict[str, Json] = {}
    for at, part in parts.items():
        for kind, value in part.items():
            if kind in _NESTED:
                for name, inner in value.items():
                    kinds.setdefault(kind, {}).setdefault(name, {})[at] = inner
            else:
                kinds.setdefault(kind, {})[at] = value
    return {
        "lines": map_lines(analysis),
        "acts": filter_words.ACTS,
        "keys": list(parts),
        "kinds": kinds,
    }


def _part(analysis: Analysis, dimension: Dimension, part: Slice) -> Json:
    alone = of_part(analysis, part)
    first = overview(alone)
    tiles = [[tile.figure, *tile.over] for tile in first.tiles]
    what = f"{title(dimension)}: {part_name(dimension, part)}"
    return {
        "said": filter_words.STATUS.format(
            what=what, n=count(part.streams.cases), all=many(analysis.streams.cases, "stream")
        ),
        "verdict": glued(first.verdict),
        "lede": [glued(line) for line in first.lede],
        "tiles": [[glued(line) for line in tile] for tile in tiles],
        "findings": [
            [glued(one.claim), glued(one.evidence), one.section, one.anchor or one.section]
            for one in first.findings
            if one.section != "data"
        ],
        "rates": [[glued(figure), glued(over)] for _, figure, over in conformance_rates(alone)],
        "tables": _of_tables(analysis, alone),
        "charts": {name: _chart(figure) for name, figure in _charts(alone).items()},
        "maps": map_changes(analysis, alone),
        "variants": _variants(analysis, alone),
    }


def _of_tables(analysis: Analysis, alone: Analysis) -> Json:
    """The rows of each table; of the deviations from further reference streams none, where the part has none."""
    rows: Json = {one.name: [[_cell(cell) for cell in row] for row in one.rows] for one in _tables(alone)}
    further = several_references.further_deviations_table(analysis)
    return rows if further is None else {further.name: [], **rows}


def _cell(cell: Cell) -> Json:
    if cell.raw is None and cell.title is None:
        return cell.text
    return [cell.text, cell.raw] if cell.title is None else [cell.text, cell.raw, cell.title]


def _tables(alone: Analysis) -> list[Table]:
    made = (
        evidence.activities_table(alone),
        evidence.activity_hand_offs_table(alone),
        evidence.step_hand_offs_table(alone),
        *map_tables.map_tables(alone)[:2],
        evidence.waits_table(alone),
        evidence.waiting_table(alone),
        evidence.rates_table(alone),
        evidence.deviations_table(alone),
        several_references.references_table(alone),
        several_references.further_deviations_table(alone),
        evidence.lead_times_table(alone),
        evidence.ends_table(alone),
    )
    return [one for one in made if one is not None]


def _charts(alone: Analysis) -> dict[str, plots.Figure | None]:
    return {
        "waits": bars.waits(alone),
        "waiting": bars.waiting_split(alone),
        "hand-offs": bars.hand_offs(alone),
        "deviations": bars.deviations(alone),
        "lead-times": lead_times(alone),
    }


def _chart(figure: plots.Figure | None) -> Json:
    return None if figure is None else plots.spoken_figure(figure)


def _variants(analysis: Analysis, alone: Analysis) -> Json:
    """The shown variants in the order of the whole: streams, share, together, median and 85th percentile as cells, and
    the rest in one line."""
    rows, _ = routes(analysis)
    own = {one.id: one.streams for one in alone.streams.variants}
    cases, together, first = alone.streams.cases, 0, 0
    found = []
    for row in rows:
        streams = own.get(row.number - 1, 0)
        if not row.extra:
            together += streams
            first += streams > 0
        times = alone.measures.variant_lead_time.get(row.number - 1)
        found.append(
            [
                [count(streams), streams],
                _share(share(streams, cases)),
                NOTHING if row.extra else _share(share(together, cases)),
                *([[duration(at), at] for at in (times.median, times.p85)] if times else [NOTHING, NOTHING]),
            ]
        )
    left = sum(own.values()) - together
    said = [f"{many(len(own), 'variant')}."]
    for ratio in (0.5, 0.8):
        needed = _covering(own.values(), ratio * cases)
        said += (
            [t("{n} of them cover {share} of the streams", n=count(needed), share=f"{round(ratio * 100)} %") + "."]
            if needed
            else []
        )
    return {
        "rows": found,
        "tail": [many(len(own) - first, "rarer variant"), [count(left), left], _share(share(left, cases))],
        "said": glued(" ".join((*said, filter_words.ALIKE))),
    }


def _covering(streams: Iterable[int], wanted: float) -> int | None:
    """How many variants, the most frequent first, have so many streams together; None where all do not."""
    sums = accumulate(sorted(streams, reverse=True))
    return next((number for number, total in enumerate(sums, 1) if total >= wanted), None)


def _share(ratio: float | None) -> Json:
    return NOTHING if ratio is None else [percent(ratio), ratio]


def as_text(value: Json) -> str:
    """A value as JSON that is short."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
