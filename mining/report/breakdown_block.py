"""The breakdown in `result.json`, and as a table of its own."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from mining.core.analysis import Analysis
from mining.core.breakdown import FEW, Breakdowns, Slice
from mining.report.formats import share

Json = dict[str, Any]

_COUNTS = ("streams", "lead_n", "not_open", "held", "known", "reopened", "doubling_back", "checked", "conforming")
_TIMES = ("median_us", "p85_us", "delay_us")
_SCHEMA = pa.schema(
    [
        ("dimension", pa.string()),
        ("value", pa.string()),
        ("others", pa.int64()),
        *((name, pa.int64()) for name in (*_COUNTS, *_TIMES)),
    ]
)


def breakdown_block(analysis: Analysis) -> Json | None:
    """The streams by each dimension; None where the mapping tells nothing by which they differ."""
    found = analysis.breakdowns
    if found is None:
        return None
    return {
        "streams": found.streams,
        "typical_us": found.typical,
        "delay_us": found.delay,
        "few_below": FEW,
        "by": [
            {
                "dimension": one.by.value,
                "values": one.values,
                "slices": [_slice(found, each) for each in one.slices],
            }
            for one in found.by
        ],
    }


def _slice(found: Breakdowns, one: Slice) -> Json:
    return {
        "value": one.label,
        "others": one.others,
        "few": one.few,
        "streams": one.streams,
        "streams_share": share(one.streams, found.streams),
        "lead_time_claimed": {"n": one.lead_n, "median_us": one.median, "p85_us": one.p85},
        "delay_us": one.delay,
        "delay_share": share(one.delay, found.delay),
        "held": _part(one.held, one.not_open) if found.tells_value else None,
        "reopened": _part(one.reopened, one.known) if found.tells_value else None,
        "doubling_back": _part(one.doubling_back, one.known),
        "conforming": _part(one.conforming, one.checked) if found.checked else None,
    }


def _part(n: int, of: int) -> Json:
    return {"n": n, "of": of, "share": share(n, of)}


def breakdown_table(analysis: Analysis) -> pa.Table:
    """One row a dimension and value, in the order of the report. `value` is null where a ticket has none, and in the
    row that stands for `others`, which is how many further values that are."""
    found = analysis.breakdowns
    rows = [] if found is None else [_row(one.by.value, each) for one in found.by for each in one.slices]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _row(dimension: str, one: Slice) -> Json:
    return {
        "dimension": dimension,
        "value": one.label,
        "others": one.others,
        **{name: getattr(one, name) for name in _COUNTS},
        "median_us": one.median,
        "p85_us": one.p85,
        "delay_us": one.delay,
    }
