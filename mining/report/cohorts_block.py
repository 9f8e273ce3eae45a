"""The blocks of `result.json` on cohorts, and on tickets that were left out."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.cohorts import CONFIDENCE, FEW, Cohort, Comparison, Rank, Share
from mining.report.cohort_sentences import no_trend
from mining.report.formats import share

Json = dict[str, Any]


def filter_block(analysis: Analysis) -> Json | None:
    """Which tickets the analysis is about; None where it is about all of them."""
    found = analysis.filtered
    if found is None:
        return None
    return {
        "conditions": [
            {"text": one.text, "tickets": one.tickets, "met": one.met, "met_share": share(one.met, one.tickets)}
            for one in found.conditions
        ],
        "tickets": found.tickets,
        "kept": found.kept,
        "kept_share": share(found.kept, found.tickets),
        "by_beginnings": found.reached,
    }


def cohorts_block(analysis: Analysis) -> Json | None:
    """The cohorts side by side; None where streams were not split."""
    found = analysis.cohorts
    if found is None:
        return None
    streams = sum(one.streams for one in found.cohorts)
    return {
        "split_by": found.split.name,
        "no_trend": no_trend(analysis),
        "values": found.values,
        "confidence": CONFIDENCE,
        "few_below": FEW,
        "compared_in_steps_of_us": found.step,
        "cohorts": [_cohort(one, streams) for one in found.cohorts],
        "pair": None if found.pair is None else list(found.pair),
        "side_by_side": [_comparison(one) for one in found.side_by_side],
        "against_rest": [_comparison(one) for one in found.against_rest],
    }


def _cohort(of: Cohort, streams: int) -> Json:
    return {
        "kind": of.kind.value,
        "label": of.label,
        "streams": of.streams,
        "streams_share": share(of.streams, streams),
        "few": of.few,
        "fulfilled": _share(of.fulfilled),
        "lead_time_claimed": {"n": of.lead_n, "median": _rank(of.median), "p85": _rank(of.p85)},
        "conforming": None if of.conforming is None else _share(of.conforming),
        "waiting_us": _share(of.waiting),
        "doubling_back": _share(of.doubling_back),
        "reopened": _share(of.reopened),
    }


def _share(of: Share) -> Json:
    return {"part": of.part, "whole": of.whole, "share": of.share, "low": of.low, "high": of.high}


def _rank(of: Rank) -> Json:
    return {"value_us": of.value, "low_us": of.low, "high_us": of.high}


def _comparison(of: Comparison) -> Json:
    return {
        "figure": of.figure.value,
        "first": of.first,
        "second": of.second,
        "estimate": of.estimate,
        "low": of.low,
        "high": of.high,
        "effect": of.effect.value,
        "effect_size": of.effect_size,
        "size": None if of.size is None else of.size.value,
        "p": of.p,
        "p_adjusted": of.p_adjusted,
        "by_chance": of.by_chance,
    }
