"""Working calendars: what they may say, and every way in which they can be wrong, told with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mining import mapping as room
from mining.core.calendars import Calendar, Calendars
from mining.core.errors import ConfigError, RequestError
from tests.measures.calendar_helpers import calendar

HEAD = """\
name: Test
export:
  shape: events
  ticket: number
  time: {column: at}
  event: state
  group: team
rules:
  - when: {state: New}
    activity: engage
calendar:
"""
OFFICE = """\
  zone: Europe/Berlin
  hours: {mon-fri: "08:00-17:00"}
"""


def read(calendar: str, head: str = HEAD) -> Calendars:
    found = room.parse_mapping(head + calendar, "mine.yaml").calendars
    assert found is not None
    return found


def test_without_a_calendar_there_is_none() -> None:
    assert room.parse_mapping(HEAD.removesuffix("calendar:\n"), "mine.yaml").calendars is None


def test_hours_of_a_week_in_a_zone_without_the_public_holidays_of_a_country() -> None:
    found = read(
        """\
  zone: Europe/Berlin
  hours: {mon-thu: ["08:00-12:00", "13:00 - 17:30"], Friday: "8:00-12:00", "sat,sun": "22:00-24:00"}
  holidays: DE
  subdivision: BY
  free: [2024-12-24, "2023-12-24"]
"""
    )
    days = calendar("mon-thu 08:00-12:00 13:00-17:30; fri 08:00-12:00; sat-sun 22:00-24:00", "Europe/Berlin")
    free = (date(2023, 12, 24), date(2024, 12, 24))
    assert found.default == Calendar(days.zone, days.week, "DE", "BY", free)
    assert found.groups == ()


def test_what_the_calendar_of_a_group_does_not_say_is_as_for_all() -> None:
    found = read(
        OFFICE
        + """\
  holidays: DE
  subdivision: BY
  free: [2024-12-24]
  groups:
    Night watch: {hours: {mon-sun: "20:00-24:00"}}
    New York: {zone: America/New_York, holidays: US, free: []}
    Berlin: {subdivision: BE}
