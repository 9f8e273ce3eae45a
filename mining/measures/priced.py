"""The visits that cost something, each with its time and its rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mining.core.costs import Basis
from mining.core.events import MappedLog
from mining.core.rates import RateCard
from mining.core.spans import visits_of
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.core.visit_turns import pieces_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

NO_GROUP = -1
"""In the column `group`: the rate is not that of a group."""


def priced_visits(tables: Tables, streams: Streams, mapped: MappedLog, card: RateCard, basis: Basis) -> ir.Table:
    """One row a visit that counts and whose time is known, of all streams on a known path; kept. In streams that tell
    their tickets, one row a part of a visit with one ticket. Columns:

      case_id   string
      path      int32  `Path.id`
      position  int32  of the visit in its path
      label     int32  index into `Streams.labels`
      duration  int64  microseconds: what the export records as work; or else the time from the visit's beginning until
                       the next one begins or the ticket ends
      group     int32  index into `RateCard.groups`, or NO_GROUP
      rate      int64  millionths of the currency's unit, an hour; null where none is given

    Visits that wait, and those that count for another stream, are not in it. On the basis of what is not waiting, those
    in which value is realised are not either.
    """
    import ibis

    paths = _paths(tables, streams, card, basis)
    timed = _visits(streams, paths, basis) if streams.tickets is None else _pieces(streams, paths, basis)
    timed = timed.filter(timed.duration.notnull())
    groups = _groups(tables, mapped, card) if streams.linked is None or streams.tickets is not None else None
    if groups is None:
        with_group = timed.mutate(group=ibis.literal(NO_GROUP, type="int32"))
    else:
        held = timed.asof_join(groups, on=timed.start >= groups.since, predicates=[timed.of_ticket == groups.ticket])
        with_group = held.mutate(
            group=ibis.coalesce(held.group, NO_GROUP).cast("int32"), rate=ibis.coalesce(held.group_rate, held.rate)
        )
    columns = ("case_id", "path", "position", "label", "duration", "group", "rate")
    kept = tables.keep(with_group.select(*columns), "priced")
    if groups is not None:
        tables.drop(groups)
    return kept


def _visits(streams: Streams, paths: ir.Table, basis: Basis) -> ir.Table:
    """The visits that count, each with `start`, `duration` and `of_ticket`: where each ticket is a stream, the case."""
    import ibis

    joined = streams.table.inner_join(paths, streams.table.path == paths.of_path)
    start = joined.starts[joined.position]
    if basis is Basis.RECORDED:
        duration = joined.worked[joined.position]
    else:
        duration = ibis.coalesce(joined.starts[joined.position + 1], joined.ended) - start
    return joined.select(
        "case_id", "path", "position", "label", "rate", duration=duration, start=start, of_ticket=joined.case_id
    )


def _pieces(streams: Streams, paths: ir.Table, basis: Basis) -> ir.Table:
    """The same, each visit cut where its ticket changes."""
    import ibis

    counted = paths.select("of_path", "label", "rate", at=paths.position)
    pieces = pieces_of(streams)
    joined = pieces.inner_join(counted, [pieces.path == counted.of_path, pieces.position == counted["at"]])
    recorded = basis is Basis.RECORDED
    return joined.select(
        "case_id",
        "path",
        "label",
        "rate",
        "of_ticket",
        position=joined.position.cast("int32"),
        duration=joined.worked if recorded else ibis.coalesce(joined.until, joined.ended) - joined.begin,
        start=joined.begin,
    )


def _paths(tables: Tables, streams: Streams, card: RateCard, basis: Basis) -> ir.Table:
    """The visits that count, by path and position, with the rate that holds where no group has one."""
    import pyarrow as pa

    visits = visits_of(streams)
    calm = np.array([label.waiting is None for label in streams.labels], dtype=bool)
    counts = ~visits.borrowed
    if len(visits.label):
        counts &= calm[visits.label]
    if basis is Basis.NOT_WAITING:
        counts &= ~visits.realised
    rates = pa.array([card.rate(label) for label in streams.labels], pa.int64())
    return tables.put(
        pa.table(
            {
                "of_path": pa.array(visits.path[counts], pa.int32()),
                "position": pa.array(visits.position[counts], pa.int32()),
                "label": pa.array(visits.label[counts], pa.int32()),
                "rate": rates.take(pa.array(visits.label[counts])),
            }
        ),
        "counted",
    )


def _groups(tables: Tables, mapped: MappedLog, card: RateCard) -> ir.Table | None:
    """From when on a ticket has which group's rate: ticket, since, group (int32, null where it has none), and
    group_rate; None where no group has one."""
    import ibis
    import pyarrow as pa

    if not card.groups or mapped.turns is None:
        return None
    known = tables.put(
        pa.table(
            {
                "name": pa.array(list(card.groups), pa.string()),
                "index": pa.array(range(len(card.groups)), pa.int32()),
            }
        ),
        "groups",
    )
    turns = mapped.turns.left_join(known, mapped.turns.group == known.name)
    turns = turns.select("case_id", "time", "number", group=ibis.coalesce(turns["index"], NO_GROUP))
    # Of several turns at one time the last holds.
    latest = turns.group_by(["case_id", "time"]).aggregate(group=turns.group.argmax(turns.number))
    held = latest.select(ticket="case_id", since="time", group=latest.group.nullif(NO_GROUP))
    rates = held.group.cases(*enumerate(card.groups.values())).cast("int64")
    return tables.keep(held.mutate(group_rate=rates), "groups_held")
