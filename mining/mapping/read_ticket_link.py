"""The address under which the source tool shows a ticket: `ticket_link` of a mapping file."""

from __future__ import annotations

from urllib.parse import urlsplit

from mining.mapping.reader import Reader

TICKET = "{ticket}"
_AT = ("ticket_link",)
_EXPECTED = "such as https://desk.example.com/ticket/{ticket}"


def read_ticket_link(reader: Reader, pattern: str | None) -> str | None:
    """`pattern` where it can be used; problems are noted in `reader`. The ticket stands behind the host, so that no
    ticket of an export can lead to another host."""
    if pattern is None:
        return None
    text = _fault(pattern)
    if text is not None:
        reader.complain(_AT, text, found=pattern, expected=_EXPECTED)
        return None
    return pattern


def _fault(pattern: str) -> str | None:
    """What is wrong with it, in words."""
    if any(character.isspace() or not character.isprintable() or character in "<>\"'`\\" for character in pattern):
        return "an address has no spaces, quotes or control characters in it"
    try:
        parts = urlsplit(pattern)
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        return "this is no address"
    faults = (
        (parts.scheme not in ("http", "https"), "the address of a ticket begins with https:// or http://"),
        (not host or TICKET in parts.netloc, "the address needs a host, and the ticket stands behind it"),
        (user is not None, "a report is passed on: no user name or password in an address"),
        (pattern.count(TICKET) != 1, "the address says once where the ticket's number stands: {ticket}"),
        (set("{}") & set(pattern.replace(TICKET, "")), "{ticket} is all that an address has in braces"),
    )
    return next((said for there, said in faults if there), None)
