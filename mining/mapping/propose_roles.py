"""Which column plays which part: shape, ticket, time, event, and all that goes with them."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.export import Shape
from mining.core.profile import Column, ExportProfile, Grouping
from mining.mapping import propose_times as times
from mining.mapping.leaks import speaks_of_the_end
from mining.mapping.proposal import Choice, Chosen, EventTime, Roles, TimeChoice
from mining.mapping.propose_columns import (
    RESERVED,
    best,
    is_flag,
    known_share,
    likely_tickets,
    links,
    named_for,
    no_event,
    ticket_score,
    ticket_type,
    time_event,
)
from mining.mapping.vocabulary import Sure, role_words, speaks_for

_FEW_REPEATS = 0.02  # tickets in several rows, up to which an export is still one row a ticket
_MOST_KEPT = 12
_MOST_STATES = 60
_MOST_KEPT_TEXTS = 100


@dataclass(frozen=True, slots=True)
class _Begun:
    """What is decided before the shapes go different ways."""

    profile: ExportProfile
    chosen: Chosen
    shape: Choice[Shape]
    ticket: Choice[str]
    ticket_type: Choice[str]
    grouping: Grouping | None


def roles(profile: ExportProfile, chosen: Chosen) -> Roles:
    """The parts of the columns. Raises RequestError where no column holds times."""
    ticket = _ticket(profile, chosen)
    grouping = profile.grouping(ticket.value)
    shape = _shape(profile, ticket.value, grouping, chosen)
    kind = ticket_type(profile, ticket.value)
    type_ = Choice("ticket", Sure.LIKELY, "nothing says what kind of ticket it is")
    if kind is not None:
        type_ = Choice(kind[0], Sure.LIKELY, kind[1])
    begun = _Begun(profile, chosen, shape, ticket, type_, grouping)
    if shape.value is Shape.TICKETS:
        return _of_tickets(begun)
    return _of_changes(begun) if shape.value is Shape.CHANGES else _of_rows(begun)


def _ticket(profile: ExportProfile, chosen: Chosen) -> Choice[str]:
    ranked = [grouping.ticket for grouping in profile.groupings] or likely_tickets(profile.columns, profile.rows)
    if chosen.ticket is not None:
        return Choice(chosen.ticket, Sure.SURE, "as you said", tuple(t for t in ranked if t != chosen.ticket))
    first = profile.column(ranked[0])
    others = tuple(ranked[1:])
    grouping = profile.grouping(first.name)
    counted = f"{grouping.tickets:,} of them in {profile.rows:,} rows" if grouping is not None else "in every row"
    if speaks_for(first.name, role_words("ticket")) >= 0.6:
        near = [t for t in others if ticket_score(profile.column(t), profile.rows) > 0.9 * _score(profile, first)]
        return Choice(first.name, Sure.LIKELY if near else Sure.SURE, f"called so; {counted}", others)
    if first.numbered > 0.9:
        return Choice(first.name, Sure.LIKELY, f"looks like numbers of tickets; {counted}", others)
    return Choice(first.name, Sure.UNSURE, f"no column is called so; {counted}", others)


def _score(profile: ExportProfile, column: Column) -> float:
    return ticket_score(column, profile.rows)


def _shape(profile: ExportProfile, ticket: str, grouping: Grouping | None, chosen: Chosen) -> Choice[Shape]:
    if chosen.shape is not None:
        return Choice(chosen.shape, Sure.SURE, "as you said")
    if all(best(profile.columns, role, least=0.7, besides=(ticket,)) for role in ("field", "old", "new")):
        return Choice(Shape.CHANGES, Sure.SURE, "columns name a field, its old and its new value", (Shape.EVENTS,))
    told = [c for c in profile.columns if c.is_time and time_event(c.name)[2] >= 0.6]
    several = 0 if grouping is None else grouping.several
    tickets = 1 if grouping is None else max(grouping.tickets, 1)
    if not several:
        sure = Sure.SURE if len(told) > 1 else Sure.LIKELY
        reason = f"every ticket stands in one row, with {len(told) or 'some'} times of its life"
        return Choice(Shape.TICKETS, sure, reason, (Shape.EVENTS,))
    if several <= _FEW_REPEATS * tickets and len(told) > 1:
        reason = f"nearly every ticket stands in one row; {several:,} stand in several: look at those"
        return Choice(Shape.TICKETS, Sure.UNSURE, reason, (Shape.EVENTS, Shape.SNAPSHOTS))
    counter = best(profile.columns, "order", least=0.95)
    still = [c for c in told if grouping is not None and not grouping.varies(c.name)]
    if still and (counter is not None or len(still) > 1):
        reason = "the whole ticket again after each update: some of its times never change"
        sure = Sure.SURE if counter is not None and counter.whole else Sure.LIKELY
        return Choice(Shape.SNAPSHOTS, sure, reason, (Shape.EVENTS,))
    sure = Sure.SURE if several > tickets / 2 else Sure.LIKELY
    return Choice(Shape.EVENTS, sure, f"{several:,} of {tickets:,} tickets stand in several rows", (Shape.SNAPSHOTS,))


def _of_tickets(begun: _Begun) -> Roles:
    profile, ticket = begun.profile, begun.ticket
    events, time, left_out = times.of_tickets(profile, begun.chosen)
    group = best(profile.columns, "group")
    if group is not None:  # the group at export: of the last work on the ticket, not of its creation
        at = next((i for i, e in enumerate(events) if e.event == "resolved"), None)
        if at is not None:
            e = events[at]
            events[at] = EventTime(e.column, e.event, e.actor, group.name, e.sure, e.reason)
    status = _with_labels(profile, "state", ticket.value)
    resolution = _with_labels(profile, "resolution", ticket.value)
    used = {ticket.value, *(e.column for e in events), *(e.actor or "" for e in events)}
    used |= {column.name for column in (group, status, resolution) if column is not None}
    kept = _kept(profile, used)
    sure = max((e.sure for e in events), key=lambda s: list(Sure).index(s))
    return Roles(
        shape=begun.shape,
        ticket=ticket,
        ticket_type=begun.ticket_type,
        time=time,
        time_sure=Choice(events[0].column, sure, "its times"),
        times=tuple(events),
        status=None if status is None else status.name,
        resolution=None if resolution is None else resolution.name,
        kept=kept,
        links=tuple(links(profile, ticket.value, used | {name for name, _ in kept})),
        missing=_missing(profile, used),
        left_out=tuple(left_out),
    )


def _with_labels(profile: ExportProfile, role: str, ticket: str) -> Column | None:
    """The column of a role that has few texts, and a name that rules can use."""
    may = [c for c in profile.columns if 1 <= len(c.labels) <= _MOST_STATES and c.name not in RESERVED]
    return best(may, role, least=0.5, besides=(ticket,))


def _of_changes(begun: _Begun) -> Roles:
    profile, ticket, chosen = begun.profile, begun.ticket, begun.chosen
    time_sure, time = times.of_rows(profile, begun.grouping, chosen)
    taken = (ticket.value, time.column)
    found = {role: best(profile.columns, role, least=0.5, besides=taken) for role in ("field", "old", "new")}
    field, old, new = (found[role] for role in ("field", "old", "new"))
    rest = [c for c in profile.columns if not c.is_time and c.name not in taken] or list(profile.columns)
    field = field or rest[0]
    new = new or next((c for c in rest if c is not field), field)
    names = [label.text for label in field.labels]
    scored = sorted(names, key=lambda name: -speaks_for(name, role_words("state")))
    state = None
    if chosen.event in names:
        state = Choice(str(chosen.event), Sure.SURE, "as you said", tuple(names[:9]))
    elif scored and speaks_for(scored[0], role_words("state")) >= 0.5:
        state = Choice(scored[0], Sure.SURE, "the field that is called so", tuple(names[:9]))
    elif names:
        state = Choice(names[0], Sure.UNSURE, "the field that changes most often", tuple(names[1:9]))
    actor = best(profile.columns, "actor", least=0.4, besides=taken)
    demand = _demand(profile, ticket.value, time, begun.grouping)
    used = {*taken, field.name, new.name, *(c.name for c in (old, actor) if c is not None)}
    return Roles(
        shape=begun.shape,
        ticket=ticket,
        ticket_type=begun.ticket_type,
        time=time,
        time_sure=time_sure,
        field=field.name,
        old=None if old is None else old.name,
        new=new.name,
        state=state,
        actor=None if actor is None else Choice(actor.name, Sure.LIKELY, "called so"),
        order_by=_order(profile, begun.grouping, used),
        demand=demand,
        missing=_missing(profile, used),
    )


def _of_rows(begun: _Begun) -> Roles:
    profile, ticket, grouping = begun.profile, begun.ticket, begun.grouping
    time_sure, time = times.of_rows(profile, grouping, begun.chosen)
    taken = {ticket.value, time.column}
    event = _event(profile, grouping, taken, begun.chosen)
    taken.add(event.value)
    is_state = speaks_for(event.value, role_words("state")) >= 0.5
    group, actor = (_moving(profile, grouping, role, taken) for role in ("group", "actor"))
    demand = _demand(profile, ticket.value, time, grouping)
    used = taken | {c.value for c in (group, actor, demand) if c is not None}
    order = _order(profile, grouping, used)
    used |= {choice.value for choice in order}
    final = _final(profile, grouping, used | {time.until or ""})
    known = used | {name for name, _ in final}
    kept = _kept(profile, known)
    return Roles(
        shape=begun.shape,
        ticket=ticket,
        ticket_type=begun.ticket_type,
        time=time,
        time_sure=time_sure,
        event=event,
        is_state=is_state,
        group=group,
        actor=actor,
        order_by=order,
        demand=demand,
        kept=kept,
        final=final,
        links=tuple(links(profile, ticket.value, known | {name for name, _ in kept})),
        missing=_missing(profile, known),
    )


def _event(profile: ExportProfile, grouping: Grouping | None, taken: set[str], chosen: Chosen) -> Choice[str]:
    """The column whose texts say what happened: by its name, by what its texts mean, and whether it changes."""
    may = [c for c in profile.columns if c.labels and c.name not in taken and not is_flag(c)]
    may = may or [c for c in profile.columns if c.filled and c.name not in taken]
    may = may or list(profile.columns)

    def score(column: Column) -> float:
        named = speaks_for(column.name, role_words("event"))
        moves = grouping is not None and grouping.several and grouping.varies(column.name) / grouping.several
        told = min(len(column.labels), 16) / 40 + known_share(column)
        return 2 * named + told + float(moves or 0) - (0.5 if column.whole else 0.0)

    ranked = sorted(may, key=lambda column: -score(column))
    names = tuple(column.name for column in ranked)
    if chosen.event is not None and chosen.event in profile.names:
        return Choice(chosen.event, Sure.SURE, "as you said", tuple(n for n in names if n != chosen.event)[:6])
    first = ranked[0]
    texts = f"{len(first.labels):,} texts" if first.labels else "very many texts"
    if speaks_for(first.name, role_words("event")) >= 0.6 and first.labels:
        close = len(ranked) > 1 and score(ranked[1]) > 0.9 * score(first)
        sure = Sure.LIKELY if close else Sure.SURE
        return Choice(first.name, sure, f"called so; {texts}", names[1:6])
    return Choice(first.name, Sure.UNSURE, f"no column is called so; this one has {texts}", names[1:6])


def _moving(profile: ExportProfile, grouping: Grouping | None, role: str, taken: set[str]) -> Choice[str] | None:
    """A column of that role which changes within tickets."""
    for column in named_for(profile.columns, role, least=0.5):
        if column.name in taken or column.is_time:
            continue
        if grouping is None or grouping.varies(column.name) or not grouping.several:
            return Choice(column.name, Sure.LIKELY, "called so, and changes within a ticket")
    return None


def _order(profile: ExportProfile, grouping: Grouping | None, taken: set[str]) -> tuple[Choice[str], ...]:
    found = best([c for c in profile.columns if c.whole], "order", besides=taken)
    if found is None or grouping is None or not grouping.varies(found.name):
        return ()
    return (Choice(found.name, Sure.LIKELY, "a number that goes on within a ticket"),)


def _demand(profile: ExportProfile, ticket: str, time: TimeChoice, grouping: Grouping | None) -> Choice[str] | None:
    """The time at which a ticket arose: one that never changes within it, written as the other times are."""
    for column in named_for((c for c in profile.columns if c.is_time), "demand", least=0.5):
        same = column.typed or any(r.format == time.format.value for r in column.readings)
        if column.name in (time.column, time.until) or column.name == ticket or not same or no_event(column.name):
            continue
        if grouping is not None and grouping.several and not grouping.varies(column.name):
            return Choice(column.name, Sure.LIKELY, "never changes within a ticket, and is called so")
    return None


def _final(profile: ExportProfile, grouping: Grouping | None, used: set[str]) -> tuple[tuple[str, str], ...]:
    """The columns that are known only at a ticket's end, and yet stand in all of its rows."""
    if grouping is None or not grouping.several:
        return ()
    later, found = dict(grouping.later), []
    for column in profile.columns:
        if column.name in used or not column.filled or grouping.varies(column.name) > 0.02 * grouping.several:
            continue
        if 2 * later.get(column.name, 0) > grouping.several:
            found.append((column.name, "never changes, and is later than a ticket's first row"))
        elif speaks_of_the_end(column.name):
            found.append((column.name, "never changes, and speaks of the end"))
    return tuple(found)


def _kept(profile: ExportProfile, used: set[str]) -> tuple[tuple[str, str], ...]:
    may = (column for column in named_for(profile.columns, "keep") if column.name not in used)
    found = [column for column in may if 1 < len(column.labels) <= _MOST_KEPT_TEXTS]
    return tuple((column.name, f"{len(column.labels)} texts") for column in found[:_MOST_KEPT])


def _missing(profile: ExportProfile, used: set[str]) -> tuple[str, ...]:
    tokens = dict.fromkeys(t for column in profile.columns if column.name in used for t, _ in column.tokens)
    return ("", *tokens)
