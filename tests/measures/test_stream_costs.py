"""What each stream costs, one row a stream."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from mining.core.activities import Activity
from mining.core.rates import PER_HUNDREDTH, PER_UNIT, RateCard, hundredths
from mining.core.tables import Tables
from mining.measures import costs, stream_costs
from mining.measures.stream_costs import _in_hundredths
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

A_MINUTE = 60 * PER_UNIT
"""The rate of 60 an hour: 1 a minute."""


def each(tables: Tables, text: str, card: RateCard) -> list[dict[str, Any]]:
    mapped = replace(mapped_log(tables, text), rates=card)
    streams = build_streams(tables, mapped, max_paths=1000)
    found = costs(tables, streams, mapped, ())
    assert found is not None
    return tables.fetch(stream_costs(tables, streams, found), limit=99).to_pylist()


def test_every_stream_has_a_row_also_one_that_costs_nothing_or_is_open(tables: Tables) -> None:
    """A: 10 minutes at 0.50 and 20 of fixing at 1. B waits for the user all the time. C is open: only its first visit
    has an end. D: the 7 minutes of planning have no rate."""
    found = each(
        tables,
        """
        A: 0 engage, 10 deliver_and_support:fix, 30 engage!claimed.agent
        B: 0 engage:ask/user, 90 engage!claimed.agent
        C: 0 engage, 8 deliver_and_support:fix
        D: 0 plan, 7 engage!claimed.agent
        """,
        RateCard("EUR", {Activity.ENGAGE: A_MINUTE // 2, Activity.DELIVER_AND_SUPPORT: A_MINUTE}),
    )
    assert [tuple(row[name] for name in ("case_id", "state", "fulfilled", "amount")) for row in found] == [
        ("A", "ended", True, 25_00),
        ("B", "ended", True, 0),
        ("C", "open", False, 4_00),
        ("D", "ended", True, 0),
    ]
    assert [(row["priced_us"] // MINUTE, row["unpriced_us"] // MINUTE) for row in found] == [
        (30, 0),
        (0, 0),
        (8, 0),
        (0, 7),
    ]
    assert {(row["currency"], row["basis"]) for row in found} == {("EUR", "not waiting")}


def test_the_rows_of_fulfilled_streams_are_what_the_totals_are_of(tables: Tables) -> None:
    lines = [f"c{n:02}: 0 engage, {n} improve!claimed.agent" for n in range(1, 41)]
    card = RateCard("EUR", default=A_MINUTE)
    mapped = replace(mapped_log(tables, "\n".join(lines)), rates=card)
    streams = build_streams(tables, mapped, max_paths=1000)
    found = costs(tables, streams, mapped, ())
    assert found is not None
    assert found.per_stream is not None
    rows = tables.fetch(stream_costs(tables, streams, found), limit=99).to_pylist()
    assert sum(row["amount"] for row in rows) == hundredths(found.total) == sum(range(1, 41)) * 100
    of = found.per_stream
    assert [hundredths(amount) // 100 for amount in (of.median, of.p85, of.p95, of.dearest)] == [20, 34, 38, 40]


@pytest.mark.parametrize("whole", [0, 1, 2, 7, 10**12, 10**14 + 1])
def test_the_engine_rounds_as_python_does(tables: Tables, whole: int) -> None:
    half = PER_HUNDREDTH // 2
    amounts = [whole * PER_HUNDREDTH + rest for rest in (0, 1, half - 1, half, half + 1, PER_HUNDREDTH - 1)]
    table = tables.put(pa.table({"amount": pa.array(amounts, pa.decimal128(38, 0))}), "amounts")
    rounded = tables.fetch(table.select("amount", in_hundredths=_in_hundredths(table.amount)), limit=9).to_pylist()
    assert {int(row["amount"]): row["in_hundredths"] for row in rounded} == {one: hundredths(one) for one in amounts}
