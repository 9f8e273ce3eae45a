"""What links between tickets made of the streams, and what is not linked. Where each ticket is a case, nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.linked import Linked, LinkUse
from mining.core.links import CasesBy
from mining.core.streams import Quantiles
from mining.report import link_words as words
from mining.report.formats import count, harmless, many, percent, share
from mining.report.tabular import Column, Table, Value, table
from mining.report.words import GLOSSARY, PRIVACY


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on links: what it is, the figure, and over what it was taken."""

    name: str
    figure: str
    over: str


@dataclass(frozen=True, slots=True)
class Linking:
    """What the section on links says beside its tables."""

    how: str
    figures: tuple[Figure, ...]
    in_no_stream: str
    cut: str
    weak: str
    counted_once: str
    passed_once: str


def linking(analysis: Analysis) -> Linking | None:
    """The sentences and figures on links; None where each ticket is a case."""
    linked = analysis.streams.linked
    if linked is None:
        return None
    return Linking(
        how=_how(linked),
        figures=tuple(_figures(analysis, linked)),
        in_no_stream=_in_no_stream(linked),
        cut=_cut(analysis, linked),
        weak=_weak(linked),
        counted_once=words.COUNTED_ONCE[linked.spec.by.value],
        passed_once=words.PASSED_ONCE if linked.spec.by is CasesBy.FOLLOW else "",
    )


def link_line(analysis: Analysis) -> Figure | None:
    """Links in one line of the summary."""
    linked, cases = analysis.streams.linked, analysis.streams.cases
    if linked is None:
        return None
    parts = [
        f"of {many(cases, 'stream')} hold several tickets ({_sizes(linked)})",
        f"{count(linked.shared)} of {many(linked.tickets, 'ticket')} in several streams",
        f"{count(lost(linked))} in none",
    ]
    if linked.cut_streams:
        what = "stream" if linked.spec.by is CasesBy.FOLLOW else "group"
        parts.append(f"{many(linked.cut_streams, what)} cut at {count(linked.spec.at_most)} tickets")
    return Figure("Links", percent(share(linked.several, cases)), "; ".join(parts))


