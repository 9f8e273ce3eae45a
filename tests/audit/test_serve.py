"""The server of schedules, with a clock that is moved and runs that take no time, or too much of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from audit_builders import PLAN, Desk, body, desk

from mining.audit import serve
from mining.audit.job import Outcome
from mining.audit.places import history_of
from mining.audit.plan import Plan
from mining.audit.serve import Server
from mining.core.errors import ExitCode, InputError, Problem, RequestError


class Time:
    """A clock that moves when somebody sleeps; over once it shows `until`."""

    def __init__(self, now: str, until: str) -> None:
        self.now, self.until = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, until))

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=max(seconds, 0.001))

    def stopped(self) -> bool:
        return self.now >= self.until


Runs = list[tuple[str, str, bool]]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """What was run: name, time, and whether for a time that was due."""
    made: Runs = []

    def run_audit(plan: Plan, *, due: bool, clock: Callable[[], datetime], **_: Any) -> Outcome:
        made.append((plan.name, f"{clock():%Y-%m-%d %H:%M}", due))
        return Outcome("run", "done", ExitCode.DONE)

    monkeypatch.setattr(serve, "run_audit", run_audit)
    return made


def serving(time: Time, *desks: Desk, heard: list[tuple[str, object]] | None = None) -> None:
    told = [] if heard is None else heard
    for one in desks:
        one.plan()
    files = [one.file for one in desks]
    Server(
        files, lambda name, what: told.append((name, what)), clock=time, sleep=time.sleep, stopped=time.stopped
    ).serve()


def scheduled(folder: Path, schedule: str, name: str = "Small audit") -> Desk:
    return desk(folder, PLAN.replace("Small audit", name) + f"schedule: {schedule}\n")


def test_half_past_two_happens_once_a_day_also_when_clocks_change(tmp_path: Path, runs: Runs) -> None:
    at = scheduled(tmp_path, '{zone: Europe/Berlin, at: "02:30"}')
    serving(Time("2026-10-23T12:00", "2026-10-27T12:00"), at)
    assert [when for _, when, _ in runs] == [
        "2026-10-24 00:30",
        "2026-10-25 00:30",
        "2026-10-26 01:30",
        "2026-10-27 01:30",
    ]
    runs.clear()
    serving(Time("2026-03-27T12:00", "2026-03-30T12:00"), at)
    assert [when for _, when, _ in runs] == ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]
    assert all(due for _, _, due in runs)


def test_several_audits_each_at_its_time(tmp_path: Path, runs: Runs) -> None:
    daily = scheduled(tmp_path / "a", '{zone: UTC, at: "06:00"}', "daily")
    weekly = scheduled(tmp_path / "b", '{zone: UTC, at: "06:00", days: [monday]}', "weekly")
    serving(Time("2026-01-03T00:00", "2026-01-06T00:00"), daily, weekly)
    assert [(name, when) for name, when, _ in runs] == [
        ("daily", "2026-01-03 06:00"),
        ("daily", "2026-01-04 06:00"),
        ("daily", "2026-01-05 06:00"),
        ("weekly", "2026-01-05 06:00"),
    ]


def test_what_came_due_during_a_long_run_is_made_up_for_once(
    tmp_path: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = scheduled(tmp_path, '{zone: UTC, at: "06:00"}')
    time = Time("2026-01-03T00:00", "2026-01-07T00:00")
    quick = serve.run_audit

    def slow(*arguments: Any, **named: Any) -> Outcome:
        found = quick(*arguments, **named)
        if len(runs) == 1:
            time.now += timedelta(days=2, hours=3)  # over two mornings
        return found

    monkeypatch.setattr(serve, "run_audit", slow)
    serving(time, at)
    assert [when for _, when, _ in runs] == ["2026-01-03 06:00", "2026-01-05 09:00", "2026-01-06 06:00"]


def test_what_was_missed_while_nothing_was_served_is_made_up_for_once(tmp_path: Path, runs: Runs) -> None:
    at = scheduled(tmp_path, '{zone: UTC, at: "06:00"}')
    history = history_of(at.plan(), write=True)
    history.append(
        {**body(1), "audit": "Small audit", "at": "2026-01-01T06:00:01+00:00", "due": "2026-01-01T06:00:00+00:00"}
    )
    history.close()
    serving(Time("2026-01-04T09:00", "2026-01-04T20:00"), at)
    assert [when for _, when, _ in runs] == ["2026-01-04 09:00"]


def test_the_first_of_all_runs_waits_for_its_time(tmp_path: Path, runs: Runs) -> None:
    serving(Time("2026-01-04T09:00", "2026-01-04T20:00"), scheduled(tmp_path, '{zone: UTC, at: "06:00"}'))
    assert runs == []


def test_one_that_fails_stops_neither_itself_nor_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scheduled(tmp_path / "a", '{zone: UTC, at: "06:00"}', "bad")
    second = scheduled(tmp_path / "b", '{zone: UTC, at: "06:00"}', "good")

    def run_audit(plan: Plan, **_: Any) -> Outcome:
        if plan.name == "bad":
            raise InputError(Problem("broke off"))
        return Outcome("run", "done", ExitCode.DONE)

    monkeypatch.setattr(serve, "run_audit", run_audit)
    heard: list[tuple[str, object]] = []
    serving(Time("2026-01-03T00:00", "2026-01-05T00:00"), first, second, heard=heard)
    assert [(name, type(what).__name__) for name, what in heard] == [("bad", "InputError"), ("good", "Outcome")] * 2


def test_a_file_that_became_wrong_is_told_and_served_on_once_it_is_right(tmp_path: Path, runs: Runs) -> None:
    at = scheduled(tmp_path, '{zone: UTC, at: "06:00"}')
    time = Time("2026-01-03T00:00", "2026-01-05T12:00")
    heard: list[tuple[str, object]] = []
    at.plan()
    right = at.file.read_text(encoding="utf-8")

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        at.file.write_text("name: [" if time.now.day == 4 else right, encoding="utf-8")

    Server(
        [at.file], lambda name, what: heard.append((name, what)), clock=time, sleep=sleep, stopped=time.stopped
    ).serve()
    assert [type(what).__name__ for _, what in heard] == ["Outcome", "ConfigError", "Outcome"]


def test_a_watched_folder_runs_when_something_lands(tmp_path: Path, runs: Runs) -> None:
    at = desk(tmp_path, PLAN.replace('{newest: "*.csv"}', '{newest: "*.csv", watch: true}'))
    time = Time("2026-01-03T00:00", "2026-01-03T01:00")
    at.plan()

    def sleep(seconds: float) -> None:
        before = time.now
        time.sleep(seconds)
        for minute in (10, 40):
            if before < datetime(2026, 1, 3, 0, minute, tzinfo=UTC) <= time.now:
                at.lands(f"x{minute}")

    Server([at.file], lambda *_: None, clock=time, sleep=sleep, stopped=time.stopped).serve()
    assert [(when, due) for _, when, due in runs] == [("2026-01-03 00:10", False), ("2026-01-03 00:40", False)]


def test_an_audit_that_nothing_starts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="nothing that could start it"):
        serving(Time("2026-01-03T00:00", "2026-01-05T00:00"), desk(tmp_path))
