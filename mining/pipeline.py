"""The corridor: from an export to a result. Read `analyse` from top to bottom: it is the whole program."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.choosing import Choosing
from mining.core.analysis import Analysis, MappingInfo, Options
from mining.core.brand import NO_BRAND, Brand, load_brand
from mining.core.catalogue import notes_on, own_mappings
from mining.core.clock import Clock, system_clock
from mining.core.errors import Problem, RequestError
from mining.core.files import output_folder, whole, write_text
from mining.core.formulas import defused
from mining.core.garbage import collected_seldom
from mining.core.links import CasesBy
from mining.core.progress import Progress, silent
from mining.core.scope import Scope
from mining.core.stopwatch import Stopwatch

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

    from mining.core.audit import AuditRun
    from mining.core.calendars import Calendars
    from mining.core.desk import ServiceDesk
    from mining.core.events import EventTable, MappedLog, RejectedRow
    from mining.core.links import CasesSpec
    from mining.core.results import Conformance, Measures, Selection
    from mining.core.streams import Streams
    from mining.core.tables import Tables
    from mining.core.trend import Trend
    from mining.engine.duck import Engine
    from mining.mapping import Mapping, Recognised
    from mining.report.figure_set import Figures


def analyse(  # noqa: PLR0915 - the corridor is read from top to bottom
    exports: str | Path | Sequence[str | Path],
    *,
    mapping: str | Path | Recognised | Sequence[str | Path] | None = None,
    reference: str | Path | Sequence[str | Path] | None = None,
    mappings_dir: str | Path | None = None,
    output: str | Path | None = None,
    brand: str | Path | None = None,
    pictures: Sequence[str] = (),
    options: Options | None = None,
    progress: Progress = silent,
    clock: Clock = system_clock,
) -> Result:
    """Find the value streams in an export of a ticketing tool.

    `exports` names files, folders or globs; `mapping` and `reference` are names or files. Without `mapping` the export
    is recognised by its columns, and the notes say which mapping was taken. Several mappings read exports of different
    shape into one analysis: each those whose columns it knows, or those that it names, as "NAME=changes*.csv".
    With several references each stream is checked against the one whose `applies_to` fits it.
    `mappings_dir` is a folder of one's own, whose names come before those that ship: see `mining.core.catalogue`. With
    `output` everything is written into that folder, each file whole or not at all. `brand` is a file that says whose
    report it is: see `mining.core.brand`; `pictures` are formats in which the figures are drawn beside the report.

    Raises RequestError where the request is not usable, InputError where an input cannot be read to the end.
    """
    from mining import conformance, discovery, engine, exchange, measures, report, streams
    from mining import mapping as mappings

    discovery.warm_up()
    options = options or Options()
    exports = [exports] if isinstance(exports, str | Path) else list(exports)
    stopwatch = Stopwatch(progress, clock)

    names_people = options.with_actors and not (options.where or options.split_by)  # else they may be asked for there
    exchange.check_request(options.log, output, with_actors=names_people)
    report.check_pictures(pictures, output)
    with own_mappings(mappings_dir):
        jobs, said = _jobs(exports, mapping, options, progress)
        cases, calendars = _cases_and_calendars([rules for rules, _ in jobs], options)
        said += mappings.notes_on_links([rules for rules, _ in jobs], cases)
        linked = cases.by is not CasesBy.TICKET or any(rules.groups_what_recurs for rules, _ in jobs)
        jobs = [(rules.with_links if linked else rules.with_same, files) for rules, files in jobs]
        choosing = Choosing(options, jobs, cases)
        agreed = conformance.load_agreed(_several(reference), options.acceptances, calendars)
        said += [note for one in _several(reference) for note in notes_on(None, one)]
    whose = NO_BRAND if brand is None else load_brand(Path(brand))
    folder = output_folder(Path(output)) if output is not None else None

    with engine.open_engine(options) as tables, ThreadPoolExecutor(1, "beside") as background, collected_seldom():
        background.submit(_import_for_later)
        read, parts = _read_and_map(tables, choosing, options, stopwatch, progress)
        info, mapped = mappings.together(parts)
        begins = choosing.begins(tables, mapped)
        with stopwatch("building streams"):
            found = streams.build_streams(tables, mapped, max_paths=options.max_variants, spec=cases, begins=begins)
        filtered, said_of_it = choosing.concluded(tables, found)
        models = background.submit(discovery.discover, found, noise=options.noise)
        with stopwatch("checking conformance"):
            checked, unfit, deviating = conformance.compare(
                tables,
                mapped,
                found,
                agreed,
                today=clock().date(),
                examples=options.with_tickets,
                align_seconds=options.align_seconds,
                calendars=calendars,
            )
        with stopwatch("measuring"):
            scope = Scope(agreed.references[0].scope) if agreed else None
            measured = measures.measure(tables, found, mapped, calendars=calendars, reference_scope=scope)
            desk = _desk(tables, mapped, found, measured.selection, types=cases.start or None, options=options)
            measured = replace(measured, service_desk=desk)
            costs = measures.costs(tables, found, mapped, checked[0] if checked else None)
            found = _with_headline(tables, mapped, found, options, begins)
            cohorts = choosing.cohorts(tables, mapped, found, checked[0] if checked else None)
        if folder is not None and options.log:
            with stopwatch("writing the log"):
                _write_log(tables, mapped, read[-1], folder / "log", mapping=info, options=options)
        with stopwatch("discovering models"):
            discovered = models.result()
        analysis = Analysis(
            mapping=info,
            files=tuple(file for events in read for file in events.files),
            ledger=mapped.ledger,
            rejected=tuple(row for events in read for row in events.rejected),
            rule_uses=mapped.rule_uses,
            unmapped=mapped.unmapped,
            streams=found,
            discovery=discovered,
            conformance=checked[0] if checked else None,
            measures=measured,
            notes=(*said, *said_of_it, *_notes(read, mapped, found)),
            run=stopwatch.run(),
            further_conformance=checked[1:],
            no_reference=unfit,
            hand_offs=conformance.check_hand_offs(tables, found),
            columns=tuple(dict.fromkeys(column for events in read for column in events.columns)),
            costs=costs,
            filtered=filtered,
            cohorts=cohorts,
        )
        result = Result(analysis, whose)
        if folder is not None:
            progress("writing the report", None)
            tables_done = background.submit(  # the engine is free
                _write_large, tables, analysis, mapped, folder, deviating=deviating, options=options
            )
            result.write(folder)
            _draw(result, folder / "figures", pictures, progress)
            exchange.clear_log(folder / "log", keep=options.log)
            tables_done.result()
    return result


def _several(named: str | Path | Sequence[str | Path] | None) -> list[str]:
    return [str(named)] if isinstance(named, str | Path) else [*map(str, named or ())]


def _read_and_map(
    tables: Engine, choosing: Choosing, options: Options, stopwatch: Stopwatch, progress: Progress
) -> tuple[list[EventTable], list[tuple[Mapping, MappedLog]]]:
    """Each export as it was read, and mapped by its mapping; what was read stays in the engine only for the log."""
    from mining import mapping as mappings
    from mining import sources

    read, parts = [], []
    for rules, files in choosing.jobs:
        with stopwatch("reading"):
            events = sources.read(
                tables, files, rules.info.export, max_rejected=options.max_rejected, progress=progress
            )
        with stopwatch("mapping"):
            events = choosing.chosen(tables, events, rules)
            parts.append((rules, mappings.map_events(tables, events, rules)))
            read.append(events)
            if not options.log and not choosing.by_beginnings:
                tables.drop(events.table)
    if choosing.by_beginnings:
        with stopwatch("mapping"):
            read, parts = choosing.with_what_they_reach(tables, read, parts)
    return read, parts


def _jobs(
    exports: Sequence[str | Path],
    mapping: str | Path | Recognised | Sequence[str | Path] | None,
    options: Options,
    progress: Progress,
) -> tuple[list[tuple[Mapping, Sequence[str | Path]]], list[str]]:
    """Which mapping reads which exports, and what has to be said of them in the report."""
    from mining import first_look
    from mining import mapping as mappings

    taken = first_look.recognise(exports, options=options, progress=progress) if mapping is None else mapping
    if isinstance(taken, mappings.Recognised):
        said = [*notes_on(taken.mapping, None), f"No mapping was named; the export was recognised. {taken}."]
        return [(_alone(taken.mapping), exports)], said
    names = [str(taken)] if isinstance(taken, str | Path) else [str(name) for name in taken]
    said = [note for name in names for note in notes_on(first_look.name_and_pattern(name)[0], None)]
    if len(names) == 1 and first_look.name_and_pattern(names[0])[1] is None:
        return [(_alone(names[0]), exports)], said
    if options.log and len(names) > 1:
        todo = "write the logs one by one: --log with one --mapping"
        raise RequestError(Problem("--log takes one mapping at a time", found=", ".join(names), todo=todo))
    return [*first_look.divide(exports, names, options=options, progress=progress)], said


def _alone(name: str) -> Mapping:
    """A mapping that reads all exports of an analysis."""
    from mining import mapping as mappings

    rules = mappings.load_mapping(name)
    mappings.check_together([rules])
    return rules


def _desk(
    tables: Tables,
    mapped: MappedLog,
    found: Streams,
    selection: Selection,
    *,
    types: tuple[str, ...] | None,
    options: Options,
) -> ServiceDesk:
    """The figures of the service desk, which are of tickets, whatever the streams are of."""
    from mining import measures

    tickets = _of_tickets(tables, mapped, found, options)
    days = options.waiting_days
    desk = measures.service_desk(tables, tickets, mapped, selection, types=types, waiting_days=days)
    if tickets is not found:
        tables.drop(tickets.table)
    return desk


def _of_tickets(tables: Tables, mapped: MappedLog, found: Streams, options: Options) -> Streams:
    """Streams of single tickets: `found`, unless those are of several."""
    from mining import streams

    if found.linked is None:
        return found
    return streams.build_streams(tables, mapped, max_paths=options.max_variants)


def _cases_and_calendars(used: Sequence[Mapping], options: Options) -> tuple[CasesSpec, Calendars | None]:
    """What a stream belongs to, and when people work: as the options say, else as the mappings do."""
    from mining import mapping as mappings

    return mappings.cases_of(used, options.cases), mappings.calendars_of(used, options.calendar)


def _with_headline(
    tables: Tables, mapped: MappedLog, found: Streams, options: Options, begins: ir.Table | None
) -> Streams:
    """Where weak links made cases: the headline as it would be by explicit links alone."""
    from mining import measures, streams

    if found.linked is None or not found.linked.weak:
        return found
    strong = streams.explicit_streams(
        tables, mapped, max_paths=options.max_variants, spec=found.linked.spec, begins=begins
    )
    headline = measures.headline(tables, strong, can_realise_value=found.can_realise_value)
    tables.drop(strong)
    return replace(found, linked=replace(found.linked, without_weak=headline))


def _write_log(
    tables: Tables, mapped: MappedLog, events: EventTable, folder: Path, *, mapping: MappingInfo, options: Options
) -> None:
    from mining import exchange

    exchange.write_log(
        tables, mapped, events, folder, mapping=mapping, formats=options.log, with_actors=options.with_actors
    )
    tables.drop(events.table)


def _write_large(
    tables: Tables,
    analysis: Analysis,
    mapped: MappedLog,
    folder: Path,
    *,
    deviating: ir.Table | None,
    options: Options,
) -> None:
    """Write the tables that are too large to leave the engine by another way."""
    from mining import streams

    deviations = folder / "tables" / "deviations.parquet"
    deviations.unlink(missing_ok=True)  # that of an earlier run
    if deviating is not None:
        with whole(deviations) as partial:
            tables.write_parquet(deviating, partial)
    with whole(folder / "tables" / "visits.parquet") as partial:
        tables.write_parquet(streams.visits_by_case(tables, analysis.streams), partial)
    _write_open_tickets(tables, analysis, mapped, folder / "tables" / "open_tickets.parquet", options)
    links = folder / "tables" / "ticket_links.parquet"
    if mapped.links is None:
        links.unlink(missing_ok=True)  # that of an earlier run
        return
    with whole(links) as partial:
        tables.write_parquet(streams.links_by_ticket(tables, mapped), partial)


def _write_open_tickets(tables: Tables, analysis: Analysis, mapped: MappedLog, path: Path, options: Options) -> None:
    """Write today's list with the tickets' numbers, where they were asked for."""
    from mining import measures

    desk = analysis.measures.service_desk
    if not options.with_tickets or desk is None:
        path.unlink(missing_ok=True)  # that of an earlier run
        return
    tickets = _of_tickets(tables, mapped, analysis.streams, options)
    types = None if desk.types == mapped.ticket_types else desk.types
    with whole(path) as partial:
        tables.write_parquet(measures.open_list(tables, tickets, mapped, desk, types=types), partial)


def _draw(result: Result, folder: Path, formats: Sequence[str], progress: Progress) -> None:
    for form in formats:
        progress(f"drawing the figures as {form}", None)
        result.figures.write(folder, form)


def _import_for_later() -> None:
    """Import, while the engine reads, what the later rooms would otherwise have to wait for."""
    for name in ("pandas", "scipy.stats", "mining.streams.build", "mining.conformance.checking", "mining.report.page"):
        import_module(name)


class Result:
    """The outcome of one analysis, for programs and notebooks. `analysis` holds all of it as typed, frozen data."""

    def __init__(self, analysis: Analysis, brand: Brand = NO_BRAND) -> None:
        self.analysis = analysis
        self.brand = brand

    @property
    def conformance(self) -> Conformance | None:
        """The streams against the reference stream; None where none was named."""
        return self.analysis.conformance

    @property
    def measures(self) -> Measures:
        """Lead times, time in visits, waiting, doubling back."""
        return self.analysis.measures

    @property
    def variants(self) -> pd.DataFrame:
        """The variants, the most frequent first; the columns of `tables/variants.parquet`."""
        frame: pd.DataFrame = self._table("variants").to_pandas()
        return frame

    @property
    def hand_offs(self) -> pd.DataFrame:
        """The hand-offs, the most frequent first; the columns of `tables/hand_offs.parquet`."""
        frame: pd.DataFrame = self._table("hand_offs").to_pandas()
        return frame

    @property
    def figures(self) -> Figures:
        """The report's figures as Plotly draws them: `result.figures.map()`, `list(result.figures)`."""
        from mining import report

        return report.figures(self.analysis)

    def _table(self, name: str) -> pa.Table:
        from mining import report

        return report.tables(self.analysis)[name]

    def to_dict(self, audit: AuditRun | None = None) -> dict[str, Any]:
        """Every figure of the report, as in `result.json`; `audit` is what an audit says of it."""
        from mining import report

        return report.result(self.analysis, audit)

    def summary(self) -> list[str]:
        """What the report says first, as lines of text."""
        from mining import report

        return report.summary(self.analysis)

    def markdown(self) -> str:
        """What the report says first as Markdown, for a ticket or a chat."""
        from mining import report

        return report.markdown(self.analysis)

    def write_report(self, path: str | Path, audit: AuditRun | None = None) -> None:
        """Write the HTML report, one file that needs no network; `audit` is what an audit says of it."""
        from mining import report

        write_text(Path(path), report.render(self.analysis, self.brand, audit))

    def write(self, folder: Path) -> None:
        """Write the report, `result.json`, the small tables and the models into `folder`."""
        import pyarrow.parquet as pq

        from mining import report

        if self.analysis.streams.linked is None:
            (folder / "tables" / "links.parquet").unlink(missing_ok=True)  # that of an earlier run
        for name, table in report.tables(self.analysis).items():
            with whole(folder / "tables" / f"{name}.parquet") as partial:
                pq.write_table(table, partial, compression="zstd")
        write_text(folder / "models" / "discovered.bpmn", self.analysis.discovery.bpmn)
        write_text(folder / "models" / "discovered.pnml", self.analysis.discovery.pnml)
        _write_rejected(folder / "rejected.csv", self.analysis.rejected)
        write_text(folder / "result.json", json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
        write_text(folder / "summary.md", self.markdown())
        self.write_report(folder / "report.html")


def trend_page(found: Trend) -> str:
    """The trend page of an audit, one HTML document that needs no network."""
    from mining import report

    return report.trend(found)


def result_schema() -> dict[str, Any]:
    """The JSON Schema of `result.json`: which figures there are."""
    from importlib.resources import files

    from mining import report

    schema: dict[str, Any] = json.loads((files(report) / report.SCHEMA_FILE).read_text(encoding="utf-8"))
    return schema


def _write_rejected(path: Path, rows: Sequence[RejectedRow]) -> None:
    """The rows that were set aside and why; no file where there are none, not even that of an earlier run."""
    if not rows:
        path.unlink(missing_ok=True)
        return
    with whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        # All texts in quotes: a program that takes ";" for the delimiter would begin a new cell within them.
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["file", "row", "column", "found", "reason"])
        for row in rows:
            before, after = (row.file,), (row.column or "", row.found or "", row.reason)
            writer.writerow([*map(defused, before), row.row, *map(defused, after)])


def _notes(read: Sequence[EventTable], mapped: MappedLog, streams: Streams) -> tuple[str, ...]:
    notes = [*(note for events in read for note in events.notes), *mapped.notes]
    if streams.beyond_cap:
        notes.append(
            f"{streams.beyond_cap:,} of {streams.cases:,} streams are on rarer paths than the "
            f"{len(streams.paths):,} that were looked at (--max-variants); they are in no variant, hand-off, "
            "conformance figure or lead time."
        )
    return tuple(notes)
