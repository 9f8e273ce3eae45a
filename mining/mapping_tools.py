"""The corridor of the tools for a mapping: from a mapping, and mostly an export, to what is to be known of the two.

`mining.pipeline` is the corridor of an analysis; a tool goes only as far along it as its question asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.analysis import Options
from mining.core.errors import ConfigError
from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    from mining.core.events import EventTable
    from mining.core.mapping_results import Coverage, MappingCheck, TicketExplained, VisitMade
    from mining.core.streams import Streams
    from mining.core.tables import Tables
    from mining.mapping import FailedExample, Mapping

Exports = Sequence[str | Path]


def mapping_coverage(
    mapping: str | Path, exports: Exports, *, options: Options | None = None, progress: Progress = silent
) -> Coverage:
    """How much of an export the mapping covers: by events, by tickets, by time.

    Raises RequestError where the request is not usable, InputError where an input cannot be read to the end.
    """
    from mining import mapping as mappings

    rules = mappings.load_mapping(str(mapping))
    with _read(rules, exports, options, progress) as (tables, events):
        progress("mapping", None)
        return mappings.coverage(tables, events, rules)


def explain_ticket(
    mapping: str | Path,
    exports: Exports,
    ticket: str,
    *,
    options: Options | None = None,
    progress: Progress = silent,
) -> TicketExplained:
    """Of each row of one ticket which rule decided and why the earlier ones did not; and the visits that result.

    Raises RequestError where there is no such ticket in the export, with those that look most like it.
    """
    from mining import mapping as mappings
    from mining import streams

    rules = mappings.load_mapping(str(mapping))
    with _read(rules, exports, options, progress) as (tables, events):
        progress("explaining", None)
        explained, log = mappings.explain_ticket(tables, events, rules, ticket)
        if not log.ledger.events_mapped + log.ledger.events_unmapped:
            return explained
        found = streams.build_streams(tables, log, max_paths=1)
        return replace(explained, visits=_visits(tables, found), state=next(iter(found.states)).value)


def _visits(tables: Tables, found: Streams) -> tuple[VisitMade, ...]:
    from mining import streams
    from mining.core.mapping_results import VisitMade

    table = streams.visits_by_case(tables, found).order_by("position").select("position", "start", "end")
    rows = tables.fetch(table, limit=max(1, found.visits)).to_pylist()
    labels = [found.labels[i] for path in found.paths for i in path.visits]
    return tuple(VisitMade(labels[row["position"]], row["start"], row["end"]) for row in rows)


def check_mapping(
    mapping: str | Path, exports: Exports = (), *, options: Options | None = None, progress: Progress = silent
) -> MappingCheck:
    """What is questionable in a mapping; with an export, also what its rules do to the rows and what they overlook.

    Raises ConfigError where the mapping is wrong, or looks at columns that are known only at a ticket's end.
    """
    from mining import mapping as mappings
    from mining.core.mapping_results import MappingCheck

    rules = mappings.load_mapping(str(mapping))
    cautions = mappings.check_mapping(rules)
    if not exports:
        return MappingCheck(tuple(cautions), None)
    with _read(rules, exports, options, progress) as (tables, events):
        progress("checking", None)
        cautions += mappings.check_against(tables, events, rules)
        wrong = [problem for problem in cautions if not isinstance(problem, mappings.Caution)]
        if wrong:
            raise ConfigError(*wrong)
        return MappingCheck(tuple(cautions), mappings.check_data(tables, events, rules))


def test_mapping(mapping: str | Path) -> tuple[Mapping, list[FailedExample]]:
    """Run the examples of a mapping; the mapping, and those examples of which something else becomes."""
    from mining import engine
    from mining import mapping as mappings

    rules = mappings.load_mapping(str(mapping))
    with engine.open_engine(Options()) as tables:
        return rules, mappings.test_mapping(rules, tables)


@contextmanager
def _read(
    rules: Mapping, exports: Exports, options: Options | None, progress: Progress
) -> Iterator[tuple[Tables, EventTable]]:
    """The export, read as the mapping says, in an engine that is open inside the block."""
    from mining import engine, sources

    options = options or Options()
    with engine.open_engine(options) as tables:
        yield (
            tables,
            sources.read(tables, exports, rules.info.export, max_rejected=options.max_rejected, progress=progress),
        )
