"""An export is recognised by its columns, and where several mappings fit, by what stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest

import mining
from mining import first_look
from mining.core.locate import shipped
from mining.mapping import fits, parse_mapping, recognise

pytestmark = pytest.mark.slow

MAPPING = """\
name: {name}
export:
  shape: events
  ticket: ticket
  time: {{column: time, zone: UTC}}
  event: {event}
rules:
  - when: {{event: {label}}}
    activity: {{engage: log}}
"""


def mappings(**events: tuple[str, str]):
    return {
        name: parse_mapping(MAPPING.format(name=name, event=event, label=label))
        for name, (event, label) in events.items()
    }


def test_the_one_that_fits() -> None:
    known = mappings(one=("state", "New"), other=("status", "New"))
    headers = {"x.csv": ("ticket", "time", "status")}
    found = recognise(headers, fits(headers, known), known, None)
    assert found.mapping == "other"
    assert "among them status" in found.reason


def test_none_fits_and_the_nearest_is_told() -> None:
    known = mappings(one=("state", "New"))
    headers = {"x.csv": ("ticket", "time", "status")}
    with pytest.raises(mining.RequestError) as told:
        recognise(headers, fits(headers, known), known, None)
    assert "nearest is one, which also needs state" in str(told.value)
    assert "vsm init x.csv" in str(told.value)


def test_a_column_that_only_one_file_has_does_not_count() -> None:
    known = mappings(one=("state", "New"))
    headers = {"x.csv": ("ticket", "time", "state"), "y.csv": ("ticket", "time")}
    assert fits(headers, known)[0].missing == ("state",)


def test_a_sample_is_recognised_and_the_report_says_so() -> None:
    export = shipped("sample_logs") / "servicenow_incidents.csv"
    found = first_look.recognise([export])
    assert found.mapping == "servicenow_incident"
    result = mining.analyse(export)
    assert result.analysis.mapping.file == "servicenow_incident.yaml"
    assert any("recognised" in note and "sys_mod_count" in note for note in result.analysis.notes)


def test_where_several_fit_the_labels_decide(tmp_path: Path) -> None:
    export = tmp_path / "x.csv"
    rows = "".join(f"C1,{step},2024-01-0{i + 1} 08:00\n" for i, step in enumerate(("opened", "resolved", "closed")))
    export.write_text("case_id,activity,timestamp\n" + rows, encoding="utf-8")
    assert first_look.recognise([export]).mapping == "generic_events"
