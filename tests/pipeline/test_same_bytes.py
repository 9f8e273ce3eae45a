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
LINKED = (
    ["servicenow_incident_list", "servicenow_problem", "servicenow_change"],
    "mapping=['servicenow_incident_list', 'servicenow_problem', 'servicenow_change']",
    "cases=CasesBy.FOLLOW",
)
SNAPSHOTS = (["servicenow_incidents"], "mapping='servicenow_incident', reference='incident'", "split_by='priority'")
# The report says when it was made: the same moment here.
PROGRAM = """\
import sys
from datetime import UTC, datetime
import mining
from mining.core.analysis import Options
from mining.core.links import CasesBy
mining.analyse(
    {exports}, {asked}, output=sys.argv[1],
    options=Options(threads=int(sys.argv[2]), with_tickets=True, {options}),
    clock=lambda: datetime(2026, 1, 5, 12, tzinfo=UTC),
)
"""


Asked = tuple[list[str], str, str]


def written(asked: Asked, folder: Path, *, threads: int, seed: str) -> dict[str, bytes]:
    """All files of one run, by name; of `result.json` what does not hang on how long the run took."""
    names, by, options = asked
    exports = [str(SAMPLES / f"{name}.csv") for name in names]
    program = PROGRAM.format(exports=exports, asked=by, options=options)
    command = [sys.executable, "-c", program, str(folder), str(threads)]
    run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = json.loads(files["result.json"])
    del result["run"]
    return {**files, "result.json": json.dumps(result).encode()}


@pytest.mark.parametrize("asked", [LINKED, SNAPSHOTS], ids=["linked", "snapshots"])
def test_two_processes_write_the_same(asked: Asked, tmp_path: Path) -> None:
    one = written(asked, tmp_path / "one", threads=1, seed="1")
    two = written(asked, tmp_path / "two", threads=4, seed="2")
    assert {"report.html", "summary.md", "tables/visits.parquet", "tables/open_tickets.parquet"} <= set(one)
    assert [name for name in one if one[name] != two.get(name)] == []
    assert set(one) == set(two)
