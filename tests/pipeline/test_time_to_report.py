"""Working hours and open tickets, from files to the report."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import mining
from mining.cli import main
from mining.core.analysis import Options
from mining.core.errors import ConfigError, ExitCode
from mining.core.timing import Timing
from mining.report import SCHEMA_FILE

pytestmark = pytest.mark.slow

HOUR = 3_600_000_000

MAPPING = """\
name: Desk
export:
  shape: events
  ticket: number
  time: {column: at, zone: Europe/Berlin}
  event: state
  group: team
rules:
  - {when: {state: New}, activity: {engage: log}, waiting: team}
  - {when: {state: Work}, activity: {deliver_and_support: work}}
  - {when: {state: Asked}, activity: {engage: ask}, waiting: user}
  - {when: {state: Solved}, activity: {deliver_and_support: solve}, value: claimed}
  - {when: {state: Closed}, end: agent}
"""
CALENDAR = """\
calendar:
  zone: Europe/Berlin
  hours: {mon-fri: "09:00-17:00"}
  holidays: DE
  groups:
    Watch: {hours: {mon-sun: "00:00-24:00"}, holidays: DE}
"""
EXPORT = """\
number,at,state,team
1,2024-04-30T16:00,New,Desk
1,2024-05-02T10:00,Work,Desk
1,2024-05-02T11:00,Solved,Desk
1,2024-05-10T09:00,Closed,Desk
2,2024-04-30T16:00,New,Watch
2,2024-04-30T20:00,Work,Desk
2,2024-05-02T10:00,Asked,Desk
2,2024-05-03T17:30,Solved,Desk
2,2024-05-10T09:00,Closed,Desk
3,2024-05-02T09:00,New,Desk
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_text(MAPPING + CALENDAR)
    (tmp_path / "plain.yaml").write_text(MAPPING)
    (tmp_path / "desk.csv").write_text(EXPORT)
    return tmp_path


def vsm(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def timing(result: mining.Result) -> Timing:
    found = result.measures.timing
    assert found is not None
    return found


def test_the_first_of_may_is_free_and_each_group_works_by_its_calendar(folder: Path) -> None:
    """1: an hour on 30 April, none on 1 May, two until 11:00 on the 2nd. 2: four hours with the watch, which works
    round the clock, none that evening at the desk, one until 10:00 on the 2nd, seven more, and eight on the 3rd."""
    found = mining.analyse(folder / "desk.csv", mapping=folder / "desk.yaml")
    working = timing(found).working
    assert working is not None
    claimed = working.lead_time_claimed
    assert (claimed.percentiles[0], claimed.percentiles[100]) == (3 * HOUR, (4 + 1 + 7 + 8) * HOUR)
    assert {one.on: one.within // HOUR for one in working.waiting} == {"team": 1 + 1 + 4, "user": 7 + 8, None: 1 + 1}
    assert [(use.group, use.tickets, use.holidays) for use in working.calendars] == [(None, None, 2), ("Watch", 1, 2)]


def test_the_open_ticket_counts_as_long_as_it_was_seen(folder: Path) -> None:
    found = timing(mining.analyse(folder / "desk.csv", mapping=folder / "plain.yaml"))
    assert found.claimed is not None
    assert (found.claimed.done, found.claimed.open, found.window.open) == (2, 1, 1)
    assert found.claimed.longest == 8 * 24 * HOUR  # from 2 May, 09:00, to the last event of the export
    assert found.working is None


def test_everything_is_in_the_result_which_keeps_to_its_schema(folder: Path) -> None:
    out = folder / "out"
    code = vsm("analyse", str(folder / "desk.csv"), "-m", str(folder / "desk.yaml"), "--output", str(out), "--quiet")
    assert code == ExitCode.DONE
    read = json.loads((out / "result.json").read_text(encoding="utf-8"))
    Draft202012Validator(json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))).validate(read)
    assert read["time"]["working"]["calendars"][1]["group"] == "Watch"
    assert "In working hours" in (out / "report.html").read_text(encoding="utf-8")


def test_a_calendar_in_a_file_takes_the_place_of_that_of_the_mapping(folder: Path) -> None:
    hours = folder / "hours.yaml"
    hours.write_text('zone: UTC\nhours: {mon-sun: "00:00-24:00"}\n')
    found = mining.analyse(folder / "desk.csv", mapping=folder / "desk.yaml", options=Options(calendar=hours))
    working = timing(found).working
    assert working is not None
    assert not working.by_group
    assert working.lead_time_claimed == found.measures.lead_time_claimed


def test_hours_that_never_come_in_the_window_are_told(folder: Path) -> None:
    """They work on Sundays, the one between 30 April and 10 May is free."""
    hours = folder / "hours.yaml"
    hours.write_text('zone: UTC\nhours: {sun: "08:00-12:00"}\nfree: [2024-05-05]\n')
    options = Options(calendar=hours)
    found = mining.analyse(folder / "desk.csv", mapping=folder / "desk.yaml", options=options, output=folder / "out")
    working = timing(found).working
    assert working is not None
    assert [use.working for use in working.calendars] == [0]
    assert "None of these hours lies in the window of the export" in (folder / "out" / "report.html").read_text()


def test_a_calendar_that_is_wrong_ends_in_clear_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hours = folder / "hours.yaml"
    hours.write_text('zone: Europe/Berlin\nhours: {mon-fri: "17:00-08:00"}\nholidays: Germany\n')
    code = vsm("analyse", str(folder / "desk.csv"), "-m", str(folder / "plain.yaml"), "--calendar", str(hours))
    said = capsys.readouterr().err
    assert code == ExitCode.REQUEST_WRONG
    assert "hours.yaml:2: these working hours go backwards" in said
    assert "hours.yaml:3: unknown country" in said
    assert 'did you mean "DE"?' in said
    with pytest.raises(ConfigError):
        mining.analyse(folder / "desk.csv", mapping=folder / "plain.yaml", options=Options(calendar=hours))
