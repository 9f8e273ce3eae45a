"""The texts on links between tickets: said only where streams are made of several tickets."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

FOLLOW = (
    "Each stream begins at a demand ticket, {start}, and follows links onwards. A ticket that several streams reach is "
    "in each of them; its work counts once in totals. What happened to a ticket before a stream began is not in that "
    "stream."
)
FOLLOW_START, FOLLOW_ANY = "here one of type {types}", "here any ticket that no link leads to"
CONNECTED = (
    "All tickets that hang together by links are one stream, whichever way the links lead. Each ticket is in one "
    "stream, so its work counts once in totals."
)
COUNTED_ONCE = {
    "follow": "Work on a ticket that several streams share counts once, for the stream that began first.",
    "connected": "No ticket is in two streams, so work on each counts once.",
}
PASSED_ONCE = "Visits, passages and times on a shared ticket count once; streams are counted wherever they pass."
ONCE = "work on shared tickets counted once"
NEXT_OF_STREAM = "In a stream of several tickets, the next event is that of the stream, on whichever of its tickets."
STRENGTHS = {
    "explicit": "explicit",
    "parsed": "weak: in a text",
    "inferred": "weak: in common",
}
NO_LINKS = "No column of links held the number of a ticket."
LINKS_NOTE = (
    "From and to: the way a stream goes. Told by: the type whose column names the other ticket. Links: two tickets "
    "each, counted once a column. Tickets: those that have such a link, and their share of all of the type that tells "
    "it; – where that number is not known. Absent: links whose other ticket is in no export. To itself: links that "
    "say nothing."
)
ORPHANS_NOTE = (
    "A link counts in either direction, and only if the other ticket is in an export. Median and most: with how many "
    "of them each of the others is linked (fan-out; nearest rank)."
)
NOTHING_CUT = "No stream was cut: none has more than {most}."
CUT_FOLLOW = (
    "Cut at {most}: {streams} ({share} of {all}). The nearest tickets were kept, and at least {left} left out, counted "
    "once for each stream that lacks them."
)
CUT_CONNECTED = (
    "Too large to be taken as one stream, with more than {most}: {groups}. Each of the {left} in there is a stream of "
    "its own."
)
CUT_NOTE = "The largest {shown} of {all}."
ALL_IN_STREAMS = "Every ticket is in a stream."
IN_NO_STREAM = "In no stream: {n} of {all} ({share}). {why}"
NOT_REACHED = "No stream that begins at a demand ticket reaches them, or they had ended before it began."
NOT_REACHED_OR_CUT = (
    "No stream that begins at a demand ticket reaches them, they had ended before it began, or it was cut before it "
    "did."
)
WEAK = "Weak: {n} of {all} ({share}). Their numbers were found in texts, or what tickets have in common tells them."
ALL_EXPLICIT = "All {all} are explicit: fields that hold only the other ticket's number."
WEAK_NOTE = "Lead time from demand to the first value claimed or confirmed, over the fulfilled streams that have one."
LINK_DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Linked",
        "A ticket names another one in a column that the mapping calls links. Each two tickets count once a column.",
    ),
    (
        "Strength of a link",
        "Explicit: a field that holds only the other ticket's number. Weak: found in a text, or told by what the "
        "tickets have in common.",
    ),
    (
        "Shared work counts once",
        "A ticket that several streams reach is in each of them: in their routes, lead times and checks. Totals over "
        "streams count its work once, for the stream that began first.",
    ),
)
LINK_GLOSSARY: tuple[tuple[str, str], ...] = (
    ("stream", "one route from demand to value: the visits of the tickets that links make one case, in order"),
    ("case", "what a stream belongs to: here the tickets that links bring together, or one that has no link"),
    ("link", "what a column of one ticket says of another: that they belong together"),
)
PRIVACY_CUT = (
    "No person is named in this report, and it sends nothing anywhere. The only tickets named are those of the streams "
    "that were cut."
)
REOPENING = (
    "Of {all} of the type {types}, at least {lower} ({lower_share}) were re-opened: their own events withdraw value. "
    "At most {upper} ({upper_share}), counting also the {raised} that a new ticket seems to raise again. That is "
    "inferred: {rules}."
)
REOPENING_RULE = "the same {columns}, begun within {within} after the earlier one was done with"
BEFORE_DEMAND = "earlier than the demand of every stream that holds their ticket, so they are in none"
