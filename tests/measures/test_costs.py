"""What streams cost, on logs of a few events where a reader can check each amount."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.conformance import check, parse_reference
from mining.core.activities import Activity
from mining.core.costs import Basis, Costs
from mining.core.export import Holds
from mining.core.rates import PER_UNIT, RateCard, hundredths, hundredths_of_parts
from mining.core.results import DeviationKind
from mining.core.tables import Tables
from mining.measures import costs
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

DELIVER, ENGAGE, IMPROVE = Activity.DELIVER_AND_SUPPORT, Activity.ENGAGE, Activity.IMPROVE
A_MINUTE = 60 * PER_UNIT
"""The rate of 60 an hour: 1 a minute."""

CARD = RateCard("EUR", {DELIVER: A_MINUTE}, {(DELIVER, "expert"): 3 * A_MINUTE}, default=A_MINUTE // 2)


def cost(
    tables: Tables, text: str, card: RateCard = CARD, *, reference: str | None = None, turns: str = "", **more: Any
) -> Costs:
    mapped = replace(mapped_log(tables, text, **more), rates=card, turns=turned(tables, turns))
    streams = build_streams(tables, mapped, max_paths=1000)
    checked = () if reference is None else (check(parse_reference(reference, "agreed.yaml"), streams),)
    found = costs(tables, streams, mapped, checked)
    assert found is not None
    return found


def turned(tables: Tables, text: str) -> Any:
    """`A 0 Desk, A 5 Experts`: the ticket A is with the group Desk from minute 0, with Experts from 5 on."""
    if not text:
        return None
    rows = []
    for number, turn in enumerate(text.split(",")):
        ticket, minute, group = turn.split(None, 2)
        row = {"case_id": ticket, "number": number, "time": int(minute) * MINUTE}
        rows.append({**row, "group": None if group == "-" else group})
    types = {"case_id": pa.string(), "number": pa.int64(), "time": pa.int64(), "group": pa.string()}
    return tables.put(pa.Table.from_pylist(rows, schema=pa.schema(types)), "turns")


def euros(amount: int) -> Decimal:
    return Decimal(hundredths(amount)) / 100


def test_without_rates_there_is_no_cost(tables: Tables) -> None:
    mapped = mapped_log(tables, "A: 0 engage!claimed.agent")
    assert costs(tables, build_streams(tables, mapped, max_paths=10), mapped, ()) is None


def test_what_does_not_wait_costs_at_most_its_elapsed_time(tables: Tables) -> None:
    """A: 10 minutes of log at half a euro, 20 of fixing at 1, then value: the days to the closing cost nothing. The
    hour with the user costs nothing. B: 4 minutes of an expert at 3, and 2 of log."""
    found = cost(
        tables,
        """
        A: 0 engage:log, 10 deliver_and_support:fix, 30 engage:ask/user, 90 deliver_and_support:fix!claimed, 999 .lapsed
        B: 0 engage:log, 2 deliver_and_support:expert, 6 deliver_and_support:fix!claimed, 7 .agent
        open: 0 engage:log, 8 deliver_and_support:fix
        """,
    )
    assert found.basis is Basis.NOT_WAITING
    assert found.per_stream is not None
    assert (found.per_stream.n, euros(found.total)) == (2, Decimal(25 + 13))
    assert (euros(found.per_stream.median), euros(found.per_stream.p95)) == (Decimal(13), Decimal(25))
    assert [(one.step, one.time // MINUTE, euros(one.amount)) for one in found.places] == [
        ("fix", 20, Decimal(20)),
        ("expert", 4, Decimal(12)),
        ("log", 12, Decimal(6)),
    ]
    assert euros(found.other_streams) == Decimal(4)  # the log of the open stream; when its fix ends, is not known
    assert [(one.streams, euros(one.amount)) for one in found.variants] == [(1, Decimal(25)), (1, Decimal(13))]
    assert (found.unpriced, found.at_most, found.deviations) == (0, None, None)


def test_recorded_work_costs_what_it_is_after_value_too(tables: Tables) -> None:
    """2 minutes of log, 10 and 5 of fixing, 1 of giving and 3 of a survey after value: what the export says. At most it
    is all that does not wait before value: the 100 minutes until the asking, but not the time with the user."""
    found = cost(
        tables,
        "A: 0-2 engage:log, 10-20 improve:fix, 25-30 improve:fix, 100-160 engage:ask/user, "
        "200-201 improve:give!claimed, 500-503 engage:survey, 600 .fulfilled",
        RateCard("EUR", default=A_MINUTE),
        holds=Holds.POINT,
    )
    assert found.basis is Basis.RECORDED
    assert euros(found.total) == Decimal(2 + 15 + 1 + 3)
    assert {type(one.time) for one in found.places} == {int}  # a decimal cannot be written to result.json
    assert found.at_most is not None
    assert euros(found.at_most) == Decimal(100)


def test_where_events_are_points_the_time_between_visits_may_be_work(tables: Tables) -> None:
    found = cost(
        tables, "A: 0 engage, 4 improve, 10 engage!claimed.agent", RateCard("EUR", default=A_MINUTE), holds=Holds.POINT
    )
    assert euros(found.total) == Decimal(10)


def test_time_without_a_rate_is_told(tables: Tables) -> None:
    found = cost(
        tables, "A: 0 engage, 7 deliver_and_support, 9 improve!claimed.agent", RateCard("EUR", {DELIVER: A_MINUTE})
    )
    assert (euros(found.total), found.unpriced) == (Decimal(2), 7 * MINUTE)


def test_streams_that_cost_nothing_count_in_the_quantiles(tables: Tables) -> None:
    found = cost(
        tables,
        """
        A: 0 engage, 5 deliver_and_support:fix!claimed.agent
        B: 0 improve!claimed.agent
        C: 0 improve!claimed.agent
        """,
    )
    assert found.per_stream is not None
    assert (found.per_stream.n, found.per_stream.median, euros(found.per_stream.p85)) == (3, 0, Decimal("2.5"))


def test_the_group_that_has_the_ticket_when_the_visit_begins_sets_the_rate(tables: Tables) -> None:
    """A is with the desk until 10, which has no rate; then with the experts at 5 a minute, who keep it for the fix from
    10 to 30; at 30 nobody has it. B is fixed before anybody had it. Of two turns at 10 the last holds."""
    card = replace(CARD, groups={"Experts": 5 * A_MINUTE, "Others": 7 * A_MINUTE})
    found = cost(
        tables,
        """
        A: 0 engage:log, 10 deliver_and_support:fix, 30 deliver_and_support:expert, 31 improve!claimed.agent
        B: 0 deliver_and_support:fix, 2 improve!claimed.agent
        """,
        card,
        turns="A 0 Desk, A 10 Others, A 10 Experts, A 30 -, B 1 Experts",
    )
    assert [(one.step, one.group, euros(one.amount)) for one in found.places] == [
        ("fix", "Experts", Decimal(100)),
        ("log", None, Decimal(5)),
        ("expert", None, Decimal(3)),
        ("fix", None, Decimal(2)),
    ]
    assert euros(found.total) == Decimal(110)


AGREED = """\
name: Agreed
demand: somebody asks
scope: run
stream: [engage, deliver_and_support, value]
"""


def test_a_deviation_costs_its_own_visits(tables: Tables) -> None:
    """A plans for 7 minutes, which nobody agreed: 3.50. B asks again for 4 and works again for 6: 2 and 6; but of the 5
    minutes that the asking waits for the user nothing costs. C has no first contact: what is missing has no visit."""
    found = cost(
        tables,
        "A: 0 engage:log, 1 plan, 8 deliver_and_support:fix!claimed.agent\n"
        "B: 0 engage:log, 1 deliver_and_support:fix, 3 engage:ask, 7 engage:ask/user, 12 deliver_and_support:fix, "
        "18 deliver_and_support:give!claimed.agent\n"
        "C: 0 deliver_and_support:fix, 9 deliver_and_support:fix!claimed.agent",
        reference=AGREED,
    )
    assert found.deviations is not None
    told = {
        (one.kind, one.label): (one.streams, one.occurrences, one.time // MINUTE, euros(one.amount))
        for one in found.deviations
    }
    assert told == {
        (DeviationKind.REPEATED, "deliver_and_support"): (1, 1, 6, Decimal(6)),
        (DeviationKind.UNEXPECTED, "plan"): (1, 1, 7, Decimal("3.5")),
        (DeviationKind.REPEATED, "engage"): (1, 1, 4, Decimal(2)),
    }
    assert sum(one.amount for one in found.deviations) <= found.total


def test_amounts_beyond_64_bits_are_exact(tables: Tables) -> None:
    """400 days at a million an hour: 3.456e25 in the smallest unit."""
    days = 400 * 24 * 60
    found = cost(tables, f"A: 0 engage, {days} improve!claimed.agent", RateCard("EUR", default=1_000_000 * PER_UNIT))
    assert found.per_stream is not None
    assert found.total == found.per_stream.p95 == found.variants[0].amount == 1_000_000 * PER_UNIT * days * MINUTE


def test_parts_add_up_to_the_hundredth() -> None:
    """Three thirds of a cent are one cent, which the first gets; rounded one by one they would be nothing."""
    third = 3_600_000_000 * PER_UNIT // 300
    assert hundredths_of_parts([third, 0, third, third]) == [1, 0, 0, 0]
    assert hundredths_of_parts([2 * third, 2 * third, 5 * third]) == [1, 1, 1]
    assert hundredths_of_parts([]) == []


@given(st.lists(st.integers(0, 10**20), max_size=30))
def test_no_part_is_further_from_its_amount_than_a_hundredth(amounts: list[int]) -> None:
    cent, parts = 3_600_000_000 * PER_UNIT // 100, hundredths_of_parts(amounts)
    assert sum(parts) == hundredths(sum(amounts))
    assert all(abs(part * cent - amount) < cent for part, amount in zip(parts, amounts, strict=True))


_EVENTS = ("engage:log", "engage:ask/user", "deliver_and_support:fix", "deliver_and_support:expert", "improve", "plan")
_STREAM = st.lists(st.tuples(st.sampled_from(_EVENTS), st.integers(0, 9)), min_size=1, max_size=8)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(streams=st.lists(_STREAM, min_size=1, max_size=5), seed=st.integers(0, 99))
def test_what_adds_up(tables: Tables, streams: list[list[tuple[str, int]]], seed: int) -> None:
    """By activity, by variant and by stream it is one total, that of a count in plain Python; deviations are parts of
    it; and the order of the rows does not matter."""
    lines, by_hand, waits = [], [], 0
    for number, events in enumerate(streams):
        now, parts, amount = 0, [], 0
        for event, lasts in events:
            parts.append(f"{now} {event}")
            rate = 0 if "/" in event else 180 if "expert" in event else 60 if "deliver" in event else 30
            amount += rate * lasts
            now += lasts
        by_hand.append(amount)
        waits += now
        lines.append(f"c{number}: {', '.join(parts)}, {now} improve!claimed.agent")
    found = cost(tables, "\n".join(lines), reference=AGREED)
    shuffled = cost(tables, "\n".join(lines), reference=AGREED, shuffle=random.Random(seed).shuffle)
    assert found == shuffled
    exact = [amount * PER_UNIT * MINUTE for amount in by_hand]
    assert found.per_stream is not None
    assert found.total == sum(exact) == sum(one.amount for one in found.places)
    assert found.total == sum(one.amount for one in found.variants)
    assert found.per_stream.median == sorted(exact)[(len(exact) + 1) // 2 - 1]
    assert found.deviations is not None
    assert sum(one.amount for one in found.deviations) <= found.total
