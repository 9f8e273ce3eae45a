"""The parts that the page's filter can show, in `result.json`."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.results import Conformance
from mining.core.slices import Dimension, Slice
from mining.report.conformance_block import rates_block
from mining.report.differing import differing_block
from mining.report.filter_names import key, of_part, part_name, title
from mining.report.formats import share
from mining.report.outcome_blocks import measures_block
from mining.report.routes import routes
from mining.report.step_tally import step_map
from mining.report.steps_block import hand_off_block, step_block
from mining.report.tally import activity_counts, by_frequency, reached_value
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]
_OF_MEASURES = ("fulfilled", "lead_time", "rework", "waiting", "visit_times", "ends", "ended_without_value")


def slices_block(analysis: Analysis) -> Json | None:
    """The parts by dimension, each with its figures; None where the streams were not taken apart."""
    found = analysis.slices
    if found is None:
        return None
    return {
        "dimensions": [
            {
                "along": one.along.value,
                "name": one.name,
                "title": title(one),
                "slices": [_slice(analysis, one, part) for part in one.slices],
            }
            for one in found.dimensions
        ],
        "no_period": found.no_period or None,
        "differences": differing_block(analysis),
    }


def _slice(analysis: Analysis, dimension: Dimension, part: Slice) -> Json:
    alone, streams = of_part(analysis, part), part.streams
    measures = measures_block(alone)
    return {
        "kind": part.kind.value,
        "label": part.label,
        "shown_as": part_name(dimension, part),
        "address": f"filter={key(dimension, part)}",
        "few": part.few,
        "streams": streams.cases,
        "streams_share": share(streams.cases, analysis.streams.cases),
        "events": streams.events,
        "variants": len(streams.variants),
        "states": {state.value: number for state, number in streams.states.items()},
        "reached_value": reached_value(streams),
        "beyond_cap": streams.beyond_cap,
        **{name: measures[name] for name in _OF_MEASURES},
        "conformance": None if part.conformance is None else _conformance(part.conformance),
        "further_conformance": [_conformance(one) for one in part.further_conformance],
        "activities": [
            {"activity": one.activity.value, "streams": one.streams, "visits": one.visits, "time_us": one.time}
            for one in activity_counts(alone)
        ],
        "steps": _steps(alone),
        "between_activities": [hand_off_block(one) for one in by_frequency(streams.activities)],
        "between_steps": [hand_off_block(one) for one in by_frequency((*streams.steps, *streams.step_ends))],
        "top_variants": _variants(analysis, part),
    }


def _steps(alone: Analysis) -> list[Json]:
    shown = step_map(alone)
    return [] if shown is None else [step_block(one) for one in shown.steps]


def _variants(analysis: Analysis, part: Slice) -> list[Json]:
    """Those that the report shows, by their numbers in the whole."""
    own = {one.id: one.streams for one in part.streams.variants}
    return [
        {
            "number": row.number,
            "streams": own.get(row.number - 1, 0),
            "share": share(own.get(row.number - 1, 0), part.streams.cases),
            "lead_time_held": quantiles_block(part.measures.variant_lead_time.get(row.number - 1)),
        }
        for row in routes(analysis)[0]
    ]


def _conformance(found: Conformance) -> Json:
    return {
        "rates": rates_block(found.rates),
        "without_unmapped": rates_block(found.rates_mapped),
        "open": rates_block(found.open_rates),
        "deviations": [
            {
                "key": one.key,
                "streams": one.streams,
                "share": share(one.streams, found.checked),
                "occurrences": one.occurrences,
                "moves": one.moves,
            }
            for one in found.deviations
        ],
    }
