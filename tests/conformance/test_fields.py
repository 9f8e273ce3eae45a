"""Fields that have to be filled when work is handed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from mining.conformance import compare, load_agreed, parse_reference
from mining.core.activities import Activity
from mining.core.errors import ConfigError
from mining.core.tables import Tables
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

TEXT = """\
name: Test
demand: a need
scope: run
stream: [{repeat: [engage, deliver_and_support]}, value]
hand_offs:
  - {from: engage, to: deliver_and_support, needs: [category, priority, colour]}
"""
LOG = """
A: 0 engage, 10 deliver_and_support, 20 engage, 30 deliver_and_support!claimed, 99 .agent
B: 0 engage, 10 deliver_and_support!claimed, 99 .agent
"""
TURNS = [  # case, number, minute, priority, category
    ("A", 0, 0, None, "disk"),
    ("A", 1, 10, "high", "disk"),
    ("A", 2, 25, None, "disk"),
    ("A", 3, 99, "low", "disk"),
    ("B", 0, 0, None, None),
    ("B", 1, 11, "high", "disk"),
]


def test_a_field_is_filled_by_the_last_row_up_to_then(tables: Tables, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(TEXT, encoding="utf-8")
    case, number, minute, priority, category = zip(*TURNS, strict=True)
    columns = {
        "case_id": case,
        "number": number,
        "time": [m * MINUTE for m in minute],
        "last": [m in (99, 11) for m in minute],
        "ticket_type": ["t"] * len(case),
        "group": pa.array([None] * len(case), pa.string()),
        "fact.priority": priority,
        "keep.category": category,
    }
    mapped = replace(mapped_log(tables, LOG), turns=tables.put(pa.table(columns), "turns"))
    streams = build_streams(tables, mapped, max_paths=100)
    (found,), _, _ = compare(
        tables, mapped, streams, load_agreed([str(tmp_path / "ours.yaml")]), today=date(2026, 1, 1)
    )
    # A takes over at 10 (priority just set) and at 30 (emptied at 25); B at 10, before anything was filled.
    assert [(one.field, one.observable, one.passages, one.filled) for one in found.fields] == [
        ("category", True, 3, 2),
        ("colour", False, 3, 0),
        ("priority", True, 3, 1),
    ]
    assert found.conforming == 2  # it is no deviation


def test_needs_are_read() -> None:
    (need,) = parse_reference(TEXT, "test.yaml").needs
    assert (need.source, need.target) == (Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT)
    assert (need.fields, need.line) == (("category", "colour", "priority"), 6)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("{from: engage, to: plan}", "a hand-off has `from`, `to` and `needs`"),
        ("{from: enage, to: plan, needs: [a]}", "this is no activity"),
        ("{from: engage, to: engage, needs: [a]}", "from one activity to another"),
        ("{from: engage, to: plan, needs: []}", "`needs` names the fields"),
        ("soon", "a hand-off has `from`, `to` and `needs`"),
    ],
)
def test_a_wrong_need_is_named_with_its_line(part: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_reference(TEXT.partition("hand_offs:")[0] + f"hand_offs:\n  - {part}\n", "test.yaml")
    (only,) = caught.value.problems
    assert said in only.text
    assert only.line == 6


def test_they_are_a_list() -> None:
    with pytest.raises(ConfigError, match="`hand_offs` is a list"):
        parse_reference(TEXT.partition("hand_offs:")[0] + "hand_offs: soon\n", "test.yaml")
