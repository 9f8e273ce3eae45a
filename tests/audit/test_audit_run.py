"""Whole runs of a small audit, each a real analysis, with a clock that is moved."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest
from audit_builders import ASKED, MAPPING, PLAN, STRAIGHT, Desk, desk, log

from mining.audit import run as running
from mining.audit.dry import dry_run
from mining.audit.inputs import InputMissing
from mining.audit.job import Outcome
from mining.audit.places import history_of
from mining.audit.run import run_audit
from mining.audit.shown import compared, history_rows, record_of, verified
from mining.core.audit import CauseKind
from mining.core.errors import ExitCode, InputError, RequestError

pytestmark = pytest.mark.slow

GOOD = ((30, STRAIGHT), (5, ASKED))


def run(at: Desk, **more: bool) -> Outcome:
    return run_audit(at.plan(), clock=at.clock, sleep=at.sleep, **more)


@pytest.fixture
def small(tmp_path: Path) -> Desk:
    at = desk(tmp_path / "desk")
    at.lands(log(GOOD))
    return at


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Outcome, Outcome]:
    """An audit that ran on two Mondays; in the second week every other ticket waits for the user."""
    at = desk(tmp_path_factory.mktemp("desk"))
    at.lands(log(((190, STRAIGHT), (10, ASKED))))
    first = run(at)
    at.now += timedelta(days=7)
    at.lands(log(((100, STRAIGHT), (100, ASKED)), begin=datetime(2026, 2, 2, tzinfo=UTC)))
    return at, first, run(at)


def test_a_run_leaves_a_report_a_result_and_a_record(twice: tuple[Desk, Outcome, Outcome]) -> None:
    at, first, second = twice
    assert first.exit_code is ExitCode.DONE
    assert first.report == at.folder / "reports" / "2026-02-02-run-0001" / "report.html"
    assert first.audit is not None
    assert second.audit is not None
    page = first.report.read_text(encoding="utf-8")
    assert "Small audit" in page
    assert first.audit.head in page
    result = json.loads((first.report.parent / "result.json").read_text(encoding="utf-8"))
    schema = json.loads((files("mining.report") / "result.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(result, schema)
    assert result["audit"]["head"] == first.audit.head
    assert (result["audit"]["gates"][0]["status"], result["audit"]["records"]) == ("held", 1)
    second_result = json.loads((second.report.parent / "result.json").read_text(encoding="utf-8"))  # type: ignore[union-attr]
    jsonschema.validate(second_result, schema)


def test_the_second_run_says_what_changed_and_why(twice: tuple[Desk, Outcome, Outcome]) -> None:
    """Half of the streams have a deviation now: of 200, 100 keep to the stream."""
    _, _, second = twice
    assert second.exit_code is ExitCode.GATE_FAILED
    audit = second.audit
    assert audit is not None
    assert [cause.kind for cause in audit.causes] == [CauseKind.PROCESS]
    rate = next(change for change in audit.changes if change.figure == "conformance.rate_streams")
    assert (rate.before, rate.now, rate.base, rate.unchanged_setup) == (0.95, 0.5, 0.95, None)
    assert {one.what for one in audit.variants} == {"grown", "shrunk"}
    assert audit.gates[0].said == "It is 50.0 %."
    page = second.report.read_text(encoding="utf-8")  # type: ignore[union-attr]
    assert "The process changed" in page
    assert page.index("Not held: 1 of 1 gate failed") < page.index('<ul class="tiles">')  # on the first screen


def test_the_history_can_be_read_compared_and_verified(twice: tuple[Desk, Outcome, Outcome]) -> None:
    at, first, second = twice
    plan = at.plan()
    rows = history_rows(plan, 20)
    assert [(row[1], row[4]) for row in rows.rows] == [("run", "held"), ("run", "not held")]
    assert second.audit is not None
    assert rows.head == second.audit.head
    assert verified(plan, first.audit.head).whole  # type: ignore[union-attr]
    assert not verified(plan, "f" * 64).whole
    found = compared(plan, [])
    assert found.causes[0].kind is CauseKind.PROCESS or str(found.causes[0].kind) == CauseKind.PROCESS.value
    assert any("rate_streams" in row[0] and "-45.0 points" in row[3] for row in found.figures())
    body = record_of(plan, 1)
    assert body["inputs"][0]["name"] == "export.csv"
    assert body["setup"]["mappings"][0]["owner"] == "Ada"
    with pytest.raises(RequestError, match="no record 9"):
        record_of(plan, 9)


def test_no_ticket_is_in_the_history_nor_in_the_trend_page(twice: tuple[Desk, Outcome, Outcome]) -> None:
    at, _, _ = twice
    ticket = b"26005-17"
    visits = pq.read_table(at.folder / "reports" / "2026-02-02-run-0001" / "tables" / "visits.parquet")
    assert ticket.decode() in visits["case_id"].to_pylist()
    history = history_of(at.plan(), write=False)
    everything = json.dumps([one.body for one in history.read("Small audit")]).encode()
    for record in history.read("Small audit"):
        everything += b"".join(history.document(sha) for sha in record.body["documents"].values())
    history.close()
    assert ticket not in everything
    assert ticket not in (at.folder / "reports" / "trend.html").read_bytes()


def test_the_same_inputs_again_are_no_new_run(small: Desk) -> None:
    first = run(small)
    small.now += timedelta(days=7)
    (small.folder / "export.csv").rename(small.folder / "other.csv")  # the content counts, not the name
    again = run(small)
    assert (first.kind, again.kind) == ("run", "repeat")
    assert again.report == first.report
    history = history_of(small.plan(), write=False)
    assert [one.kind for one in history.read("Small audit")] == ["run", "repeat"]
    assert history.read("Small audit")[1].body["of"] == 1
    history.close()


def test_a_mapping_that_changed_without_an_owner_is_told(small: Desk) -> None:
    run(small)
    small.now += timedelta(days=7)
    mapping = MAPPING.replace("owner: Ada\n", "").replace(
        "activity: {engage: ask}", "activity: {deliver_and_support: ask}"
    )
    (small.folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    small.lands(log(((31, STRAIGHT), (5, ASKED))))
    found = run(small)
    assert found.audit is not None
    assert [cause.kind for cause in found.audit.causes] == [CauseKind.MAPPING]
    assert "Nobody signed it off" in found.audit.causes[0].sentence
    assert any(change.unchanged_setup is not None for change in found.audit.changes)


def test_a_run_that_fails_is_recorded_without_what_was_found(small: Desk) -> None:
    small.lands("ticket,time,what\nSECRET-4711,2026-01-05 08:00:00,opened\n")
    with pytest.raises(RequestError):
        run(small)
    history = history_of(small.plan(), write=False)
    (record,) = history.read("Small audit")
    history.close()
    assert (record.kind, record.body["exit_code"]) == ("failed", 2)
    assert record.body["problems"]
    assert "4711" not in json.dumps(record.body)


def test_an_input_that_did_not_come_is_recorded(tmp_path: Path) -> None:
    at = desk(
        tmp_path / "desk", PLAN.replace('{newest: "*.csv"}', '{newest: "*.csv", wait: 10 s, not_older_than: 8 days}')
    )
    begin = at.now
    with pytest.raises(InputMissing, match="no input has come"):
        run(at)
    assert (at.now - begin).total_seconds() == 10
    at.lands(log(GOOD))
    assert run(at).kind == "run"
    at.now += timedelta(days=7)
    with pytest.raises(InputMissing, match="nothing new has come"):
        run(at)
    at.now += timedelta(days=2)
    at.lands(log(((31, STRAIGHT),)))
    at.now += timedelta(days=9)
    with pytest.raises(InputMissing, match="older than the audit allows"):
        run(at)
    assert [row[1] for row in history_rows(at.plan(), 9).rows] == ["missing", "run", "missing", "missing"]


def test_a_command_fetches_only_where_the_file_says_so(tmp_path: Path) -> None:
    fetch = '{newest: "*.csv", fetch: {command: [cp, source.txt, export.csv], timeout: 10 s}}'
    at = desk(tmp_path / "desk", PLAN.replace('{newest: "*.csv"}', fetch))
    (at.folder / "source.txt").write_text(log(GOOD), encoding="utf-8")
    dry = at.plan()
    with pytest.raises(InputMissing):
        dry_run(dry, clock=at.clock)  # which fetches nothing
    assert run(at).kind == "run"
    (at.folder / "source.txt").unlink()
    with pytest.raises(InputError, match="failed"):
        run(at)


def test_a_dry_run_leaves_nothing(small: Desk) -> None:
    before = sorted(path.name for path in small.folder.iterdir())
    found = dry_run(small.plan(), clock=small.clock)
    assert (found.kind, found.exit_code) == ("dry run", ExitCode.DONE)
    assert sorted(path.name for path in small.folder.iterdir()) == sorted([*before, "audit.yaml"])


def test_what_is_due_runs_once_whoever_calls_it(small: Desk) -> None:
    small.plan_text += 'schedule: {zone: Europe/Berlin, at: "02:30"}\n'
    small.now = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the clock in Berlin shows 02:30 for the first time
    small.lands(log(GOOD))
    assert run(small, due=True).kind == "run"
    small.now += timedelta(hours=1)  # and for the second time
    assert run(small, due=True).kind == "not due"
    small.now += timedelta(hours=23)
    assert run(small, due=True).kind == "not due"
    small.now += timedelta(hours=1)
    assert run(small, due=True).kind == "repeat"


def test_a_clock_that_was_set_back_is_noted_and_changes_no_order(small: Desk) -> None:
    run(small)
    small.now -= timedelta(days=30)
    small.lands(log(((40, STRAIGHT),)))
    found = run(small)
    assert found.audit is not None
    assert found.audit.before == 1
    assert any("The clock was set back" in note for note in found.audit.notes)
    assert verified(small.plan(), found.audit.head).whole


def test_an_input_that_is_replaced_while_it_is_read_is_read_again(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced once, in the middle of the analysis: the run is about what was there after that."""
    analyse, left = running.analysed, [1]

    def replacing(*args: object) -> object:
        if left and left.pop():
            small.lands(log(((50, STRAIGHT),)))
        return analyse(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "analysed", replacing)
    found = run(small)
    assert found.audit is not None
    assert next(one.now for one in found.audit.changes if one.figure == "streams.cases") == 50


