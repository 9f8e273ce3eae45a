"""The links and cases of a mapping file."""

from __future__ import annotations

import re
from dataclasses import replace

from mining.core.export import Shape
from mining.core.links import CasesBy, CasesSpec, LinkSpec
from mining.mapping.patterns import fault_in
from mining.mapping.reader import Reader
from mining.mapping.schema import CasesPart
from mining.mapping.schema_export import ExportPart, LinkPart
from mining.mapping.spans import EXPECTED, read_span

_TELLS = ("column", "field", "relation", "event", "same")
"""What can tell that tickets are linked: one of them a link."""
_WITH = {
    "to": ("column", "field", "relation", "event"),
    "from_": ("column", "field", "relation", "event"),
    "pattern": ("column", "field"),
    "objects": ("relation", "event"),
    "within": ("same",),
}
_NO_QUALIFIER = "(no qualifier)"

_At = tuple[str | int, ...]


def read_links(reader: Reader, part: ExportPart) -> tuple[LinkSpec, ...]:
    """What links tickets. Problems are noted in `reader`."""
    found = []
    for i, link in enumerate(part.links):
        at = ("export", "links", i)
        tells = [key for key in _TELLS if getattr(link, key) not in (None, [])]
        if len(tells) != 1:
            text = "a link needs one of column, relation, event and same (or field, of changes), and not several"
            reader.complain(at, text, found=", ".join(tells) or None)
            continue
        _check_keys(reader, at, part, link, tells[0])
        if link.same:
            found += _inferred(reader, at, part, link)
            continue
        if (link.to is None) is (link.from_ is None):
            text = "a link needs to (the stream goes on to those tickets) or from (it came from them), and not both"
            reader.complain(at, text)
            continue
        if link.pattern is not None:
            _check_pattern(reader, (*at, "pattern"), link.pattern)
        other = link.to or link.from_ or ""
        column = link.column or link.field or link.event or link.relation or _NO_QUALIFIER
        told = LinkSpec(column, other, link.to is not None, link.because, link.pattern, link.relation, link.event)
        changed = None if link.field is None or not (part.field and part.new) else (part.field, part.new)
        found.append(replace(told, objects=tuple(dict.fromkeys(link.objects)), field=changed))
        if link.event is not None:
            _check_sides(reader, at, part, found[-1])
    return tuple(found)


def _check_keys(reader: Reader, at: _At, part: ExportPart, link: LinkPart, tells: str) -> None:
    """Note the keys that make no sense with what tells the link, and links that the shape cannot tell."""
    for key, ways in _WITH.items():
        if getattr(link, key) not in (None, []) and tells not in ways:
            name = key.rstrip("_")
            text = f'"{name}" makes no sense with {tells}'
            reader.complain((*at, name), text, expected=f"{name} with {' or '.join(ways)}")
    if tells in ("relation", "event") and part.shape is not Shape.EVENTS:
        text = f"objects are related in OCEL, whose rows are events: {tells} makes no sense with the shape {part.shape}"
        reader.complain((*at, tells), text)
    if tells == "field" and part.shape is not Shape.CHANGES:
        text = f"only changes tell the new value of a field: it makes no sense with the shape {part.shape}"
        reader.complain((*at, tells), text, todo="name the column of the export instead: column")
    if tells == "same" and part.shape is Shape.LINKS:
        text = "same makes no sense with the shape links: a table of links says nothing of what happened"
        reader.complain((*at, tells), text, todo="say it in the mapping of the tickets")


def _inferred(reader: Reader, at: _At, part: ExportPart, link: LinkPart) -> list[LinkSpec]:
    """Tickets raised again, by what they have in common; none where the span of time is missing or is none."""
    span = None if link.within is None else read_span(link.within)
    if span is None:
        text = "same needs within: how long after the earlier ticket was done with"
        place = at if link.within is None else (*at, "within")
        reader.complain(place, text, found=link.within, expected=EXPECTED)
        return []
    same = tuple(dict.fromkeys(link.same))
    names = " and ".join(same)
    return [LinkSpec(names, part.ticket_type, because=link.because or f"the same {names}", same=same, within=span)]


def _check_sides(reader: Reader, at: _At, part: ExportPart, link: LinkSpec) -> None:
    """An event that concerns tickets of one kind alone does not say which way the stream goes."""
    all_there = not link.objects or (part.objects and set(part.objects) <= set(link.objects))
    if link.other == part.ticket_type and all_there:
        text = "an event that tickets of one kind share does not say which way the stream goes"
        todo = "name the types of objects on the other side under objects, or a relation instead"
        reader.complain((*at, "event"), text, todo=todo)


def read_cases(reader: Reader, part: CasesPart | None) -> CasesSpec | None:
    """How the mapping makes cases; None where it does not say."""
    if part is None:
        return None
    if part.start and part.by is not CasesBy.FOLLOW:
        reader.complain(("cases", "start"), f"a stream begins at a type of ticket only by {CasesBy.FOLLOW.value}")
    return CasesSpec(part.by, tuple(dict.fromkeys(part.start)), part.at_most)


def _check_pattern(reader: Reader, at: _At, pattern: str) -> None:
    fault = fault_in(pattern)
    if fault is not None:
        reader.complain(at, f"the regular expression {fault}", found=pattern)
    elif re.compile(pattern).groups > 1:
        reader.complain(at, "one group at most: it is the number", found=pattern, todo="write (?:…) for the others")
