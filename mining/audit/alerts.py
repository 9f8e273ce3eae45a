"""Who is told of what: once when something goes wrong, and once when it is right again.

The history remembers what was told and delivered, so no run tells it again; what could not be delivered is tried
again by the next run. Addresses come from the environment and go to the process that delivers by its standard input:
they are in no argument, no record and no message.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress

from mining.audit import records
from mining.audit.history.store import History, Record
from mining.audit.plan import Alert, Plan
from mining.core.audit import AuditRun
from mining.core.clock import Clock
from mining.core.errors import RequestError
from mining.core.files import write_text

GATE, RECOVERED, FAILED, MISSING = "gate failed", "recovered", "run failed", "input missing"
UNREACHABLE = "history-cannot-be-used.txt"

Told = tuple[str, str]
"""What is told, and of which gate ("" where of none)."""


def tell(plan: Plan, history: History, record: Record, audit: AuditRun | None, clock: Clock) -> tuple[str, ...]:
    """Tell everybody what is due after this record; what was told to whom, in words. Never raises for a target that
    cannot be reached: the run's result stands."""
    if not plan.alerts:
        return ()
    said = []
    earlier = history.read(plan.name, [records.ALERT])
    for alert in plan.alerts:
        due = [one for one in _due(_open(earlier, alert.name), record, audit) if one[0] in alert.about]
        if not due:
            continue
        title, text = message(plan, record, audit, due)
        delivered = deliver(alert, title, text)
        body = records.alert_body(
            plan, at=clock(), of=record.number, target=alert.name, told=due, delivered=delivered is None
        )
        history.append(body)
        what = ", ".join(f"{one}{f' ({gate})' if gate else ''}" for one, gate in due)
        said.append(f"{alert.name}: {what}" + ("" if delivered is None else f"; could not be delivered: {delivered}"))
    return tuple(said)


def tell_without_history(plan: Plan, problem: str) -> None:
    """Tell that a run failed because its history cannot be used. A file beside the reports remembers whom it was told,
    until a run reaches the history again."""
    mark = plan.reports / UNREACHABLE
    told = mark.read_text(encoding="utf-8").splitlines() if mark.is_file() else []
    for alert in plan.alerts:
        if FAILED not in alert.about or alert.name in told:
            continue
        if deliver(alert, f"{plan.name}: {FAILED}", f"The history cannot be used: {problem}") is None:
            told.append(alert.name)
            with suppress(RequestError):
                write_text(mark, "\n".join(told))


def history_is_back(plan: Plan) -> None:
    """Tell those who were told that the history cannot be used."""
    mark = plan.reports / UNREACHABLE
    if not mark.is_file():
        return
    told = mark.read_text(encoding="utf-8").splitlines()
    mark.unlink(missing_ok=True)
    for alert in plan.alerts:
        if alert.name in told and RECOVERED in alert.about:
            deliver(alert, f"{plan.name}: {RECOVERED}", "The history can be used again.")


def _open(earlier: Iterable[Record], target: str) -> set[Told]:
    """What a target was told that is not right again yet."""
    found: set[Told] = set()
    for record in earlier:
        if record.body["target"] != target or not record.body["delivered"]:
            continue
        for one in record.body["told"]:
            if one["what"] == RECOVERED:
                found = {(what, gate) for what, gate in found if gate != one["gate"]}
            else:
                found.add((one["what"], one["gate"]))
    return found


def _due(already: set[Told], record: Record, audit: AuditRun | None) -> list[Told]:
    """What is new since the target was told last. A run that came to nothing says nothing of gates; one that was done
    says that runs and inputs are right again, which is told by the gate ""."""
    if audit is None:
        new = (MISSING if record.kind == records.MISSING else FAILED, "")
        return [] if new in already else [new]
    failing = [gate.name for gate in audit.gates if gate.fails]
    standing = [gate.name for gate in audit.gates if not gate.fails]
    due = [(GATE, name) for name in failing if (GATE, name) not in already]
    due += [(RECOVERED, name) for name in standing if (GATE, name) in already]
    if any(gate == "" for _, gate in already):
        due.append((RECOVERED, ""))
    return due


def message(plan: Plan, record: Record, audit: AuditRun | None, due: Iterable[Told]) -> tuple[str, str]:
    """Title and text of what is told: no ticket, no person."""
    due = list(due)
    counted = {what: sum(one == what for one, _ in due) for what, _ in due}
    title = f"{plan.name}: " + ", ".join(f"{n} × {what}" if n > 1 else what for what, n in counted.items())
    lines = []
    for what, name in due:
        gate = next((one for one in audit.gates if one.name == name), None) if audit is not None and name else None
        if gate is not None:
            lines.append(f"{what}: {gate.name}. {gate.sentence} {gate.said}")
        elif audit is None:
            lines += [f"{what}: {problem['text']}" for problem in record.body["problems"]] or [what]
        else:
            lines.append("The audit runs again.")
    if audit is not None:
        lines += ["", audit.verdict, *(cause.sentence for cause in audit.causes[1:])]
    lines += ["", f"Record {record.number} of the history. Head: {record.hash}"]
    return title, "\n".join(lines)


def deliver(alert: Alert, title: str, text: str) -> str | None:
    """Send it, in a process of its own that is ended when its time is over. None where it was delivered, else why
    not."""
    address = os.environ.get(alert.address_from)
    if not address:
        return f"the environment has no {alert.address_from}"
    given = json.dumps({"address": address, "title": title, "text": text})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mining.audit.deliver"],
            input=given.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=alert.timeout.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {alert.timeout.total_seconds():g} s"
    except OSError as error:
        return f"no process could be started: {error.strerror}"
    return {0: None, 2: f"{alert.address_from} holds no address that Apprise knows"}.get(
        done.returncode, "the target refused it, or could not be reached"
    )
