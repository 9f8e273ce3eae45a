"""What acceptances come to: their table, their block in `result.json`, and a sentence."""

from __future__ import annotations

from typing import Any

from mining.core.acceptances import AcceptanceUse, Accepted, Standing
from mining.core.analysis import Analysis
from mining.report import deviation_words as words
from mining.report.formats import in_numbers, many, percent
from mining.report.language import t, told
from mining.report.tabular import Column, Table, table

Json = dict[str, Any]


def _accepted(analysis: Analysis) -> Accepted | None:
    return None if analysis.conformance is None else analysis.conformance.accepted


def uses_block(of: Accepted) -> list[Json]:
    """The acceptances in `result.json`. Which tickets one covers stays out of it."""
    return [
        {
            "deviation": use.acceptance.deviation,
            "sentence": use.sentence,
            "reference": use.acceptance.reference,
            "scope": use.acceptance.scope,
            "owner": use.acceptance.owner,
            "reason": use.acceptance.reason,
            "until": use.acceptance.until.isoformat(),
            "accepted": None if use.acceptance.accepted is None else use.acceptance.accepted.isoformat(),
            "standing": use.standing.value,
            "streams": use.streams,
        }
        for use in of.uses
    ]


def acceptances_table(analysis: Analysis) -> Table | None:
    """The acceptances, those that expired first: they ask for a decision."""
    found = _accepted(analysis)
    if found is None or not found.uses:
        return None
    columns = (
        Column("Deviation"),
        Column("Where"),
        Column("Owner"),
        Column("Reason", "prose"),
        Column("Until"),
        Column("It is"),
        Column("Streams", "count"),
    )
    rows = [
        (
            told(use.sentence or use.acceptance.deviation),
            use.acceptance.scope,
            use.acceptance.owner,
            use.acceptance.reason,
            in_numbers(use.acceptance.until.isoformat()),
            t(use.standing.value),
            use.streams,
        )
        for use in sorted(found.uses, key=_order)
    ]
    return table("acceptances", words.ACCEPTANCES_CAPTION, columns, rows, words.ACCEPTANCES)


def _order(use: AcceptanceUse) -> tuple[bool, str, str, str]:
    one = use.acceptance
    return (use.standing is not Standing.EXPIRED, one.until.isoformat(), one.deviation, one.scope)


def acceptances_line(analysis: Analysis) -> str:
    """What would be if all acceptances lapsed; empty where there are none."""
    found, accepted = analysis.conformance, _accepted(analysis)
    if found is None or accepted is None or not accepted.uses:
        return ""
    expired = sum(use.standing is Standing.EXPIRED for use in accepted.uses)
    return words.IF_ALL_LAPSED.format(
        day=in_numbers(accepted.as_of.isoformat()),
        rate=percent(accepted.rates.streams),
        lapsed=percent(found.rates.streams),
        more=many(accepted.rates.conforming - found.rates.conforming, "stream"),
        expired=words.EXPIRED[expired] if expired in words.EXPIRED else words.EXPIRED_MANY.format(n=expired),
    )
