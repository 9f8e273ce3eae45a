"""The block on conformance of `result.json`: the rates with what they are made of, and every deviation."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.results import Conformance, Rates
from mining.report.acceptances import uses_block
from mining.report.deviating_block import cases_block, evidence_by_deviation
from mining.report.evidence import MOST_ROWS
from mining.report.formats import share
from mining.report.limits_and_fields import fields_block, limits_block
from mining.report.tally import commonest

Json = dict[str, Any]


def conformance_block(analysis: Analysis) -> Json | None:
    """Conformance with its deviations; None where no reference stream was named."""
    return None if analysis.conformance is None else _conformance(analysis.conformance)


def further_blocks(analysis: Analysis) -> list[Json]:
    """The same for the other reference streams."""
    return [_conformance(found) for found in analysis.further_conformance]


def _conformance(found: Conformance) -> Json:
    evidence = evidence_by_deviation(found)
    accepted = {} if found.accepted is None else dict(found.accepted.by_deviation)
    return {
        "reference": found.reference,
        "reference_demand": found.reference_demand,
        "scope": found.scope,
        "shortest_path": found.shortest_path,
        **rates_block(found.rates),
        "without_unmapped": rates_block(found.rates_mapped),
        "open_streams": rates_block(found.open_rates),
        "not_observable": list(found.not_observable),
        "not_checked": dict(sorted(found.not_checked.items())),
        "deviations": [
            {
                "kind": one.kind.value,
                "label": one.label,
                "instead_of": one.instead_of,
                "sentence": one.sentence,
                "streams": one.streams,
                "share": share(one.streams, found.checked),
                "occurrences": one.occurrences,
                "moves": one.moves,
                "variants": [variant + 1 for variant in one.variants],
                "key": one.key,
                "accepted_streams": accepted.get(one.key, 0),
                "evidence": evidence.get(one),
            }
            for one in commonest(found.deviations)
        ],
        "deviations_shown": min(MOST_ROWS, len(found.deviations)),
        "cases": cases_block(found),
        "limits": limits_block(found),
        "hand_off_fields": fields_block(found),
        "accepted": _accepted(found),
        "reference_outline": list(found.reference_outline),
        "notes": list(found.notes),
    }


def _accepted(found: Conformance) -> Json | None:
    of = found.accepted
    if of is None:
        return None
    return {
        "as_of": of.as_of.isoformat(),
        "acceptances": uses_block(of),
        "rates": rates_block(of.rates),
        "without_unmapped": rates_block(of.rates_mapped),
        "would_deviate": of.rates.conforming - found.rates.conforming,
    }


def rates_block(of: Rates) -> Json:
    """Rates with what they are made of."""
    return {
        "checked": of.checked,
        "conforming": of.conforming,
        "visible_moves": of.visible_moves,
        "matched_moves": of.matched_moves,
        "total_cost": of.total_cost,
        "worst_cost": of.worst_cost,
        "rate_streams": of.streams,
        "rate_moves": of.moves,
        "fitness": of.fitness,
    }
