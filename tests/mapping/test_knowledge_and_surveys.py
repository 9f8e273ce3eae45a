"""In the shipped mappings: what is written down improves, what is used does not; no survey is value."""

from __future__ import annotations

import pyarrow as pa
import pytest
from mapping_helpers import told

from mining.core.activities import Activity
from mining.core.catalogue import Kind, catalogue
from mining.core.events import EventTable, src
from mining.core.tables import Tables
from mining.mapping import load_mapping, map_events

SHIPPED = sorted(catalogue(Kind.EXPORTS))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_survey_realises_value(name: str) -> None:
    labels = load_mapping(name).visits
    surveys = [label for label in labels if label.step is not None and "survey" in label.step]
    assert not [label for label in surveys if label.value is not None or label.activity is not Activity.ENGAGE]


def test_surveys_are_among_what_is_checked() -> None:
    assert sum(any(label.step == "survey" for label in load_mapping(name).visits) for name in SHIPPED) >= 3


@pytest.mark.parametrize(
    ("label", "becomes"),
    [
        ("Knowledge article written", "improve"),
        ("Knowledge article revised", "improve"),
        ("Published knowledge article", "improve"),
        ("Knowledge article used", None),
        ("Knowledge article linked to ticket", None),
        ("Survey sent", "engage:survey (waiting on user)"),
        ("Send survey", "engage:survey (waiting on user)"),
        ("Survey answered", "engage:survey"),
        ("Feedback received", "engage:survey"),
    ],
)
def test_labels_of_an_event_log(tables: Tables, label: str, becomes: str | None) -> None:
    mapping = load_mapping("generic_events")
    cells = {src(column): [label if column == mapping.export.event else None] for column in mapping.export.used}
    table = pa.table(
        {"row": [0], "ticket_id": ["A"], "time": [0], **{k: pa.array(v, pa.string()) for k, v in cells.items()}}
    )
    log = map_events(tables, EventTable(tables.put(table, "export"), 1, 0, (), (), ()), mapping)
    assert told(tables, log) == ([] if becomes is None else [f"A@0 {becomes}"])
