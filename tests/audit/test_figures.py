"""Figures of a result by their names."""

from __future__ import annotations

import pytest

from mining.audit import figures

RESULT = {
    "schema_version": "1.0",
    "run": {"seconds": 3.5},
    "conformance": {"fitness": 0.9, "reference": "x", "ok": True, "none": None},
    "measures": {"by": [{"on": "user", "share": 0.3}, {"on": None, "share": 0.7}], "percentiles": [1, 2, 3]},
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("conformance.fitness", 0.9),
        ("measures.by[on=user].share", 0.3),
        ("measures.by[on=null].share", 0.7),
        ("measures.by[1].share", 0.7),
        ("measures.percentiles[2]", 3),
        ("measures.percentiles[3]", None),
        ("measures.by[on=vendor].share", None),
        ("conformance.none", None),
        ("conformance.ok", None),
        ("conformance.reference", None),
        ("nothing.at.all", None),
    ],
)
def test_a_name_leads_to_its_figure(name: str, value: float | None) -> None:
    assert figures.value(RESULT, name) == value


def test_the_headline_leaves_out_what_differs_from_run_to_run() -> None:
    assert figures.headline(RESULT, ["measures.by[on=user].share"]) == {
        "conformance.fitness": 0.9,
        "measures.by[on=user].share": 0.3,
    }


@pytest.mark.parametrize("name", ["conformance.fitness", "measures.waiting.by[on=user].share", "ledger.rows_read"])
def test_what_the_schema_has_is_known(name: str) -> None:
    assert figures.is_known(name, figures.known())


@pytest.mark.parametrize("name", ["conformance", "conformance.fitnes", "run.seconds", "x[", ""])
def test_what_it_has_not_is_not(name: str) -> None:
    assert not figures.is_known(name, figures.known())
