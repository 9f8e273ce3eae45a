"""What each stream costs: one row a stream, for the quantiles and for those who go on with other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.costs import Costs
from mining.core.rates import PER_HUNDREDTH
from mining.core.streams import Streams, is_fulfilled
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WIDE = "decimal(38, 0)"
"""An amount: a rate times microseconds goes beyond 64 bits."""


def amount_of(visits: ir.Table) -> ir.Value:
    """The rate of each priced visit times its time, exactly; null where it has no rate."""
    return visits.rate.cast(_WIDE) * visits.duration.cast(_WIDE)


def by_stream(tables: Tables, visits: ir.Table) -> ir.Table:
    """One row a stream with a visit that counts, of `priced_visits`; kept: case_id, path, amount (decimal, a rate times
    microseconds, null where no visit has a rate), priced and unpriced (int64, microseconds; null for none)."""
    return tables.keep(
        visits.group_by(["case_id", "path"]).aggregate(
            amount=amount_of(visits).sum(),
            priced=visits.duration.sum(where=visits.rate.notnull()),
            unpriced=visits.duration.sum(where=visits.rate.isnull()),
        ),
        "amounts",
    )


def stream_costs(tables: Tables, streams: Streams, costs: Costs) -> ir.Table:
    """One row a stream on a known path, by case: case_id, variant, state, fulfilled (whether the totals count it),
    amount (int64, hundredths of the currency's unit, half to even), currency, basis (`Basis`: of which time), priced_us
    (int64, the time that the amount is of) and unpriced_us (int64, time that would count and has no rate).

    Raises ValueError where the costs were worked out without keeping those of each stream."""
    import ibis
    import pyarrow as pa

    if costs.by_stream is None:
        raise ValueError("costs without those of each stream")
    can = streams.can_realise_value
    columns = {
        "of_path": pa.array([path.id for path in streams.paths], pa.int32()),
        "variant": pa.array([path.variant for path in streams.paths], pa.int32()),
        "fulfilled": pa.array(
            [is_fulfilled(path.state, path.value_at is not None, can_realise_value=can) for path in streams.paths],
            pa.bool_(),
        ),
    }
    of_path = tables.put(pa.table(columns), "paths")
    known = streams.table.select("case_id", "path", "state")
    known = known.inner_join(of_path, known.path == of_path.of_path)
    cost = costs.by_stream.select(of_case="case_id", amount="amount", priced="priced", unpriced="unpriced")
    joined = known.left_join(cost, known.case_id == cost.of_case)
    nothing = ibis.literal(0, type="int64")
    return joined.select(
        "case_id",
        "variant",
        "state",
        "fulfilled",
        amount=_in_hundredths(joined.amount).fill_null(nothing),
        currency=ibis.literal(costs.rates.currency),
        basis=ibis.literal(costs.basis.value),
        priced_us=joined.priced.cast("int64").fill_null(nothing),
        unpriced_us=joined.unpriced.cast("int64").fill_null(nothing),
    ).order_by("case_id")


def _in_hundredths(amount: ir.Value) -> ir.IntegerValue:
    """As `rates.hundredths`, in the engine, where a decimal is divided as a floating-point number: by then nothing is
    left over, and the whole number that it is can be told up to ten million million of the currency's unit."""
    import ibis

    size = ibis.literal(PER_HUNDREDTH).cast(_WIDE)
    rest = amount % size
    whole = ((amount - rest).cast("float64") / float(PER_HUNDREDTH)).round().cast("int64")
    twice = rest + rest
    return whole + ((twice > size) | ((twice == size) & (whole % 2 == 1))).cast("int64")
