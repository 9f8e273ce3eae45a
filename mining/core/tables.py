"""What a room may ask of the engine: the place where large tables are computed.

The rooms build Ibis expressions, which are the same for every backend, and hand them to the engine. The few things
that backends say differently (times, patterns, quantiles) go through functions of the engine too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class Tables(Protocol):
    """Tables are ibis expressions of the engine's one database. Every method may raise InputError or Fault."""

    def keep(self, table: ir.Table, name: str) -> ir.Table:
        """Compute `table` now and hold the result, on disk where memory is short, under a fresh name near `name`."""
        ...

    def extend(self, kept: ir.Table, table: ir.Table, name: str) -> None:
        """Compute `table` and add its rows to a table that `keep` returned, of the same columns."""
        ...

    def divide(self, table: ir.Table, by: str, parts: int, name: str) -> tuple[ir.Table, ...]:
        """Compute `table` once, and set its rows apart on disk by the number (0 to `parts` - 1) in the column `by`,
        which the parts lack. Each part can then be computed with, and freed by `drop`, without a look at the others."""
        ...

    def named(self, table: ir.Table, name: str) -> ir.Table:
        """`table` as a step with a name, not computed now: what the expressions above use of it several times is
        computed once, while a plain expression would be written out, and computed, at every use."""
        ...

    def drop(self, table: ir.Table) -> None:
        """Free a table that `keep`, `named`, `put` or `divide` returned; nobody may use it afterwards."""
        ...

    def put(self, table: pa.Table, name: str) -> ir.Table:
        """Bring a small table in. Words that come as a dictionary are written to files faster."""
        ...

    def fetch(self, table: ir.Table, *, limit: int) -> pa.Table:
        """Compute `table` and bring the result out. Raises Fault where it has more than `limit` rows."""
        ...

    def batches(self, kept: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """The rows of a kept table in the order in which they were kept, at most `rows` at a time.

        This is the one way for a large table to leave the engine: a batch at a time, into a file, and forgotten.
        Whoever wants an order keeps the table in that order. Other things may be computed between two batches.
        """
        ...

    def write_parquet(self, table: ir.Table, path: Path) -> None:
        """Compute `table` and write it to `path` as Parquet (zstd). The caller renames; `path` is a temporary name."""
        ...

    def scan_parquet(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of Parquet files, in the order of the files. Raises InputError where one is damaged."""
        ...

    def parse_time(
        self, text: ir.StringValue, format: str | None, zone: str, language: str | None = None
    ) -> ir.IntegerValue:
        """Text as microseconds since 1970-01-01 UTC, null where it does not fit `format`.

        `format` is strptime's, or one of `time_forms.NUMBERS`; None means ISO 8601. `zone` holds for times that carry
        no offset: an IANA name, or a fixed offset as +02:00. `language` is that of the words in the times; None means
        English.
        """
        ...

    def timestamp(self, micros: ir.IntegerValue) -> ir.TimestampValue:
        """Microseconds since 1970-01-01 UTC as a time stamp with the zone UTC."""
        ...

    def parse_integer(self, text: ir.StringValue) -> ir.IntegerValue:
        """Text as int64, null where it is no whole number."""
        ...

    def matches(self, text: ir.StringValue, pattern: str) -> ir.BooleanValue:
        """Whether the regular expression `pattern` (the subset that RE2 and Java read alike) is found in `text`."""
        ...

    def found_in(self, text: ir.StringValue, pattern: str) -> ir.ArrayValue:
        """All that `pattern` finds in `text`, in order: its group where it has one, else the whole of each find."""
        ...

    def nearest_ranks(self, value: ir.IntegerValue, shares: Sequence[float]) -> ir.ArrayScalar:
        """The aggregate "smallest value that at least this share of the values does not exceed", for each of `shares`
        in one array: nothing interpolated."""
        ...

    def fingerprint(self, *values: ir.Value) -> ir.IntegerValue:
        """A hash of the values, nulls included, as a number that is not negative; the same in every run."""
        ...

    def position(self, kept: ir.Table) -> ir.IntegerValue:
        """The position (from 0) that each row of a kept table had when it was kept, for a source that has an order."""
        ...

    def together(self, *jobs: Callable[[], Any]) -> list[Any]:
        """What each of `jobs` returns, in their order. They may be done at the same time, by threads of the engine, so
        none may hang on what another does; within a job they are done one after the other. Raises what the first of
        them raises that fails, once the others have ended or been stopped."""
        ...
