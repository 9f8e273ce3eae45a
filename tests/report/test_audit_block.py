"""What an audit says in a report: on the first screen, in a section of its own, harmless, and without faults."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from in_a_browser import Visit, faults
from report_builders import analysis

from mining.core.audit import (
    AuditRun,
    Cause,
    CauseKind,
    Change,
    DeviationChange,
    Drift,
    GateResult,
    GateStatus,
    Severity,
    Unit,
    VariantChange,
)
from mining.report import render, result

pytestmark = pytest.mark.slow  # each is quick, all of them are not

HEAD = "0f" * 32
EVIL = "</script><img src=x onerror=alert(1)>"


def gate(name: str, status: GateStatus, severity: Severity = Severity.FAIL) -> GateResult:
    return GateResult(
        name,
        "conformance.fitness",
        Unit.SHARE,
        severity,
        status,
        0.8,
        0.85,
        "",
        1,
        "It is at least 85.0 %.",
        "It is 80.0 %.",
    )


def audit(name: str = "Weekly") -> AuditRun:
    return AuditRun(
        audit=name,
        record=12,
        records=12,
        head=HEAD,
        run=7,
        before=6,
        base=1,
        verdict=f"Not held: 1 of 3 gates failed ({name}).",
        gates=(
            gate(name, GateStatus.MISSED),
            gate("warned", GateStatus.MISSED, Severity.WARN),
            gate("held", GateStatus.HELD),
        ),
        causes=(Cause(CauseKind.PROCESS, "The process changed: more is asked.", ("lead times differ.", name)),),
        changes=(
            Change("conformance.fitness", Unit.SHARE, 0.8, 0.9, 0.95, 0.85),
            Change("measures.lead_time.held.median_us", Unit.DURATION, 3_600_000_000, 7_200_000_000, None),
            Change("streams.cases", Unit.NUMBER, 1200, 1200, 1000),
        ),
        variants=(VariantChange("new", ("engage:log", f"engage:{name} [claimed]"), "ended", 20, 0, 0.2, 0.0),),
        deviations=(DeviationChange("gone", name, 0, 3),),
        drift=Drift(300, 40, 5, 12.3, 4, 0.0151, 0.12, growing=True),
        drift_from_base=None,
        notes=(f"Mind {name}.",),
    )


def test_the_first_screen_says_whether_it_held_and_where_the_history_stands() -> None:
    page = render(analysis(), audit=audit())
    first = page[: page.index('<ul class="tiles">')]
    assert "Not held: 1 of 3 gates failed" in first
    assert HEAD in first
    assert "run 7, compared with run 6; base line: run 1" in first


def test_the_section_shows_gates_causes_and_changes() -> None:
    page = " ".join(render(analysis(), audit=audit()).replace("\u00a0", " ").split())
    for said in (
        "missed (warning)",
        "The process changed: more is asked.",
        "−10.0 points",
        "−1.0 h",
        "the same",
        "Engage (log) → Engage (Weekly) [claimed] (ended)",
        "streams of the last period, as far as they had come (40 streams) against",
        "those of the period before, likewise (300)",
        "Now, by the set-up of the run before",
    ):
        assert said in page, said


def test_without_an_audit_nothing_of_it_is_there() -> None:
    assert "audit" not in result(analysis())
    assert 'id="audit"' not in render(analysis())


def test_the_result_holds_all_of_it_and_is_as_the_schema_says() -> None:
    schema = json.loads((files("mining.report") / "result.schema.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(result(analysis(), audit())))
    jsonschema.validate(found, schema)
    assert found["audit"]["head"] == HEAD
    assert found["audit"]["held"] is False
    broken = {**found, "audit": {**found["audit"], "more": 1}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_names_cannot_break_out() -> None:
    page = render(analysis(), audit=audit(EVIL))
    assert EVIL not in page
    assert "<img src=x" not in page


@pytest.mark.browser
def test_in_a_browser_it_has_no_faults_and_fits(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(
        render(analysis(), audit=replace(audit(), audit="Weekly " * 12)), encoding="utf-8"
    )
    page = visit(tmp_path / "report.html", width=1280)
    assert page.locator(".audit").bounding_box()["y"] < 900  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        assert faults(page, "#audit") == []
        assert faults(page, ".audit") == []
