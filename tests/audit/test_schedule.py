"""When an audit is due: zones, the days on which clocks change, and what others are told."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from audit_builders import PLAN, desk
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.audit.install import install
from mining.audit.plan import Plan, Schedule
from mining.audit.schedule import instant, last_due, next_due
from mining.audit.units import Target, expressions, files
from mining.core.errors import RequestError
from mining.core.zones import zone_info

BERLIN = Schedule("Europe/Berlin", (time(2, 30),))
MONDAYS = Schedule("Europe/Berlin", (time(7),), weekdays=(0,))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(schedule: Schedule, after: str, count: int) -> list[str]:
    found, now = [], at(after)
    for _ in range(count):
        now = next_due(schedule, now)
        found.append(f"{now:%Y-%m-%d %H:%M}")
    return found


def test_it_happens_once_when_the_clock_goes_back() -> None:
    """On 25 October 2026 Berlin shows 02:30 at 00:30 and at 01:30 UTC."""
    assert due(BERLIN, "2026-10-24T12:00", 3) == ["2026-10-25 00:30", "2026-10-26 01:30", "2026-10-27 01:30"]


def test_it_happens_when_the_clock_goes_forward() -> None:
    """On 29 March 2026 Berlin shows 03:00 after 01:59: 02:30 is taken an hour later, at 03:30, which is 01:30 UTC."""
    assert due(BERLIN, "2026-03-28T12:00", 3) == ["2026-03-29 01:30", "2026-03-30 00:30", "2026-03-31 00:30"]


def test_mondays_at_seven_keep_to_the_clock_on_the_wall() -> None:
    assert due(MONDAYS, "2026-10-18T00:00", 3) == ["2026-10-19 05:00", "2026-10-26 06:00", "2026-11-02 06:00"]


def test_days_of_the_month_leave_out_months_without_them() -> None:
    assert due(Schedule("UTC", (time(6),), days_of_month=(31,)), "2026-01-31T07:00", 2) == [
        "2026-03-31 06:00",
        "2026-05-31 06:00",
    ]


def test_the_last_time_counts_now() -> None:
    assert last_due(MONDAYS, at("2026-10-26T06:00")) == at("2026-10-26T06:00")
    assert last_due(MONDAYS, at("2026-10-26T05:59")) == at("2026-10-19T05:00")
    assert last_due(None, at("2026-10-26T05:59")) is None


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Asia/Gaza"]
)


@settings(deadline=None)  # zones are read from the disk, which a busy machine may take its time for
@given(
    zone=ZONES, hour=st.integers(0, 23), minute=st.integers(0, 59), day=st.dates(date(2024, 1, 1), date(2027, 12, 31))
)
def test_every_day_has_its_run_once(zone: str, hour: int, minute: int, day: date) -> None:
    """Of three days in a row each has one time, in order, and the wall shows it unless the clock skipped it."""
    schedule = Schedule(zone, (time(hour, minute),))
    start = instant(day, time(hour, minute), zone_info(zone))
    found = [next_due(schedule, start - timedelta(seconds=1))]
    found += [next_due(schedule, found[0])]
    found += [next_due(schedule, found[1])]
    days = [moment.astimezone(zone_info(zone)).date() for moment in found]
    assert days == [day, day + timedelta(days=1), day + timedelta(days=2)]
    for moment in found:
        shown = moment.astimezone(zone_info(zone))
        assert (shown.hour, shown.minute) == (hour, minute) or not _exists(shown.date(), hour, minute, zone)
        assert last_due(schedule, moment) == moment


def _exists(day: date, hour: int, minute: int, zone: str) -> bool:
    wall = datetime.combine(day, time(hour, minute))
    back = wall.replace(tzinfo=zone_info(zone)).astimezone(UTC).astimezone(zone_info(zone)).replace(tzinfo=None)
    return back == wall


# ----------------------------------------------------------------------------------------------- what others are told

NOW = at("2026-02-02T06:00")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    text = f'{PLAN}schedule: {{zone: Europe/Berlin, at: ["07:00", "19:30"], days: [monday, sunday]}}\n'
    return desk(tmp_path / "an audit 100%", text.replace("Small audit", "'Small: 100% $audit'")).plan()


def made(plan: Plan, target: Target, local_zone: str | None = None) -> dict[str, str]:
    found = files(plan, target, command="/usr/local/bin/vsm", now=NOW, local_zone=local_zone)
    return {file.name: file.text for file in found}


def test_systemd_accepts_its_units(plan: Plan, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there")
    units = made(replace(plan, file=plan.file), Target.SYSTEMD)
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("/usr/local/bin/vsm", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    timer = next(text for name, text in units.items() if name.endswith(".timer"))
    calendars = [line.partition("=")[2] for line in timer.splitlines() if line.startswith("OnCalendar=")]
    assert calendars == ["Mon,Sun *-*-* 07:00:00 Europe/Berlin", "Mon,Sun *-*-* 19:30:00 Europe/Berlin"]
    for calendar in calendars:
        subprocess.run(["systemd-analyze", "calendar", calendar], check=True, capture_output=True)
    service = next(text for name, text in units.items() if name.endswith(".service"))
    assert "100%%" in service


def test_cron_is_asked_often_where_its_clock_may_be_another(plan: Plan) -> None:
    (text,) = made(plan, Target.CRON).values()
    assert "*/15 * * * * /usr/local/bin/vsm audit run" in text
    assert "100\\%" in text
    (text,) = made(plan, Target.CRON, "Europe/Berlin").values()
    assert [line.split(" /")[0] for line in text.splitlines()] == ["0 7 * * 1,0", "30 19 * * 1,0"]


def test_clusters_get_valid_yaml(plan: Plan) -> None:
    (text,) = made(plan, Target.KUBERNETES).values()
    jobs = list(yaml.safe_load_all(text))
    assert [(job["spec"]["schedule"], job["spec"]["timeZone"]) for job in jobs] == [
        ("0 7 * * 1,0", "Europe/Berlin"),
        ("30 19 * * 1,0", "Europe/Berlin"),
    ]
    (text,) = made(plan, Target.GITLAB).values()
    assert yaml.safe_load(text)["audit"]["script"][-1].endswith("--due --quiet")


def test_github_counts_in_utc_so_each_offset_has_a_line(plan: Plan) -> None:
    (text,) = made(plan, Target.GITHUB).values()
    crons = [one["cron"] for one in yaml.safe_load(text)[True]["schedule"]]
    assert crons == ["0 6 * * 1,0", "30 18 * * 1,0", "0 5 * * 1,0", "30 17 * * 1,0"]


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(9, "0 22 * * 0"), (-8, "0 15 * * 1"), (0, "0 7 * * 1")],
    ids=["Tokyo", "Los Angeles", "UTC"],
)
def test_a_shift_over_midnight_moves_the_weekday(shift: int, expected: str) -> None:
    assert expressions(MONDAYS, timedelta(hours=shift)) == [expected]


def test_what_cannot_be_installed_is_refused(plan: Plan) -> None:
    with pytest.raises(RequestError, match="cannot be installed from here"):
        install(Target.GITHUB, files(plan, Target.GITHUB, command="vsm", now=NOW, local_zone=None))
    with pytest.raises(RequestError, match="has no schedule"):
        files(replace(plan, schedule=None), Target.CRON, command="vsm", now=NOW, local_zone=None)


def test_the_crontab_keeps_what_is_in_it_and_has_the_audit_once(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "table"
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{table}"; else cat > "{table}"; fi\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    table.write_text("0 0 * * * mine\n", encoding="utf-8")
    line = files(plan, Target.CRON, command="vsm", now=NOW, local_zone=None)
    install(Target.CRON, line)
    install(Target.CRON, line)
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "0 0 * * * mine"
    assert sum("audit run" in one for one in lines) == 1
    assert len(lines) == 6
