"""Several reference streams in one analysis: each stream against the one that is for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from mining.conformance import compare, load_agreed
from mining.core.cohorts import Split
from mining.core.conformance import Nearest, NoReference
from mining.core.errors import RequestError
from mining.core.events import MappedLog
from mining.core.rates import PER_UNIT, RateCard
from mining.core.results import Conformance, DeviationKind
from mining.core.tables import Tables
from mining.measures import costs, split
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

TODAY = date(2026, 11, 26)
LOG = """
in1: 0 engage, 9 deliver_and_support!claimed, 99 .agent
in2: 0 engage, 5 plan, 9 deliver_and_support!claimed, 99 .agent
no1: 0 engage, 5 design_and_transition:assess, 9 obtain_build!claimed, 99 .agent
no2: 0 engage, 9 obtain_build!claimed, 99 .agent
st1: 0 engage, 9 obtain_build!claimed, 99 .agent
pr1: 0 engage, 9 deliver_and_support!claimed, 99 .agent
pr2: 0 improve, 9 obtain_build!claimed, 99 .agent
pr3: 0 improve, 9 obtain_build
"""
TYPES = {"in": ("incident", None), "no": ("change", "normal"), "st": ("change", "standard"), "pr": ("problem", None)}

INCIDENT = ("Incident", "{ticket type: incident}", "[engage, deliver_and_support, value]")
NORMAL = (
    "Normal",
    "{ticket type: change, type: normal}",
    "[engage, {design_and_transition: assess}, obtain_build, value]",
)
CHANGE = ("Change", "{ticket type: change}", "[engage, obtain_build, value]")
ANY = ("Any", "{}", "[{optional: engage}, value]")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(*references: tuple[str, str, str]) -> list[str]:
        paths = []
        for name, applies_to, stream in references:
            path = tmp_path / f"{name}.yaml"
            text = f"name: {name}\ndemand: a need\nscope: run\napplies_to: {applies_to}\nstream: {stream}\n"
            path.write_text(text, encoding="utf-8")
            paths.append(str(path))
        return paths

    return written


def compared(tables: Tables, paths: list[str]) -> tuple[tuple[Conformance, ...], NoReference | None, list[Any]]:
    mapped = with_types(tables)
    streams = build_streams(tables, mapped, max_paths=1000)
    found, none, deviating = compare(tables, mapped, streams, load_agreed(paths), today=TODAY)
    assert deviating is not None
    return found, none, tables.fetch(deviating.order_by(["case_id", "key"]), limit=100).to_pylist()


def with_types(tables: Tables) -> MappedLog:
    cases = [line.partition(":")[0] for line in LOG.strip().splitlines()]
    turns = tables.put(
        pa.table(
            {
                "case_id": cases,
                "last": [True] * len(cases),
                "ticket_type": [TYPES[case[:2]][0] for case in cases],
                "group": pa.array([None] * len(cases), pa.string()),
                "keep.type": [TYPES[case[:2]][1] for case in cases],
            }
        ),
        "turns",
    )
    return replace(mapped_log(tables, LOG), turns=turns)


def test_each_stream_is_checked_against_the_one_that_is_for_it(tables: Tables, write: Any) -> None:
    found, none, rows = compared(tables, write(INCIDENT, CHANGE, NORMAL))
    assert [(one.reference, one.checked, one.conforming) for one in found] == [
        ("Incident", 2, 1),
        ("Change", 1, 1),  # the standard one: for a normal one the other asks for more
        ("Normal", 2, 1),
    ]
    assert [d.sentence for d in found[0].deviations] == ["Plan is not expected"]
    assert [d.sentence for d in found[2].deviations] == ["Design and transition (assess) is missing"]
    assert {row["case_id"] for row in rows} == {"in2", "no2"}
    assert none is not None
    assert none.streams == 3


def test_streams_that_fit_none_are_shown_with_the_nearest(tables: Tables, write: Any) -> None:
    _, none, _ = compared(tables, write(INCIDENT, CHANGE))
    # pr1 is as an incident; pr2 misses contact and improves; open pr3 is as far from both, so the first counts.
    assert none == NoReference(3, (Nearest("Incident", 2, 1, 2), Nearest("Change", 1, 0, 2)))


def test_one_that_says_nothing_is_for_all_that_no_other_is_for(tables: Tables, write: Any) -> None:
    found, none, _ = compared(tables, write(ANY, INCIDENT))
    assert [(one.reference, one.checked) for one in found] == [("Any", 5), ("Incident", 2)]
    assert none == NoReference(0, ())


def test_a_single_one_is_for_all_whatever_it_says(tables: Tables, write: Any) -> None:
    (found,), none, _ = compared(tables, write(INCIDENT))
    assert (found.checked, none) == (7, None)


def test_every_stream_is_counted_once(tables: Tables, write: Any) -> None:
    found, none, _ = compared(tables, write(INCIDENT, CHANGE, NORMAL))
    assert none is not None
    whole = sum(one.checked + one.open_rates.checked + sum(one.not_checked.values()) for one in found)
    assert whole + none.streams == 8


def test_where_the_export_does_not_tell_nobody_is_for_it(tables: Tables, write: Any) -> None:
    mapped = mapped_log(tables, LOG)
    streams = build_streams(tables, mapped, max_paths=1000)
    found, none, _ = compare(tables, mapped, streams, load_agreed(write(INCIDENT, CHANGE)), today=TODAY)
    assert [one.checked for one in found] == [0, 0]
    assert none is not None
    assert none.streams == 8


def test_two_of_one_name_are_refused(write: Any) -> None:
    paths = write(INCIDENT)
    with pytest.raises(RequestError, match="same name"):
        load_agreed([*paths, *paths])


def test_nothing_agreed_is_nothing_compared(tables: Tables) -> None:
    mapped = mapped_log(tables, LOG)
    streams = build_streams(tables, mapped, max_paths=1000)
    assert load_agreed([]) is None
    assert compare(tables, mapped, streams, None, today=TODAY) == ((), None, None)


def test_costs_and_cohorts_ask_the_reference_that_a_stream_was_checked_against(tables: Tables, write: Any) -> None:
    """The incident in2 plans, which its own reference does not hold; the change st1 builds after engaging, as its own
    says, and as the incident one does not. Both references would find deviations in streams of the other."""
    mapped = replace(with_types(tables), rates=RateCard("EUR", {}, {}, default=60 * PER_UNIT))
    streams = build_streams(tables, mapped, max_paths=1000)
    found, _, _ = compare(tables, mapped, streams, load_agreed(write(INCIDENT, CHANGE, NORMAL)), today=TODAY)
    priced = costs(tables, streams, mapped, found)
    assert priced is not None
    assert priced.deviations is not None
    told = [(one.kind, one.label, one.streams, one.occurrences, one.time) for one in priced.deviations]
    assert told == [(DeviationKind.UNEXPECTED, "plan", 1, 1, 4 * MINUTE)]
    cases = ["in1", "in2", "no1", "no2", "st1", "pr1", "pr2", "pr3"]
    labels = tables.put(pa.table({"case_id": cases, "label": [case[:2] for case in cases]}), "labels")
    by_type = split(tables, streams, labels, Split("type"), conformance=found)
    shares = {one.label: (one.conforming.part, one.conforming.whole) for one in by_type.cohorts if one.conforming}
    assert shares == {"in": (1, 2), "no": (1, 2), "st": (1, 1), "pr": (0, 0)}
