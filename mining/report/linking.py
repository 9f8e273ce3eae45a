"""What links between tickets made of the streams, and what is not linked. Where each ticket is a case, nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.linked import Linked, LinkUse
from mining.core.links import CasesBy
from mining.report import deviating, deviation_words
from mining.report import link_words as words
from mining.report import words as plain_words
from mining.report.formats import count, cut, harmless, many, percent, share
from mining.report.language import t


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
        t(
            "{n} of {streams} hold several tickets ({sizes})",
            n=count(linked.several),
            streams=many(cases, "stream"),
            sizes=_sizes(linked),
        ),
        t("{n} of {tickets} in several streams", n=count(linked.shared), tickets=many(linked.tickets, "ticket")),
        t("{n} in none", n=count(lost(linked))),
    ]
    if linked.cut_streams:
        what = "stream" if linked.spec.by is CasesBy.FOLLOW else "group"
        parts.append(
            t("{streams} cut at {n} tickets", streams=many(linked.cut_streams, what), n=count(linked.spec.at_most))
        )
    return Figure(t("Links"), percent(share(linked.several, cases)), "; ".join(parts))


def glossary(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    """The glossary, which says of streams what they are in this report."""
    if analysis.streams.linked is None:
        return plain_words.GLOSSARY
    own = dict(words.LINK_GLOSSARY)
    told = tuple((name, own.pop(name, meaning)) for name, meaning in plain_words.GLOSSARY)
    return (*told, *own.items())


def privacy(analysis: Analysis) -> str:
    """Whom the report names: no ticket, but those of streams that were cut."""
    linked = analysis.streams.linked
    if deviating.named(analysis):
        return deviation_words.PRIVACY_EXAMPLES
    return words.PRIVACY_CUT if linked is not None and linked.cut else plain_words.PRIVACY


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
        "tickets_share": use_share(linked, one),
        "absent": one.absent,
        "absent_share": share(one.absent, one.links),
        "to_itself": one.to_itself,
    }


def use_share(linked: Linked, one: LinkUse) -> float | None:
    """Of the tickets of the type that has the column, those that name a ticket in it."""
    whole = _tickets_of(linked, one.source)
    return None if whole is None else share(one.tickets, whole)


def _tickets_of(linked: Linked, ticket_type: str) -> int | None:
    """How many tickets of a type are in the export."""
    return dict(linked.by_type).get(ticket_type)


# ----------------------------------------------------------------------------------------------------- sentences


def _how(linked: Linked) -> str:
    if linked.spec.by is CasesBy.CONNECTED:
        return words.CONNECTED
    types = t(" or ").join(cut(harmless(one)) for one in linked.spec.start)
    return words.FOLLOW.format(start=words.FOLLOW_START.format(types=types) if types else words.FOLLOW_ANY)


def _sizes(linked: Linked) -> str:
    return (
        t("median {median}, largest {largest}", median=count(linked.median_size), largest=count(linked.largest))
        if linked.several
        else t("none")
    )


def _figures(analysis: Analysis, linked: Linked) -> Iterator[Figure]:
    cases, most = analysis.streams.cases, many(linked.spec.at_most, "ticket")
    over = t("{n} of {streams}", n=count(linked.several), streams=many(cases, "stream"))
    yield Figure(t("Streams of several tickets"), percent(share(linked.several, cases)), over)
    if linked.several:
        over = t(
            "the median of {streams} of several; the largest has {largest}, and at most {most} are allowed",
            streams=many(linked.several, "stream"),
            largest=count(linked.largest),
            most=most,
        )
        yield Figure(t("Tickets in such a stream"), count(linked.median_size), over)
    for name, number, meaning in (
        (t("Shared tickets"), linked.shared, t("in more than one stream, and in each of them")),
        (t("Tickets in circles"), linked.in_circles, t("their links lead back to them")),
    ):
        over = t(
            "{n} of {tickets}: {meaning}", n=count(number), tickets=many(linked.tickets, "ticket"), meaning=meaning
        )
        yield Figure(name, percent(share(number, linked.tickets)), over)
    if linked.events_before:
        events = analysis.streams.events + linked.events_before
        over = t(
            "{n} of {events}: {meaning}",
            n=count(linked.events_before),
            events=many(events, "event"),
            meaning=words.BEFORE_DEMAND,
        )
        yield Figure(t("Events before demand"), percent(share(linked.events_before, events)), over)


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
