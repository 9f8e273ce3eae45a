"""The whole way, as a program or a notebook goes it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import mining
from mining.core.activities import Activity
from mining.core.events import RejectedRow
from mining.core.locate import shipped
from mining.result import _write_rejected

SAMPLE = shipped("sample_logs") / "servicenow_incidents.csv"
NEW_SERVICE = shipped("sample_logs") / "new_service.xes"


def noon() -> datetime:
    return datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole way")


@pytest.fixture(scope="module")
def result(folder: Path) -> mining.Result:
    return mining.analyse(
        SAMPLE, mapping="servicenow_incident", reference="incident", output=folder / "one", clock=noon
    )


def test_every_row_of_the_sample_is_accounted_for(result: mining.Result) -> None:
    rows = len(pd.read_csv(SAMPLE, dtype=str))
    ledger = result.analysis.ledger
    assert ledger.rows_read == rows
    assert ledger.adds_up


def test_lead_time_is_that_of_an_independent_count(result: mining.Result) -> None:
    """From `opened_at`, or the first row where that is earlier, to the first row in the state Resolved."""
    log = pd.read_csv(SAMPLE, dtype=str)
    for column in ("opened_at", "sys_updated_at"):
        log[column] = pd.to_datetime(log[column], format="%d/%m/%Y %H:%M")
    tickets = log.groupby("number")
    demand = tickets[["opened_at", "sys_updated_at"]].min().min(axis=1)
    last = log.assign(n=log["sys_mod_count"].astype(int)).sort_values(["sys_updated_at", "n"]).groupby("number").last()
    resolved = log[log["incident_state"] == "Resolved"].groupby("number")["sys_updated_at"].min()
    closed = last.index[last["incident_state"] == "Closed"]
    lead = sorted((resolved - demand).reindex(closed).dropna())
    found = result.measures.lead_time_claimed
    assert found.n == len(lead) > 1000
    assert found.median == lead[-(-len(lead) * 50 // 100) - 1] // pd.Timedelta(microseconds=1)
    assert found.p95 == lead[-(-len(lead) * 95 // 100) - 1] // pd.Timedelta(microseconds=1)


def test_what_is_written_is_whole_and_says_the_same(result: mining.Result, folder: Path) -> None:
    written = sorted(str(p.relative_to(folder / "one")) for p in (folder / "one").rglob("*") if p.is_file())
    assert written == [
        "models/discovered.bpmn",
        "models/discovered.pnml",
        "report.html",
        "result.json",
        "summary.md",
        "tables/breakdown.parquet",
        "tables/deviations.parquet",
        "tables/hand_offs.parquet",
        "tables/ticket_links.parquet",
        "tables/variants.parquet",
        "tables/visits.parquet",
    ]
    on_disk = json.loads((folder / "one" / "result.json").read_text(encoding="utf-8"))
    assert on_disk["streams"]["cases"] == result.analysis.streams.cases
    assert result.conformance is not None
    assert on_disk["conformance"]["fitness"] == result.conformance.fitness
    visits = pq.read_table(folder / "one" / "tables" / "visits.parquet")
    assert visits.num_rows == result.analysis.streams.visits
    assert len(result.variants) == len(result.analysis.streams.variants)


def test_a_second_run_gives_the_same_to_the_byte(result: mining.Result, folder: Path) -> None:
    mining.analyse(SAMPLE, mapping="servicenow_incident", reference="incident", output=folder / "two", clock=noon)
    files = [path.relative_to(folder / "one") for path in (folder / "one").rglob("*") if path.is_file()]
    for name in files:
        if name.name != "result.json":
            assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes(), name
    one, two = (json.loads((folder / n / "result.json").read_text(encoding="utf-8")) for n in ("one", "two"))
    del one["run"], two["run"]
    assert json.dumps(one) == json.dumps(two)


def test_the_order_of_files_and_rows_does_not_matter(result: mining.Result, tmp_path: Path) -> None:
    log = pd.read_csv(SAMPLE, dtype=str, keep_default_na=False).sample(frac=1, random_state=7)
    log.iloc[:5000].to_csv(tmp_path / "b.csv", index=False)
    log.iloc[5000:].to_csv(tmp_path / "a.csv", index=False)
    shuffled = mining.analyse(tmp_path, mapping="servicenow_incident", reference="incident", clock=noon)
    assert shuffled.analysis.streams.variants == result.analysis.streams.variants
    assert shuffled.analysis.streams.steps == result.analysis.streams.steps
    assert shuffled.measures == result.measures
    assert shuffled.conformance == result.conformance
    assert shuffled.analysis.ledger == result.analysis.ledger


@pytest.mark.slow
def test_overlapping_exports_count_each_row_once(result: mining.Result, tmp_path: Path) -> None:
    log = pd.read_csv(SAMPLE, dtype=str, keep_default_na=False)
    log.iloc[:4000].to_csv(tmp_path / "week 1.csv", index=False)
    log.iloc[3000:].to_csv(tmp_path / "week 2.csv", index=False)
    both = mining.analyse(tmp_path, mapping="servicenow_incident", clock=noon).analysis
    assert both.ledger.adds_up
    assert both.ledger.rows_read == len(log) + 1000
    assert both.ledger.rows_duplicate - result.analysis.ledger.rows_duplicate == 1000
    assert both.streams.variants == result.analysis.streams.variants


def test_the_new_service_sample_goes_through_all_six_activities() -> None:
    found = mining.analyse(NEW_SERVICE, mapping="new_service_events", reference="new_service", clock=noon)
    assert found.analysis.ledger.adds_up
    assert {s.activity for v in found.analysis.streams.variants for s in v.symbols} == set(Activity)
    assert found.conformance is not None
    assert 0 < found.conformance.conforming < found.conformance.checked


@pytest.mark.slow
def test_without_a_reference_there_is_no_conformance(tmp_path: Path) -> None:
    found = mining.analyse(SAMPLE, mapping="servicenow_incident", clock=noon)
    assert found.conformance is None
    found.write_report(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.slow
def test_the_cap_on_variants_is_told_and_nothing_is_lost() -> None:
    options = mining.Options(max_variants=5)
    found = mining.analyse(SAMPLE, mapping="servicenow_incident", reference="incident", options=options).analysis
    assert len(found.streams.paths) == 5
    on_paths = sum(path.streams for path in found.streams.paths)
    assert on_paths + found.streams.beyond_cap == found.streams.cases
    assert any("--max-variants" in note for note in found.notes)
    assert found.conformance is not None
    checked = found.conformance.checked + found.conformance.open_rates.checked
    assert checked + sum(found.conformance.not_checked.values()) == found.streams.cases


@pytest.mark.slow
def test_rejected_rows_are_written_beside_the_report(tmp_path: Path) -> None:
    log = pd.read_csv(SAMPLE, dtype=str, keep_default_na=False)
    log.loc[9, "sys_updated_at"] = "=cmd()"
    log.to_csv(tmp_path / "one bad.csv", index=False)
    found = mining.analyse(tmp_path / "one bad.csv", mapping="servicenow_incident", output=tmp_path / "out").analysis
    assert found.ledger.rows_rejected == 1
    assert found.ledger.adds_up
    (line,) = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert line.startswith('"one bad.csv",10,"sys_updated_at","\'=cmd()"')


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\tx",
        "\r=1",
        "\n=1",
        "   =1",
        " \t =1",
        "\u00a0=1",
        "\ufeff=1",
        "\0=1",
        "＝1",
    ],
)
def test_no_cell_of_the_rejected_rows_is_a_formula(tmp_path: Path, cell: str) -> None:
    rows = [RejectedRow(cell, 1, cell, cell, cell), RejectedRow("a.csv", 2, None, f"x;{cell}", "a = b, 3-4")]
    _write_rejected(tmp_path / "rejected.csv", rows)
    with (tmp_path / "rejected.csv").open(encoding="utf-8", newline="") as file:
        _, first, second = csv.reader(file)
    assert first == [f"'{cell}", "1", f"'{cell}", f"'{cell}", f"'{cell}"]
    assert second == ["a.csv", "2", "", f"x;{cell}", "a = b, 3-4"]
    assert f'"x;{cell}"' in (tmp_path / "rejected.csv").read_bytes().decode()


def test_a_folder_that_cannot_be_written_stops_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(mining.RequestError, match="cannot write to this output folder"):
        mining.analyse("no such export.csv", mapping="servicenow_incident", output=tmp_path / "taken")


def test_the_public_names() -> None:
    assert sorted(mining.__all__) == mining.__all__ == dir(mining)
    for name in mining.__all__:
        assert getattr(mining, name).__name__ == name
