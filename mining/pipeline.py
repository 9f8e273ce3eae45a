"""The corridor: from an export to a result. Read `analyse` from top to bottom: it is the whole program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.choosing import Choosing
from mining.core.analysis import Analysis, MappingInfo, Options
from mining.core.brand import NO_BRAND, load_brand
from mining.core.catalogue import notes_on, own_mappings
from mining.core.clock import Clock, system_clock
from mining.core.errors import Problem, RequestError
from mining.core.files import alone_in, output_folder
from mining.core.garbage import collected_seldom
from mining.core.links import CasesBy
from mining.core.progress import Progress, silent
from mining.core.stopwatch import Stopwatch
from mining.measuring import tell
from mining.notes import notes_of
from mining.result import Result, write_large

if TYPE_CHECKING:
    from mining.core.cache import Cache
    from mining.core.calendars import Calendars
    from mining.core.events import EventTable, MappedLog
    from mining.core.links import CasesSpec
    from mining.core.tables import Tables
    from mining.core.trend import Trend
    from mining.engine.duck import Engine
    from mining.mapping import Mapping, Recognised


def analyse(
    exports: str | Path | Sequence[str | Path],
    *,
    mapping: str | Path | Recognised | Sequence[str | Path] | None = None,
    reference: str | Path | Sequence[str | Path] | None = None,
    mappings_dir: str | Path | None = None,
    output: str | Path | None = None,
    brand: str | Path | None = None,
    language: str = "en",
    pictures: Sequence[str] = (),
    options: Options | None = None,
    progress: Progress = silent,
    clock: Clock = system_clock,
    cache: Cache | None = None,
) -> Result:
    """Find the value streams in an export of a ticketing tool.

    `exports` names files, folders or globs; `mapping` and `reference` are names or files. Without `mapping` the export
    is recognised by its columns, and the notes say which mapping was taken. Several mappings read exports of different
    shape into one analysis: each those whose columns it knows, or those that it names, as "NAME=changes*.csv".
    With several references each stream is checked against the one whose `applies_to` fits it.
    `mappings_dir` is a folder of one's own, whose names come before those that ship: see `mining.core.catalogue`. With
    `output` everything is written into that folder, each file whole or not at all. `brand` is a file that says whose
    report it is: see `mining.core.brand`; `language` what it is written in, and `pictures` are formats in which the
    figures are drawn beside the report.
    A `cache` holds what earlier analyses read, mapped and aligned, and takes in what this one does; what comes out is
    the same without it.

    Raises RequestError where the request is not usable, InputError where an input cannot be read to the end.
    """
    from mining import conformance, discovery, engine, exchange, report, streams
    from mining import mapping as mappings

    discovery.warm_up()
    options = options or Options()
    exports = [exports] if isinstance(exports, str | Path) else list(exports)
    stopwatch = Stopwatch(progress, clock)

    names_people = options.with_actors and not (options.where or options.split_by)  # else they may be asked for there
    exchange.check_request(options.log, output, with_actors=names_people)
    report.check_pictures(pictures, output)
    report.check_language(language)
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
    folder = output_folder(Path(output), exports) if output is not None else None

    with (
        alone_in(folder),
        engine.open_engine(options) as tables,
        ThreadPoolExecutor(1, "beside") as background,
        collected_seldom(),
    ):
        background.submit(_prepare_for_later, language, with_report=folder is not None)
        read, parts = _read_and_map(tables, choosing, options, stopwatch, progress, cache=cache)
        info, mapped = mappings.together(parts, options.cases)
        begins = choosing.begins(tables, mapped)
        with stopwatch("building streams"):
            found = streams.build_streams(
                tables,
                mapped,
                max_paths=options.max_variants,
                spec=cases,
                begins=begins,
                by_ticket=_asks_for_groups(mapped, calendars),
            )
        filtered, said_of_it = choosing.concluded(tables, found)
        models = background.submit(discovery.discover, found, noise=options.noise)
        told = tell(
            tables,
            mapped,
            found,
            agreed,
            choosing=choosing,
            used=[rules for rules, _ in parts],
            cases=cases,
            zone=info.export.time.zone,
            calendars=calendars,
            begins=begins,
            options=options,
            today=clock().date(),
            stopwatch=stopwatch,
            cache=cache,
        )
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
            streams=told.streams,
            discovery=discovered,
            conformance=told.checked[0] if told.checked else None,
            measures=told.measures,
            notes=(*said, *said_of_it, *notes_of(read, mapped, found, clock())),
            run=stopwatch.run(),
            further_conformance=told.checked[1:],
            no_reference=told.no_reference,
            hand_offs=told.hand_offs,
            columns=tuple(dict.fromkeys(column for events in read for column in events.columns)),
            costs=told.costs,
            filtered=filtered,
            cohorts=told.cohorts,
            breakdowns=told.breakdowns,
            examples=told.examples,
            slices=told.slices,
        )
        result = Result(analysis, whose, language)
        if folder is not None:
            progress("writing the report", None)
            tables_done = background.submit(  # the engine is free
                write_large, tables, analysis, mapped, folder, deviating=told.deviating, options=options
            )
            result.write(folder)
            _draw(result, folder / "figures", pictures, progress)
            exchange.clear_log(folder / "log", keep=options.log)
            tables_done.result()
    return result


def _several(named: str | Path | Sequence[str | Path] | None) -> list[str]:
    return [str(named)] if isinstance(named, str | Path) else [*map(str, named or ())]


def _read_and_map(
    tables: Engine,
    choosing: Choosing,
    options: Options,
    stopwatch: Stopwatch,
    progress: Progress,
    *,
    cache: Cache | None,
) -> tuple[list[EventTable], list[tuple[Mapping, MappedLog]]]:
    """Each export as it was read, and mapped by its mapping; what was read stays in the engine only for the log."""
    from mining import mapping as mappings
    from mining import sources

    read, parts = [], []
    for rules, files in choosing.jobs:
        with stopwatch("reading"):
            events = sources.read(
                tables, files, rules.info.export, max_rejected=options.max_rejected, progress=progress, cache=cache
            )
        with stopwatch("mapping"):
            events = choosing.chosen(tables, events, rules)
            parts.append((rules, mappings.map_events(tables, events, rules, cache)))
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


def _cases_and_calendars(used: Sequence[Mapping], options: Options) -> tuple[CasesSpec, Calendars | None]:
    """What a stream belongs to, and when people work: as the options say, else as the mappings do."""
    from mining import mapping as mappings

    return mappings.cases_of(used, options.cases), mappings.calendars_of(used, options.calendar)


def _asks_for_groups(mapped: MappedLog, calendars: Calendars | None) -> bool:
    """Whether something hangs on which group has a ticket while a stream is at it: its hours, or its rates."""
    of_hours, of_rates = calendars is not None and calendars.groups, mapped.rates is not None and mapped.rates.groups
    return mapped.turns is not None and bool(of_hours or of_rates)


def _write_log(
    tables: Tables, mapped: MappedLog, events: EventTable, folder: Path, *, mapping: MappingInfo, options: Options
) -> None:
    from mining import exchange

    exchange.write_log(
        tables, mapped, events, folder, mapping=mapping, formats=options.log, with_actors=options.with_actors
    )
    tables.drop(events.table)


def _draw(result: Result, folder: Path, formats: Sequence[str], progress: Progress) -> None:
    for form in formats:
        progress(f"drawing the figures as {form}", None)
        result.figures.write(folder, form)


def _prepare_for_later(language: str, *, with_report: bool) -> None:
    """Do, while the engine reads, what the later rooms would otherwise have to wait for."""
    from mining import report

    for name in ("scipy.special", "mining.streams.build", "mining.conformance.checking"):
        import_module(name)
    if with_report:
        report.warm_up(language)


def trend_page(found: Trend, language: str = "en") -> str:
    """The trend page of an audit, one HTML document that needs no network; `language` is what it is written in."""
    from mining import report

    return report.trend(found, language)


def report_languages() -> tuple[str, ...]:
    """The languages that the report can be had in."""
    from mining.report.language import languages

    return languages()


def result_schema() -> dict[str, Any]:
    """The JSON Schema of `result.json`: which figures there are."""
    from importlib.resources import files

    from mining import report

    schema: dict[str, Any] = json.loads((files(report) / report.SCHEMA_FILE).read_text(encoding="utf-8"))
    return schema
