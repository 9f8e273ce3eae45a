"""Working time and open streams on the real logs: against pandas, and against what became of the open streams later."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import mining
from mining.core.analysis import Options
from mining.core.timing import Timing

LOGS = Path(__file__).parents[3] / "shared" / "logs"

pytestmark = [
    pytest.mark.real_logs,
    pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not here: ../shared/logs"),
]
MICROS = 1_000_000
CUT = pd.Timestamp("2016-04-15")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    with zipfile.ZipFile(LOGS / "servicenow_incident_event_log.csv.zip") as packed:
        text = packed.read("incident_event_log.csv").decode()
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def at(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, format="%d/%m/%Y %H:%M")


def timing(result: mining.Result) -> Timing:
    found = result.measures.timing
    assert found is not None
    return found


def test_with_its_open_streams_a_cut_log_tells_what_the_whole_one_does(rows: pd.DataFrame, tmp_path: Path) -> None:
    """The UCI log holds only completed tickets. Cut on a day in April it has open ones, of which we know what became of
    them: fulfilled streams alone look a quarter faster than they are, the estimate comes within a twentieth."""
    early = rows[at(rows.sys_updated_at) <= CUT]
    early.to_csv(tmp_path / "cut.csv", index=False)
    rows[rows.number.isin(early.number)].to_csv(tmp_path / "later.csv", index=False)
    cut = mining.analyse(tmp_path / "cut.csv", mapping="servicenow_incident")
    later = mining.analyse(tmp_path / "later.csv", mapping="servicenow_incident")
    truth, alone, estimate = later.measures.lead_time_claimed, cut.measures.lead_time_claimed, timing(cut).claimed
    assert estimate is not None
    assert estimate.open > 1_000
    assert timing(cut).window.open == cut.analysis.streams.open > 3_000
    assert timing(later).claimed is None
    for level in (50, 85):
        guess = estimate.percentiles[level]
        assert guess is not None
        assert guess == pytest.approx(truth.percentiles[level], rel=0.05)
        assert alone.percentiles[level] < 0.86 * truth.percentiles[level]


def test_streams_that_began_before_a_window_are_found(rows: pd.DataFrame, tmp_path: Path) -> None:
    """Cut at both ends, and without the column that tells when demand arose."""
    when = at(rows.sys_updated_at)
    inside = rows[(when <= CUT) & (when >= pd.Timestamp("2016-03-20"))]
    inside.to_csv(tmp_path / "window.csv", index=False)
    shipped = (Path(__file__).parents[2] / "mappings" / "exports" / "servicenow_incident.yaml").read_text()
    without = "\n".join(line for line in shipped.splitlines() if not line.startswith("demand:"))
    (tmp_path / "mapping.yaml").write_text(without)
    first = rows.groupby("number").sys_mod_count.first()
    shown = inside.groupby("number").sys_mod_count.first()
    truly = int((shown.astype(int) > first.reindex(shown.index).astype(int)).sum())
    found = timing(mining.analyse(tmp_path / "window.csv", mapping=tmp_path / "mapping.yaml")).window
    assert found.begun_before is not None
    assert truly * 0.6 < found.begun_before <= truly
    whole = timing(mining.analyse(LOGS / "servicenow_incident_event_log.csv.zip", mapping=tmp_path / "mapping.yaml"))
    assert whole.window.begun_before is not None
    assert whole.window.begun_before < 0.02 * whole.window.early


def test_working_time_of_the_uci_log_is_what_pandas_counts(rows: pd.DataFrame, tmp_path: Path) -> None:
    """By pandas: the running count of all working minutes at the opening and at the first resolution of each ticket."""
    (tmp_path / "hours.yaml").write_text('zone: UTC\nhours: {mon-fri: "08:00-17:00"}\n')
    log = LOGS / "servicenow_incident_event_log.csv.zip"
    found = mining.analyse(log, mapping="servicenow_incident", options=Options(calendar=tmp_path / "hours.yaml"))
    working = timing(found).working
    assert working is not None
    minutes = pd.date_range("2016-01-01", "2017-12-31", freq="min")
    open_ = (minutes.day_of_week < 5) & (minutes.hour >= 8) & (minutes.hour < 17)
    shown = pd.Series(open_.cumsum() - open_, index=minutes)
    ended = rows.assign(at=at(rows.sys_updated_at), opened=at(rows.opened_at))
    claimed = ended[ended.incident_state.eq("Resolved")].groupby("number").agg({"at": "min", "opened": "first"})
    spent = shown.reindex(claimed["at"]).to_numpy() - shown.reindex(claimed["opened"]).to_numpy()
    assert working.lead_time_claimed.n == len(spent)
    ranked = sorted(spent.tolist())
    for level in (50, 85, 95, 100):
        minutes_until = working.lead_time_claimed.percentiles[level] // (60 * MICROS)
        assert minutes_until == ranked[-(-len(ranked) * level // 100) - 1]
