from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.errors import RequestError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


def read(engine, texts, format=None, zone="UTC"):
    table = engine.put(pa.table({"t": pa.array(texts, pa.string())}), "times")
    rows = table.select(at=engine.position(table), time=engine.parse_time(table.t, format, zone))
    found = engine.fetch(rows.order_by("at"), limit=len(texts))["time"].to_pylist()
    engine.drop(table)
    return found


HALF_PAST_TWO = datetime(2010, 12, 30, 14, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "time"),
    [
        ("2010-12-30T14:32:00Z", "UTC", HALF_PAST_TWO),
        ("2010-12-30 14:32:00", "UTC", HALF_PAST_TWO),
        ("2010-12-30T14:32", "UTC", HALF_PAST_TWO),
        ("2010-12-30T14:32Z", "UTC", HALF_PAST_TWO),
        ("2010-12-30 14:32:00 UTC", "Europe/Berlin", HALF_PAST_TWO),
        ("2010-12-30 15:32:00+01:00", "America/New_York", HALF_PAST_TWO),
        ("2010-12-30T15:32:00.000+0100", "UTC", HALF_PAST_TWO),
        ("2010-12-30 15:32:00 +0100", "UTC", HALF_PAST_TWO),
        ("2010-12-30T15:32:00+01", "UTC", HALF_PAST_TWO),
        ("2010-12-30T11:02:00-03:30", "UTC", HALF_PAST_TWO),
        ("20101230T143200Z", "UTC", HALF_PAST_TWO),
        ("20101230T153200", "Europe/Berlin", HALF_PAST_TWO),
        ("2010-12-30T15:32:00", "Europe/Berlin", HALF_PAST_TWO),
        ("2010-12-30T14:32:00.123456", "UTC", HALF_PAST_TWO + timedelta(microseconds=123456)),
        ("2010-12-30T14:32:00.1234567Z", "UTC", HALF_PAST_TWO + timedelta(microseconds=123456)),
        ("2010-12-30T14:32:00,5", "UTC", HALF_PAST_TWO + timedelta(milliseconds=500)),
        ("2010-12-30", "UTC", datetime(2010, 12, 30, tzinfo=UTC)),
        ("2010-12-30", "Europe/Berlin", datetime(2010, 12, 29, 23, tzinfo=UTC)),
        ("1969-12-31T23:59:59.999999Z", "UTC", datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_iso_8601(shared_engine, text, zone, time):
    assert read(shared_engine, [text], zone=zone) == [microseconds(time)]


NOT_ISO = """03/04/2016|2016/03/04|2016-3-4|04.03.2016|2016-02-30|2016-13-01|2016-03-04T25:00:00|epoch|infinity|now|x
2016-03-04 (BC)|1456789012|20160304|Mar 4, 2016|16-03-04"""


@pytest.mark.parametrize("text", [*NOT_ISO.replace("\n", "|").split("|"), "", None])
def test_what_is_not_iso_8601_is_no_time(shared_engine, text):
    assert read(shared_engine, [text]) == [None]
    assert read(shared_engine, [text], zone="Europe/Berlin") == [None]


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
TIMES = st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001  local times


@settings(deadline=None)
@given(st.lists(TIMES, min_size=1, max_size=20), ZONES, st.sampled_from([" ", "T"]))
def test_local_times_are_read_as_python_reads_them(shared_engine, times, name, between):
    """The zones of DuckDB and of Python agree, but for hours that clocks skip or show twice."""
    zone = ZoneInfo(name)
    plain = [
        t for t in times if t.replace(tzinfo=zone, fold=0).utcoffset() == t.replace(tzinfo=zone, fold=1).utcoffset()
    ]
    texts = [time.isoformat(between) for time in plain]
    expected = [microseconds(time.replace(tzinfo=zone)) for time in plain]
    assert read(shared_engine, texts, zone=name) == expected


@settings(deadline=None)
@given(TIMES, st.integers(-14 * 60, 14 * 60), ZONES)
def test_an_offset_in_the_text_wins_over_the_zone(shared_engine, time, minutes, zone):
    text = time.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    assert read(shared_engine, [text], zone=zone) == [microseconds(datetime.fromisoformat(text))]


def test_in_an_hour_shown_twice_the_second_is_meant_and_a_skipped_one_is_moved_on(shared_engine):
    found = read(shared_engine, ["2016-10-30 02:30:00", "2016-03-27 02:30:00"], zone="Europe/Berlin")
    assert found == [
        microseconds(datetime(2016, 10, 30, 1, 30, tzinfo=UTC)),
        microseconds(datetime(2016, 3, 27, 1, 30, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("text", "form", "time"),
    [
        ("30/12/2010 14:32", "%d/%m/%Y %H:%M", HALF_PAST_TWO),
        ("12/30/2010 02:32 PM", "%m/%d/%Y %I:%M %p", HALF_PAST_TWO),
        ("30/Dec/10 14:32", "%d/%b/%y %H:%M", HALF_PAST_TWO),
        ("30/12/2010 15:32 +0100", "%d/%m/%Y %H:%M %z", HALF_PAST_TWO),
        ("30/12/2010 15:32:00.000+01:00", "%d/%m/%Y %H:%M:%S.%f%z", HALF_PAST_TWO),
        ("30/12/2010 14:32Z", "%d/%m/%Y %H:%M%z", HALF_PAST_TWO),
        ("31/02/2010 14:32", "%d/%m/%Y %H:%M", None),
        ("12/30/2010 14:32", "%d/%m/%Y %H:%M", None),
        ("2010-12-30 14:32", "%d/%m/%Y %H:%M", None),
        ("", "%d/%m/%Y %H:%M", None),
        (None, "%d/%m/%Y %H:%M", None),
    ],
)
def test_strptime(shared_engine, text, form, time):
    expected = None if time is None else microseconds(time)
    assert read(shared_engine, [text], form) == [expected]


def test_strptime_in_a_zone(shared_engine):
    found = read(shared_engine, ["30/12/2010 15:32"], "%d/%m/%Y %H:%M", "Europe/Berlin")
    assert found == [microseconds(HALF_PAST_TWO)]


def test_a_zone_that_does_not_exist_names_its_neighbours(shared_engine):
    with pytest.raises(RequestError, match="Europe/Berlin"):
        read(shared_engine, ["2010-12-30"], zone="Europe/Berlinn")


def test_a_format_that_is_none_is_explained(shared_engine):
    with pytest.raises(RequestError, match="time format"):
        read(shared_engine, ["2010-12-30"], "%Q")
