"""From the `export` and `demand` of a mapping file to the `ExportSpec` that the sources room reads by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mining.core.events import VisitLabel
from mining.core.export import ACTOR, EVENT, GROUP, CsvSpec, ExportSpec, Layout, Shape, TicketTime, TimeSpec
from mining.mapping.conditions import columns_of
from mining.mapping.model import Rule
from mining.mapping.read_facts import read_facts
from mining.mapping.read_links import read_links
from mining.mapping.read_outcome import read_label
from mining.mapping.read_shape import check_shape
from mining.mapping.reader import Reader, Roles
from mining.mapping.schema import MappingFile
from mining.mapping.schema_export import ExportPart, TicketTimePart
from mining.mapping.schema_rules import DemandPart
from mining.mapping.times import check_format, check_language, check_zone, read_zone


def read_roles(data: Any) -> Roles:
    """The roles, as far as the file says them readably: rules are checked even beside other faults."""
    export = data.get("export") if isinstance(data, dict) else None
    export = export if isinstance(export, dict) else {}

    def text(key: str) -> str | None:
        return export[key] if isinstance(export.get(key), str) and export[key] else None

    def texts(of: Any, default: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in of if isinstance(each, str)) if isinstance(of, list) else default

    made = export.get("shape") in (Shape.TICKETS, Shape.CHANGES)
    times = (
        [time for time in export["times"] if isinstance(time, dict)] if isinstance(export.get("times"), list) else []
    )
    return Roles(
        event=EVENT if made else text("event"),
        group=GROUP if any(time.get("group") for time in times) else text("group"),
        actor=ACTOR if any(time.get("actor") for time in times) else text("actor"),
        ticket_type=text("ticket_type") or "ticket",
        system_actors=texts(data.get("system_actors") if isinstance(data, dict) else None, ()),
        missing=texts(export.get("missing"), ("",)),
        final=texts(export.get("final"), ()),
        changes=tuple((key, name) for key in ("field", "old", "new") if (name := text(key)) is not None),
    )


def read_export(reader: Reader, file: MappingFile, rules: tuple[Rule, ...], roles: Roles) -> ExportSpec:
    """The specification of the export. Problems with its parts are noted in `reader`."""
    part = file.export
    check_shape(reader, part)
    _check_times(reader, part, file.demand)
    _check_final(reader, part, file.demand)
    times = _ticket_times(part)
    time = part.time.column or (times[0].column if times else "")
    changes = (part.field, part.old, part.new)
    events = [column for column in (roles.event, roles.group, roles.actor, *changes) if column is not None]
    looked_at = [column for rule in rules for column in columns_of(rule.when)]
    facts = read_facts(reader, file)
    of_facts = [fact.column for fact in facts if fact.column is not None]
    of_links = [link.column for link in part.links if link.column] if part.shape is Shape.LINKS else []
    spec = ExportSpec(
        shape=part.shape,
        ticket=part.ticket,
        time=_time_spec(part, time),
        event=roles.event or "",
        used=tuple(dict.fromkeys((*events, *looked_at, *part.keep, *of_links, *of_facts))),
        ticket_type=part.ticket_type,
        order_by=tuple(dict.fromkeys(part.order_by)),
        missing=tuple(dict.fromkeys(part.missing)),
        holds=part.holds,
        actor=roles.actor,
        group=roles.group,
        keep=tuple(dict.fromkeys(part.keep)),
        final=tuple(dict.fromkeys(part.final)),
        demand=_demand_time(part, file.demand),
        csv=CsvSpec(part.csv.delimiter, part.csv.quote, part.csv.encoding, part.csv.header),
        aliases=tuple((name, tuple(others)) for name, others in part.aliases.items()),
        optional=tuple(dict.fromkeys((*part.optional, *_only_in(of_facts, (*events, *looked_at, *part.keep))))),
        times=times,
        field=part.field,
        old=part.old,
        new=part.new,
        state=part.event if part.shape is Shape.CHANGES else None,
        until=part.time.until,
        layout=Layout(part.records, part.expand, part.sheet, tuple(dict.fromkeys(part.objects))),
        links=read_links(reader, part),
        facts=facts,
    )
    _check_names(reader, part, spec)
    return spec


def _only_in(columns: list[str], others: tuple[str, ...]) -> list[str]:
    return [column for column in columns if column not in others]


def _ticket_times(part: ExportPart) -> tuple[TicketTime, ...]:
    """The times of a ticket; who and which group as for the whole export where a time does not say."""
    named = [TicketTimePart.model_validate({"column": t}) if isinstance(t, str) else t for t in part.times]
    of_each = {"actor": any(time.actor for time in named), "group": any(time.group for time in named)}
    return tuple(
        TicketTime(
            time.column,
            time.event or time.column,
            time.actor or (part.actor if of_each["actor"] else None),
            time.group or (part.group if of_each["group"] else None),
        )
        for time in named
    )


def read_demand(reader: Reader, data: Any) -> VisitLabel | None:
    """The label of the demand event, from the raw `demand` of the file; None where there is none or it is wrong."""
    if not isinstance(data, dict) or data.get("activity") is None:
        return None
    label = read_label(reader, ("demand", "activity"), data["activity"], step=data.get("step"))
    waiting = reader.text(("demand", "waiting"), data["waiting"]) if data.get("waiting") is not None else None
    return None if label is None else VisitLabel(label.activity, label.step, waiting)


def _time_spec(part: ExportPart, column: str) -> TimeSpec:
    time = part.time
    zone, zone_column = read_zone(time.zone)
    zones = tuple((each.files, each.zone) for each in time.zones)
    return TimeSpec(column, time.format, zone, time.language, zone_column, zones)


def _demand_time(part: ExportPart, demand: DemandPart | None) -> TimeSpec | None:
    if demand is None:
        return None
    time = _time_spec(part, demand.time)
    if demand.zone is not None:
        time = replace(time, zone=demand.zone, zone_column=None, zones=())
    return replace(time, format=demand.format or time.format)


def _check_times(reader: Reader, part: ExportPart, demand: DemandPart | None) -> None:
    time = part.time
    check_format(reader, ("export", "time", "format"), time.format)
    check_language(reader, ("export", "time", "language"), time.language)
    check_zone(reader, ("export", "time", "zone"), time.zone)
    for i, each in enumerate(time.zones):
        check_zone(reader, ("export", "time", "zones", i, "zone"), each.zone)
    if time.zones and isinstance(time.zone, dict):
        reader.complain(("export", "time", "zones"), "the zone stands in a column or goes by file: not both")
    if demand is not None:
        check_format(reader, ("demand", "format"), demand.format)
        check_zone(reader, ("demand", "zone"), demand.zone)


def _check_final(reader: Reader, part: ExportPart, demand: DemandPart | None) -> None:
    """Nothing that is known only at the end may decide what happened, when, in which order, or to whom."""
    uses: dict[tuple[str | int, ...], str | None] = {
        ("export", "event"): None if part.shape is Shape.CHANGES else part.event,
        ("export", "group"): part.group,
        ("export", "actor"): part.actor,
        ("export", "ticket"): part.ticket,
        ("export", "time", "column"): part.time.column,
        ("demand", "time"): None if demand is None else demand.time,
        **{("export", "order_by", i): column for i, column in enumerate(part.order_by)},
        **{("export", "initial", i): column for i, column in enumerate(part.initial)},
    }
    for at, column in uses.items():
        if column is not None and column in part.final:
            what = "demand's time" if at[0] == "demand" else f"the {at[1]} column"
            reader.complain(
                at,
                f'"{column}" is listed under final: it is known only at the end, so it cannot be {what}',
                todo="choose another column, or take it from final",
            )


def _check_names(reader: Reader, part: ExportPart, spec: ExportSpec) -> None:
    """Names that nothing reads are most likely misspelt."""
    needed = spec.with_links.needed
    for name in part.aliases:
        if name not in needed:
            reader.unknown(("export", "aliases", name), f'nothing reads "{name}", so it needs no alias', name, needed)
    can_lack = [name for name in needed if name not in (spec.ticket, spec.time.column)]
    can_lack += [link.column for link in spec.links if link.of_objects]
    for i, name in enumerate(part.optional):
        if name not in can_lack:
            reader.unknown(("export", "optional", i), f'"{name}" cannot be optional', name, can_lack)
