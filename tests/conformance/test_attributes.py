"""Which values of attributes stand out among the streams with a deviation."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from scipy.stats import fisher_exact
from test_looking import looked

from mining.core.conformance import Cases
from mining.core.tables import Tables

pytestmark = pytest.mark.slow  # each is quick, all of them are not

PLAIN, DEVIATING = 40, 20


def log() -> str:
    """40 streams as agreed, 20 with a plan that nobody expects."""
    plain = [f"A{i}: 0 engage, 9 deliver_and_support!claimed, 99 .agent" for i in range(PLAIN)]
    other = [f"B{i}: 0 engage, 5 plan, 9 deliver_and_support!claimed, 99 .agent" for i in range(DEVIATING)]
    return "\n".join(plain + other)


def turns(tables: Tables, **columns: Any) -> Any:
    """A row for each of the streams, its first and last; `columns` say each value by (deviating, number)."""
    rows = [("A", i) for i in range(PLAIN)] + [("B", i) for i in range(DEVIATING)]
    made = {
        "case_id": [f"{letter}{i}" for letter, i in rows],
        "last": [True] * len(rows),
        "ticket_type": ["ticket"] * len(rows),
        "group": [None] * len(rows),
        **{name.replace("__", "."): [value(letter == "B", i) for letter, i in rows] for name, value in columns.items()},
    }
    return tables.put(
        pa.table({k: pa.array(v) if k == "last" else pa.array(v, pa.string()) for k, v in made.items()}), "t"
    )


def cases(tables: Tables, **columns: Any) -> Cases:
    found = looked(tables, log(), turns=turns(tables, **columns)).cases
    assert found is not None
    return found


def test_a_value_that_comes_more_often_stands_out_and_its_p_is_fishers(tables: Tables) -> None:
    def priority(deviating: bool, i: int) -> str:
        return "high" if i < (15 if deviating else 5) else "low"

    found = cases(tables, fact__priority=priority)
    (one,) = found.evidence[0].over_represented
    assert (one.attribute, one.value, one.streams, one.deviating, one.others, one.without) == (
        "priority",
        "high",
        15,
        20,
        5,
        40,
    )
    by_hand = fisher_exact([[15, 5], [5, 35]], alternative="greater").pvalue
    assert abs(one.p - min(1, by_hand * found.tested)) < 1e-9  # the smallest of all is multiplied by their number
    assert found.tested == 2
    assert found.attributes == ("group", "ticket type", "priority")


def test_what_is_spread_evenly_does_not_stand_out(tables: Tables) -> None:
    found = cases(tables, keep__site=lambda _, i: f"site {i % 2}")
    assert (found.evidence[0].over_represented, found.tested) == ((), 2)


def test_among_many_values_chance_alone_does_not_stand_out(tables: Tables) -> None:
    """One of 50 columns of chance differs by luck; corrected for all of them it does not stand out."""
    import random

    luck = random.Random(1)
    columns = {f"keep__c{n}": lambda *_: luck.choice(["x", "y"]) for n in range(50)}
    found = cases(tables, **columns)
    assert found.tested == 100
    assert found.evidence[0].over_represented == ()


def test_rare_values_are_not_tested_and_callers_never(tables: Tables) -> None:
    found = cases(
        tables,
        fact__caller=lambda deviating, _: "Ann" if deviating else "Bob",
        keep__rare=lambda deviating, i: "rare" if deviating and i < 9 else None,
    )
    assert found.attributes == ("group", "ticket type", "rare")
    assert found.tested == 0


def test_of_a_fact_and_a_column_of_one_name_the_fact_is_taken_once(tables: Tables) -> None:
    found = cases(tables, keep__priority=lambda *_: "kept", fact__priority=lambda *_: "fact")
    assert found.attributes == ("group", "ticket type", "priority")
    assert found.tested == 0  # all have one value


def test_without_turns_nothing_is_tested(tables: Tables) -> None:
    found = looked(tables, log()).cases
    assert found is not None
    assert (found.attributes, found.tested) == ((), 0)