def test_an_input_that_never_stays_is_not_counted(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    analyse, count = running.analysed, [50]

    def replacing(*args: object) -> object:
        count[0] += 1
        small.lands(log(((count[0], STRAIGHT),)))
        return analyse(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "analysed", replacing)
    with pytest.raises(InputError, match="was replaced while it was read"):
        run(small)
    assert [row[1] for row in history_rows(small.plan(), 9).rows] == ["failed"]
    assert not list((small.folder / "reports").iterdir())


def test_a_report_that_was_lost_is_made_again_and_the_run_not_counted_twice(small: Desk) -> None:
    first = run(small)
    assert first.report is not None
    first.report.unlink()
    again = run(small)
    assert again.kind == "repeat"
    assert again.report == first.report
    assert first.report.exists()


def test_a_gate_on_working_days(small: Desk) -> None:
    """Tickets take two hours from demand to value, and go on through the night: nobody works then, so none takes more
    than two hours of working time. With another calendar the set-up is another one."""
    hours = "zone: UTC\nhours: {mon-sun: ['08:00-17:00']}\n"
    (small.folder / "hours.yaml").write_text(hours, encoding="utf-8")
    gate = "  - {figure: time.working.lead_time.held.p95_us, at_most: 1 working day of 2 h}\n"
    small.plan_text = small.plan_text.replace("history:", f"{gate}options: {{calendar: hours.yaml}}\nhistory:")
    first = run(small)
    assert first.audit is not None
    assert [one.status for one in first.audit.gates] == ["held", "held"]
    (small.folder / "hours.yaml").write_text(hours.replace("08:00", "00:00"), encoding="utf-8")
    second = run(small)
    assert second.audit is not None
    assert [cause.kind for cause in second.audit.causes] == [CauseKind.OPTIONS]
    assert "calendar hours.yaml" in second.audit.causes[0].sentence


def test_conditions_and_cohorts_are_part_of_the_set_up(small: Desk) -> None:
    """The first day is asked for, then all: the second run is compared by the conditions of the first."""
    small.plan_text = small.plan_text.replace(
        "history:", "options: {where: [period=2026-01-05], split_by: 'period:month'}\nhistory:"
    )
    first = run(small)
    assert first.audit is not None
    small.plan_text = small.plan_text.replace("where: [period=2026-01-05], ", "")
    second = run(small)
    assert second.audit is not None
    assert [cause.kind for cause in second.audit.causes] == [CauseKind.OPTIONS]
    cases = next(change for change in second.audit.changes if change.figure == "streams.cases")
    assert cases.now == 35
    assert cases.before == cases.unchanged_setup
    assert cases.before is not None
    assert 0 < cases.before < 35


def test_old_reports_go_and_their_records_stay(small: Desk) -> None:
    small.plan_text += "retention: {reports: 1}\n"
    run(small)
    small.lands(log(((40, STRAIGHT),)))
    run(small)
    assert [path.name for path in sorted((small.folder / "reports").glob("*-run-*"))] == ["2026-02-02-run-0002"]
    assert len(history_rows(small.plan(), 9).rows) == 2
