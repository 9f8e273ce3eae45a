"""Whatever is written is the same to the byte in every run: in another process, with other threads and other hashes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from subprocess import run

import pytest

from mining.core.locate import shipped

pytestmark = pytest.mark.slow

SAMPLES = shipped("sample_logs")
LINKED = [
    *(str(SAMPLES / f"servicenow_{name}.csv") for name in ("incident_list", "problem", "change")),
    *(f"--mapping=servicenow_{name}" for name in ("incident_list", "problem", "change")),
    "--cases=follow",
    "--with-tickets",
]
SNAPSHOTS = [
    str(SAMPLES / "servicenow_incidents.csv"),
    "--mapping=servicenow_incident",
    "--reference=incident",
    "--split-by=priority",
    "--with-tickets",
]


def written(words: list[str], folder: Path, *, threads: int, seed: str) -> dict[str, bytes]:
    """All files of one run, by name; of `result.json` what does not hang on when and where it was written."""
    command = [sys.executable, "-m", "mining", "analyse", *words, "--output", str(folder), "--threads", str(threads)]
    run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = json.loads(files["result.json"])
    del result["run"]
    return {**files, "result.json": json.dumps(result).encode()}


@pytest.mark.parametrize("words", [LINKED, SNAPSHOTS], ids=["linked", "snapshots"])
def test_two_processes_write_the_same(words: list[str], tmp_path: Path) -> None:
    one = written(words, tmp_path / "one", threads=1, seed="1")
    two = written(words, tmp_path / "two", threads=4, seed="2")
    assert {"report.html", "summary.md", "tables/visits.parquet", "tables/open_tickets.parquet"} <= set(one)
    assert [name for name in one if one[name] != two.get(name)] == []
    assert set(one) == set(two)
