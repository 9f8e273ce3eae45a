"""`vsm analyse` and `vsm demo`, as a user types them: answers, exit codes, and no half-written file."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from vsm_runs import Ran, vsm

from mining.core.locate import shipped

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SAMPLE = str(shipped("sample_logs") / "servicenow_incidents.csv")
ALL = {
    "report.html",
    "summary.md",
    "result.json",
    "tables/variants.parquet",
    "tables/hand_offs.parquet",
    "tables/visits.parquet",
    "tables/breakdown.parquet",
    "tables/deviations.parquet",
    "models/discovered.bpmn",
    "models/discovered.pnml",
}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def small_export(folder: Path, name: str = "small.csv", broken: int = 0) -> Path:
    """A sound export of the generic form; `broken` of its rows have no time that can be read."""
    rows = ["case_id,activity,timestamp"]
    for case in range(20):
        when = "soon" if case < broken else f"2024-03-{case + 1:02}T08:00:00Z"
        rows += [f"C{case},opened,{when}", f"C{case},closed,2024-03-{case + 1:02}T10:00:00Z"]
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


MAPPING = """\
name: Small
export:
  shape: events
  ticket: case_id
  time: {column: timestamp, zone: UTC}
  event: activity
rules:
  - when: {event: opened}
    activity: {engage: log}
  - when: {event: closed}
    activity: {deliver_and_support: resolve}
    value: claimed
    end: agent
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a small export and its mapping."""
    small_export(tmp_path)
    (tmp_path / "small.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """One analysis, for all tests that look at what came of it."""
    here = tmp_path_factory.mktemp("analysed")
    small_export(here, "broken.csv", broken=2)
    (here / "small.yaml").write_text(MAPPING, encoding="utf-8")
    words = ["analyse", "broken.csv", "--mapping", "small.yaml", "--reference", "incident", "--max-rejected", "10%"]
    return vsm(*words, "--output", "result", "--json", "--quiet", cwd=here), here / "result"


def test_the_demo_ends_with_a_report_and_says_where_it_is(tmp_path: Path) -> None:
    ran = vsm("demo", "--quiet", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert files(tmp_path / "demo") == ALL | {"tables/ticket_links.parquet"}
    assert "demo/report.html" in ran.out
    assert (tmp_path / "demo" / "report.html").as_uri() in ran.out
    assert {path.name for path in tmp_path.iterdir()} == {"demo"}


def test_an_analysis_writes_its_files(analysed: tuple[Ran, Path]) -> None:
    ran, result = analysed
    assert (ran.code, ran.err) == (0, "")
    assert files(result) == ALL | {"rejected.csv"}


def test_json_is_the_result_and_nothing_else(analysed: tuple[Ran, Path]) -> None:
    ran, result = analysed
    printed = json.loads(ran.out)
    assert printed == json.loads((result / "result.json").read_text(encoding="utf-8"))
    assert printed["streams"]["cases"] == 20
    assert printed["conformance"]["checked"] == 20


def test_rows_that_cannot_be_read_are_set_aside(analysed: tuple[Ran, Path]) -> None:
    ran, result = analysed
    assert "soon" in (result / "rejected.csv").read_text(encoding="utf-8")
    ledger = json.loads(ran.out)["ledger"]
    assert (ledger["rows_read"], ledger["rows_rejected"]) == (40, 2)


def test_without_output_the_folder_is_out_and_the_main_figures_are_told(here: Path) -> None:
    ran = vsm("analyse", "small.csv", "-m", "small.yaml", "-q", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert files(here / "out") == ALL - {"tables/deviations.parquet"}  # nothing was agreed
    assert "20" in ran.out
    assert "out/report.html" in ran.out


@pytest.mark.slow
def test_linked_tickets_are_one_stream_where_that_is_asked_for(here: Path) -> None:
    (here / "two.csv").write_text(
        "case_id,activity,timestamp,leads_to\n1,opened,2024-01-01T08:00,2\n2,closed,2024-01-02T09:00,\n"
    )
    links = MAPPING.replace("  event:", "  links: [{column: leads_to, to: ticket}]\n  event:", 1)
    (here / "linked.yaml").write_text(links, encoding="utf-8")
    ran = vsm("analyse", "two.csv", "-m", "linked.yaml", "--cases", "follow", "--json", "-q", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["streams"]["cases"] == 1
    ran = vsm("analyse", "two.csv", "-m", "small.yaml", "--cases", "follow", "--json", "-q", cwd=here)
    assert ran.code == 2
    assert "no mapping names a column" in ran.err
    ran = vsm("analyse", "two.csv", "-m", "linked.yaml", "--cases", "follows", cwd=here)
    assert ran.code == 2
    assert "'connected'" in ran.err


def test_json_without_output_writes_nothing(here: Path) -> None:
    before = files(here)
    ran = vsm("analyse", "small.csv", "-m", "small.yaml", "--json", cwd=here)
    assert ran.code == 0
    assert json.loads(ran.out)["conformance"] is None
    assert files(here) == before


@pytest.mark.slow
def test_two_runs_tell_the_same_but_for_the_run_itself(here: Path) -> None:
    def once(folder: str) -> dict[str, object]:
        ran = vsm("analyse", SAMPLE, "-m", "servicenow_incident", "-r", "incident", "-o", folder, "--json", cwd=here)
        assert ran.code == 0, ran.err
        outcome: dict[str, object] = json.loads(ran.out)
        del outcome["run"]
        return outcome

    assert json.dumps(once("one")) == json.dumps(once("two"))
    models = [(here / folder / "models" / "discovered.bpmn").read_bytes() for folder in ("one", "two")]
    assert models[0] == models[1]


def test_too_many_of_them_fail_the_run(here: Path) -> None:
    small_export(here, "broken.csv", broken=2)
    ran = vsm("analyse", "broken.csv", "-m", "small.yaml", "-o", "result", cwd=here)
    assert (ran.code, ran.out) == (3, "")
    assert "soon" in ran.err
    assert files(here / "result") == set()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["missing.csv", "-m", "small.yaml"], 2, ["missing.csv"]),
        (["small.csv", "-m", "servicenow_incidnet"], 2, ["servicenow_incident"]),
        (["small.csv", "-m", "nowhere.yaml"], 2, ["nowhere.yaml"]),
        (["small.csv", "-m", "small.yaml", "-r", "incidnet"], 2, ["incident"]),
        (["small.csv", "-m", "small.yaml", "--memory-limit", "much"], 2, ["--memory-limit", "much", "2GB"]),
        (["small.csv", "-m", "small.yaml", "--memory-limit", "2KB"], 2, ["--memory-limit", "100MB"]),
        (["small.csv", "-m", "small.yaml", "--temp", "nowhere"], 2, ["nowhere"]),
        (["small.csv", "-m", "servicenow_incident"], 2, ["number"]),
        (["small.yaml", "-m", "small.yaml"], 2, ["small.yaml"]),
        (["empty.csv", "-m", "small.yaml"], 2, ["empty.csv"]),
        (["cut.csv.gz", "-m", "small.yaml"], 3, ["cut.csv.gz"]),
    ],
)
def test_bad_input_is_named_and_leaves_nothing(words: list[str], code: int, said: list[str], here: Path) -> None:
    (here / "empty.csv").touch()
    (here / "cut.csv.gz").write_bytes(gzip.compress(small_export(here, "whole.csv").read_bytes())[:-20])
    ran = vsm("analyse", *words, "--output", "result", cwd=here)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert ran.err.startswith("Error: ")
    assert "Traceback" not in ran.err
    assert "fault" not in ran.err
    for word in said:
        assert word in ran.err
    assert files(here / "result") == set()


def test_an_output_that_is_a_file_is_refused_and_kept(here: Path) -> None:
    (here / "result").write_text("mine", encoding="utf-8")
    ran = vsm("analyse", "small.csv", "-m", "small.yaml", "-o", "result", cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert "result" in ran.err
    assert "--output" in ran.err
    assert (here / "result").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/sys/kernel").is_dir(), reason="root writes everywhere")
def test_an_output_folder_that_cannot_be_written_is_refused(here: Path) -> None:
    folder = "/proc/result" if os.geteuid() == 0 else str(here / "closed" / "result")
    (here / "closed").mkdir(mode=0o500)
    ran = vsm("analyse", "small.csv", "-m", "small.yaml", "-o", folder, cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert "cannot write to this output folder" in ran.err


@pytest.mark.slow
def test_an_earlier_report_stays_whole_when_a_run_fails(analysed: tuple[Ran, Path]) -> None:
    _, result = analysed
    before = {name: (result / name).read_bytes() for name in files(result)}
    words = ["analyse", "broken.csv", "-m", "small.yaml", "-o", "result"]
    assert vsm(*words, cwd=result.parent).code == 3
    assert {name: (result / name).read_bytes() for name in files(result)} == before


@pytest.mark.parametrize("sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_interrupted(sent: signal.Signals, here: Path) -> None:
    big = here / "big.csv"
    with big.open("w", encoding="utf-8") as file:
        file.write("case_id,activity,timestamp\n")
        file.writelines(
            f"C{i // 4},{('opened', 'closed')[i % 2]},2024-03-0{i % 4 + 1}T08:00:00Z\n" for i in range(1_000_000)
        )
    spill = here / "spill"
    spill.mkdir()
    command = [sys.executable, "-m", "mining", "analyse", "big.csv", "-m", "small.yaml", "-o", "result"]
    with subprocess.Popen(
        [*command, "--temp", "spill"], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not any(spill.iterdir()) and time.monotonic() < deadline:  # the engine is open, so reading begins
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(sent)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert err.startswith("Interrupted")
    assert "Traceback" not in err
    assert files(here / "result") == set()
    assert files(spill) == set()


def test_the_report_in_german_and_the_result_as_ever(here: Path) -> None:
    for language in ("en", "de"):
        ran = vsm("analyse", "small.csv", "-m", "small.yaml", "--language", language, "-o", language, "-q", cwd=here)
        assert (ran.code, ran.err) == (0, "")
    assert '<html lang="de">' in (here / "de" / "report.html").read_text(encoding="utf-8")
    assert "Hier zuerst hinsehen" in (here / "de" / "summary.md").read_text(encoding="utf-8")
    english, german = (json.loads((here / one / "result.json").read_text(encoding="utf-8")) for one in ("en", "de"))
    assert {**english, "run": None} == {**german, "run": None}


def test_a_language_that_there_is_not(tmp_path: Path) -> None:
    ran = vsm("analyse", SAMPLE, "-m", "servicenow_incident", "--language", "german", "-o", "out", cwd=tmp_path)
    assert ran.code == 2
    assert "no such language" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_mapping_that_knows_hardly_a_label_is_said_to_be_the_wrong_one(tmp_path: Path) -> None:
    """Columns of common names are recognised whatever stands in them."""
    rows = [
        f"{case},{label},2025-03-0{day}T08:00:00Z" for case in "AB" for day, label in ((1, "Frobbed"), (2, "Mangled"))
    ]
    (tmp_path / "log.csv").write_text("\n".join(["case_id,activity,timestamp", *rows]), encoding="utf-8")
    ran = vsm("analyse", "log.csv", "--mapping", "generic_events", cwd=tmp_path)
    assert ran.code == 0
    assert "The mapping does not know most of what is in this export" in ran.out
    assert "vsm init EXPORT" in ran.out
    assert "does not know most" not in vsm("demo", cwd=tmp_path).out
