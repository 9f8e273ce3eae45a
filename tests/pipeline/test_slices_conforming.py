"""Conformance by part where the case decides: limits on time, and several reference streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

import mining
from mining import conformance, measures, slicing, streams
from mining.conformance.agreed import Agreed
from mining.core.analysis import Options
from mining.core.events import MappedLog
from mining.core.results import Conformance
from mining.core.slices import Slice
from mining.core.tables import Tables
from mining.report import SCHEMA_FILE, result
from mining.report.filter_bundle import bundle
from tests.log_builder import MINUTE, mapped_log

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "servicenow_incidents.csv"
SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))

# Value within 20 minutes of the first contact: A takes 10, B 30, D 40; E has no contact, so that no limit holds for it.
# F, with an unmapped event, takes 25. C is open. B goes back to engage, too; D and F are only too slow.
LOG = """
A: 0 engage:log, 10 deliver_and_support:resolve!claimed, 100 .lapsed
B: 1 engage:log, 31 deliver_and_support:resolve!claimed, 40 engage:log, 50 deliver_and_support:resolve!claimed, 90 .agent
C: 2 engage:log, 55 deliver_and_support:queue
D: 60 engage:log, 100 deliver_and_support:resolve!claimed, 160 .lapsed
E: 70 deliver_and_support:resolve!claimed, 80 .lapsed
F: 70 engage:log, 80 ?, 95 deliver_and_support:resolve!claimed, 99 .agent
"""  # noqa: E501 - a stream a line
LIMITED = """\
name: Limited
demand: a need
scope: run
stream: [engage, deliver_and_support, value]
limits: [{from: engage, to: value, within: 20 minutes}]
"""
PHONE = """\
name: Phone
demand: a call
scope: run
applies_to: {contact: phone}
stream: [engage, deliver_and_support, value]
limits: [{from: engage, to: value, within: 20 minutes}]
"""
OTHER = "name: Other\ndemand: a mail\nscope: run\nstream: [{optional: engage}, deliver_and_support, value]\n"


def in_halves(first: int, last: int) -> Iterator[tuple[str, int, int]]:
    assert first <= last
    yield "early", 0, 60 * MINUTE
    yield "late", 60 * MINUTE, 600 * MINUTE


def taken_apart(tables: Tables, mapped: MappedLog, *texts: str) -> tuple[tuple[Slice, ...], tuple[Conformance, ...]]:
    built = streams.build_streams(tables, mapped, max_paths=100)
    references = tuple(conformance.parse_reference(text, "agreed.yaml") for text in texts)
    checked, _, _ = conformance.compare(tables, mapped, built, Agreed(references), today=date(2026, 1, 1))
    parted = measures.by_period(tables, built, [("hour", in_halves)])
    assert parted is not None
    return slicing._dimension(tables, built, mapped, parted, checked).slices, checked


def told(found: Conformance | None) -> tuple[int, int, int, list[tuple[str, int, int, int]]]:
    """Conforming, checked, conforming of those without unmapped events, and the deviations."""
    assert found is not None
    of = sorted((one.kind.value, one.streams, one.occurrences, one.moves) for one in found.deviations)
    return found.conforming, found.checked, found.rates_mapped.conforming, of


def test_a_part_counts_what_is_too_slow_in_it(tables: Tables) -> None:
    (early, late), (whole,) = taken_apart(tables, mapped_log(tables, LOG), LIMITED)
    # Of A and B, A conforms; B is too slow, and engages, delivers and claims value again.
    assert told(early.conformance) == (1, 2, 1, [("repeated", 1, 1, 1)] * 3 + [("too slow", 1, 1, 0)])
    # Of D, E and F none: D and F are too slow, E has no contact.
    assert told(late.conformance) == (0, 3, 0, [("missing", 1, 1, 1), ("too slow", 2, 2, 0)])
    assert told(whole)[:3] == (1, 5, 1)
    assert (early.further_conformance, late.further_conformance) == ((), ())


def with_contacts(tables: Tables) -> MappedLog:
    """A, B and D called; the others did not."""
    cases = list("ABCDEF")
    turns = {
        "case_id": cases,
        "last": [True] * len(cases),
        "ticket_type": ["incident"] * len(cases),
        "group": pa.array([None] * len(cases), pa.string()),
        "keep.contact": ["phone" if case in "ABD" else "mail" for case in cases],
    }
    return replace(mapped_log(tables, LOG), turns=tables.put(pa.table(turns), "turns"))


def test_each_stream_of_a_part_counts_for_the_reference_stream_that_is_for_it(tables: Tables) -> None:
    (early, late), (phone, other) = taken_apart(tables, with_contacts(tables), PHONE, OTHER)
    assert (phone.checked, other.checked) == (3, 2)
    assert told(early.conformance)[:3] == (1, 2, 1)  # A and B
    assert told(late.conformance) == (0, 1, 0, [("too slow", 1, 1, 0)])  # D
    assert [told(one) for one in early.further_conformance] == [(0, 0, 0, [])]  # C alone, which is open
    assert [one.open_rates.checked for one in early.further_conformance] == [1]
    assert [told(one) for one in late.further_conformance] == [(2, 2, 1, [])]  # E and F, which has an unmapped event
    for at, whole in enumerate((phone, other)):
        parts = [(one.conformance, *one.further_conformance)[at] for one in (early, late)]
        for figure in ("checked", "conforming", "visible_moves", "matched_moves", "total_cost", "worst_cost"):
            assert sum(getattr(one.rates, figure) for one in parts if one) == getattr(whole.rates, figure)
            assert sum(getattr(one.rates_mapped, figure) for one in parts if one) == getattr(whole.rates_mapped, figure)


# --------------------------------------------------------------------------------------------------- the whole way


def analysed(folder: Path, **options: Any) -> mining.Result:
    common = "name: Common\ndemand: an issue\nscope: run\napplies_to: {priority: 3 - Moderate}\n"
    stream = "stream: [engage, {repeat: [deliver_and_support, {optional: engage}]}, value]\n"
    limits = "limits: [{from: demand, to: value, within: 8 hours}]\n"
    (folder / "common.yaml").write_text(common + stream + limits, encoding="utf-8")
    (folder / "rest.yaml").write_text(OTHER.replace("{optional: engage}", "engage"), encoding="utf-8")
    references = [str(folder / "common.yaml"), str(folder / "rest.yaml")]
    return mining.analyse(SAMPLE, mapping="servicenow_incident", reference=references, options=Options(**options))


@pytest.mark.slow
def test_a_part_equals_an_analysis_of_it_alone_and_the_page_has_its_tables(tmp_path: Path) -> None:
    whole, alone = analysed(tmp_path).analysis, analysed(tmp_path, where=("period=2025-03",)).analysis
    assert whole.slices is not None
    part = next(one for one in whole.slices.dimensions[0].slices if one.label == "2025-03")
    mine = (part.conformance, *part.further_conformance)
    theirs = (alone.conformance, *alone.further_conformance)
    assert len(mine) == len(theirs) == 2
    for one, other in zip(mine, theirs, strict=True):
        assert one is not None
        assert other is not None
        assert other.conforming < other.checked
        assert (one.rates, one.rates_mapped, one.open_rates) == (other.rates, other.rates_mapped, other.open_rates)
        assert [(d.key, d.streams, d.occurrences, d.moves) for d in one.deviations] == [
            (d.key, d.streams, d.occurrences, d.moves) for d in other.deviations
        ]
    assert any(d.kind.value == "too slow" for d in mine[0].deviations)  # type: ignore[union-attr]
    found = result(whole)
    Draft202012Validator(SCHEMA).validate(found)
    march = next(one for one in found["slices"]["dimensions"][0]["slices"] if one["label"] == "2025-03")
    assert march["further_conformance"][0]["rates"]["checked"] == theirs[1].checked  # type: ignore[union-attr]
    held = bundle(whole)["kinds"]["tables"]
    assert [row[0] for row in held["references"]["period:2025-03"]] == ["Common", "Other"]
    assert held["further-deviations"]["period:2025-03"]
