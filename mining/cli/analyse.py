"""`vsm analyse` and `vsm demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_json, say
from mining.core.clock import system_clock
from mining.core.errors import Problem, RequestError
from mining.core.links import CasesBy
from mining.core.locate import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mining.core.analysis import Options
    from mining.mapping import Recognised
    from mining.result import Result

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help='Where report.html, result.json, tables and models go: "out" by default.'
    ),
]

Log = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT,...",
        help="Also write the mapped events into DIR/log, for other tools: parquet, xes, ocel. Several with commas.",
        show_default=False,
    ),
]
Cases = Annotated[
    CasesBy | None,
    typer.Option(
        help="What a stream belongs to. ticket: each ticket. follow: each demand ticket with what its links lead to. "
        "connected: all tickets that hang together. Default: as the mapping says, else each ticket.",
        show_default=False,
    ),
]
WaitingDays = Annotated[
    int, typer.Option(min=1, help="From so many days of waiting on, an open ticket counts as waiting for long.")
]
References = Annotated[
    list[str] | None,
    typer.Option(
        "--reference",
        "-r",
        metavar="NAME|FILE",
        help="The agreed stream to compare with; without it nothing is compared. Several: each ticket by the one that "
        "applies to it.",
        show_default=False,
    ),
]
AcceptancesOption = Annotated[
    Path | None,
    typer.Option(
        "--acceptances",
        "-a",
        metavar="FILE",
        help="Deviations that are accepted; vsm deviations accept writes it.",
        show_default=False,
    ),
]
AlignSeconds = Annotated[
    float,
    typer.Option(
        min=0,
        help="Time for aligning with reference streams that have too many states; what is left then is not checked.",
    ),
]
WithTickets = Annotated[
    bool,
    typer.Option(
        "--with-tickets",
        help="Name tickets: those of examples, and the open ones in a table; left out otherwise.",
    ),
]
Calendar = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="When people work: a file as docs/times.md says. Default: as the mapping says."),
]
WithActors = Annotated[
    bool,
    typer.Option("--with-actors", help="Say in that log who acted, and let --where and --split-by name people."),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help="Only tickets that meet it: COLUMN=VALUE or COLUMN!=VALUE, several values with |, none for a missing one; "
        "group, ticket_type, or a period (2016, 2016-Q1, 2016-03; from 2016-03..2016-05 up to, without May). "
        "Several: all must hold.",
        show_default=False,
    ),
]
SplitBy = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Set cohorts side by side: by a column, group, ticket_type, or period:month, period:quarter, period:year.",
        show_default=False,
    ),
]
Compare = Annotated[
    tuple[str, str] | None,
    typer.Option(
        metavar="VALUE VALUE",
        help="Which two cohorts to compare, or which two periods (2016-03..2016-05); the two largest by default.",
        show_default=False,
    ),
]
Brand = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Whose report it is: YAML with title, organisation, logo, accent.", show_default=False
    ),
]
Language = Annotated[
    str, typer.Option(metavar="CODE", help="What the report is written in: en or de. result.json stays English.")
]
Pictures = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT,...",
        help="Also write the figures as pictures into DIR/figures: svg, png, pdf. Needs Chromium or Chrome.",
        show_default=False,
    ),
]


def analyse(
    exports: o.Exports,
    *,
    mapping: o.MappingOption = None,
    reference: References = None,
    acceptances: AcceptancesOption = None,
    align_seconds: AlignSeconds = 60,
    mappings: o.Mappings = None,  # noqa: ARG001 - its callback has done what there is to do
    output: Output = None,
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    noise: o.Noise = 0.2,
    max_variants: o.MaxVariants = 200_000,
    max_rejected: o.MaxRejected = "1%",
    max_unpacked: o.MaxUnpacked = "500GB",
    cases: Cases = None,
    calendar: Calendar = None,
    where: Where = None,
    split_by: SplitBy = None,
    compare: Compare = None,
    brand: Brand = None,
    language: Language = "en",
    pictures: Pictures = None,
    log: Log = None,
    with_actors: WithActors = False,
    waiting_days: WaitingDays = 14,
    with_tickets: WithTickets = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001 - its callback has done what there is to do
) -> None:
    """From an export to a report.

    Reads the export, maps its events to the six value chain activities, and writes a report, every figure of it as
    JSON, tables and models into a folder. With --json and without --output nothing is written.

    \b
    Examples:
      vsm analyse incidents.csv --mapping servicenow_incident --reference incident --output out
      vsm analyse incidents.csv
      vsm analyse 'weekly/*.csv.gz' --mapping my_mapping.yaml --memory-limit 2GB
      vsm analyse incidents.csv changes.csv --mapping servicenow_incident_list --mapping servicenow_change
      vsm analyse incidents.csv problems.csv -m my_incidents.yaml -m my_problems.yaml --cases follow
      vsm analyse incidents.csv changes.csv -m my_incidents.yaml -m my_changes.yaml -r incident -r normal_change
      vsm analyse incidents.xes.gz --mapping vinst_incident --json | jq .streams
      vsm analyse incidents.csv --mapping servicenow_incident --log parquet,xes,ocel
      vsm analyse incidents.csv --mapping servicenow_incident --calendar our_hours.yaml
      vsm analyse incidents.csv --where "priority=1 - Critical|2 - High" --where "category!=Network"
      vsm analyse incidents.csv --where period=2016-03..2016-06 --split-by contact_type
      vsm analyse incidents.csv --split-by period:quarter --compare 2016-Q1 2016-Q2
      vsm analyse incidents.csv --brand our_house.yaml --pictures svg
      vsm analyse incidents.csv --language de
    """
    from mining.core.analysis import Options

    chosen = Options(
        memory_limit=memory_limit,
        threads=threads,
        temp=temp,
        noise=noise,
        max_variants=max_variants,
        max_rejected=o.share("--max-rejected", max_rejected),
        max_unpacked=max_unpacked,
        log=o.words(log),
        with_actors=with_actors,
        with_tickets=with_tickets,
        acceptances=acceptances,
        align_seconds=align_seconds,
        cases=cases,
        waiting_days=waiting_days,
        calendar=calendar,
        where=tuple(where or ()),
        split_by=split_by,
        compare=compare,
    )
    folder = output if output is not None or json else Path("out")
    if with_tickets and folder is None:
        todo = "name a folder with --output"
        raise RequestError(Problem("--with-tickets writes a table beside the report, and there is none", todo=todo))
    result = _run(
        exports,
        mapping,
        reference,
        folder,
        chosen,
        brand=brand,
        language=language,
        pictures=o.words(pictures),
        quiet=quiet,
    )
    if json:
        put_json(result.to_dict())
    else:
        _tell(result, folder)


def demo(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the report goes.")] = Path(
        "demo"
    ),
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """The whole way on a sample log.

    Analyses incidents of a made-up service desk against the agreed stream for incidents, and says where the report is.

    \b
    Examples:
      vsm demo
      vsm demo --output /tmp/first-look
    """
    from mining.core.analysis import Options

    export = shipped("sample_logs") / "servicenow_incidents.csv"
    put(f"Analysing {export.name}: made-up incidents of a made-up service desk.", "")
    result = _run([str(export)], ["servicenow_incident"], ["incident"], output, Options(), quiet=quiet)
    _tell(result, output)


def _run(
    exports: Sequence[str],
    mapping: Sequence[str] | None,
    reference: Sequence[str] | None,
    output: Path | None,
    chosen: Options,
    *,
    brand: Path | None = None,
    language: str = "en",
    pictures: Sequence[str] = (),
    quiet: bool,
) -> Result:
    taken: Sequence[str] | Recognised | None = mapping
    if not mapping:
        from mining import first_look

        with progress(quiet=quiet) as tell:
            taken = first_look.recognise(exports, options=chosen, progress=tell)
        say(f"Mapping {taken}")
    with progress(quiet=quiet) as tell:
        from mining import pipeline

        return pipeline.analyse(
            exports,
            mapping=taken,
            reference=reference,
            output=output,
            brand=brand,
            language=language,
            pictures=pictures,
            options=chosen,
            progress=tell,
            clock=system_clock,
        )


_MANY_UNMAPPED = 0.5
"""From this share of events on of which a mapping knows nothing, it is likely the wrong one."""


def _tell(result: Result, folder: Path | None) -> None:
    put(*result.summary())
    ledger = result.analysis.ledger
    if ledger.events_unmapped > _MANY_UNMAPPED * ledger.events_made:
        put(
            "",
            "The mapping does not know most of what is in this export, so these figures say little.",
            "  A mapping of its own:      vsm init EXPORT",
            "  The rules that it lacks:   vsm mapping suggest MAPPING EXPORT",
        )
    if folder is not None:
        report = (folder / "report.html").resolve()
        put("", f"The report: {folder / 'report.html'}", f"To open it:  {report.as_uri()}")
