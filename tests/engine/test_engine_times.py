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


def read(engine, texts, format=None, zone="UTC", language=None):
    table = engine.put(pa.table({"t": pa.array(texts, pa.string())}), "times")
    rows = table.select(at=engine.position(table), time=engine.parse_time(table.t, format, zone, language))
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


NOT_ISO = """0001-01-01T00:00:00Z|03/04/2016|2016/03/04|2016-3-4|04.03.2016|2016-02-30|2016-13-01|2016-03-04T25:00:00
epoch|infinity|now|x|2016-03-04 (BC)|1456789012|20160304|Mar 4, 2016|16-03-04"""


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


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


FORMS = [
    # format, language, text, time
    ("%d/%m/%Y", None, "1/2/24", None),  # not the year 24
    ("%d/%m/%y", None, "1/2/68", utc(2068, 2, 1)),
    ("%d/%m/%y", None, "1/2/69", utc(1969, 2, 1)),
    ("%a, %d.%m.%Y", None, "Mon, 03.02.2024", utc(2024, 2, 3)),
    ("%Y年%m月%d日", None, "2024年3月1日", utc(2024, 3, 1)),
    # numbers
    ("epoch s", None, "1293719520", HALF_PAST_TWO),
    ("epoch s", None, "1293719520.25", HALF_PAST_TWO + timedelta(milliseconds=250)),
    ("epoch s", None, "1293719520.123456", HALF_PAST_TWO + timedelta(microseconds=123456)),
    ("epoch s", None, "-1", utc(1969, 12, 31, 23, 59, 59)),
    ("epoch ms", None, "1293719520001", HALF_PAST_TWO + timedelta(milliseconds=1)),
    ("epoch s", None, "1.29E+09", None),
    ("epoch s", None, "inf", None),
    ("epoch s", None, "", None),
    ("epoch s", None, None, None),
    ("excel", None, "40542.605555555558", HALF_PAST_TWO),
    ("excel", None, "40542,605555555558", HALF_PAST_TWO),
    ("excel", None, "61", utc(1900, 3, 1)),
    ("excel", None, "60", None),  # 1900-02-29, which spreadsheets count and which never was
    ("excel", None, "60.5", None),
    ("excel", None, "59", utc(1900, 2, 28)),
    ("excel", None, "1", utc(1900, 1, 1)),
    ("excel", None, "0.5", None),  # a time without a day
    ("excel", None, "2958465", utc(9999, 12, 31)),
    ("excel", None, "2958466", None),
    ("excel", None, "x", None),
    # words
    ("%d. %B %Y %H:%M", "de", "30. Dezember 2010 14:32", HALF_PAST_TWO),
    ("%d. %b %Y %H:%M", "de", "30. Dez. 2010 14:32", HALF_PAST_TWO),
    ("%d. %b %Y %H:%M", "de", "30. DEZ 2010 14:32", HALF_PAST_TWO),
    ("%d. %b %Y", "de", "1. Mär. 2010", utc(2010, 3, 1)),
    ("%d. %b %Y", "de", "1. MÄRZ 2010", utc(2010, 3, 1)),
    ("%d. %b %Y", "de", "1. Mrz 2010", utc(2010, 3, 1)),
    ("%d. %b %Y", "de", "1. avril 2010", None),
    ("%d. %b %Y", "de", "31. Juni 2010", None),
    ("%a, %d.%m.%Y", "de", "Mo, 03.02.2024", utc(2024, 2, 3)),
    ("%A, %d. %B %Y", "de", "Samstag, 3. Februar 2024", utc(2024, 2, 3)),
    ("%d %b %Y", "fr", "3 févr. 2024", utc(2024, 2, 3)),
    ("%d %b %Y", "fr", "3 fevr 2024", utc(2024, 2, 3)),
    ("%d %b %Y", "fr", "1 juil. 2024", utc(2024, 7, 1)),
    ("%d %b %Y", "fr", "1 juin 2024", utc(2024, 6, 1)),
    ("%a %d %b %Y", "it", "mar 5 mar 2024", utc(2024, 3, 5)),
    ("%d de %B de %Y", "pt", "5 de março de 2024", utc(2024, 3, 5)),
    ("%d/%m/%Y %I:%M %p", "es", "30/12/2010 2:32 p. m.", HALF_PAST_TWO),
    ("%d/%m/%Y %I:%M %p", "es", "30/12/2010 2:32\u00a0p.\u202fm.", HALF_PAST_TWO),  # as CLDR writes it
    ("%d/%m/%Y %p %I:%M", "ja", "30/12/2010 午後 02:32", HALF_PAST_TWO),
    ("%d-%b-%y", "en", "3-Sept-24", utc(2024, 9, 3)),
    ("%d %b %Y %H:%M:%S.%f %z", "sv", "30 dec. 2010 15:32:00.250 +0100", HALF_PAST_TWO + timedelta(milliseconds=250)),
    ("%d %b %Y", "ru", "3 сент. 2024", utc(2024, 9, 3)),
    ("%d|%b|%Y", "de", "3|Mai|2024", utc(2024, 5, 3)),
]


@pytest.mark.parametrize(("form", "language", "text", "time"), FORMS)
def test_numbers_and_words(shared_engine, form, language, text, time):
    expected = None if time is None else microseconds(time)
    assert read(shared_engine, [text], form, language=language) == [expected]
