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
    from mining.conformance import Reference
    from mining.core.events import EventTable, MappedLog
    from mining.core.mapping_results import (
        Coverage,
        KeyFigures,
        MappingCheck,
        Sensitivity,
        Suggestion,
        TicketExplained,
        VisitMade,
    )
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

    rules = _load(mapping, "coverage by rules")
    with _read(rules, exports, options, progress) as (tables, events):
        progress("mapping", None)
        return mappings.coverage(tables, events, rules)


def suggest_rules(
    mapping: str | Path,
    exports: Exports,
    *,
    most: int = 100,
    options: Options | None = None,
    progress: Progress = silent,
) -> Suggestion:
    """Rules for the labels that no rule meets, at most `most` of them, those of the most rows first.

    Raises RequestError where the request is not usable, InputError where an input cannot be read to the end.
    """
    from mining import mapping as mappings

    rules = _load(mapping, "suggesting rules")
    with _read(rules, exports, options, progress) as (tables, events):
        progress("mapping", None)
        covered = mappings.coverage(tables, events, rules)
    return mappings.suggest(covered, rules, most)


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

    rules = _load(mapping, "explaining a ticket")
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


def mapping_sensitivity(
    mapping: str | Path,
    exports: Exports,
    *,
    reference: str | Path | None = None,
    most_rules: int | None = None,
    options: Options | None = None,
    progress: Progress = silent,
) -> Sensitivity:
    """How far the headline figures move where a rule is wrong: the analysis is repeated without each of them.

    The rows of a rule fall to the next that holds, or to none. Rules that decide no row are not tried; with
    `most_rules` only those that decide the most. The export is read once.

    Raises RequestError where the request is not usable, InputError where an input cannot be read to the end.
    """
    from mining import conformance
    from mining import mapping as mappings
    from mining.core.mapping_results import Sensitivity, WithoutRule

    rules = _load(mapping, "sensitivity to rules")
    agreed = conformance.load_reference(str(reference)) if reference is not None else None
    options = options or Options()
    with _read(rules, exports, options, progress) as (tables, events):
        progress("with all rules", 0.0)
        figures, log = _headline(tables, events, rules, agreed, options)
        used = sorted((use for use in log.rule_uses if use.rows), key=lambda use: (-use.rows, use.rule))
        used = [use for use in used if use.rule <= len(rules.rules)]  # what happens otherwise is no rule
        tried = used[:most_rules]
        found = []
        for i, use in enumerate(tried):
            progress(f"without rule {use.rule}", (i + 1) / (len(tried) + 1))
            without, _ = _headline(tables, events, mappings.without_rule(rules, use.rule), agreed, options)
            change, changed = figures.change_to(without)
            found.append(WithoutRule(use.rule, use.line, use.text, use.outcome, use.rows, without, change, changed))
        return Sensitivity(
            mapping=rules.name,
            reference=None if agreed is None else agreed.name,
            figures=figures,
            rules=tuple(sorted(found, key=lambda one: (-one.change, one.rule))),
            left_out=len(used) - len(tried),
        )


def _headline(
    tables: Tables, events: EventTable, rules: Mapping, agreed: Reference | None, options: Options
) -> tuple[KeyFigures, MappedLog]:
    """The figures of one analysis, and the log that they are of."""
    from mining import conformance, measures, streams
    from mining import mapping as mappings
    from mining.core.mapping_results import KeyFigures, share_of

    log = mappings.map_events(tables, events, rules)
    found = streams.build_streams(tables, log, max_paths=options.max_variants)
    checked = conformance.check(agreed, found) if agreed is not None else None
    measured = measures.measure(tables, found, log)
    tables.drop(found.table)
    readable = log.ledger.events_made - log.ledger.events_rejected
    figures = KeyFigures(
        lead_time=measured.lead_time_claimed.median,
        fulfilled=share_of(measured.fulfilled, found.cases - found.beyond_cap),
        conforming=None if checked is None else checked.rates.streams,
        flow_upper=measured.flow_efficiency.upper,
        mapped=share_of(readable - log.ledger.events_unmapped, readable),
    )
    return figures, log


def _load(mapping: str | Path, what: str) -> Mapping:
    """The mapping, of which `what` is asked; only one that makes events can answer."""
    from mining import mapping as mappings

    rules = mappings.load_mapping(str(mapping))
    mappings.check_tells_events(rules, what)
    return rules


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
