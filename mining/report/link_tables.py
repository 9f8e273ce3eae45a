"""The tables on links between tickets. There is none where each ticket is a case."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.core.linked import Linked, LinkUse
from mining.core.links import CasesBy
from mining.core.streams import Quantiles
from mining.report import link_words as words
from mining.report.formats import many, share
from mining.report.language import t
from mining.report.linking import use_share
from mining.report.tabular import Column, Table, Value, table


def links_table(analysis: Analysis) -> Table | None:
    """What each column of links holds."""
    linked = analysis.streams.linked
    if linked is None:
        return None
    columns = (
        Column("Why"),
        Column("From"),
        Column("To"),
        Column("Column"),
        Column("Told by"),
        Column("Strength", "prose"),
        Column("Links", "count"),
        Column("Tickets", "count"),
        Column("Of type", "share"),
        Column("Absent", "count"),
        Column("Of links", "share"),
        Column("To itself", "count"),
    )
    return table("links", "Columns of links", columns, [_use(linked, one) for one in linked.uses], words.LINKS_NOTE)


def _use(linked: Linked, one: LinkUse) -> tuple[Value, ...]:
    ends = (one.source, one.other) if one.onwards else (one.other, one.source)
    return (
        one.reason,
        *ends,
        one.column,
        one.source,
        words.STRENGTHS[one.strength.value],
        one.links,
        one.tickets,
        use_share(linked, one),
        one.absent,
        share(one.absent, one.links),
        one.to_itself,
    )


def orphans_table(analysis: Analysis) -> Table | None:
    """Who has no link with a ticket of another type."""
    linked = analysis.streams.linked
    if linked is None or not linked.orphans:
        return None
    columns = (
        Column("Tickets of type"),
        Column("Without a link with any"),
        Column("Tickets", "count"),
        Column("Of", "count"),
        Column("Share", "share"),
        Column("Median", "count"),
        Column("Most", "count"),
    )
    rows = [
        (
            one.type,
            one.other,
            one.without,
            one.tickets,
            share(one.without, one.tickets),
            *((one.median, one.most) if one.links else (None, None)),
        )
        for one in linked.orphans
    ]
    return table("orphans", "Tickets without a link", columns, rows, words.ORPHANS_NOTE)


def in_no_stream_table(analysis: Analysis) -> Table | None:
    """By type, the tickets that no stream holds."""
    linked = analysis.streams.linked
    if linked is None or not linked.in_no_stream:
        return None
    columns = (Column("Tickets of type"), Column("In no stream", "count"), Column("Of all tickets", "share"))
    rows = [(type_, tickets, share(tickets, linked.tickets)) for type_, tickets in linked.in_no_stream]
    return table("in-no-stream", "Tickets in no stream", columns, rows)


def cut_table(analysis: Analysis) -> Table | None:
    """The streams that were cut most."""
    linked = analysis.streams.linked
    if linked is None or not linked.cut:
        return None
    follow = linked.spec.by is CasesBy.FOLLOW
    titles = (
        (t("Stream that begins at"), t("Tickets left out, at least"))
        if follow
        else (t("Group that begins at"), t("Tickets"))
    )
    name, what = (
        (t("Streams that were cut"), "stream") if follow else (t("Groups that were not taken together"), "group")
    )
    shown = len(linked.cut)
    note = "" if shown == linked.cut_streams else words.CUT_NOTE.format(shown=shown, all=many(linked.cut_streams, what))
    return table("cut-streams", name, (Column(titles[0]), Column(titles[1], "count")), linked.cut, note)


def weak_table(analysis: Analysis) -> Table | None:
    """The headline with and without weak links, side by side."""
    linked = analysis.streams.linked
    if linked is None or linked.without_weak is None:
        return None
    columns = (
        Column("Links"),
        Column("Streams", "count"),
        Column("Fulfilled", "count"),
        Column("With a lead time", "count"),
        Column("Median", "duration"),
        Column("85 % within", "duration"),
    )
    measures, without = analysis.measures, linked.without_weak
    lead, explicit = measures.lead_time_claimed, without.lead_time
    rows: tuple[tuple[Value, ...], ...] = (
        (t("All links"), analysis.streams.cases, measures.fulfilled, lead.n, lead.median, lead.p85),
        (t("Explicit links alone"), without.streams, without.fulfilled, *_lead(explicit)),
    )
    return table("weak-links", "With and without weak links", columns, rows, words.WEAK_NOTE)


def _lead(of: Quantiles | None) -> tuple[Value, Value, Value]:
    return (0, None, None) if of is None else (of.n, of.median, of.p85)
