"""Text to times, as expressions: int64 microseconds UTC, null where the text does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from mining.core.errors import Problem, RequestError
from mining.core.time_forms import EXCEL, NUMBERS, carries_offset
from mining.core.zones import UTC_NAMES, is_zone, offset_of, zones_near
from mining.engine import duckdb_functions as duckdb_
from mining.engine import time_forms

if TYPE_CHECKING:
    import ibis.expr.types as ir


_MINUTE = 60_000_000  # microseconds
_YEAR_1000 = -30_610_224_000_000_000
"""What %Y reads as a year before 1000 is a year that was written with two or three digits: no time."""

_RARE_ISO_ZONED = [
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S.%f %z",
    "%Y-%m-%d %H:%M:%S,%f%z",
    "%Y-%m-%dT%H:%M:%S,%f%z",
    "%Y-%m-%d %H:%M%z",
    "%Y-%m-%dT%H:%M%z",
    "%Y%m%dT%H%M%S%z",
    "%Y%m%dT%H%M%S.%f%z",
]
"""ISO 8601 as DuckDB's cast does not read it: a blank before the offset, a comma before the fraction, no seconds, and
the basic format. Each is tried with an offset, with Z and without either."""

_RARE_ISO_ZULU = [form.replace(" %z", "%z").replace("%z", "Z") for form in _RARE_ISO_ZONED]
_RARE_ISO_LOCAL = [form.replace(" %z", "%z").replace("%z", "") for form in _RARE_ISO_ZONED]


def check_zone(zone: str) -> None:
    """Raises RequestError, with names that look alike, where `zone` is no IANA time zone and no fixed offset."""
    if not is_zone(zone):
        near = ", ".join(zones_near(zone))
        expected = near or "an IANA name, as Europe/Berlin, or an offset, as +02:00"
        raise RequestError(Problem("there is no such time zone", found=zone, expected=expected))


def read_time(text: ir.StringValue, format: str | None, zone: str, language: str | None) -> ir.IntegerValue:
    """Text as microseconds UTC; see `Tables.parse_time`."""
    if format is None:
        return iso_time(text, zone)
    if format == EXCEL:
        return _local_to_utc(duckdb_.make_timestamp(time_forms.excel_local(text)), zone)
    if format in NUMBERS:
        return time_forms.epoch_time(text, format)
    if language is not None and time_forms.has_words(format):
        return strptime_time(*time_forms.spoken(text, format, language), zone)
    return strptime_time(text, format, zone)


def without_offset(text: ir.StringValue, format: str | None) -> ir.BooleanValue:
    """Which times need a zone, because they carry no offset."""
    return ~_has_offset(text) if format is None else ibis.literal(not carries_offset(format))


def iso_time(text: ir.StringValue, zone: str) -> ir.IntegerValue:
    """ISO 8601 as microseconds UTC. Written so that the usual forms cost no more than a cast.

    A plain cast would also read "2016/3/4", "epoch" and times before Christ: hence the look at the shape. Without an
    offset a time stamp of DuckDB without a zone is three times as fast as one with.
    """
    shape = text.like("____-__-__%") & text.between("1", ":") & ~duckdb_.suffix(text, ")")
    zoned = duckdb_.epoch_us_zoned(text.try_cast("timestamp('UTC')"))
    local = _local_to_utc(text.try_cast("timestamp"), zone)
    usual = ibis.cases((shape & _has_offset(text), zoned), (shape, local), else_=ibis.null("int64"))
    return ibis.coalesce(usual, _rare_iso_time(text, shape, zone))


def _has_offset(text: ir.StringValue) -> ir.BooleanValue:
    """Of texts in ISO 8601."""
    found: ir.BooleanValue = (
        text.contains("+")
        | duckdb_.suffix(text, "Z")
        | duckdb_.suffix(text, "z")
        | duckdb_.suffix(text, "C")  # UTC
        | text.substr(10).contains("-")
    )
    return found


def _rare_iso_time(text: ir.StringValue, shape: ir.BooleanValue, zone: str) -> ir.IntegerValue:
    """Only computed for the texts that the usual way could not read."""
    zoned = duckdb_.epoch_us_zoned(duckdb_.try_strptime_any(text, _RARE_ISO_ZONED))
    zulu = duckdb_.epoch_us(duckdb_.try_strptime_any_naive(text, _RARE_ISO_ZULU))
    local = _local_to_utc(duckdb_.try_strptime_any_naive(text, _RARE_ISO_LOCAL), zone)
    return (shape | text.like("________T%")).ifelse(ibis.coalesce(zoned, zulu, local), ibis.null("int64"))


def strptime_time(text: ir.StringValue, format: str, zone: str) -> ir.IntegerValue:
    """`format` as strptime reads it; a format with %z honours the offsets, and "Z" as one."""
    if not carries_offset(format):
        return _no_early_year(_local_to_utc(duckdb_.try_strptime_naive(text, format), zone), format)
    read = _no_early_year(duckdb_.epoch_us_zoned(duckdb_.try_strptime(text, format)), format)
    zulu = duckdb_.epoch_us(duckdb_.try_strptime_naive(text, format.replace("%z", "Z")))
    return ibis.coalesce(read, _no_early_year(zulu, format)) if "%z" in format else read


def _no_early_year(time: ir.IntegerValue, format: str) -> ir.IntegerValue:
    """Written so that the time is computed once: `greatest` passes over null."""
    if "%Y" not in format:
        return time
    late: ir.IntegerValue = ibis.greatest(time, _YEAR_1000).nullif(_YEAR_1000)
    return late


def utc_time(time: ir.TimestampValue, zone: str) -> ir.IntegerValue:
    """A time stamp, with a zone of its own or without, as microseconds UTC."""
    if getattr(time.type(), "timezone", None) is None:
        return _local_to_utc(time.cast("timestamp"), zone)
    read: ir.IntegerValue = duckdb_.epoch_us_zoned(time.cast("timestamp('UTC')"))
    return read


def _local_to_utc(time: ir.TimestampValue, zone: str) -> ir.IntegerValue:
    """In the hour that a clock shows twice, the second is meant; in the one it skips, the time an hour later.

    By DuckDB's rules, in one expression. What is loaded goes by `LocalTimes`, which is exact and faster.
    """
    if zone in UTC_NAMES:
        return duckdb_.epoch_us(time)
    minutes = offset_of(zone)
    if minutes is not None:
        return duckdb_.epoch_us(time) - minutes * _MINUTE
    return duckdb_.epoch_us_zoned(duckdb_.at_zone(zone, time))
