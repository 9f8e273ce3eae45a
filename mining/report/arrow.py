"""The small tables as Arrow, for the Parquet files beside the report."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pyarrow as pa

from mining.core.analysis import Analysis
from mining.core.results import VariantCheck
from mining.core.streams import Variant
from mining.report.formats import share
from mining.report.linking import link_use
from mining.report.tally import by_frequency, checks_by_variant

_TIMES = [
    ("timed", pa.int64()),
    ("total_us", pa.int64()),
    ("median_us", pa.int64()),
    ("p85_us", pa.int64()),
    ("p95_us", pa.int64()),
]

_VARIANTS = pa.schema(
    [
        ("number", pa.int64()),
        ("symbols", pa.list_(pa.string())),
        ("state", pa.string()),
        ("streams", pa.int64()),
        ("share", pa.float64()),
        ("streams_with_unmapped", pa.int64()),
        *_TIMES,
        ("conforms", pa.bool_()),
        ("cost", pa.int64()),
        (
            "deviations",
            pa.list_(
                pa.struct(
                    [("kind", pa.string()), ("label", pa.string()), ("instead_of", pa.string()), ("moves", pa.int64())]
                )
            ),
        ),
    ]
)

_HAND_OFFS = pa.schema(
    [
        ("level", pa.string()),
        ("source", pa.string()),
        ("source_step", pa.string()),
        ("target", pa.string()),
        ("target_step", pa.string()),
        ("count", pa.int64()),
        ("streams", pa.int64()),
        ("after_value", pa.int64()),
        *_TIMES,
    ]
)

_LINKS = pa.schema(
    [
        ("type", pa.string()),
        ("other", pa.string()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("strength", pa.string()),
        ("onwards", pa.bool_()),
        ("links", pa.int64()),
        ("tickets", pa.int64()),
        ("tickets_of_type", pa.int64()),
        ("tickets_share", pa.float64()),
        ("absent", pa.int64()),
        ("absent_share", pa.float64()),
        ("to_itself", pa.int64()),
    ]
)


_TIME_FIELDS = {"timed": "n", "total_us": "total", "median_us": "median", "p85_us": "p85", "p95_us": "p95"}


def _times(of: object) -> dict[str, int | None]:
    return {column: getattr(of, field, None) for column, field in _TIME_FIELDS.items()}


def variant_table(analysis: Analysis) -> pa.Table:
    """All variants, the most frequent first.

    number (from 1, as the report counts them), symbols ("activity:step [value mark]"), state, streams, share of all
    streams, streams_with_unmapped; lead time to the first value held: timed (how many), total_us, median_us, p85_us,
    p95_us (microseconds); conforms, cost and deviations, null where the variant was not checked.
    """
    variants = sorted(analysis.streams.variants, key=lambda one: one.id)
    by_id, times = checks_by_variant(analysis), analysis.measures.variant_lead_time
    checks = [by_id.get(one.id) for one in variants]
    found = [times.get(one.id) for one in variants]
    columns = {
        "number": [one.id + 1 for one in variants],
        "symbols": _symbols(variants),
        "state": [str(one.state) for one in variants],
        "streams": [one.streams for one in variants],
        "share": [share(one.streams, analysis.streams.cases) for one in variants],
        "streams_with_unmapped": [one.streams_with_unmapped for one in variants],
        **{name: [getattr(of, field, None) for of in found] for name, field in _TIME_FIELDS.items()},
        "conforms": [None if check is None else check.conforms for check in checks],
        "cost": [None if check is None else check.cost for check in checks],
        "deviations": _deviations(checks),
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in _VARIANTS}, schema=_VARIANTS)


def _symbols(variants: Sequence[Variant]) -> list[list[str]]:
    """The symbols of each variant as texts. Variants share theirs, so that each is put into words once."""
    words = {id(symbol): symbol for one in variants for symbol in one.symbols}
    text = {key: str(symbol) for key, symbol in words.items()}
    return [[text[id(symbol)] for symbol in one.symbols] for one in variants]


def _deviations(checks: Sequence[VariantCheck | None]) -> pa.ListArray:
    """The deviations of each variant, null where it was not checked: one array of all of them, cut where each ends."""
    kind = _VARIANTS.field("deviations").type
    every = [one for check in checks if check is not None for one in check.deviations]
    columns: list[list[str | int | None]] = [
        [str(one.kind) for one in every],
        [one.label for one in every],
        [one.instead_of for one in every],
        [one.moves for one in every],
    ]
    fields = list(kind.value_type)
    told = pa.StructArray.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, fields, strict=True)], fields=fields
    )
    ends = accumulate((0 if check is None else len(check.deviations) for check in checks), initial=0)
    mask = pa.array([check is None for check in checks], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), told, type=kind, mask=mask)


def hand_off_table(analysis: Analysis) -> pa.Table:
    """All hand-offs, the most frequent first.

    level ("activity" or "step"), source and target (an activity; "demand" and "value" at the ends), their steps (null
    at the level of activities), count, streams, after_value; times of those before value: timed (how many), total_us,
    median_us, p85_us, p95_us (microseconds), null where none was timed.
    """
    levels = (("activity", analysis.streams.activities), ("step", analysis.streams.steps))
    rows = [
        {
            "level": level,
            "source": "demand" if one.source is None else one.source.value,
            "source_step": one.source_step,
            "target": "value" if one.target is None else one.target.value,
            "target_step": one.target_step,
            "count": one.count,
            "streams": one.streams,
            "after_value": one.after_value,
            **_times(one.times),
        }
        for level, hand_offs in levels
        for one in by_frequency(hand_offs)
    ]
    return pa.Table.from_pylist(rows, schema=_HAND_OFFS)


def link_table(analysis: Analysis) -> pa.Table | None:
    """All columns of links, in the order of the mappings; None where each ticket is a case.

    type (of the ticket that has the column), other (of the ticket it names), column, reason, strength ("explicit",
    "parsed" or "inferred"), onwards (the stream goes from the ticket that has the column to the other), links (pairs of
    tickets), tickets (that have at least one), tickets_of_type (null where that is not told), tickets_share, absent
    (links whose other ticket is in no export), absent_share, to_itself.
    """
    linked = analysis.streams.linked
    if linked is None:
        return None
    return pa.Table.from_pylist([link_use(linked, one) for one in linked.uses], schema=_LINKS)
