"""The corridor: from an export to a result. Read `analyse` from top to bottom: it is the whole program."""

from __future__ import annotations

import csv
import json
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.core.analysis import Analysis, Options, Run
from mining.core.clock import Clock, system_clock
from mining.core.errors import ConfigError, Problem
from mining.core.files import output_folder, whole, write_text
from mining.core.formulas import defused
from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from mining.core.events import EventTable, MappedLog, RejectedRow
    from mining.core.results import Conformance, Measures
    from mining.core.streams import Streams
    from mining.core.tables import Tables
    from mining.mapping import FailedExample, Mapping

_PACKAGES = ("value-stream-miner", "pm4py", "ibis-framework", "duckdb", "pyarrow", "plotly")


def analyse(
    exports: str | Path | Sequence[str | Path],
    *,
    mapping: str | Path,
    reference: str | Path | None = None,
    output: str | Path | None = None,
    options: Options | None = None,
    progress: Progress = silent,
    clock: Clock = system_clock,
) -> Result:
    """Find the value streams in an export of a ticketing tool.

    `exports` names files, folders or globs; `mapping` and `reference` are names of shipped ones or files. With `output`
    everything is written into that folder, each file whole or not at all.

    Raises RequestError where the request is not usable, InputError where an input cannot be read to the end.
    """
    from mining import conformance, discovery, engine, measures, sources, streams
    from mining import mapping as mappings

    discovery.warm_up()
    options = options or Options()
    exports = [exports] if isinstance(exports, str | Path) else list(exports)
    stopwatch = _Stopwatch(progress)
    started = clock()

    rules = mappings.load_mapping(str(mapping))
    agreed = conformance.load_reference(str(reference)) if reference is not None else None
    folder = output_folder(Path(output)) if output is not None else None

    with engine.open_engine(options) as tables, ThreadPoolExecutor(1, "beside") as background:
        background.submit(_import_for_later)
        with stopwatch("reading"):
            events = sources.read(
                tables, exports, rules.info.export, max_rejected=options.max_rejected, progress=progress
            )
        with stopwatch("mapping"):
            mapped = mappings.map_events(tables, events, rules)
            tables.drop(events.table)
        with stopwatch("building streams"):
            found = streams.build_streams(tables, mapped, max_paths=options.max_variants)
        models = background.submit(discovery.discover, found, noise=options.noise)
        with stopwatch("checking conformance"):
            checked = conformance.check(agreed, found) if agreed is not None else None
        with stopwatch("measuring"):
            measured = measures.measure(tables, found, mapped)
        with stopwatch("discovering models"):
            discovered = models.result()
        analysis = Analysis(
            mapping=rules.info,
            files=events.files,
            ledger=mapped.ledger,
            rejected=events.rejected,
            rule_uses=mapped.rule_uses,
            unmapped=mapped.unmapped,
            streams=found,
            discovery=discovered,
            conformance=checked,
            measures=measured,
            notes=_notes(events, mapped, found),
            run=Run(
                started=started,
                seconds=stopwatch.total(),
                peak_memory=_peak_memory(),
                host=platform.node(),
                versions=_versions(),
                phases=dict(stopwatch.phases),
            ),
        )
        result = Result(analysis)
        if folder is not None:
            progress("writing the report", None)
            visits = background.submit(_write_visits, tables, found, folder)  # in the engine, which is free now
            result.write(folder)
            visits.result()
    return result


def _write_visits(tables: Tables, found: Streams, folder: Path) -> None:
    from mining import streams

    with whole(folder / "tables" / "visits.parquet") as partial:
        tables.write_parquet(streams.visits_by_case(tables, found), partial)


def _import_for_later() -> None:
    """Import, while the engine reads, what the later rooms would otherwise have to wait for."""
    for name in ("pandas", "mining.streams.build", "mining.conformance.checking", "mining.report.page"):
        import_module(name)


def check_mapping(
    mapping: str | Path,
    exports: Sequence[str | Path] = (),
    *,
    options: Options | None = None,
    progress: Progress = silent,
) -> list[Problem]:
    """What is questionable in a mapping; with an export, also in the light of what its columns hold.

    Raises ConfigError where the mapping is wrong, or looks at columns that are known only at a ticket's end.
    """
    from mining import engine, sources
    from mining import mapping as mappings

    rules = mappings.load_mapping(str(mapping))
    cautions = mappings.check_mapping(rules)
    if exports:
        options = options or Options()
        with engine.open_engine(options) as tables:
            events = sources.read(
                tables, exports, rules.info.export, max_rejected=options.max_rejected, progress=progress
            )
            cautions += mappings.check_against(tables, events, rules)
    wrong = [problem for problem in cautions if not isinstance(problem, mappings.Caution)]
    if wrong:
        raise ConfigError(*wrong)
    return cautions


def test_mapping(mapping: str | Path) -> tuple[Mapping, list[FailedExample]]:
    """Run the examples of a mapping; the mapping, and those examples of which something else becomes."""
    from mining import engine
    from mining import mapping as mappings

    rules = mappings.load_mapping(str(mapping))
    with engine.open_engine(Options()) as tables:
        return rules, mappings.test_mapping(rules, tables)


class Result:
    """The outcome of one analysis, for programs and notebooks. `analysis` holds all of it as typed, frozen data."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

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

    def _table(self, name: str) -> pa.Table:
        from mining import report

        return report.tables(self.analysis)[name]

    def to_dict(self) -> dict[str, Any]:
        """Every figure of the report, as in `result.json`."""
        from mining import report

        return report.result(self.analysis)

    def summary(self) -> list[str]:
        """What the report says first, as lines of text."""
        from mining import report

        return report.summary(self.analysis)

    def write_report(self, path: str | Path) -> None:
        """Write the HTML report, one file that needs no network."""
        from mining import report

        write_text(Path(path), report.render(self.analysis))

    def write(self, folder: Path) -> None:
        """Write the report, `result.json`, the small tables and the models into `folder`."""
        import pyarrow.parquet as pq

        from mining import report

        for name, table in report.tables(self.analysis).items():
            with whole(folder / "tables" / f"{name}.parquet") as partial:
                pq.write_table(table, partial, compression="zstd")
        write_text(folder / "models" / "discovered.bpmn", self.analysis.discovery.bpmn)
        write_text(folder / "models" / "discovered.pnml", self.analysis.discovery.pnml)
        _write_rejected(folder / "rejected.csv", self.analysis.rejected)
        write_text(folder / "result.json", json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
        self.write_report(folder / "report.html")


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


def _notes(events: EventTable, mapped: MappedLog, streams: Streams) -> tuple[str, ...]:
    notes = [*events.notes, *mapped.notes]
    if streams.beyond_cap:
        notes.append(
            f"{streams.beyond_cap:,} of {streams.cases:,} streams are on rarer paths than the "
            f"{len(streams.paths):,} that were looked at (--max-variants); they are in no variant, hand-off, "
            "conformance figure or lead time."
        )
    return tuple(notes)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed as a package"
    return found


def _peak_memory() -> int:
    """The most memory that this process ever held, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class _Stopwatch:
    """Times the phases of the corridor and announces them."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._start = time.perf_counter()
        self.phases: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        self._progress(phase, None)
        begin = time.perf_counter()
        yield
        self.phases[phase] = round(time.perf_counter() - begin, 3)

    def total(self) -> float:
        return round(time.perf_counter() - self._start, 3)
