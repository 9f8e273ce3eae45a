"""DuckDB's functions that Ibis has no name for. Ibis only reads the signatures."""
# ruff: noqa: D103

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string), dt.Timestamp(timezone="UTC")))
def try_strptime(text, format): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), dt.timestamp))
def try_strptime_naive(text, format): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(
    name="try_strptime", signature=((dt.string, dt.Array(dt.string)), dt.Timestamp(timezone="UTC"))
)
def try_strptime_any(text, formats): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.Array(dt.string)), dt.timestamp))
def try_strptime_any_naive(text, formats): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="epoch_us", signature=((dt.timestamp,), dt.int64))
def epoch_us(time): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="epoch_us", signature=((dt.Timestamp(timezone="UTC"),), dt.int64))
def epoch_us_zoned(time): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.timestamp), dt.Timestamp(timezone="UTC")))
def at_zone(zone, time): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string), dt.boolean))
def suffix(text, end): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string), dt.boolean))
def regexp_matches(text, pattern): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string), dt.boolean))
def regexp_full_match(text, pattern): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string, dt.int64), dt.string))
def regexp_extract(text, pattern, group): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string, dt.int64), dt.Array(dt.string)))
def regexp_extract_all(text, pattern, group): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string, dt.string), dt.string))
def regexp_replace(text, pattern, instead): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="regexp_replace", signature=((dt.string, dt.string, dt.string, dt.string), dt.string))
def regexp_replace_all(text, pattern, instead, options): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.int64,), dt.timestamp))
def make_timestamp(micros): ...  # type: ignore[no-untyped-def]


@ibis.udf.agg.builtin(signature=((dt.int64, dt.Array(dt.float64)), dt.Array(dt.int64)))
def quantile_disc(value, shares): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(signature=((dt.int64,), dt.Timestamp(timezone="UTC")))
def make_timestamptz(micros): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def hash_of(value) -> dt.uint64: ...  # type: ignore[no-untyped-def]
