"""Times, never silently wrong: formats by evidence, zones by file and by row, and clocks that are put."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from source_helpers import SPEC, moment, rows_of, take, written

from mining.core.errors import Problem, RequestError
from mining.core.export import ExportSpec, TimeSpec

OPEN = replace(SPEC, time=TimeSpec("updated"), used=("state",))


def export(*times: str, more: str = "") -> str:
    """An export whose rows have these times; `more` are further cells of each row, after a bar."""
    return f"number|updated|state{more and '|more'}\n" + "".join(
        f"A{i}|{time}|New{more and '|' + more}\n" for i, time in enumerate(times, 1)
    )


def times_of(engine, *exports, spec: ExportSpec = OPEN, **more) -> tuple[list[str], tuple[str, ...]]:
    """The times that were read, and the notes."""
    events = take(engine, *exports, spec=spec, **more)
    return [moment(row["time"]) for row in rows_of(engine, events)], events.notes


def problem_of(engine, *exports, spec: ExportSpec = OPEN, **more) -> Problem:
    with pytest.raises(RequestError) as caught:
        take(engine, *exports, spec=spec, **more)
    return caught.value.problems[0]


def of_zone(zone: str | None, **more) -> ExportSpec:
    return replace(OPEN, time=TimeSpec("updated", zone=zone, **more))


BERLIN = of_zone("Europe/Berlin")


# Formats that the mapping does not name.


@pytest.mark.parametrize(
    ("times", "form", "first"),
    [
        (["31/01/2024 10:15", "01/02/2024 11:00"], '"%d/%m/%Y %H:%M"', "2024-01-31 10:15:00"),
        (["1/2/2024 5:15 PM", "1/31/2024 11:00 am"], '"%m/%d/%Y %I:%M %p"', "2024-01-02 17:15:00"),
        (["31.1.24"], '"%d.%m.%y"', "2024-01-31 00:00:00"),
        (["30/Sep/21 17:20", "20/Jul/22 20:51"], '"%d/%b/%y %H:%M"', "2021-09-30 17:20:00"),
        (["Sep 30, 2021", "May 3, 2021"], '"%b %d, %Y"', "2021-09-30 00:00:00"),
        (["September 30, 2021", "May 3, 2021"], '"%B %d, %Y"', "2021-09-30 00:00:00"),
        (["20240131101500"], '"%Y%m%d%H%M%S"', "2024-01-31 10:15:00"),
        (["20240131"], '"%Y%m%d"', "2024-01-31 00:00:00"),
        (["2024/01/31 10:15:00.5"], '"%Y/%m/%d %H:%M:%S.%f"', "2024-01-31 10:15:00"),
        (["31/01/2024 10:15:00 +0100"], '"%d/%m/%Y %H:%M:%S %z"', "2024-01-31 09:15:00"),
        (["2024年1月31日"], '"%Y年%m月%d日"', "2024-01-31 00:00:00"),
        (["1706696100"], '"epoch s"', "2024-01-31 10:15:00"),
        (["1706696100.5"], '"epoch s"', "2024-01-31 10:15:00"),
        (["1706696100000"], '"epoch ms"', "2024-01-31 10:15:00"),
        (["45322.427083333", "45323"], '"excel"', "2024-01-31 10:15:00"),
        (["Mon, 05.02.2024", "Wed, 31.01.2024"], '"%a, %d.%m.%Y"', "2024-02-05 00:00:00"),
        (["Mo, 05.02.2024", "Mi, 31.01.2024"], '"%a, %d.%m.%Y" in the language de', "2024-02-05 00:00:00"),
        (
            ["3. März 2024 10:15 Uhr", "4. Mai 2024 10:15 Uhr"],
            '"%d. %b %Y %H:%M Uhr" in the language de',
            "2024-03-03 10:15:00",
        ),
        (["3 févr. 2024", "1 août 2024"], '"%d %b %Y" in the language fr', "2024-02-03 00:00:00"),
        (["5 de marzo de 2024", "1 de enero de 2024"], '"%d de %b de %Y" in the language es', "2024-03-05 00:00:00"),
        (["3-Sept-24", "4-May-24"], '"%d-%b-%y" in the language en', "2024-09-03 00:00:00"),
    ],
)
def test_the_one_reading_that_fits_every_cell_is_taken_and_told(engine, tmp_path, times, form, first):
    found, notes = times_of(engine, written(tmp_path / "a.csv", export(*times)))
    assert found[0] == first
    assert len(found) == len(times)
    assert f'a.csv: the mapping names no format for column "updated", and its times were read as {form}: ' in notes[0]


def test_the_note_says_what_showed_it(engine, tmp_path):
    path = written(tmp_path / "a.csv", export("31/01/2024", "30/01/2024", *["01/02/2024"] * 6))
    _, (note, zone) = times_of(engine, path)
    assert note.endswith("2 of 8 cells can only be day-first, for example 31/01/2024")
    assert "UTC was assumed" in zone
    path = written(tmp_path / "b.csv", export("30/Sep/2021"))
    assert times_of(engine, path)[1][0].endswith("all 1 cells fit, and no other form that is known here does")


def test_the_whole_column_is_looked_at_not_its_beginning(engine, tmp_path):
    early = ["01/02/2024"] * 5_000
    found, _ = times_of(engine, written(tmp_path / "a.csv", export(*early, *["02/20/2024"] * 100)))
    assert found[0] == "2024-01-02 00:00:00"


def test_day_and_month_either_way_shows_three_rows_in_both_readings(engine, tmp_path):
    text = export("01/01/2024 9:00", "03/04/2016 10:15", "05/06/2016 11:00", "07/08/2016 11:00", "09/10/2016 11:00")
    problem = problem_of(engine, written(tmp_path / "a.csv", text.replace("New\nA3", "New\nA|x\nA3")), max_rejected=0.5)
    assert (problem.file, problem.column) == ("a.csv", "updated")
    assert "the format of these times is not clear, and nothing is guessed here" in problem.text
    assert str(problem.found).splitlines() == [
        "",
        "    row 2: 03/04/2016 10:15 is 3 April 2016, or 4 March 2016",
        "    row 4: 05/06/2016 11:00 is 5 June 2016, or 6 May 2016",  # row 3 has too few cells
        "    row 5: 07/08/2016 11:00 is 7 August 2016, or 8 July 2016",
    ]
    assert str(problem.todo).splitlines()[1:] == [
        "    format: '%d/%m/%Y %H:%M'  # 3 April 2016",
        "    format: '%m/%d/%Y %H:%M'  # 4 March 2016",
    ]


def test_a_format_that_the_mapping_names_is_not_doubted(engine, tmp_path):
    spec = replace(OPEN, time=TimeSpec("updated", "%m/%d/%Y", "UTC"))
    assert times_of(engine, written(tmp_path / "a.csv", export("03/04/2016")), spec=spec) == (
        ["2016-03-04 00:00:00"],
        (),
    )


def test_one_bad_cell_decides_nothing(engine, tmp_path):
    """One cell of 200 could only be day-first: it is more likely mistyped than the 199 others are lucky."""
    path = written(tmp_path / "a.csv", export(*["03/04/2016"] * 199, "13/01/2016"))
    problem = problem_of(engine, path, max_rejected=0.01)
    assert "1 and 0 of 200 cells fit only one, too few to decide it" in problem.text


def test_a_bad_cell_is_set_aside_as_ever(engine, tmp_path):
    path = written(tmp_path / "a.csv", export(*["31/01/2024"] * 199, "soon"))
    events = take(engine, path, spec=OPEN, max_rejected=0.01)
    assert (events.rows_rejected, events.rejected[0].row, events.rejected[0].found) == (1, 200, "soon")
    assert events.rejected[0].reason == 'the time cannot be read: it should be a time like "%d/%m/%Y"'
    assert events.formats == (("%d/%m/%Y", None),)
    engine.drop(events.table)


def test_where_day_and_month_are_the_same_in_every_cell_it_does_not_matter(engine, tmp_path):
    found, notes = times_of(engine, written(tmp_path / "a.csv", export("01/01/2024", "02/02/2024")))
    assert found == ["2024-01-01 00:00:00", "2024-02-02 00:00:00"]
    assert "in every cell the day has the number of the month" in notes[0]


def test_two_formats_in_one_column_are_an_error_that_says_how_many_fit(engine, tmp_path):
    problem = problem_of(engine, written(tmp_path / "a.csv", export(*["31/01/2024"] * 2, "2024-01-31")))
    assert problem.text == "no format fits the times in this column"
    assert '"%d/%m/%Y" fits most, 2 of 3' in str(problem.found)


def test_years_of_two_digits_are_named(engine, tmp_path):
    found, notes = times_of(engine, written(tmp_path / "a.csv", export("31/01/68", "31/01/69")))
    assert found == ["2068-01-31 00:00:00", "1969-01-31 00:00:00"]
    assert any("00 to 68 as 2000 to 2068, 69 to 99 as 1969 to 1999" in note for note in notes)
    spec = replace(OPEN, time=TimeSpec("updated", "%d/%m/%y", "UTC"))
    _, notes = times_of(engine, written(tmp_path / "a.csv", export("31/01/24")), spec=spec)
    assert len(notes) == 1


def test_numbers_that_are_no_likely_times(engine, tmp_path):
    assert "no time" in problem_of(engine, written(tmp_path / "a.csv", export("17", "18"))).text


def test_times_in_iso_8601_need_no_note(engine, tmp_path):
    assert times_of(engine, written(tmp_path / "a.csv", export("2024-01-02T03:04:05Z"))) == (
        ["2024-01-02 03:04:05"],
        (),
    )


# Several columns and several files of one export.


def test_a_column_that_is_clear_tells_of_another(engine, tmp_path):
    path = written(tmp_path / "a.csv", export("03/04/2024", more="31/01/2024 10:00"))
    spec = replace(OPEN, demand=TimeSpec("more"))
    found, notes = times_of(engine, path, spec=spec)
    assert found == ["2024-04-03 00:00:00"]
    assert any('but those in "more" of a.csv can only be day-first' in note for note in notes)


@pytest.mark.parametrize("clear", ["a", "b"])
@pytest.mark.parametrize(("time", "first"), [("31/01/2024", "2024-04-03"), ("01/31/2024", "2024-03-04")])
def test_a_file_that_is_clear_tells_of_another_before_or_after_it(engine, tmp_path, clear, time, first):
    other = {"a": "b", "b": "a"}[clear]
    paths = [written(tmp_path / f"{clear}.csv", export(time)), written(tmp_path / f"{other}.csv", export("03/04/2024"))]
    found, notes = times_of(engine, *paths)
    assert f"{first} 00:00:00" in found
    assert len(found) == 2
    assert any(note.startswith(f"{other}.csv") and f'those in "updated" of {clear}.csv' in note for note in notes)


def test_files_that_are_all_unclear_name_the_first(engine, tmp_path):
    paths = [written(tmp_path / f"{name}.csv", export("03/04/2024")) for name in "ab"]
    assert problem_of(engine, *paths).file == "a.csv"


@pytest.mark.parametrize("times", [("31/01/2024", "01/31/2024"), ("31/01/2024", "2024-01-31")])
def test_files_that_are_written_differently_are_an_error_that_names_both(engine, tmp_path, times):
    paths = [written(tmp_path / f"{name}.csv", export(time)) for name, time in zip("ab", times, strict=True)]
    problem = problem_of(engine, *paths)
    assert problem.text == "the files of this export write their times differently"
    assert problem.file == "b.csv"
    assert "a.csv" in str(problem.found)


def test_short_and_long_names_of_months_are_no_difference(engine, tmp_path):
    paths = [written(tmp_path / "a.csv", export("3 May 2024")), written(tmp_path / "b.csv", export("3 March 2024"))]
    assert times_of(engine, *paths)[0] == ["2024-05-03 00:00:00", "2024-03-03 00:00:00"]


# Zones.


def test_a_zone_by_offset(engine, tmp_path):
    path = written(tmp_path / "a.csv", export("2024-07-01 12:00"))
    assert times_of(engine, path, spec=of_zone("+02:00")) == (["2024-07-01 10:00:00"], ())
    assert times_of(engine, path, spec=BERLIN) == (["2024-07-01 10:00:00"], ())


def test_a_zone_in_each_row(engine, tmp_path):
    zones = ["Europe/Berlin", "America/New_York", "+05:30", "UTC", "Middle/Earth", ""]
    text = "number|updated|state|tz\n" + "".join(f"A|01.07.2024 12:00|New|{zone}\n" for zone in zones)
    spec = of_zone(None, format="%d.%m.%Y %H:%M", zone_column="tz")
    events = take(engine, written(tmp_path / "a.csv", text), spec=spec, max_rejected=0.5)
    assert [(row.row, row.column, row.found, row.reason) for row in events.rejected] == [
        (5, "tz", "Middle/Earth", "there is no such time zone"),
        (6, "tz", None, "the time zone is missing"),
    ]
    assert events.notes == ()
    assert [moment(row["time"])[11:16] for row in rows_of(engine, events)] == ["10:00", "16:00", "06:30", "12:00"]


def test_a_time_with_its_own_offset_needs_no_zone(engine, tmp_path):
    text = "number|updated|state|tz\nA|2024-07-01T12:00Z|New|\nA|2024-07-01T12:00|New|Asia/Tokyo\n"
    spec = of_zone(None, zone_column="tz")
    assert times_of(engine, written(tmp_path / "a.csv", text), spec=spec)[0] == [
        "2024-07-01 12:00:00",
        "2024-07-01 03:00:00",
    ]


def test_a_column_of_zones_that_holds_none(engine, tmp_path):
    text = "number|updated|state|tz\nA|2024-07-01|New|Berlin\n"
    problem = problem_of(engine, written(tmp_path / "a.csv", text), spec=of_zone(None, zone_column="tz"))
    assert (problem.column, problem.found) == ("tz", "Berlin")


def test_zones_by_file(engine, tmp_path):
    spec = of_zone(None, zones=(("emea_*", "Europe/Berlin"), ("us_*", "America/New_York")))
    paths = [written(tmp_path / f"{name}_1.csv", export("2024-07-01 12:00")) for name in ("emea", "us")]
    assert times_of(engine, *paths, spec=spec) == (["2024-07-01 10:00:00", "2024-07-01 16:00:00"], ())
    other = written(tmp_path / "apac.csv", export("2024-07-01 12:00"))
    problem = problem_of(engine, other, spec=spec)
    assert (problem.file, problem.expected) == ("apac.csv", "emea_*, us_*")
    with_rest = of_zone("Asia/Tokyo", zones=spec.time.zones)
    assert times_of(engine, other, spec=with_rest)[0] == ["2024-07-01 03:00:00"]


def test_zones_of_time_stamps_in_parquet(engine, tmp_path):
    table = pa.table({"number": ["A"], "updated": [datetime(2024, 7, 1, 12)], "state": ["New"]})  # noqa: DTZ001
    pq.write_table(table, tmp_path / "emea_1.parquet")
    spec = of_zone(None, zones=(("emea_*", "Europe/Berlin"),))
    assert times_of(engine, tmp_path / "emea_1.parquet", spec=spec) == (["2024-07-01 10:00:00"], ())


def test_local_times_of_evidence_are_told_to_be_assumed_utc(engine, tmp_path):
    _, notes = times_of(engine, written(tmp_path / "a.csv", export("45322.5")))
    assert any("UTC was assumed" in note for note in notes)
    _, notes = times_of(engine, written(tmp_path / "b.csv", export("1706696100")))
    assert not any("UTC was assumed" in note for note in notes)


# Clocks that are put.


def clock_notes(engine, path, spec) -> list[str]:
    return [note for note in times_of(engine, path, spec=spec)[1] if "clocks" in note]


CLOCKS = 'column "updated" has {} of hours that the clocks of Europe/Berlin '
SKIPPED = CLOCKS + "skip: read as if the clocks had not been put forward yet"
TWICE = CLOCKS + "show twice: the second was meant, by the rule here"


@pytest.mark.parametrize("form", [None, "%d/%m/%Y %H:%M"])
def test_times_that_clocks_skip_or_show_twice_are_counted(engine, tmp_path, form):
    """02:30 on the last Sunday of March does not exist, and of October comes twice; 03:30 is read as the same moment
    as the first, and is no such time."""
    times = [datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 31, 3, 30), datetime(2024, 10, 27, 2, 0)]  # noqa: DTZ001
    times += [datetime(2024, 10, 27, 2, 59), datetime(2024, 10, 27, 3, 0), datetime(2024, 7, 1, 2, 30)]  # noqa: DTZ001
    text = export(*(f"{time:{form or '%Y-%m-%d %H:%M'}}" for time in times))
    path = written(tmp_path / "a.csv", text)
    spec = of_zone("Europe/Berlin", format=form)
    assert clock_notes(engine, path, spec) == [TWICE.format("2 times"), SKIPPED.format("1 time")]
    assert clock_notes(engine, path, of_zone("+01:00", format=form)) == []
    assert times_of(engine, path, spec=spec)[0][:2] == ["2024-03-31 01:30:00"] * 2


def test_clocks_of_several_files_are_added_up_and_offsets_need_none(engine, tmp_path):
    paths = [written(tmp_path / f"{i}.csv", export("2024-03-31 02:30", "2024-03-31T02:30Z")) for i in range(2)]
    assert [note for note in times_of(engine, *paths, spec=BERLIN)[1] if "clocks" in note] == [
        SKIPPED.format("2 times")
    ]


def test_clocks_by_row(engine, tmp_path):
    text = "number|updated|state|tz\nA|2024-03-31 02:30|New|Europe/Berlin\nA|2024-03-31 02:30|New|UTC\n"
    spec = of_zone(None, zone_column="tz")
    assert clock_notes(engine, written(tmp_path / "a.csv", text), spec) == [
        SKIPPED.format("1 time").replace("Europe/Berlin", "their zone")
    ]


def test_clocks_of_the_demand_column(engine, tmp_path):
    path = written(tmp_path / "a.csv", export("2024-03-31 12:00", more="2024-03-31 02:30"))
    spec = replace(BERLIN, demand=TimeSpec("more", zone="Europe/Berlin"))
    assert clock_notes(engine, path, spec) == [SKIPPED.format("1 time").replace("updated", "more")]


@pytest.mark.real_logs
def test_the_times_of_jira_are_found(engine, real_log):
    spec = replace(OPEN, ticket="Issue id", time=TimeSpec("Created"), event="Status", used=("Status",))
    spec = replace(spec, demand=TimeSpec("Resolved"))
    found, notes = times_of(engine, real_log("jira_hadoop_bugs.csv"), spec=spec)
    assert len(found) == 2_503
    assert found[0] == "2021-09-30 17:20:00"
    assert sum('read as "%d/%b/%y %H:%M": all' in note for note in notes) == 2
