"""The event table: what the sources room returns, and what the mapping room makes of it.

Times inside the engine are int64 microseconds since 1970-01-01 UTC, so that every difference is a whole number and
every backend agrees. They become time stamps where a table is written for others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mining.core.activities import Activity, End, Value
from mining.core.export import Holds
from mining.core.facts import SupportLine
from mining.core.links import LinkSpec
from mining.core.scope import Scope
from mining.core.wording import Wording

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.rates import RateCard

SOURCE = "src."
"""Prefix of the columns that carry the export's own cells on, so that no name of an export meets one of ours."""


def src(column: str) -> str:
    """The name that a column of the export has in the event table."""
    return SOURCE + column


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was set aside. `row` counts data rows of its file from 1."""

    file: str
    row: int
    column: str | None
    found: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read: its name (no folders), size, SHA-256, and what was found out about it."""

    name: str
    bytes: int
    sha256: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows that one file of an export put into the engine. `key` stands for their content and for how they were
    read, None where that hangs on other files too; `rows` is their number, those that are set aside included. `earlier`
    are beginnings of the same rows that were read before, as (key, rows)."""

    key: str | None
    rows: int
    earlier: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EventTable:
    """The export as one table, kept in the engine. A row of it is one row of the export that could be read; of the
    shape tickets it is one time of such a row, so that `row` comes several times.

    Columns of `table`:
      row        int64   position in the whole input, from 0, files in the order of their names
      ticket_id  string  never null
      time       int64   microseconds UTC, never null; of links null where missing, and only where the mapping names it
      until      int64   microseconds UTC of the event's end, null where not known; only where the mapping names it
      order_0…   int64 or string, one for each `order_by` column; int64 where every cell is a whole number
      part       int64   which of `ExportSpec.times` it is, from 0; only of tickets
      demand     int64   microseconds UTC of the demand column, null where missing; only where the mapping names one
      src.NAME   string  for each column of `ExportSpec.used`; null where the cell is one of `missing`

    `further_rejected` are events that were set aside beside one for each of `rows_rejected`: of a ticket, single times
    that cannot be read, and all but one of those of a row that was set aside. `rejected` names them one by one.

    `relations`, kept, are links that are told beside the rows: source and target (string), link (int16, index into
    `ExportSpec.links`) and since (int64, microseconds UTC, or null). None where they are not asked for.
    """

    table: ir.Table
    rows_read: int
    rows_rejected: int
    rejected: tuple[RejectedRow, ...]
    files: tuple[InputFile, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()
    further_rejected: int = 0
    rows_filtered: int = 0  # of tickets that this run leaves out; they are not in `table`
    relations: ir.Table | None = None
    formats: tuple[tuple[str | None, str | None], ...] = ()  # (format, language) that times were found to be written in
    pieces: tuple[Piece, ...] = ()  # of which `row` counts the rows, in their order; empty where that is not known


@dataclass(frozen=True, slots=True, order=True)
class VisitLabel:
    """What a visit is: neighbouring events of a stream with the same label are one visit.

    `borrowed`: it is of a ticket whose work counts for another stream, which is why totals leave it out.
    """

    activity: Activity
    step: str | None = None
    waiting: str | None = None
    value: Value | None = None
    borrowed: bool = False

    @property
    def symbol(self) -> Symbol:
        """The label as a variant sees it: without the waiting."""
        return Symbol(self.activity, self.step, self.value)

    @property
    def realises(self) -> bool:
        """Whether value is claimed or confirmed here."""
        return self.value in (Value.CLAIMED, Value.CONFIRMED)


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """One element of a variant: activity, step and value mark."""

    activity: Activity
    step: str | None = None
    value: Value | None = None

    def __str__(self) -> str:
        text = self.activity.value if self.step is None else f"{self.activity.value}:{self.step}"
        return text if self.value is None else f"{text} [{self.value.value}]"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of every input row. `rows_read` is the sum of the seven that follow it.

    Rows of a table of links make no events. They are mapped where they tell a link, else ignored.

    Where a row makes several events (of tickets, one for each filled time), it counts as rejected only if none of them
    stands, else as unmapped before ignored before mapped; `events_…` count the events. Ties, neighbours, events by
    machines and in bulk are of events, too.
    """

    rows_read: int
    rows_mapped: int
    rows_ignored: int
    rows_unchanged: int
    rows_duplicate: int
    rows_filtered: int
    rows_unmapped: int
    rows_rejected: int
    events_made: int
    events_mapped: int
    events_ignored: int
    events_unmapped: int
    events_rejected: int
    ties_decided_by_position: int
    missing_updates: int | None  # None: the export has no counter that could show them
    neighbours: int  # pairs of neighbouring rows of one ticket: what missing_updates is a share of
    demand_events: int  # made from the demand column, not from a row
    events_by_system: int
    events_in_bulk: int

    @property
    def adds_up(self) -> bool:
        """Whether no row and no event is lost."""
        rows = (
            self.rows_mapped
            + self.rows_ignored
            + self.rows_unchanged
            + self.rows_duplicate
            + self.rows_filtered
            + self.rows_unmapped
            + self.rows_rejected
        )
        events = self.events_mapped + self.events_ignored + self.events_unmapped + self.events_rejected
        return rows == self.rows_read and events == self.events_made


