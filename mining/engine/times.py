"""Text to times, as expressions: int64 microseconds UTC, null where the text does not fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import ibis

from mining.core.errors import Problem, RequestError, nearest
from mining.engine import duckdb_functions as duckdb_

if TYPE_CHECKING:
    import ibis.expr.types as ir

_UTC_NAMES = {"UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "Etc/UCT", "UCT", "Universal", "Etc/Universal"}

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
    """Raises RequestError, with names that look alike, where `zone` is no IANA time zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = ", ".join(nearest(zone, available_timezones()))
        problem = Problem("there is no such time zone", found=zone, expected=near or "an IANA name, as Europe/Berlin")
        raise RequestError(problem) from error


def iso_time(text: ir.StringValue, zone: str) -> ir.IntegerValue:
    """ISO 8601 as microseconds UTC. Written so that the usual forms cost no more than a cast.

    A plain cast would also read "2016/3/4", "epoch" and times before Christ: hence the look at the shape. Without an
    offset a time stamp of DuckDB without a zone is three times as fast as one with.
    """
    shape = text.like("____-__-__%") & text.between("0", ":") & ~duckdb_.suffix(text, ")")
    has_offset = (
        text.contains("+")
        | duckdb_.suffix(text, "Z")
        | duckdb_.suffix(text, "z")
        | duckdb_.suffix(text, "C")  # UTC
        | text.substr(10).contains("-")
    )
    zoned = duckdb_.epoch_us_zoned(text.try_cast("timestamp('UTC')"))
    local = _local_to_utc(text.try_cast("timestamp"), zone)
    usual = ibis.cases((shape & has_offset, zoned), (shape, local), else_=ibis.null("int64"))
    return ibis.coalesce(usual, _rare_iso_time(text, shape, zone))


def _rare_iso_time(text: ir.StringValue, shape: ir.BooleanValue, zone: str) -> ir.IntegerValue:
    """Only computed for the texts that the usual way could not read."""
    zoned = duckdb_.epoch_us_zoned(duckdb_.try_strptime_any(text, _RARE_ISO_ZONED))
    zulu = duckdb_.epoch_us(duckdb_.try_strptime_any_naive(text, _RARE_ISO_ZULU))
    local = _local_to_utc(duckdb_.try_strptime_any_naive(text, _RARE_ISO_LOCAL), zone)
    return (shape | text.like("________T%")).ifelse(ibis.coalesce(zoned, zulu, local), ibis.null("int64"))


def strptime_time(text: ir.StringValue, format: str, zone: str) -> ir.IntegerValue:
    """`format` as strptime reads it; a format with %z honours the offsets, and "Z" as one."""
    if not re.search(r"(?<!%)(?:%%)*%[zZ]", format):
        return _local_to_utc(duckdb_.try_strptime_naive(text, format), zone)
    read = duckdb_.epoch_us_zoned(duckdb_.try_strptime(text, format))
    zulu = duckdb_.epoch_us(duckdb_.try_strptime_naive(text, format.replace("%z", "Z")))
    return ibis.coalesce(read, zulu) if "%z" in format else read


def utc_time(time: ir.TimestampValue, zone: str) -> ir.IntegerValue:
    """A time stamp, with a zone of its own or without, as microseconds UTC."""
    if getattr(time.type(), "timezone", None) is None:
        return _local_to_utc(time.cast("timestamp"), zone)
    read: ir.IntegerValue = duckdb_.epoch_us_zoned(time.cast("timestamp('UTC')"))
    return read


def _local_to_utc(time: ir.TimestampValue, zone: str) -> ir.IntegerValue:
    """In the hour that a clock shows twice, the second is meant; in the one it skips, the time an hour later."""
    if zone in _UTC_NAMES:
        return duckdb_.epoch_us(time)
    return duckdb_.epoch_us_zoned(duckdb_.at_zone(zone, time))
