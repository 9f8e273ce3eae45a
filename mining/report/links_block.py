"""The block on links of `result.json`."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.linked import Headline
from mining.report.formats import share
from mining.report.linking import link_use, links_of, lost
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]


def links_block(analysis: Analysis) -> Json | None:
    """How cases were made of linked tickets; None where each ticket is a case."""
    linked, cases = analysis.streams.linked, analysis.streams.cases
    if linked is None:
        return None
    return {
        "by": linked.spec.by.value,
        "start": list(linked.spec.start),
        "at_most": linked.spec.at_most,
        "tickets": linked.tickets,
        "tickets_in_no_stream": lost(linked),
        "in_no_stream": [
            {"type": type_, "tickets": tickets, "share": share(tickets, linked.tickets)}
            for type_, tickets in linked.in_no_stream
        ],
        "streams_of_several": linked.several,
        "streams_of_several_share": share(linked.several, cases),
        "largest": linked.largest,
        "median_size": linked.median_size,
        "shared": linked.shared,
        "shared_share": share(linked.shared, linked.tickets),
        "in_circles": linked.in_circles,
        "in_circles_share": share(linked.in_circles, linked.tickets),
        "events_before_demand": linked.events_before,
        "cut_streams": linked.cut_streams,
        "cut_tickets_at_least": linked.cut_tickets,
        "cut": [{"begins_at": ticket, "tickets_at_least": left} for ticket, left in linked.cut],
        "uses": [link_use(linked, one) for one in linked.uses],
        "orphans": [
            {
                "type": one.type,
                "other": one.other,
                "tickets": one.tickets,
                "without": one.without,
                "share": share(one.without, one.tickets),
                "links": one.links,
                "median": one.median if one.links else None,
                "most": one.most if one.links else None,
            }
            for one in linked.orphans
        ],
        "links": links_of(linked),
        "weak": linked.weak,
        "weak_share": share(linked.weak, links_of(linked)),
        "without_weak": _headline(linked.without_weak),
    }


def _headline(of: Headline | None) -> Json | None:
    if of is None:
        return None
    return {"streams": of.streams, "fulfilled": of.fulfilled, "lead_time_claimed": quantiles_block(of.lead_time)}
