"""Large files hold columns with few different words as numbers: nothing comes out differently."""

from __future__ import annotations

from pathlib import Path

import pytest

from mining.engine import packing
from mining.pipeline import analyse
from mining.sources import loading

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "servicenow_incidents.csv"


@pytest.mark.slow
def test_the_result_is_the_same_with_columns_held_as_numbers(monkeypatch, tmp_path):
    def figures(name: str) -> tuple[dict, bytes]:
        result = analyse(SAMPLE, mapping="servicenow_incident", reference="incident", output=tmp_path / name)
        found = result.to_dict()
        del found["run"]
        return found, (tmp_path / name / "tables" / "visits.parquet").read_bytes()

    as_text = figures("text")
    monkeypatch.setattr(loading, "_LARGE", 0)
    for rows in (30, 500):  # few rows to judge by: most columns have words that these lack
        monkeypatch.setattr(packing, "_SAMPLE", rows)
        assert figures(f"after {rows}") == as_text
