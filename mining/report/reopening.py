"""Re-opening as a range: the sentence in the report, and the block of `result.json`."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.linked import RaisedAgain, Reopening
from mining.report import link_words as words
from mining.report.formats import count, cut, duration, harmless, many, percent, share
from mining.report.language import t


def reopening(analysis: Analysis) -> str:
    """The range in words, with its definition; empty where the mapping has no rule for tickets raised again."""
    found = analysis.measures.reopening
    if found is None:
        return ""
    return words.REOPENING.format(
        all=many(found.tickets, "ticket"),
        types=t(" or ").join(cut(harmless(each)) for each in found.types),
        lower=count(found.reopened),
        lower_share=percent(share(found.reopened, found.tickets)),
        upper=count(found.either),
        upper_share=percent(share(found.either, found.tickets)),
        raised=count(found.raised_again),
        rules=t("; or ").join(map(_rule, found.rules)),
    )


def _rule(rule: RaisedAgain) -> str:
    columns = t(" and ").join(cut(harmless(each)) for each in rule.same)
    return words.REOPENING_RULE.format(columns=columns, within=duration(rule.within))


def reopening_block(found: Reopening | None) -> dict[str, Any] | None:
    """The block `reopening` under `measures`; None where the mapping has no rule for tickets raised again."""
    if found is None:
        return None
    return {
        "types": list(found.types),
        "tickets": found.tickets,
        "reopened": found.reopened,
        "reopened_share": share(found.reopened, found.tickets),
        "raised_again": found.raised_again,
        "either": found.either,
        "either_share": share(found.either, found.tickets),
        "rules": [{"reason": one.reason, "same": list(one.same), "within_us": one.within} for one in found.rules],
    }
