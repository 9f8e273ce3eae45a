"""The improve loop: of incidents that recur, how many led to a problem, to a change, and to fewer incidents after.

The figures on before and after are of the days in `improve_effect`; that module says how they are compared.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from mining.core.events import MappedLog
from mining.core.facts import Fact
from mining.core.improvement import Effect, Improvement, Kind, LedTo, Verdict
from mining.core.results import Selection
from mining.core.spans import Bools, Ints
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.measures.improve_effect import (
    LEAST,
    WINDOW,
    Daily,
    Looked,
    compared_ratio,
    look,
    plain_ratio,
)
from mining.measures.improve_tables import (
    DAY,
    MOST_DAYS,
    Groups,
    chosen_fact,
    edges_of,
    groups_of,
    incident_types,
    incidents_of,
    is_dated,
    led_to,
    linked_counts,
)
from mining.measures.ripple import can_ripple, ripple

if TYPE_CHECKING:
    import ibis.expr.types as ir

LEAST_GROUPS = 10
"""So many improved groups, and so many that compare, it takes to say anything of before and after."""

UNDATED = "The export tells what an incident is linked to, and not since when: the day it was opened stands for that."
BY_ITSELF = (
    "The export does not tell since when tickets are linked. What counts is the day on which the problem or change was "
    "done itself, and that it came from an incident before; what is in no export has no such day and is left out."
)
FEW = "Only {n} of {all} could be looked at, and it takes {least}."
NO_COMPARISON = (
    "There are too few groups that recurred as much in the same days and led to nothing, so nothing tells what would "
    "have come anyway: what recurs is chosen in a bad month, and the next one is better by itself."
)


def improvement(tables: Tables, streams: Streams, mapped: MappedLog, selected: Selection) -> Improvement | None:
    """The improve loop; None where no ticket of this log could lead to an improvement."""
    types = incident_types(mapped)
    edges = edges_of(mapped, types)
    if not types or (edges is None and not can_ripple(mapped, types)):
        return None
    incidents = incidents_of(tables, streams, mapped, types)
    number, fact = chosen_fact(tables, incidents)
    links = {} if edges is None else led_to(tables, mapped, edges, incidents)
    groups = _groups(tables, streams, incidents, fact, links)
    daily, recurs = _daily(streams, groups)
    days = _since(streams, groups, guess=False), _since(streams, groups, guess=True)
    found = Improvement(
        types=types,
        fact=fact,
        least=LEAST,
        days=WINDOW,
        incidents=number,
        telling=groups.telling,
        groups=groups.groups,
        recurring=int(recurs.sum()),
        in_recurring=int(daily.upto[recurs, -1].sum()),
        looked_at=groups.kept,
        beyond=groups.beyond,
        led_to=tuple(_led_to(tables, kind, table, groups, recurs) for kind, table in links.items()),
        effects=_effects(daily, groups, days, recurs, selected, dated=is_dated(mapped, types)) if links else (),
        ripple=ripple(tables, streams, mapped, incidents, selected) if can_ripple(mapped, types) else None,
    )
    for table in (incidents, *links.values()):
        tables.drop(table)
    return found


def _groups(
    tables: Tables, streams: Streams, incidents: ir.Table, fact: Fact | None, links: dict[Kind, ir.Table]
) -> Groups:
    if fact is None:
        nothing = np.zeros(0, dtype=np.int64)
        return Groups(0, 0, 0, 0, (nothing, nothing, nothing), ())
    return groups_of(tables, incidents, fact, links, least=LEAST, last_day=streams.last_event // DAY)


def _first_day(streams: Streams) -> int:
    return max(streams.first_event // DAY, streams.last_event // DAY - MOST_DAYS + 1)


def _daily(streams: Streams, groups: Groups) -> tuple[Daily, Bools]:
    """Incidents by group and day, and which groups recur."""
    number, day, incidents = groups.counts
    last, first = streams.last_event // DAY, _first_day(streams)
    days = int(last - first) + 1
    inside = (day >= first) & (day <= last)
    daily = Daily.of(groups.kept, days, (number[inside], (day - first)[inside], incidents[inside]))
    return daily, daily.recurring(LEAST, WINDOW) if groups.kept else np.zeros(groups.kept, dtype=bool)


def _since(streams: Streams, groups: Groups, *, guess: bool) -> dict[Kind, Ints]:
    """By kind, the day of the export since when each group is improved (-1: it led to nothing, -2: to something of
    which the day is not known); with `guess`, undated links are taken as of the day of their row."""
    first = _first_day(streams)
    since = {kind: np.full(groups.kept, -1, dtype=np.int64) for kind in (Kind.ANY, Kind.PROBLEM, Kind.CHANGE)}
    for group, kind, day, guessed in groups.linked:
        at = guessed if guess else day
        for each in (kind, Kind.ANY):
            if kind is not Kind.CAUSE:
                known = -2 if at is None else max(at - first, 0)
                before = since[each][group]
                since[each][group] = known if before < 0 else before if known < 0 else min(before, known)
    return since


def _led_to(tables: Tables, kind: Kind, table: ir.Table, groups: Groups, recurs: Bools) -> LedTo:
    holding = {group for group, each, *_ in groups.linked if each is kind}
    return LedTo(kind, **linked_counts(tables, table), groups=sum(bool(recurs[group]) for group in holding))


def _effects(
    daily: Daily,
    groups: Groups,
    days: tuple[dict[Kind, Ints], dict[Kind, Ints]],
    recurs: Bools,
    selected: Selection,
    *,
    dated: bool,
) -> tuple[Effect, ...]:
    """`days` are those of `_since`: what is known, and what is guessed. `dated`: no link is without a date."""
    known = {kind for _, kind, *_ in groups.linked}
    kinds: list[Kind] = [kind for kind in (Kind.PROBLEM, Kind.CHANGE) if kind in known]
    kinds = [Kind.ANY, *kinds] if len(kinds) > 1 else kinds
    return tuple(_effect(kind, daily, days, recurs, selected, dated=dated) for kind in kinds)


def _effect(
    kind: Kind,
    daily: Daily,
    days: tuple[dict[Kind, Ints], dict[Kind, Ints]],
    recurs: Bools,
    selected: Selection,
    *,
    dated: bool,
) -> Effect:
    known, guessed = days
    since, by_itself = known, not dated
    if not dated and len(_looked(kind, daily, known, recurs).after) < LEAST_GROUPS:
        since, by_itself = guessed, False
    own = since[kind]
    linked, improved = int((recurs & (own != -1)).sum()), int((recurs & (own >= 0)).sum())
    if selected.by_completion:
        return _not_shown(kind, selected.reason, linked, improved)
    looked = _looked(kind, daily, since, recurs)
    if len(looked.after) < LEAST_GROUPS:
        reason = FEW.format(n=f"{len(looked.after):,}", all=f"{linked:,} groups", least=LEAST_GROUPS)
        return _not_shown(kind, reason, linked, improved)
    compared = _only(looked, looked.compared)
    controls = int(compared.compares.any(axis=0).sum())
    # What is left to compare with where nearly all are improved, are the quiet ones: no comparison for the others.
    enough = min(len(compared.after), controls) >= LEAST_GROUPS and 2 * len(compared.after) >= len(looked.after)
    whole, ratio = compared_ratio(compared) if enough else (None, plain_ratio(looked))
    return Effect(
        kind=kind,
        verdict=Verdict.COMPARED if enough and (dated or by_itself) else Verdict.ASSOCIATION,
        reason=NO_COMPARISON if not enough else "" if dated else BY_ITSELF if by_itself else UNDATED,
        linked=linked,
        improved=improved,
        groups=len(looked.after),
        before=int(looked.before.sum()),
        after=int(looked.after.sum()),
        fewer=int((looked.after < looked.before).sum()),
        compared=len(compared.after) if enough else 0,
        comparison=controls if enough else 0,
        compared_before=int(compared.before.sum()) if enough else 0,
        compared_after=int(compared.after.sum()) if enough else 0,
        expected=whole,
        comparison_fewer=_fewer(compared) if enough else None,
        ratio=ratio,
    )


def _looked(kind: Kind, daily: Daily, since: dict[Kind, Ints], recurs: Bools) -> Looked:
    own, anything = since[kind], since[Kind.ANY]
    days = np.where(recurs & (own >= 0), own, -1)
    # What led to something else in the meantime is no comparison: it enters as improved since that day.
    return look(daily, days, recurs & (anything == -1) | _later(own, anything, recurs))


def _later(own: Ints, anything: Ints, recurs: Bools) -> Bools:
    """Groups that this kind of improvement comes to: until that day they compare, if nothing else came to them."""
    found: Bools = recurs & (own >= 0) & (own == anything)
    return found


def _only(looked: Looked, chosen: Bools) -> Looked:
    return Looked(*(getattr(looked, field.name)[chosen] for field in fields(Looked)))


def _fewer(compared: Looked) -> float:
    """Of the comparison groups of each improved one, the share that had fewer after; their mean."""
    fewer = (compared.compares & (compared.others_after < compared.others_before)).sum(axis=1)
    return float((fewer / compared.compares.sum(axis=1)).mean())


def _not_shown(kind: Kind, reason: str, linked: int, improved: int) -> Effect:
    return Effect(kind, Verdict.NOT_SHOWN, reason, linked, improved, 0, 0, 0, 0, 0, 0, 0, 0, None, None, None)
