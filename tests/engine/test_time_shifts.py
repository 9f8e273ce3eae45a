"""Hours that clocks skip or show twice: how they are read, and which they are, against Python's zoneinfo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine_times import microseconds, read

from mining.core.errors import RequestError
from mining.core.zones import known_zones, zone_info
from mining.engine.time_shifts import Shift, all_shifts

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"]
SECONDS = timedelta(seconds=1)


def shifts_in(zone: str, first: int = 1980, last: int = 2036) -> list[Shift]:
    begin, end = (microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (first, last))
    return [shift for shift in all_shifts(zone) if begin <= shift.at < end]


def to_utc(engine, times, zone):
    """As the sources room reads: the local times are a column; and the marks are taken off afterwards."""
    local = [microseconds(time.replace(tzinfo=UTC)) for time in times]
    table = engine.put(pa.table({"x": pa.array(local, pa.int64())}), "local")
    rows = table.select(at=engine.position(table), time=engine.local_times.to_utc(table.x, zone))
    kept = engine.keep(rows, "moments")
    engine.local_times.unmark(kept, "time")
    found = engine.fetch(kept.order_by("at"), limit=len(times))["time"].to_pylist()
    engine.drop(kept)
    engine.drop(table)
    return found


SLASHES = "%d/%m/%Y %H:%M:%S"


@st.composite
def times_near_a_shift(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a local time within three hours of a moment at which its clocks are put."""
    zone = draw(st.sampled_from(ZONES))
    shift = draw(st.sampled_from(shifts_in(zone)))
    begin = datetime(1970, 1, 1) + timedelta(microseconds=shift.local[0])  # noqa: DTZ001  a local time
    return zone, begin + draw(st.integers(-3 * 3600, 3 * 3600)) * SECONDS


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(times_near_a_shift())
def test_local_times_near_a_shift_are_read_by_one_rule(shared_engine, case):
    """Twice shown: the second. Skipped: as if the clock had not yet been put, which shows as that much later."""
    name, local = case
    zone = zone_info(name)
    early, late = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    skipped = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local
    expected = early if skipped else late
    assert to_utc(shared_engine, [local], name) == [microseconds(expected.astimezone(UTC))]
    if local.year < 2025:  # DuckDB's own zones are as old as itself
        texts = [f"{local:%d/%m/%Y %H:%M:%S}"]
        assert read(shared_engine, [local.isoformat()], zone=name) == read(shared_engine, texts, SLASHES, name)
        assert read(shared_engine, texts, SLASHES, name) == [microseconds(expected.astimezone(UTC))]


TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001  local times


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(TIMES, min_size=1, max_size=20), st.sampled_from([*ZONES, "America/Winnipeg", "Asia/Kolkata"]))
def test_all_other_local_times_are_read_as_zoneinfo_reads_them(shared_engine, times, name):
    zone = zone_info(name)
    expected = [microseconds(time.replace(tzinfo=zone, fold=1).astimezone(UTC)) for time in times]
    skipped = [
        time.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != time for time in times
    ]
    found = to_utc(shared_engine, times, name)
    assert [one for one, skips in zip(found, skipped, strict=True) if not skips] == [
        one for one, skips in zip(expected, skipped, strict=True) if not skips
    ]


@settings(deadline=None, max_examples=100)
@given(times_near_a_shift())
def test_the_shifts_of_a_zone_are_those_of_zoneinfo(case):
    name, local = case
    zone = zone_info(name)
    early, late = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    skipped = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local
    twice = not skipped and early.utcoffset() != late.utcoffset()
    micros = microseconds(local.replace(tzinfo=UTC))
    hit = [shift for shift in shifts_in(name) if shift.local[0] <= micros < shift.local[1]]
    assert [shift.skips for shift in hit] == ([True] if skipped else [False] if twice else [])


def test_berlin_in_2024():
    first, second = shifts_in("Europe/Berlin", 2024, 2025)
    assert (first.skips, second.skips) == (True, False)
    assert first.at == microseconds(datetime(2024, 3, 31, 1, tzinfo=UTC))
    assert second.at == microseconds(datetime(2024, 10, 27, 1, tzinfo=UTC))


def test_every_zone_that_is_known_can_be_opened():
    assert len(known_zones()) > 500
    assert all(zone_info(zone).key == zone for zone in known_zones())


@pytest.mark.parametrize("zone", ["UTC", "+02:00", "UTC+2", "Asia/Kolkata"])
def test_zones_whose_clocks_are_not_put(zone):
    assert shifts_in(zone, 1990, 2050) == []


def test_times_beyond_all_calendars_are_none(shared_engine):
    table = shared_engine.put(pa.table({"x": [1 << 59, (1 << 62) + 5, None, -(1 << 62)]}), "late")
    time = shared_engine.local_times.to_utc(table.x, "Europe/Berlin")
    assert shared_engine.fetch(table.select(t=time), limit=4)["t"].to_pylist() == [
        None,
        None,
        None,
        -(1 << 62) - 3600 * 10**6,
    ]


NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("+02:00", 2), ("UTC+2", 2), ("GMT-5", -5), ("+0530", 5.5), ("-03:30", -3.5), ("Europe/Berlin", 2), ("UTC", 0)],
)
@pytest.mark.parametrize("text", ["2024-07-01T12:00:00", "20240701T120000"])
def test_a_zone_by_name_or_offset(shared_engine, zone, hours, text):
    expected = microseconds(NOON - timedelta(hours=hours))
    assert read(shared_engine, [text], zone=zone) == [expected]
    assert read(shared_engine, ["1.7.2024 12"], "%d.%m.%Y %H", zone) == [expected]
    assert to_utc(shared_engine, [NOON.replace(tzinfo=None)], zone) == [expected]


@pytest.mark.parametrize("zone", ["Middle/Earth", "+15:00", "UTC+99", "localtime", "../x", ""])
def test_a_zone_of_all_rows_that_does_not_exist(shared_engine, zone):
    with pytest.raises(RequestError, match="no such time zone"):
        read(shared_engine, ["2024-07-01"], zone=zone)
    with pytest.raises(RequestError, match="no such time zone"):
        to_utc(shared_engine, [NOON], zone)
