"""Audits over weeks, from an empty history, by the schedule's own code with a clock that is moved."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from audit_builders import MAPPING, PLAN, desk
from growing_log import BEGIN, Changes, export, rows
from planted_log import week

from mining.audit.job import Outcome
from mining.audit.places import history_of
from mining.audit.serve import Server
from mining.audit.shown import verified
from mining.core.audit import CauseKind

UCI = Path(__file__).resolve().parents[3] / "shared" / "logs" / "servicenow_incident_event_log.csv.zip"

MONDAY = 'schedule: {zone: Europe/Berlin, at: "07:00", days: [monday]}\n'


class Moved:
    """A clock that moves only when somebody sleeps; the server is stopped once it shows `until`."""

    def __init__(self, now: datetime, until: datetime) -> None:
        self.now, self.until = now, until

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=max(seconds, 0.001))

    def stopped(self) -> bool:
        return self.now >= self.until


def serve(file: Path, clock: Moved, before_run: list[tuple[datetime, str, str]], folder: Path) -> list[Outcome]:
    """Serve one audit. `before_run` says what lands when: time, name of the file, content."""
    heard: list[Outcome | BaseException] = []
    todo = sorted(before_run)

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        while todo and todo[0][0] <= clock.now:
            _, name, text = todo.pop(0)
            (folder / name).write_text(text, encoding="utf-8")
            os.utime(folder / name, (clock.now.timestamp(), clock.now.timestamp()))

    Server([file], lambda _, outcome: heard.append(outcome), clock=clock, sleep=sleep, stopped=clock.stopped).serve()
    wrong = [one for one in heard if isinstance(one, BaseException)]
    assert wrong == []
    return [one for one in heard if isinstance(one, Outcome)]


@pytest.mark.slow
def test_each_planted_change_is_named_by_its_own_cause(tmp_path: Path) -> None:
    """Nine weeks; from the third on more tickets need an answer, in the fifth the mapping changes, in the seventh the
    export loses a column and has another one."""
    at = desk(tmp_path / "desk", PLAN.replace("at_least: 80 %", "at_least: 1 %") + MONDAY)
    at.plan()
    changed = MAPPING.replace("activity: {engage: ask}", "activity: {deliver_and_support: ask}").replace("Ada", "Grace")
    columns = ("ticket", "time", "event", "priority")
    first = datetime(2026, 1, 12, 5, tzinfo=UTC)  # an hour before the audit of the first whole week
    landing = []
    for number in range(9):
        when = first + timedelta(weeks=number)
        text = week(
            number,
            asked=0.2 if number < 2 else 0.6,
            columns=columns if number >= 6 else ("ticket", "time", "event", "team"),
        )
        landing.append((when, f"week{number}.csv", text))
    landing.append((first + timedelta(weeks=4), "mapping.yaml", changed))
    clock = Moved(first - timedelta(hours=2), first + timedelta(weeks=8, hours=3))
    found = serve(at.file, clock, landing, at.folder)
    assert [one.kind for one in found] == ["run"] * 9
    kinds = [[cause.kind for cause in one.audit.causes] for one in found if one.audit is not None]
    assert kinds == [
        [CauseKind.FIRST],
        [CauseKind.NOTHING],
        [CauseKind.PROCESS],
        [CauseKind.NOTHING],
        [CauseKind.MAPPING],
        [CauseKind.NOTHING],
        [CauseKind.DATA],
        [CauseKind.NOTHING],
        [CauseKind.NOTHING],
    ]
    process, mapping, data = (found[i].audit for i in (2, 4, 6))
    assert process is not None
    assert mapping is not None
    assert data is not None
    assert "streams take other variants" in process.causes[0].sentence
    assert "Its owner: Grace" in mapping.causes[0].sentence
    assert "columns are gone: team." in data.causes[0].sentence
    assert "there are new columns: priority." in data.causes[0].evidence
    starts = [record.body["due"] for record in _records(at.plan())]
    assert starts == [f"{first + timedelta(weeks=i, hours=1):%Y-%m-%dT06:00:00+00:00}" for i in range(9)]
    last = found[-1].audit
    assert last is not None
    assert verified(at.plan(), last.head).whole


def _records(plan: object) -> list:  # type: ignore[type-arg]
    history = history_of(plan, write=False)  # type: ignore[arg-type]
    found = history.read("Small audit", ["run"])
    history.close()
    return found


@pytest.mark.slow
def test_an_export_that_grows_accuses_nobody_until_something_changes(tmp_path: Path) -> None:
    """Nine weeks of one log that begins with the first ticket: the quick ones end first. In the sixth week more tickets
    need an answer, before the eighth run the mapping changes, in the ninth a column has another name."""
    at = desk(tmp_path / "desk", PLAN.replace("at_least: 80 %", "at_least: 1 %") + MONDAY)
    at.plan()
    happened = rows(9, Changes(asked_from=5), seed=0, median_days=3.0)
    changed = MAPPING.replace("activity: {engage: ask}", "activity: {deliver_and_support: ask}")
    first = datetime(2026, 1, 12, 5, tzinfo=UTC)
    landing = [
        (
            first + timedelta(weeks=number),
            "export.csv",
            export(happened, BEGIN + timedelta(weeks=number + 1), team="squad" if number == 8 else "team"),
        )
        for number in range(9)
    ]
    landing.append((first + timedelta(weeks=7), "mapping.yaml", changed))
    clock = Moved(first - timedelta(hours=2), first + timedelta(weeks=8, hours=3))
    found = serve(at.file, clock, landing, at.folder)
    kinds = [[cause.kind for cause in one.audit.causes] for one in found if one.audit is not None]
    assert kinds == [
        [CauseKind.FIRST],
        [CauseKind.UNKNOWN],  # one week is all that there was: no period before the last one
        [CauseKind.NOTHING],
        [CauseKind.NOTHING],
        [CauseKind.NOTHING],
        [CauseKind.PROCESS],
        [CauseKind.NOTHING],
        [CauseKind.MAPPING],
        [CauseKind.DATA],
    ]
    process = found[5].audit
    assert process is not None
    assert "streams that began since take other variants" in process.causes[0].sentence
    last = found[-1].audit
    assert last is not None
    assert verified(at.plan(), last.head).whole


@pytest.mark.real_logs
def test_the_uci_log_week_by_week(tmp_path: Path) -> None:
    """The log as of each Monday: the rows that had been written by then. Ten weeks, from an empty history. Weeks differ
    by more than chance, though by no more than usual. In the last, 40 % of the tickets that began in it wait for their
    user once more: that is the process."""
    if not UCI.exists():
        pytest.skip("the real logs are not there")
    with zipfile.ZipFile(UCI) as archive, archive.open(archive.namelist()[0]) as file:
        rows = pd.read_csv(io.BytesIO(file.read()), dtype=str, keep_default_na=False)
    written = pd.to_datetime(rows["sys_updated_at"], format="%d/%m/%Y %H:%M")
    plan = PLAN.replace(
        "mapping: mapping.yaml\nreference: reference.yaml", "mapping: servicenow_incident\nreference: incident"
    )
    at = desk(tmp_path / "desk", plan + MONDAY)
    at.plan()
    first = datetime(2016, 4, 4, 4, tzinfo=UTC)
    landing = []
    for number in range(10):
        when = first + timedelta(weeks=number)
        so_far = rows[written <= when.replace(tzinfo=None)]
        text = asked_once_more(so_far, when) if number == 9 else so_far.to_csv(index=False)
        landing.append((when, "incidents.csv", text))
    clock = Moved(first - timedelta(hours=1), first + timedelta(weeks=9, hours=3))
    found = serve(at.file, clock, landing, at.folder)
    assert [one.kind for one in found] == ["run"] * 10
    accused = [
        any(cause.kind is CauseKind.PROCESS for cause in one.audit.causes) for one in found if one.audit is not None
    ]
    assert sum(accused[:9]) <= 1
    assert accused[9]
    cases = [
        next(c.now for c in one.audit.changes if c.figure == "streams.cases") for one in found if one.audit is not None
    ]
    assert cases == sorted(cases)
    assert cases[-1] == rows[written <= (first + timedelta(weeks=9)).replace(tzinfo=None)]["number"].nunique()
    last = found[-1].audit
    assert last is not None
    assert verified(at.plan(), last.head).whole


def asked_once_more(rows: pd.DataFrame, until: datetime) -> str:
    """The export with a further row, a minute after the first, for two of five of the tickets of the last week."""
    at = pd.to_datetime(rows["sys_updated_at"], format="%d/%m/%Y %H:%M")
    first = rows.loc[at.groupby(rows["number"]).idxmin()]
    since = (until - timedelta(weeks=1)).replace(tzinfo=None)
    late = first[at[first.index] > since].iloc[::5]
    late = pd.concat([late, first[at[first.index] > since].iloc[2::5]])
    later = (at[late.index] + timedelta(minutes=1)).dt.strftime("%d/%m/%Y %H:%M")
    more = late.assign(incident_state="Awaiting User Info", sys_updated_at=later)
    return pd.concat([rows, more]).to_csv(index=False)