def glossary(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    """The glossary, which says of streams what they are in this report."""
    if analysis.streams.linked is None:
        return GLOSSARY
    own = dict(words.LINK_GLOSSARY)
    told = tuple((name, own.pop(name, meaning)) for name, meaning in GLOSSARY)
    return (*told, *own.items())


def privacy(analysis: Analysis) -> str:
    """Whom the report names: no ticket, but those of streams that were cut."""
    linked = analysis.streams.linked
    return words.PRIVACY_CUT if linked is not None and linked.cut else PRIVACY


def lost(linked: Linked) -> int:
    """How many tickets are in no stream."""
    return sum(tickets for _, tickets in linked.in_no_stream)


def links_of(linked: Linked) -> int:
    """How many links all columns hold."""
    return sum(use.links for use in linked.uses)


def link_use(linked: Linked, one: LinkUse) -> dict[str, str | bool | int | float | None]:
    """What a column of links holds, as result.json and the table have it."""
    return {
        "type": one.source,
        "other": one.other,
        "column": one.column,
        "reason": one.reason,
        "strength": one.strength.value,
        "onwards": one.onwards,
        "links": one.links,
        "tickets": one.tickets,
        "tickets_of_type": _tickets_of(linked, one.source),
        "tickets_share": _use_share(linked, one),
        "absent": one.absent,
        "absent_share": share(one.absent, one.links),
        "to_itself": one.to_itself,
    }


def _tickets_of(linked: Linked, ticket_type: str) -> int | None:
    """How many tickets of a type are in the export; only the account of orphans tells that."""
    return next((one.tickets for one in linked.orphans if one.type == ticket_type), None)


# ----------------------------------------------------------------------------------------------------- sentences


def _how(linked: Linked) -> str:
    if linked.spec.by is CasesBy.CONNECTED:
        return words.CONNECTED
    types = " or ".join(map(harmless, linked.spec.start))
    return words.FOLLOW.format(start=words.FOLLOW_START.format(types=types) if types else words.FOLLOW_ANY)


def _sizes(linked: Linked) -> str:
    return f"median {count(linked.median_size)}, largest {count(linked.largest)}" if linked.several else "none"


def _figures(analysis: Analysis, linked: Linked) -> Iterator[Figure]:
    cases, most = analysis.streams.cases, many(linked.spec.at_most, "ticket")
    over = f"{count(linked.several)} of {many(cases, 'stream')}"
    yield Figure("Streams of several tickets", percent(share(linked.several, cases)), over)
    if linked.several:
        over = f"the median of {many(linked.several, 'stream')} of several; the largest has {count(linked.largest)}"
        yield Figure("Tickets in such a stream", count(linked.median_size), f"{over}, and at most {most} are allowed")
    for name, number, meaning in (
        ("Shared tickets", linked.shared, "in more than one stream, and in each of them"),
        ("Tickets in circles", linked.in_circles, "their links lead back to them"),
    ):
        over = f"{count(number)} of {many(linked.tickets, 'ticket')}: {meaning}"
        yield Figure(name, percent(share(number, linked.tickets)), over)


def _in_no_stream(linked: Linked) -> str:
    if not lost(linked):
        return words.ALL_IN_STREAMS
    return words.IN_NO_STREAM.format(
        n=count(lost(linked)),
        all=many(linked.tickets, "ticket"),
        share=percent(share(lost(linked), linked.tickets)),
        why=words.NOT_REACHED_OR_CUT if linked.cut_streams else words.NOT_REACHED,
    )


def _cut(analysis: Analysis, linked: Linked) -> str:
    most = many(linked.spec.at_most, "ticket")
    if not linked.cut_streams:
        return words.NOTHING_CUT.format(most=most)
    if linked.spec.by is CasesBy.CONNECTED:
        left = many(linked.cut_tickets, "ticket")
        return words.CUT_CONNECTED.format(groups=many(linked.cut_streams, "group"), most=most, left=left)
    return words.CUT_FOLLOW.format(
        streams=many(linked.cut_streams, "stream"),
        share=percent(share(linked.cut_streams, analysis.streams.cases)),
        all=many(analysis.streams.cases, "stream"),
        most=most,
        left=many(linked.cut_tickets, "ticket"),
    )


def _weak(linked: Linked) -> str:
    whole = links_of(linked)
    if not whole:
        return words.NO_LINKS
    if not linked.weak:
        return words.ALL_EXPLICIT.format(all=many(whole, "link"))
    return words.WEAK.format(n=count(linked.weak), all=many(whole, "link"), share=percent(share(linked.weak, whole)))


# -------------------------------------------------------------------------------------------------------- tables


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
        Column("Tickets that have one", "count"),
        Column("Share of their type", "share"),
        Column("Links to tickets in no export", "count"),
        Column("Share of links", "share"),
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
        _use_share(linked, one),
        one.absent,
        share(one.absent, one.links),
        one.to_itself,
    )


def _use_share(linked: Linked, one: LinkUse) -> float | None:
    """Of the tickets of the type that has the column, those that name a ticket in it; None where that is not told."""
    whole = _tickets_of(linked, one.source)
    return None if whole is None else share(one.tickets, whole)


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
    )
    rows = [(one.type, one.other, one.without, one.tickets, share(one.without, one.tickets)) for one in linked.orphans]
    return table("orphans", "Tickets without a link", columns, rows, words.ORPHANS_NOTE)


def in_no_stream_table(analysis: Analysis) -> Table | None:
    """By type, the tickets that no stream holds."""
    linked = analysis.streams.linked
    if linked is None or not linked.in_no_stream:
        return None
    columns = (Column("Tickets of type"), Column("In no stream", "count"), Column("Share of all tickets", "share"))
    rows = [(type_, tickets, share(tickets, linked.tickets)) for type_, tickets in linked.in_no_stream]
    return table("in-no-stream", "Tickets in no stream", columns, rows)


def cut_table(analysis: Analysis) -> Table | None:
    """The streams that were cut most."""
    linked = analysis.streams.linked
    if linked is None or not linked.cut:
        return None
    follow = linked.spec.by is CasesBy.FOLLOW
    titles = ("Stream that begins at", "Tickets left out, at least") if follow else ("Group that begins at", "Tickets")
    name, what = ("Streams that were cut", "streams") if follow else ("Groups that were not taken together", "groups")
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
        ("All links", analysis.streams.cases, measures.fulfilled, lead.n, lead.median, lead.p85),
        ("Explicit links alone", without.streams, without.fulfilled, *_lead(explicit)),
    )
    return table("weak-links", "With and without weak links", columns, rows, words.WEAK_NOTE)


def _lead(of: Quantiles | None) -> tuple[Value, Value, Value]:
    return (0, None, None) if of is None else (of.n, of.median, of.p85)
