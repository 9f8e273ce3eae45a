"""Alerts: once when something goes wrong, once when it is right again; by mail and HTTP, no secret kept."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from mining.audit import alerts
from mining.audit.history.store import History, Record, open_history
from mining.audit.plan import Alert, Inputs, Plan
from mining.core.analysis import Options
from mining.core.audit import AuditRun, Cause, CauseKind, GateResult, GateStatus, Severity, Unit

NOW = datetime(2026, 2, 2, 6, tzinfo=UTC)
ALL = ("gate failed", "recovered", "run failed", "input missing")


def plan(folder: Path, *targets: Alert) -> Plan:
    return Plan(
        name="Small audit",
        file=folder / "audit.yaml",
        sha256="0" * 64,
        inputs=Inputs(newest="*.csv"),
        mappings=("m.yaml",),
        mappings_dir=None,
        references=(),
        options=Options(),
        brand=None,
        gates=(),
        reports=folder / "reports",
        history=str(folder / "history.db"),
        history_from=None,
        base_line=None,
        trend=(),
        alerts=targets,
        keep_reports=None,
        cache=None,
        schedule=None,
    )


def audit(**gates: bool) -> AuditRun:
    """A run whose gates hold (True) or fail (False)."""
    results = tuple(
        GateResult(
            name,
            "conformance.fitness",
            Unit.SHARE,
            Severity.FAIL,
            GateStatus.HELD if held else GateStatus.MISSED,
            0.8,
            0.85,
            "",
            0 if held else 1,
            "conformance.fitness is at least 85.0 %.",
            "It is 80.0 %.",
        )
        for name, held in gates.items()
    )
    causes = (Cause(CauseKind.PROCESS, "The process changed: more."),)
    return AuditRun("Small audit", 1, 1, "head", 1, None, None, "Said.", results, causes, (), (), (), None, None, ())


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(str(tmp_path / "history.db"), write=True)
    yield opened
    opened.close()


class Sent(list[tuple[str, str]]):
    """What was delivered: target and title. `broken` is what delivery answers."""

    broken: str | None = None


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    found = Sent()

    def deliver(alert: Alert, title: str, text: str) -> str | None:
        assert "head" not in title
        if found.broken is None:
            found.append((alert.name, title))
        return found.broken

    monkeypatch.setattr(alerts, "deliver", deliver)
    return found


def tell(at: Plan, history: History, of: AuditRun | None, kind: str = "run") -> None:
    number = history.head()[0]
    body: dict[str, Any] = {"audit": at.name, "kind": kind, "id": f"run {number}", "documents": {}}
    body |= {"problems": [{"text": "the export broke off"}], "exit_code": 3} if of is None else {}
    record = history.append(body)
    alerts.tell(at, history, record, of, lambda: NOW)


DESK = Alert("desk", "VSM_TEST_TARGET", ALL, timedelta(seconds=5))


def test_a_gate_is_told_once_when_it_fails_and_once_when_it_holds_again(
    tmp_path: Path, history: History, sent: Sent
) -> None:
    at = plan(tmp_path, DESK)
    for held in (True, False, False, False, True, True, False):
        tell(at, history, audit(a=held))
    titles = [title for _, title in sent]
    assert titles == ["Small audit: gate failed", "Small audit: recovered", "Small audit: gate failed"]


def test_a_second_gate_is_told_on_its_own(tmp_path: Path, history: History, sent: Sent) -> None:
    at = plan(tmp_path, DESK)
    tell(at, history, audit(a=False, b=True))
    tell(at, history, audit(a=False, b=False))
    tell(at, history, audit(a=True, b=False))
    assert [title for _, title in sent] == [
        "Small audit: gate failed",
        "Small audit: gate failed",
        "Small audit: recovered",
    ]


def test_two_gates_in_one_run_are_one_message(tmp_path: Path, history: History, sent: Sent) -> None:
    tell(plan(tmp_path, DESK), history, audit(a=False, b=False))
    assert sent == [("desk", "Small audit: 2 × gate failed")]


def test_a_run_that_fails_and_an_input_that_is_missing_are_told_once_each(
    tmp_path: Path, history: History, sent: Sent
) -> None:
    at = plan(tmp_path, DESK)
    for kind in ("failed", "failed", "missing", "missing", "run", "run"):
        tell(at, history, audit(a=True) if kind == "run" else None, kind)
    assert [title for _, title in sent] == [
        "Small audit: run failed",
        "Small audit: input missing",
        "Small audit: recovered",
    ]


def test_a_run_that_fails_says_nothing_of_gates(tmp_path: Path, history: History, sent: Sent) -> None:
    at = plan(tmp_path, DESK)
    tell(at, history, audit(a=False))
    tell(at, history, None, "failed")
    tell(at, history, audit(a=False))  # the gate still fails, which is known; the audit runs again, which is news
    assert [title for _, title in sent] == [
        "Small audit: gate failed",
        "Small audit: run failed",
        "Small audit: recovered",
    ]


def test_each_target_is_told_what_it_asked_for(tmp_path: Path, history: History, sent: Sent) -> None:
    only = replace(DESK, name="manager", about=("recovered",))
    at = plan(tmp_path, DESK, only)
    tell(at, history, audit(a=False))
    tell(at, history, audit(a=True))
    assert [name for name, _ in sent] == ["desk", "desk"]  # who was not told of the trouble hears of no end of it


def test_what_could_not_be_delivered_is_tried_again(tmp_path: Path, history: History, sent: Sent) -> None:
    at = plan(tmp_path, DESK)
    sent.broken = "no answer within 5 s"
    tell(at, history, audit(a=False))
    sent.broken = None
    tell(at, history, audit(a=False))
    tell(at, history, audit(a=False))
    assert len(sent) == 1
    assert [one.body["delivered"] for one in history.read(at.name, ["alert"])] == [False, True]


def test_a_message_holds_the_head_and_no_more_than_the_figures() -> None:
    record = Record(7, "run", "abc123", {})
    title, text = alerts.message(plan(Path("/x"), DESK), record, audit(a=False), [("gate failed", "a")])
    assert title == "Small audit: gate failed"
    assert "Record 7 of the history. Head: abc123" in text
    assert "conformance.fitness is at least 85.0 %. It is 80.0 %." in text


def test_a_history_that_cannot_be_reached_is_told_once_and_when_it_is_back(tmp_path: Path, sent: Sent) -> None:
    at = plan(tmp_path, DESK)
    for _ in range(3):
        alerts.tell_without_history(at, "no connection")
    alerts.history_is_back(at)
    alerts.history_is_back(at)
    assert [title for _, title in sent] == ["Small audit: run failed", "Small audit: recovered"]


# ----------------------------------------------------------------------------------------------------------- real parts


class _Hook(http.server.BaseHTTPRequestHandler):
    got: list[dict[str, Any]]
    wait = 0.0

    def do_POST(self) -> None:
        time.sleep(self.wait)
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, type[_Hook]]]:
    handler = type("Hook", (_Hook,), {"got": [], "wait": 0.0})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://user:s3cr3t@127.0.0.1:{server.server_address[1]}/hook", handler
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_webhook_gets_the_message_and_no_secret_is_kept(
    tmp_path: Path, history: History, hook: tuple[str, type[_Hook]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, handler = hook
    monkeypatch.setenv("VSM_TEST_TARGET", address)
    tell(plan(tmp_path, replace(DESK, timeout=timedelta(seconds=60))), history, audit(a=False))
    (got,) = handler.got
    assert got["title"] == "Small audit: gate failed"
    assert "Head: " in got["message"]
    assert history.read("Small audit", ["alert"])[0].body["delivered"] is True
    history.close()
    assert b"s3cr3t" not in (tmp_path / "history.db").read_bytes()


@pytest.mark.slow
def test_mail_arrives_at_a_mail_server(tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    from aiosmtpd.controller import Controller

    class Box:
        def __init__(self) -> None:
            self.mails: list[bytes] = []

        async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - its name there
            self.mails.append(envelope.content)
            return "250 OK"

    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        monkeypatch.setenv("VSM_TEST_TARGET", f"mailto://127.0.0.1:{port}?from=vsm@example.org&to=ada@example.org")
        tell(plan(tmp_path, replace(DESK, timeout=timedelta(seconds=60))), history, audit(a=False))
    finally:
        controller.stop()
    (mail,) = box.mails
    read = message_from_bytes(mail)
    assert read["Subject"] == "Small audit: gate failed"
    assert "ada@example.org" in str(read["To"])
    text = "".join(part.get_payload(decode=True).decode() for part in read.walk() if not part.is_multipart())  # type: ignore[union-attr]
    assert "Said." in text
    assert "Head: " in text


@pytest.mark.slow
def test_a_target_that_hangs_is_given_up_and_the_run_stands(
    tmp_path: Path, history: History, hook: tuple[str, type[_Hook]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, handler = hook
    handler.wait = 30.0
    monkeypatch.setenv("VSM_TEST_TARGET", f"{address}?rto=60&cto=60")
    begin = time.monotonic()
    tell(plan(tmp_path, replace(DESK, timeout=timedelta(seconds=4))), history, audit(a=False))
    assert time.monotonic() - begin < 15
    assert history.read("Small audit", ["alert"])[0].body["delivered"] is False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "said"),
    [
        (None, "the environment has no VSM_TEST_TARGET"),
        ("nonsense://x", "no address that Apprise knows"),
        ("json://127.0.0.1:9/", "refused it, or could not be reached"),
    ],
)
def test_why_nothing_was_delivered(address: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VSM_TEST_TARGET", raising=False)
    if address is not None:
        monkeypatch.setenv("VSM_TEST_TARGET", address)
    found = alerts.deliver(replace(DESK, timeout=timedelta(seconds=60)), "title", "text")
    assert found is not None
    assert said in found
    assert address is None or address not in found
