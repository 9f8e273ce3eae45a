"""The whole outcome of one analysis: what the report draws and `result.json` holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mining.core.breakdown import Breakdowns
from mining.core.cohorts import Cohorts, Filtered
from mining.core.conformance import NoReference
from mining.core.costs import Costs
from mining.core.desk import WAITING_DAYS
from mining.core.events import InputFile, Ledger, RejectedRow, RuleUse, Unmapped
from mining.core.examples import Example
from mining.core.export import ExportSpec
from mining.core.hand_offs import HandOffChecks
from mining.core.links import CasesBy
from mining.core.results import Conformance, Discovery, Measures
from mining.core.slices import Slices
from mining.core.streams import Streams


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may set for an analysis, with the defaults.

    `memory_limit` is a size as "2GB"; None lets the engine decide. `max_rejected` is the share of rows that may be set
    aside before the run fails. `max_unpacked` is the size that one packed file may unfold to, as "20GB". `noise` is the
    inductive miner's threshold. `log` are the formats in which the mapped log is written beside the report ("parquet",
    "xes", "ocel"); with `with_actors` it tells who acted. `cases` overrules what the mapping says that a stream belongs
    to, `calendar` is a file that overrules what it says of working hours; None leaves it to the mapping. A ticket that
    waits for more than `waiting_days` is waiting for long. With `with_tickets` the report names example tickets, and
    the open ones are written by their numbers beside it. `acceptances` is a file of deviations that are accepted. Where
    a reference stream has too many states, pm4py gets `align_seconds` to align streams with it.

    `where` are conditions on tickets of which all must hold, as "priority=1 - Critical|2 - High", "category!=Network",
    "period=2016-03..2016-05"; `split_by` is a column, "group", "ticket_type" or "period:month", and `compare` are two
    of its values to set side by side, or two ranges of dates, which need no `split_by`. Columns that name people need
    `with_actors`.
    """

    memory_limit: str | None = None
    threads: int | None = None
    temp: str | Path | None = None
    max_variants: int = 200_000
    max_rejected: float = 0.01
    max_unpacked: str = "500GB"
    noise: float = 0.2
    log: tuple[str, ...] = ()
    with_actors: bool = False
    with_tickets: bool = False
    acceptances: Path | None = None
    align_seconds: float = 60
    cases: CasesBy | None = None
    waiting_days: int = WAITING_DAYS
    calendar: Path | None = None
    where: str | tuple[str, ...] = ()
    split_by: str | None = None
    compare: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What differs from run to run; nothing else in a result does."""

    started: datetime
    seconds: float
    peak_memory: int  # bytes, of this process
    host: str
    versions: dict[str, str]
    phases: dict[str, float]  # seconds by phase of the corridor


@dataclass(frozen=True, slots=True)
class MappingInfo:
    """The mapping as the report names it. `ticket_links` are patterns of addresses under which source tools show a
    ticket, with "{ticket}" where its number stands, each after what the names of its cases begin with."""

    name: str
    file: str
    sha256: str
    owner: str | None
    cannot_show: tuple[str, ...]
    export: ExportSpec
    ticket_links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis, whole. `conformance` is None where no reference stream was named; with several, each stream is
    checked against the one that is for it, `further_conformance` are the others', and `no_reference` is what none of
    them is for. `filtered` is None where no ticket was left out on request, `cohorts` where streams were not split."""

    mapping: MappingInfo
    files: tuple[InputFile, ...]
    ledger: Ledger
    rejected: tuple[RejectedRow, ...]
    rule_uses: tuple[RuleUse, ...]
    unmapped: tuple[Unmapped, ...]
    streams: Streams
    discovery: Discovery
    conformance: Conformance | None  # of the first reference stream
    measures: Measures
    notes: tuple[str, ...]
    run: Run
    further_conformance: tuple[Conformance, ...] = ()
    no_reference: NoReference | None = None
    hand_offs: HandOffChecks | None = None
    columns: tuple[str, ...] = ()  # of the exports, as they are called there
    costs: Costs | None = None  # only where the mapping gives rates
    filtered: Filtered | None = None
    cohorts: Cohorts | None = None
    breakdowns: Breakdowns | None = None  # None where the mapping tells nothing by which streams differ
    examples: dict[int, tuple[Example, ...]] = field(default_factory=dict)  # streams to look at, by variant
    slices: Slices | None = None  # what the filter of the page shows