"""
    )
    night, new_york, berlin = (of for _, of in found.groups)
    week, late = calendar("mon-fri 08:00-17:00").week, calendar("mon-sun 20:00-24:00").week
    day_off = (date(2024, 12, 24),)
    assert [name for name, _ in found.groups] == ["Night watch", "New York", "Berlin"]
    assert night == Calendar("Europe/Berlin", late, "DE", "BY", day_off)
    assert new_york == Calendar("America/New_York", week, "US", None)
    assert berlin == Calendar("Europe/Berlin", week, "DE", "BE", day_off)
    assert len(found.each) == 4


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        # no hours
        ("  zone: UTC\n", 11, ["without working hours", "hours:"]),
        ("  zone: UTC\n  hours: {}\n", 13, ["without working hours"]),
        ("  zone: UTC\n  hours: {mon: []}\n", 13, ["without working hours"]),
        ("  zone: UTC\n  hours: 08:00-17:00\n", 13, ["found: 08:00-17:00", "days with their hours"]),
        # hours that are none
        ('  zone: UTC\n  hours: {mon: "17:00-08:00"}\n', 13, ["backwards", "17:00-08:00", "over midnight"]),
        ('  zone: UTC\n  hours: {mon: "08:00-08:00"}\n', 13, ["backwards"]),
        ('  zone: UTC\n  hours: {mon: ["08:00-12:00", "11:00-15:00"]}\n', 13, ["overlap", "mon 11:00-15:00", "12:00"]),
        ('  zone: UTC\n  hours:\n    mon-fri: "08:00-17:00"\n    wed: "09:00-10:00"\n', 15, ["overlap", "wed 09:00"]),
        ('  zone: UTC\n  hours: {mon: "8-17"}\n', 13, ["no working hours", "found: 8-17", "08:00-17:00"]),
        ('  zone: UTC\n  hours: {mon: "08:00-17:60"}\n', 13, ["no such time of day", "24:00"]),
        ('  zone: UTC\n  hours: {mon: "08:00-25:00"}\n', 13, ["no such time of day"]),
        ("  zone: UTC\n  hours: {mon: 8}\n", 13, ["no working hours", "found: 8"]),
        # days
        ('  zone: UTC\n  hours: {mo-fr: "08:00-17:00"}\n', 13, ["unknown day", "mo-fr", "mon, tue"]),
        ('  zone: UTC\n  hours: {sun-mon: "08:00-17:00"}\n', 13, ["wrong way round"]),
        # zones
        ('  hours: {mon: "08:00-17:00"}\n', 11, ['needs "zone"', "Europe/Berlin"]),
        ('  zone: Berlin\n  hours: {mon: "08:00-17:00"}\n', 12, ["unknown time zone", 'did you mean "Europe/Berlin"?']),
        # countries
        (OFFICE + "  holidays: Germany\n", 14, ["unknown country", "found: Germany", 'did you mean "DE"?']),
        (OFFICE + "  holidays: XX\n", 14, ["unknown country", "two letters"]),
        (OFFICE + "  holidays: NO\n", 14, ["text", "in quotes"]),  # YAML reads Norway as false
        (OFFICE + "  holidays: DE\n  subdivision: BX\n", 15, ["unknown subdivision of DE", "found: BX", "BY"]),
        (OFFICE + "  subdivision: BY\n", 14, ["without a country"]),
        (OFFICE + "  holidays: VA\n  subdivision: BY\n", 15, ["unknown subdivision of VA"]),
        # further free days
        (OFFICE + "  free: [24.12.2024]\n", 14, ["no day", "24.12.2024", "2024-12-24"]),
        (OFFICE + "  free: 2024-12-24\n", 14, ["a list"]),
        # keys
        (OFFICE + "  holyday: DE\n", 14, ['no key "holyday"', 'did you mean "holidays"?']),
        (OFFICE + "  groups:\n    Desk: {zonne: UTC}\n", 15, ['no key "zonne"', 'did you mean "zone"?']),
        (OFFICE + "  groups:\n    Desk: {zone: Berlin}\n", 15, ["unknown time zone"]),
        (OFFICE + "  groups:\n    Desk: {holidays: US, subdivision: BY}\n", 15, ["unknown subdivision of US"]),
        (OFFICE + "  groups:\n    Desk: {groups: {}}\n", 15, ['no key "groups"']),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: list[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text)
    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == ("mine.yaml", line), str(problem)
    for words in said:
        assert words in str(problem)


def test_groups_have_calendars_only_where_the_export_tells_the_group() -> None:
    text = OFFICE + '  groups:\n    Desk: {hours: {sat: "09:00-10:00"}}\n'
    assert read(text).groups
    with pytest.raises(ConfigError, match="does not tell which group"):
        read(text, HEAD.replace("  group: team\n", ""))


def test_a_calendar_in_a_file_of_its_own(tmp_path: Path) -> None:
    rules = room.parse_mapping(HEAD + OFFICE, "mine.yaml")
    file = tmp_path / "hours.yaml"
    file.write_text('zone: UTC\nhours: {sat: "09:00-12:00"}\n')
    found = room.calendars_of([rules], file)
    assert found is not None
    assert found.default == calendar("sat 09:00-12:00")
    assert room.calendars_of([rules]) == rules.calendars

    file.write_text('zone: UTC\nhours: {sat: "12:00-09:00"}\nholiday: DE\n')
    with pytest.raises(ConfigError) as raised:
        room.calendars_of([rules], file)
    assert [(p.file, p.line) for p in raised.value.problems] == [("hours.yaml", 3)]  # keys first, as in mappings
    file.write_text('zone: UTC\nhours: {sat: "12:00-09:00"}\n')
    with pytest.raises(ConfigError, match=r"hours\.yaml:2: these working hours go backwards"):
        room.calendars_of([rules], file)
    with pytest.raises(RequestError, match="cannot be read"):
        room.calendars_of([rules], tmp_path / "none.yaml")


def test_a_file_with_groups_needs_a_mapping_that_tells_them(tmp_path: Path) -> None:
    file = tmp_path / "hours.yaml"
    file.write_text('zone: UTC\nhours: {sat: "09:00-12:00"}\ngroups: {Desk: {zone: Europe/Berlin}}\n')
    plain = HEAD.removesuffix("calendar:\n")
    assert room.calendars_of([room.parse_mapping(plain, "mine.yaml")], file)
    without = room.parse_mapping(plain.replace("  group: team\n", ""), "mine.yaml")
    with pytest.raises(ConfigError, match=r"(?s)hours.yaml:3: no mapping tells which group has a ticket.*mine.yaml"):
        room.calendars_of([without], file)


def test_mappings_of_one_analysis_agree_on_the_calendar() -> None:
    one = room.parse_mapping(HEAD + OFFICE, "one.yaml")
    none = room.parse_mapping(HEAD.removesuffix("calendar:\n"), "none.yaml")
    other = room.parse_mapping(HEAD + OFFICE.replace("17:00", "18:00"), "other.yaml")
    assert room.calendars_of([none, one, one]) == one.calendars
    with pytest.raises(RequestError, match=r"other\.yaml:11: mappings of one analysis must agree on the calendar"):
        room.calendars_of([one, none, other])


def test_editors_complete_a_calendar() -> None:
    schema = room.json_schema()
    assert "calendar" in schema["properties"]
    assert set(schema["$defs"]["CalendarPart"]["properties"]) == {
        *("zone", "hours", "holidays", "subdivision", "free", "groups"),
    }


@pytest.mark.parametrize("free", ["[2024-12-24, 2024-13-01]", "{2024-02-30: x}"])
def test_a_day_that_no_calendar_has_is_told_with_its_line(free: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(f"{OFFICE}  free: {free}\n")
    assert str(caught.value).startswith("mine.yaml:14: this looks like a date or a number, and is none")
    assert "in quotes" in str(caught.value)
