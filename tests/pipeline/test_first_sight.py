"""What somebody who sees a report for the first time must not be misled by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import mining

LOG = """\
case_id,activity,timestamp
A,Created,2025-03-03T08:00:00Z
A,Resolved,2025-03-03T12:00:00Z
A,Closed,2025-03-05T12:00:00Z
B,Created,2025-03-04T08:00:00Z
B,Resolved,2025-03-04T10:00:00Z
B,Closed,{last}
C,Created,2025-03-05T08:00:00Z
"""


def analysed(folder: Path, last: str) -> mining.Result:
    export = folder / "log.csv"
    export.write_text(LOG.format(last=last), encoding="utf-8")
    return mining.analyse(export, mapping="generic_events", clock=lambda: datetime(2025, 6, 1, tzinfo=UTC))


@pytest.mark.slow
def test_points_in_time_give_no_bounds_of_flow_efficiency(tmp_path: Path) -> None:
    """All of the time lies between visits: "between 0 % and 0 %" would be no bound, for all of it may be work."""
    result = analysed(tmp_path, "2025-03-06T10:00:00Z")
    assert (result.measures.flow_efficiency.lower, result.measures.flow_efficiency.upper) == (0, 0)
    result.write_report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Flow efficiency lies between" not in page
    assert "Flow efficiency cannot be told: 100\u00a0% of this time lies between two visits" in page
    assert "3 tickets arrived and 2 were done from 3 Mar 2025 to 6 Mar 2025" in page
    assert not any("later than this analysis" in note for note in result.analysis.notes)


@pytest.mark.slow
def test_a_time_that_stands_for_none_is_noticed(tmp_path: Path) -> None:
    result = analysed(tmp_path, "9999-12-31T23:59:59Z")
    (said,) = (note for note in result.analysis.notes if "later than this analysis" in note)
    assert said.startswith("The last event is of 9999-12-31, later than this analysis")
