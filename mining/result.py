"""What comes out of the corridor: the outcome of one analysis, and how it is written down."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.core.analysis import Analysis, Options
from mining.core.brand import NO_BRAND, Brand
from mining.core.files import whole, write_text
from mining.core.formulas import defused

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

    from mining.core.audit import AuditRun
    from mining.core.events import MappedLog, RejectedRow
    from mining.core.results import Conformance, Measures
    from mining.core.tables import Tables
    from mining.report.figure_set import Figures


class Result:
    """The outcome of one analysis, for programs and notebooks. `analysis` holds all of it as typed, frozen data.
    `language` is that of the report, the figures and the Markdown; what is made for programs is English."""

    def __init__(self, analysis: Analysis, brand: Brand = NO_BRAND, language: str = "en") -> None:
        self.analysis = analysis
        self.brand = brand
        self.language = language

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

        return report.figures(self.analysis, language=self.language)

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

        return report.markdown(self.analysis, self.language)

    def write_report(self, path: str | Path, audit: AuditRun | None = None) -> None:
        """Write the HTML report, one file that needs no network; `audit` is what an audit says of it."""
        from mining import report

        write_text(Path(path), report.render(self.analysis, self.brand, audit, self.language))

    def write(self, folder: Path) -> None:
        """Write the report, `result.json`, the small tables and the models into `folder`."""
        from mining import report

        with report.remembered():
            self._write(folder)

    def _write(self, folder: Path) -> None:
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


def write_large(
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
    _write_stream_costs(tables, analysis, folder / "tables" / "stream_costs.parquet")
    _write_open_tickets(tables, analysis, mapped, folder / "tables" / "open_tickets.parquet", options)
    links = folder / "tables" / "ticket_links.parquet"
    if mapped.links is None:
        links.unlink(missing_ok=True)  # that of an earlier run
        return
    with whole(links) as partial:
        tables.write_parquet(streams.links_by_ticket(tables, mapped), partial)


def _write_stream_costs(tables: Tables, analysis: Analysis, path: Path) -> None:
    """Write what each stream costs, where the mapping gives rates."""
    from mining import measures

    if analysis.costs is None:
        path.unlink(missing_ok=True)  # that of an earlier run
        return
    with whole(path) as partial:
        tables.write_parquet(measures.stream_costs(tables, analysis.streams, analysis.costs), partial)


def _write_open_tickets(tables: Tables, analysis: Analysis, mapped: MappedLog, path: Path, options: Options) -> None:
    """Write today's list with the tickets' numbers, where they were asked for."""
    from mining import measures, streams

    desk = analysis.measures.service_desk
    if not options.with_tickets or desk is None:
        path.unlink(missing_ok=True)  # that of an earlier run
        return
    tickets = streams.streams_of_tickets(tables, mapped, analysis.streams, max_paths=options.max_variants)
    types = None if desk.types == mapped.ticket_types else desk.types
    with whole(path) as partial:
        tables.write_parquet(measures.open_list(tables, tickets, mapped, desk, types=types), partial)
