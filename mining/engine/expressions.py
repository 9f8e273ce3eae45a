"""Expressions that backends say differently: times, patterns, numbers in texts, quantiles, hashes."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import ibis

from mining.core.errors import Problem, RequestError
from mining.core.time_forms import NUMBERS
from mining.engine import duckdb_functions as duckdb_
from mining.engine import times
from mining.engine.scans import literal

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Expressions(ABC):
    """Those of `core.tables.Tables`, and what the sources room asks beside them. Nothing is computed here but whether
    a format or a pattern is one."""

    def parse_time(
        self, text: ir.StringValue, format: str | None, zone: str, language: str | None = None
    ) -> ir.IntegerValue:
        """Text as microseconds UTC; see `Tables.parse_time`. Raises RequestError for no zone, or no format."""
        times.check_zone(zone)
        if format is not None and format not in NUMBERS:
            with self._understood("a time format is not understood", format, "strptime's signs, as %d/%m/%Y %H:%M"):
                self._asked(f"SELECT try_strptime('', {literal(format)})")
        return times.read_time(text, format, zone, language)

    def without_offset(self, text: ir.StringValue, format: str | None) -> ir.BooleanValue:
        """Which times of this format need a zone, because they carry no offset."""
        return times.without_offset(text, format)

    def timestamp(self, micros: ir.IntegerValue) -> ir.TimestampValue:
        """Microseconds UTC as a time stamp; see `Tables.timestamp`."""
        stamp: ir.TimestampValue = duckdb_.make_timestamptz(micros)
        return stamp

    def parse_integer(self, text: ir.StringValue) -> ir.IntegerValue:
        """Text as int64, null where it is no whole number; "007" and "+7" are, "7.0" and "1e3" are not."""
        number = text.try_cast("int64")
        # A bare cast would round "1.5". Most numbers are written the way they are printed, and comparing is cheap.
        return ibis.cases(
            (number.cast("string") == text, number),
            (duckdb_.regexp_full_match(text, r"\s*[+-]?[0-9]+\s*"), number),
            else_=ibis.null("int64"),
        )

    def matches(self, text: ir.StringValue, pattern: str) -> ir.BooleanValue:
        """Whether `pattern` is found in `text`; in linear time. Raises RequestError where it is no pattern."""
        with self._understood("a pattern is no regular expression", pattern, "RE2's signs"):
            self._asked(f"SELECT regexp_matches('', {literal(pattern)})")
        found: ir.BooleanValue = duckdb_.regexp_matches(text, pattern)
        return found

    def found_in(self, text: ir.StringValue, pattern: str) -> ir.ArrayValue:
        """All that `pattern` finds in `text`; see `Tables.found_in`."""
        found: ir.ArrayValue = duckdb_.regexp_extract_all(text, pattern, re.compile(pattern).groups)
        return found

    def nearest_ranks(self, value: ir.IntegerValue, shares: Sequence[float]) -> ir.ArrayScalar:
        """The nearest-rank quantiles; see `Tables.nearest_ranks`. Each call of the function would hold all values."""
        found: ir.ArrayScalar = duckdb_.quantile_disc(value, list(shares))
        return found

    def fingerprint(self, *values: ir.Value) -> ir.IntegerValue:
        """A 63-bit hash of the values; see `Tables.fingerprint`.

        Ibis's own `hash` goes by way of a text of bits to keep the 64th, which takes twice as long. A word that is held
        as a number is hashed as the word.
        """
        nothing = ibis.null("string")
        told = [ibis.coalesce(value, nothing) if value.type().is_string() else value for value in values]
        both = told[0] if len(told) == 1 else ibis.struct({f"v{i}": value for i, value in enumerate(told)})
        # Ibis takes what is shifted for signed and would drop a cast to that; beside a signed null the number would be
        # one of 128 bits.
        number: ir.IntegerValue = (duckdb_.hash_of(both) >> 1).cast("uint64").cast("int64")
        return number

    def position(self, kept: ir.Table) -> ir.IntegerValue:
        """The position (from 0) of each row of a kept table."""
        return kept.rowid()

    def utc_time(self, time: ir.TimestampValue, zone: str) -> ir.IntegerValue:
        """A time stamp as microseconds UTC; `zone` holds where it carries none."""
        times.check_zone(zone)
        return times.utc_time(time, zone)

    @contextmanager
    def _understood(self, text: str, found: str, expected: str) -> Iterator[None]:
        """Asks DuckDB before a whole table is computed: its answer then names what is wrong, and no more."""
        try:
            yield
        except duckdb.Error as error:
            said = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
            raise RequestError(Problem(f"{text}: {said}", found=found, expected=expected)) from error

    @abstractmethod
    def _asked(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
