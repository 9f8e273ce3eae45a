"""The links of a log as one table, for those who go on with other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import MappedLog
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


def links_by_ticket(tables: Tables, mapped: MappedLog) -> ir.Table:
    """One row a link that a ticket tells.

    Columns: ticket_type, ticket, other_type, other (the number that was told, be it in the export or not), column,
    because, strength, goes_on (the stream goes from `ticket` to `other`; else the other way round), since (timestamp,
    microseconds UTC: when a row of the ticket first told it; null where the export does not say, as in a list of
    tickets, which tells what these held when it was made). Raises ValueError where the log has no links.
    """
    import ibis
    import pyarrow as pa

    if mapped.links is None:
        raise ValueError("a log without links")
    specs = mapped.link_specs
    columns = tables.put(
        pa.table(
            {
                "n": pa.array(range(len(specs)), pa.int16()),
                "ticket_type": [own for own, _ in specs],
                "other_type": [spec.other for _, spec in specs],
                "column": [spec.column for _, spec in specs],
                "because": [spec.reason for _, spec in specs],
                "strength": [spec.strength.value for _, spec in specs],
                "goes_on": [spec.onwards for _, spec in specs],
                "dated": [bool(spec.same) or number not in mapped.undated for number, (_, spec) in enumerate(specs)],
            }
        ),
        "link_columns",
    )
    joined = mapped.links.inner_join(columns, mapped.links.link == columns.n)
    told = joined.select(
        "ticket_type",
        "other_type",
        "column",
        "because",
        "strength",
        "goes_on",
        ticket=joined.source,
        other=joined.target,
        since=tables.timestamp(joined.dated.ifelse(joined.since, ibis.null("int64"))),
    )
    order = ["ticket_type", "ticket", "column", "other_type", "other"]
    in_order = told.select(
        "ticket_type", "ticket", "other_type", "other", "column", "because", "strength", "goes_on", "since"
    )
    return in_order.order_by([ibis.asc(name) for name in order])
