"""Several exports of different shape as one log: incidents as snapshots, changes as tickets, and so on.

Each export was read and mapped on its own; here their events come into one table, with the labels and ends of all of
them. Tickets of different types never meet in one case, also where their numbers are equal: linking them is another
room's work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from mining.core.activities import End
from mining.core.analysis import MappingInfo
from mining.core.errors import Problem, RequestError
from mining.core.events import Ledger, MappedLog, RuleUse, VisitLabel
from mining.core.links import CasesBy
from mining.core.wording import Wording
from mining.mapping.link_table import check_beside_events
from mining.mapping.linking import cases_of
from mining.mapping.model import Mapping
from mining.mapping.read_rates import rates_together
from mining.mapping.turns import named_together, turns_together

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Part:
    """One export, mapped, and the mapping that it was mapped by."""

    mapping: Mapping
    log: MappedLog


def check_together(mappings: Sequence[Mapping], by: CasesBy | None = None) -> None:
    """Raises RequestError where these mappings cannot be used in one analysis, with cases made `by`, or as they say.

    They must agree on what is asked of the log as a whole: how long an event holds, whether tickets end, and whether
    value is told. (Where only some mappings can end a ticket, the tickets of the others would pass for open ones.)
    Value need not be told of tickets at which no stream begins: the streams that reach them have it from others. No
    two may call their tickets alike. None of that is asked of tables of links, which make no events; but they need an
    export beside them that does.
    """
    check_beside_events(mappings)
    mappings = [mapping for mapping in mappings if not mapping.is_link_table]
    first = mappings[0]
    problems = [_differs(other, first, *asked) for other in mappings[1:] for asked in _asked(other, first)]
    problems += _value_problems(mappings, by)
    for i, mapping in enumerate(mappings):
        problems += [_same_type(mapping, known) for known in mappings[:i] if _mistakable(mapping, known)]
    if problems:
        raise RequestError(*problems)
    rates_together(mappings)


def _asked(other: Mapping, first: Mapping) -> Iterator[tuple[str, str, str]]:
    """What the two do not agree on: in words, what the one says, and what the other."""
    if other.export.holds is not first.export.holds:
        yield "how long an event holds", f"holds: {other.export.holds}", f"holds: {first.export.holds}"
    if other.can_end is not first.can_end:
        says = "{} rule ends a ticket"
        yield "whether tickets end", says.format(_a_or_no(other.can_end)), says.format(_a_or_no(first.can_end))


def _value_problems(mappings: Sequence[Mapping], by: CasesBy | None) -> list[Problem]:
    """Mappings of tickets at which streams begin that do not agree on whether value is told."""
    if len({mapping.can_realise_value for mapping in mappings}) == 1:
        return []
    start = cases_of(mappings, by).start
    first, *others = [each for each in mappings if each.export.ticket_type in start] or mappings
    says = "{} rule claims or confirms value"
    return [
        _differs(
            other,
            first,
            "whether value is told",
            says.format(_a_or_no(other.can_realise_value)),
            says.format(_a_or_no(first.can_realise_value)),
            todo=_BEGIN,
        )
        for other in others
        if other.can_realise_value is not first.can_realise_value
    ]


def _a_or_no(says: bool) -> str:
    return "a" if says else "no"


_ALONE = "analyse the exports one by one, or change one of the mappings"
_BEGIN = f"{_ALONE}, or let streams begin at tickets that tell value alone (cases: by: follow, start: …)"


def _differs(other: Mapping, first: Mapping, what: str, found: str, expected: str, *, todo: str = _ALONE) -> Problem:
    return Problem(
        f"mappings of one analysis must agree on {what}",
        file=other.info.file,
        line=other.lines.get("export" if what.startswith("how") else "rules"),
        found=found,
        expected=f"{expected}, as in {first.info.file}",
        todo=todo,
    )


def _mistakable(mapping: Mapping, known: Mapping) -> bool:
    """Whether "TYPE TICKET" could be a ticket of both."""
    one, other = f"{mapping.export.ticket_type} ", f"{known.export.ticket_type} "
    return one.startswith(other) or other.startswith(one)


def _same_type(mapping: Mapping, known: Mapping) -> Problem:
    return Problem(
        "two mappings of one analysis have ticket types that cannot be told apart",
        file=mapping.info.file,
        line=mapping.lines.get("export"),
        found=f"ticket_type: {mapping.export.ticket_type}, beside {known.export.ticket_type} in {known.info.file}",
        todo="give each its own ticket_type, or name only one of them for all of these files",
    )


def together(parts: Sequence[Part], by: CasesBy | None = None) -> tuple[MappingInfo, MappedLog]:
    """The mappings as one to name, and the logs as one. Cases are called "TYPE TICKET", such as "change CHG0031", where
    several parts have events; the ledger is the sum of the ledgers.

    The rules keep their numbers, and say whose they are; so do the labels that no rule met. Tables of links come last,
    since how the exports are read is told of the first. A log of one part is returned as it is. Raises RequestError as
    `check_together` does.
    """
    check_together([part.mapping for part in parts], by)
    if len(parts) == 1:
        return parts[0].mapping.info, parts[0].log
    parts = sorted(parts, key=lambda part: part.mapping.is_link_table)
    events = [part for part in parts if not part.mapping.is_link_table]
    visits = tuple(dict.fromkeys(label for part in events for label in part.log.visits))
    ends = tuple(dict.fromkeys(end for part in events for end in part.log.ends))
    log = MappedLog(
        table=_events(events, visits, ends),
        visits=visits,
        ends=ends,
        ledger=_sum([part.log.ledger for part in parts]),
        rule_uses=tuple(_of_mapping(use, part.mapping.name) for part in parts for use in part.log.rule_uses),
        unmapped=tuple(
            replace(label, event=f"{part.mapping.name}: {label.event or 'missing'}")
            for part in parts
            for label in part.log.unmapped
        ),
        holds=parts[0].log.holds,
        notes=tuple(_notes(parts)),
        ticket_types=tuple(part.mapping.export.ticket_type for part in events),
        links=_links(parts),
        link_specs=tuple(spec for part in parts for spec in part.log.link_specs),
        rework_after=tuple(dict.fromkeys(place for part in events for place in part.log.rework_after)),
        rates=rates_together([part.mapping for part in events]),
        turns=turns_together([part.log for part in events]),
        scopes=tuple(scope for part in events for scope in part.log.scopes),
        undated=tuple(_undated(parts)),
        children=named_together([(part.log, part.log.children) for part in events]),
        against_time=named_together([(part.log, part.log.against_time) for part in events]),
        support_lines=tuple(line for part in events for line in part.log.support_lines),
        by_change=tuple(type_ for part in events for type_ in part.log.by_change),
        listed=tuple(type_ for part in events for type_ in part.log.listed),
    )
    return _info([part.mapping for part in parts]), log


def _info(mappings: Sequence[Mapping]) -> MappingInfo:
    """All mappings as one; how the exports are read is that of the first, which is one of events."""
    infos = [mapping.info for mapping in mappings]
    owners = dict.fromkeys(info.owner for info in infos if info.owner is not None)
    return MappingInfo(
        name=" and ".join(info.name for info in infos),
        file=", ".join(info.file for info in infos),
        sha256=hashlib.sha256("".join(info.sha256 for info in infos).encode()).hexdigest(),
        owner=", ".join(owners) or None,
        cannot_show=tuple(f"{info.name}: {text}" for info in infos for text in info.cannot_show),
        export=infos[0].export,
        ticket_links=tuple(_ticket_links(mappings)),
    )


def _ticket_links(mappings: Sequence[Mapping]) -> Iterator[tuple[str, str]]:
    """Where each tool shows its tickets, after what the names of their cases begin with."""
    events = [mapping for mapping in mappings if not mapping.is_link_table]
    for mapping in events:
        before = f"{mapping.export.ticket_type} " if len(events) > 1 else ""
        yield from ((before, pattern) for _, pattern in mapping.info.ticket_links)


def _links(parts: Sequence[Part]) -> ir.Table | None:
    """The links of all parts with the indices that their columns have among all of them."""
    import ibis

    before, tables = 0, []
    for part in parts:
        links = part.log.links
        if links is not None:
            tables.append(links.mutate(link=(links.link + before).cast("int16")))
        before += len(part.log.link_specs)
    return ibis.union(*tables, distinct=False) if len(tables) > 1 else next(iter(tables), None)


def _of_mapping(use: RuleUse, name: str) -> RuleUse:
    """The use of a rule, with the name of its mapping before it."""
    said = Wording("{0}: {1}", (name, use.when or use.text))
    return replace(use, text=str(said), when=said)


def _undated(parts: Sequence[Part]) -> Iterator[int]:
    """The indices of columns whose links have no date, among those of all parts."""
    before = 0
    for part in parts:
        yield from (number + before for number in part.log.undated)
        before += len(part.log.link_specs)


def _notes(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        name, export, ledger = part.mapping.name, part.mapping.export, part.log.ledger
        said = [f"{ledger.rows_read:,} rows of the type {export.ticket_type}"]
        if part.mapping.is_link_table:
            said = [
                f"{ledger.rows_read:,} rows with links of tickets of the type {export.ticket_type}, "
                f"of which {ledger.rows_mapped:,} tell any"
            ]
        if export.has_time:
            said.append(f"times without an offset were read as {export.time.zone or 'UTC'}")
        yield f"{name} ({part.mapping.info.file}, sha256 {part.mapping.info.sha256[:12]}): {'; '.join(said)}."
        yield from (f"{name}: {note}" for note in part.log.notes)


def _events(parts: Sequence[Part], visits: tuple[VisitLabel, ...], ends: tuple[End, ...]) -> ir.Table:
    """The events of all parts. Where tables of links stand beside one part only, its tickets keep their names."""
    import ibis

    if len(parts) == 1:
        return parts[0].log.table
    ends_known = any("until" in part.log.table.columns for part in parts)
    return ibis.union(*(_renumbered(part, visits, ends, ends_known) for part in parts), distinct=False)


def _renumbered(part: Part, visits: tuple[VisitLabel, ...], ends: tuple[End, ...], ends_known: bool) -> ir.Table:
    """The events of a part with the indices that its labels and ends have among all of them."""
    import ibis

    table = part.log.table
    more = {}
    if ends_known:
        more["until"] = table.until if "until" in table.columns else ibis.null("int64")
    return table.select(
        "time",
        "sequence",
        "unmapped",
        **more,
        case_id=ibis.literal(f"{part.mapping.export.ticket_type} ") + table.case_id,
        visit=_by_index(table.visit, [visits.index(label) for label in part.log.visits]),
        end=_by_index(table.end, [ends.index(end) for end in part.log.ends]),
    )


def _by_index(index: ir.IntegerValue, numbers: list[int]) -> ir.IntegerValue:
    import ibis

    branches = list(enumerate(numbers))
    found: ir.IntegerValue = index.cases(*branches).cast("int16") if branches else ibis.null("int16")
    return found


def _sum(ledgers: Sequence[Ledger]) -> Ledger:
    """Field by field. Missing updates, and the neighbours that they are a share of, are those of the exports that have
    a counter; None where none has."""
    total = {field.name: sum(getattr(ledger, field.name) or 0 for ledger in ledgers) for field in fields(Ledger)}
    counted = [ledger for ledger in ledgers if ledger.missing_updates is not None]
    neighbours = sum(ledger.neighbours for ledger in counted or ledgers)
    missing = sum(ledger.missing_updates or 0 for ledger in counted) if counted else None
    return replace(Ledger(**total), neighbours=neighbours, missing_updates=missing)
