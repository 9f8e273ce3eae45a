"""What somebody who sees a report for the first time must not be misled by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import mining
from mining.core.errors import RequestError
from mining.core.files import alone_in

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


def test_two_analyses_do_not_mix_their_files_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "out").mkdir()
    with alone_in(tmp_path / "out"), pytest.raises(RequestError, match="another analysis is writing into this folder"):
        mining.analyse(tmp_path / "log.csv", mapping="generic_events", output=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_written_is_not_read_by_the_next_analysis(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    with pytest.raises(RequestError, match="exports are read from this folder"):
        mining.analyse(tmp_path, mapping="generic_events", output=tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["log.csv"]


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
