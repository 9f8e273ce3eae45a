"""What the records of the history hold: one function for each kind.

All have `audit`, `kind`, `id` (unlike that of any other), `at` (UTC), `due` (the time by the schedule that it was run
for, or null), `plan_sha256` and `documents` (SHA-256 by name). No ticket, no person and no secret is in any of them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mining.audit.gates import Earlier, comparable
from mining.audit.history.store import Record
from mining.audit.inputs import Found
from mining.audit.measured import Measured
from mining.audit.plan import Plan
from mining.audit.setup import Setup
from mining.core.audit import AuditRun, GateStatus
from mining.core.errors import MiningError, shown

RUN, REPEAT, FAILED, MISSING, ALERT = "run", "repeat", "failed", "missing", "alert"
MADE = (RUN, REPEAT, FAILED, MISSING)
"""What comes of a run that was made, whatever became of it."""


def _common(plan: Plan, kind: str, at: datetime, due: datetime | None) -> dict[str, Any]:
    return {
        "audit": plan.name,
        "kind": kind,
        "id": uuid.uuid4().hex,
        "at": at.isoformat(),
        "due": None if due is None else due.isoformat(),
        "plan_sha256": plan.sha256,
        "documents": {},
    }


def inputs_of(found: Sequence[Found]) -> list[dict[str, Any]]:
    """The files that were read: names without folders, sizes, hashes."""
    return [{"name": shown(one.path), "bytes": one.bytes, "sha256": one.sha256} for one in found]


def run_body(
    plan: Plan,
    *,
    at: datetime,
    due: datetime | None,
    found: Sequence[Found],
    fingerprint: str,
    setup: Setup,
    measured: Measured,
    kept: Mapping[str, float] | None,
    judged: AuditRun,
    result: Mapping[str, Any],
    report: str,
    seconds: float,
    more: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A run: its body, and the contents of the documents that it refers to, by their SHA-256."""

    tables = measured.tables()
    content = {hashlib.sha256(table).hexdigest(): table for table in tables.values()}
    documents = {name: hashlib.sha256(table).hexdigest() for name, table in tables.items()}
    documents |= {f"mapping {i}": text.sha256 for i, text in enumerate(setup.mappings)}
    documents |= {f"reference {i}": text.sha256 for i, text in enumerate(setup.references)}
    if setup.acceptances is not None and setup.acceptances.document:
        documents["acceptances"] = setup.acceptances.sha256
    if setup.calendar is not None:
        documents["calendar"] = setup.calendar.sha256
    told = judged.as_dict()
    body = {
        **_common(plan, RUN, at, due),
        "run": judged.run,
        "inputs": inputs_of(found),
        "fingerprint": fingerprint,
        "setup": setup.as_dict(),
        "setup_sha256": setup.sha256,
        "versions": result["run"]["versions"],
        "took": {"seconds": seconds, "phases": result["run"]["phases_seconds"]},
        "peak_memory_bytes": result["run"]["peak_memory_bytes"],
        "ledger": {name: value for name, value in result["ledger"].items() if not name.endswith("_share")},
        **measured.facts(),
        "kept_figures": kept,
        **{key: told[key] for key in ("before", "base", "verdict", "gates", "causes", "drift", "notes", "held")},
        "drift_from_base": told["drift_from_base"],
        "report": report,
        "documents": documents,
        **more,
    }
    return body, {**content, **setup.documents}


def repeat_body(
    plan: Plan, *, at: datetime, due: datetime | None, of: int, found: Sequence[Found], judged: AuditRun
) -> dict[str, Any]:
    """A run on the same inputs by the same set-up as an earlier one; it is counted nowhere."""
    told = judged.as_dict()
    return {
        **_common(plan, REPEAT, at, due),
        "of": of,
        "inputs": inputs_of(found),
        **{key: told[key] for key in ("verdict", "gates", "held", "notes")},
    }


def failed_body(plan: Plan, kind: str, error: BaseException, *, at: datetime, due: datetime | None) -> dict[str, Any]:
    """A run that came to nothing: which error, without what was found in the export."""
    code = int(error.exit_code) if isinstance(error, MiningError) else 4
    problems = error.problems if isinstance(error, MiningError) else ()
    return {
        **_common(plan, kind, at, due),
        "error": type(error).__name__,
        "exit_code": code,
        "problems": [
            {"file": problem.file and shown(problem.file), "line": problem.line, "text": problem.text[:300]}
            for problem in problems[:20]
        ],
    }


def alert_body(
    plan: Plan, *, at: datetime, of: int, target: str, told: Sequence[tuple[str, str]], delivered: bool
) -> dict[str, Any]:
    """Somebody was told, or could not be: `told` are pairs of what and of which gate. The address is not in it."""
    what = [{"what": one, "gate": gate} for one, gate in told]
    return {**_common(plan, ALERT, at, None), "of": of, "target": target, "told": what, "delivered": delivered}


def earlier(record: Record) -> Earlier:
    """What gates need of an earlier run: its figures, and which gates it missed."""
    missed = (GateStatus.MISSED, GateStatus.IN_GRACE, GateStatus.NOT_COMPARABLE, GateStatus.NO_FIGURE)
    return Earlier(
        record=record.number,
        setup=comparable(record.body["setup_sha256"], record.body["by_completion"]),
        figures=record.body["figures"],
        missed=frozenset(gate["name"] for gate in record.body["gates"] if gate["status"] in missed),
    )