@dataclass(frozen=True, slots=True)
class RuleUse:
    """How often a rule of the mapping decided. `line` is its line in the mapping file; `text` its `when` in short.
    `rows` counts rows of the event table: of the shape tickets these are events, of the others input rows. `when` has
    the words of `text` apart from the names in it, for whoever says them in another language."""

    rule: int
    line: int
    text: str
    outcome: str
    rows: int
    when: Wording | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A label of the export that no rule met: how many rows, and how many tickets at least one of them. `rows` counts
    rows of the event table, as in `RuleUse`."""

    event: str | None
    rows: int
    tickets: int


@dataclass(frozen=True, slots=True)
class MappedLog:
    """The events, mapped; kept in the engine.

    Columns of `table` (one row an event that stands; rows that make several events appear several times):
      case_id   string  what a stream belongs to; here the ticket
      time      int64   microseconds UTC
      sequence  int64   the order within the case: no two events of a case share it
      visit     int16   index into `visits`; null where the event is unmapped or only ends the ticket
      end       int16   index into `ends`; null where the event does not end the ticket
      unmapped  boolean
      row       int64   the row of the event table that made it; of tickets together with `part`
      part      int64   as in the event table; only of tickets
      rule      int16   the number of the rule that decided; null where none did, and where demand made the event
      until     int64   microseconds UTC of the event's end, null where not known; only where the export tells ends
    Rows that a rule ignores are not in it: they say nothing, so they neither make a visit nor undo an end.

    `ticket_types` are the types of the tickets; where there are several, a ticket is called "TYPE TICKET". `links` is
    None where none were asked for; else its columns are source and target (string, the bare numbers of the tickets),
    link (int16, index into `link_specs`) and since (int64, microseconds UTC, when that was first told; null where the
    export does not say). `link_specs` are the columns that hold links, each after the type of the tickets that have it.
    `rework_after` are the steps (with the step None: whole activities) after which coming back is rework;
    `rates` is what work costs, None where the mapping does not say.

    `turns` is None where the export has no column that could turn; else it has one row for each row of a ticket that
    is its first or last, or at which its group, a kept column or a fact is not what it was in the row before:
      case_id      string   the ticket, called as in `table`
      number       int64    the place of the row in its ticket, from 0; of changes also -1, which is no row: what a
                            field was that the ticket's first row changes, since demand
      time         int64    microseconds UTC
      ticket_type  string
      first, last  boolean  whether it is the ticket's first row, and its last
      group        string   the group that has the ticket from here on; null where not known
      keep.NAME    string   each kept column, from here on; null where missing
      fact.NAME    string   each of `core.facts.Fact` that a mapping tells; boolean of `YES_OR_NO`; null where missing
      target       int64    microseconds UTC, what `fact.target` tells, null where it cannot be read; only with that
    What a mapping knows of the end alone (`final`) is told by the last row, and missing in the others.

    `support_lines` say which groups are of which line, the first that fits. `listed` are the types of tickets of which
    the export is a list: it tells how a ticket stands, not what its group and facts were before. Of the types
    `by_change` it tells changes only: what never changed is not told.

    `scopes` are those of ticket types whose mapping tells one. `undated` are indices into `link_specs`: columns that
    tell what a ticket held when it was exported, so that `since` is no date of the link. `children` is None where no
    ticket is told to be one; else it has one row a ticket that names another one as its parent:
      case_id   string   called as in `table`, as is `parent`
      parent    string   the one named last
      since     int64    microseconds UTC, when a parent was first named
      known     boolean  the parent is in the export
      cascaded  boolean  its value or end came with that of its parent: see `mapping/children.py`
    `against_time` is None where nothing contradicts; else it has one row a ticket of which columns tell value or an end
    before its demand: case_id, value, end (both boolean).
    """

    table: ir.Table
    visits: tuple[VisitLabel, ...]
    ends: tuple[End, ...]
    ledger: Ledger
    rule_uses: tuple[RuleUse, ...]
    unmapped: tuple[Unmapped, ...]
    holds: Holds
    notes: tuple[str, ...] = ()
    ticket_types: tuple[str, ...] = ("ticket",)
    links: ir.Table | None = None
    link_specs: tuple[tuple[str, LinkSpec], ...] = ()
    rework_after: tuple[tuple[Activity, str | None], ...] = ()
    rates: RateCard | None = None
    turns: ir.Table | None = None
    scopes: tuple[tuple[str, Scope], ...] = ()
    undated: tuple[int, ...] = ()
    children: ir.Table | None = None
    against_time: ir.Table | None = None
    support_lines: tuple[SupportLine, ...] = ()
    listed: tuple[str, ...] = ()
    by_change: tuple[str, ...] = ()

    def case_of(self, ticket_type: str, ticket: str) -> str:
        """What a ticket is called in `table`, or would be if it were in the export."""
        return ticket if self.ticket_types == (ticket_type,) else f"{ticket_type} {ticket}"

    @property
    def tells_ends(self) -> bool:
        """Whether visits last until the ends that the export tells of their events."""
        return self.holds is Holds.POINT and "until" in self.table.columns
