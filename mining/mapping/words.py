"""A mapping in words."""

from __future__ import annotations

from mining.core.events import VisitLabel
from mining.core.export import ExportSpec, Holds, Shape, TicketTime
from mining.core.links import CasesBy, LinkSpec
from mining.mapping.model import Mapping
from mining.mapping.outcomes import Kind, label_in_words
from mining.mapping.spans import in_words

_SHAPES = {
    Shape.EVENTS: "each row is one event",
    Shape.SNAPSHOTS: "each row is the whole ticket after an update, and an event where something looked at has changed",
    Shape.TICKETS: "each row is a ticket, and each of its times that is filled is an event",
    Shape.CHANGES: "each row is one changed field",
    Shape.LINKS: "each row says what a ticket is linked with, and makes no event",
}
_HOLDS = {
    Holds.STATE: "what an event says goes on until the ticket's next event",
    Holds.POINT: "an event is a moment; nothing is known of the time until the next",
}


def explain(mapping: Mapping) -> str:
    """The mapping as text for people: how the export is read, then its rules in the order in which they are tried."""
    said = _link_table(mapping) if mapping.is_link_table else [*_export(mapping), "", *_rules(mapping)]
    return "\n".join([*said, *_rework_and_rates(mapping), *_cannot_show(mapping)])


def _export(mapping: Mapping) -> list[str]:
    export = mapping.export
    order = f", then {', '.join(export.order_by)}" if export.order_by else ""
    form = export.time.format or "ISO 8601"
    lines = [
        f"{mapping.name} ({mapping.info.file})",
        f"  {_SHAPES[export.shape]}; {_HOLDS[export.holds]}",
        f"  ticket {export.ticket}; event {_events(export)}; in order of {_times(export)} "
        f"({form}, {export.time.zone or 'UTC'}){order}",
    ]
    if export.until is not None:
        lines.append(f"  an event lasts until {export.until}")
    if mapping.demand is not None and export.demand is not None:
        label = label_in_words(mapping.demand)
        lines.append(f"  demand: {label} at {export.demand.column}, where that is earlier than the first row")
    lines += map(_link, export.links)
    if mapping.cases is not None and mapping.cases.by is not CasesBy.TICKET:
        start = f", beginning at {' and '.join(mapping.cases.start)}" if mapping.cases.start else ""
        lines.append(f"  cases by {mapping.cases.by.value}{start}; at most {mapping.cases.at_most} tickets each")
    if export.final:
        lines.append(f"  known only at the end, so nothing looks at them: {', '.join(export.final)}")
    return lines


def _link(link: LinkSpec) -> str:
    if link.same:
        return f"  the same {' and '.join(link.same)} within {in_words(link.within)}: raised again ({link.reason})"
    way = "the stream goes on to" if link.onwards else "the stream came from"
    found = "" if link.pattern is None else f", found by {link.pattern}"
    found += f", which is of the type {' or '.join(link.objects)} in the log" if link.objects else ""
    what = "relation " if link.relation is not None else "event " if link.event is not None else ""
    return f"  {what}{link.column}: {way} a ticket of the type {link.other} ({link.reason}){found}"


def _link_table(mapping: Mapping) -> list[str]:
    """A table of links: at which tickets they start, and where they lead."""
    export = mapping.export
    lines = [
        f"{mapping.name} ({mapping.info.file})",
        f"  {_SHAPES[export.shape]}",
        f"  ticket {export.ticket}, of the type {export.ticket_type}",
        *map(_link, export.links),
    ]
    if export.has_time:
        lines.append(f"  set at {export.time.column} ({export.time.format or 'ISO 8601'}, {export.time.zone or 'UTC'})")
    return lines


def _events(export: ExportSpec) -> str:
    """What an event's label is."""
    if export.shape is Shape.TICKETS:
        return ", ".join(_ticket_time(time) for time in export.times)
    if export.shape is Shape.CHANGES:
        name = f"the name of the field in {export.field}"
        return name if export.state is None else f"{export.new} where {export.state} changed, else {name}"
    return export.event


def _ticket_time(time: TicketTime) -> str:
    who = [name for name in (time.actor, time.group) if name is not None]
    return f'"{time.event}" at {time.column}' + (f" (by {', '.join(who)})" if who else "")


def _times(export: ExportSpec) -> str:
    return "these times" if export.shape is Shape.TICKETS else export.time.column


def _rules(mapping: Mapping) -> list[str]:
    lines = ["The first rule that holds decides:"]
    lines += [f"  {rule.number}. where {rule.text}: {rule.outcome}" for rule in mapping.rules]
    otherwise = "unmapped: counted and shown" if mapping.otherwise.kind is Kind.UNMAPPED else str(mapping.otherwise)
    return [*lines, f"  otherwise: {otherwise}"]


def _rework_and_rates(mapping: Mapping) -> list[str]:
    lines = []
    if mapping.rework_after:
        places = (label_in_words(VisitLabel(activity, step)) for activity, step in mapping.rework_after)
        lines.append(f"To come back somewhere is rework by or after: {', '.join(places)}")
    if mapping.rates is not None:
        lines.append(f"Work is priced in {mapping.rates.currency}, by the rates under `rates`")
    return ["", *lines] if lines else []


def _cannot_show(mapping: Mapping) -> list[str]:
    if not mapping.info.cannot_show:
        return []
    return ["", "This kind of export cannot show:", *(f"  - {text}" for text in mapping.info.cannot_show)]
