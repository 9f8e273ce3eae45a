"""`vsm audit`: scheduled runs with gates and a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mining.cli import audit_schedule
from mining.cli import options as o
from mining.cli.output import progress, put, put_json, put_table, say

if TYPE_CHECKING:
    from mining.audit.job import Outcome

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Scheduled audits: gates, history, alerts, trend.")

Config = audit_schedule.Config


@app.command()
def check(
    config: Config,
    *,
    json: o.Json = False,
    debug: o.Debug = False,  # noqa: ARG001 - its callback has done what there is to do
) -> None:
    """Whether an audit file can be used; prints it in words.

    \b
    Examples:
      vsm audit check weekly.yaml
    """
    from mining.audit.check import check_plan
    from mining.audit.file import load_plan

    plan = load_plan(config)
    said = check_plan(plan)
    put_json({"audit": plan.name, "says": said.says, "cautions": said.cautions}) if json else put(
        *said.says, *(f"Mind: {caution}" for caution in said.cautions), "", "It can be used."
    )


@app.command()
def run(
    config: Config,
    *,
    due: Annotated[
        bool, typer.Option("--due", help="Only for a time of its schedule for which it has not run yet.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Analyse and judge; fetch, write, record and tell nothing.")
    ] = False,
    patience: Annotated[
        str, typer.Option(metavar="TIME", help="How long to wait where another run of this audit is under way.")
    ] = "0 s",
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Run an audit once. The exit code is 1 where a gate of the severity fail is not held.

    \b
    Examples:
      vsm audit run weekly.yaml
      vsm audit run weekly.yaml --dry-run
      vsm audit run weekly.yaml --due --patience '10 min'
    """
    from mining.audit import dry
    from mining.audit import run as audit
    from mining.audit.file import load_plan

    plan = load_plan(config)
    with progress(quiet=quiet) as tell:
        if dry_run:
            outcome = dry.dry_run(plan, progress=tell)
        else:
            outcome = audit.run_audit(plan, due=due, patience=_seconds("--patience", patience), progress=tell)
    _show(outcome, json=json)
    raise typer.Exit(int(outcome.exit_code))


def _seconds(option: str, text: str) -> float:
    from mining.audit.quantities import span
    from mining.core.errors import Problem, RequestError

    found = span(text)
    if found is None:
        raise RequestError(Problem(f"{option} is no duration", found=text, expected="such as 30 s or 10 min"))
    return found.total_seconds()


def _show(outcome: Outcome, *, json: bool) -> None:
    from mining.audit.shown import many_records

    if json:
        audit = None if outcome.audit is None else outcome.audit.as_dict()
        report = None if outcome.report is None else str(outcome.report)
        made = {"kind": outcome.kind, "exit_code": int(outcome.exit_code), "report": report, "told": list(outcome.told)}
        put_json({**made, "said": outcome.said, "audit": audit})
        return
    put(outcome.said)
    if outcome.audit is not None:
        put("")
        put_table(
            ("result", "gate", "found"),
            [(gate.status.value, gate.name, gate.said) for gate in outcome.audit.gates],
        )
        for cause in outcome.audit.causes:
            put("", cause.sentence, *(f"  {one}" for one in cause.evidence))
        put(*(f"Mind: {note}" for note in outcome.audit.notes))
        if outcome.audit.head:
            put("", f"History: {many_records(outcome.audit.records)}, head {outcome.audit.head}")
    if outcome.report is not None:
        put(f"The report: {outcome.report}")
    say(*(f"Told {one}" for one in outcome.told))


@app.command()
def history(
    config: Config,
    *,
    most: Annotated[int, typer.Option("--last", min=1, help="How many records, the newest.")] = 20,
    json: o.Json = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """The records of an audit, the newest last.

    \b
    Examples:
      vsm audit history weekly.yaml
      vsm audit history weekly.yaml --last 100 --json
    """
    from mining.audit.file import load_plan
    from mining.audit.shown import history_rows, many_records

    plan = load_plan(config)
    found = history_rows(plan, most)
    if json:
        put_json({"records": found.records, "head": found.head, "shown": found.bodies})
        return
    put_table(("record", "kind", "run", "at", "result", "what"), found.rows)
    put("", f"{many_records(found.records)}, head {found.head}")


@app.command()
def show(
    config: Config,
    number: Annotated[int, typer.Argument(metavar="RECORD", min=1, help="The number of a record.")],
    *,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """One record of the history, whole, as JSON.

    \b
    Examples:
      vsm audit show weekly.yaml 12
    """
    from mining.audit.file import load_plan
    from mining.audit.shown import record_of

    put_json(record_of(load_plan(config), number))


@app.command()
def compare(
    config: Config,
    runs: Annotated[
        list[int] | None, typer.Argument(metavar="[RUN [RUN]]", help="Two runs; by default the last two.")
    ] = None,
    *,
    json: o.Json = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """What changed between two runs, and why, as far as the history tells.

    \b
    Examples:
      vsm audit compare weekly.yaml
      vsm audit compare weekly.yaml 3 17
    """
    from mining.audit.file import load_plan
    from mining.audit.shown import compared

    found = compared(load_plan(config), runs or [])
    if json:
        put_json(found.as_dict())
        return
    put(*found.lines())
    put_table(("figure", "now", "before", "change"), found.figures())
    for title, rows in found.lists():
        put("", title)
        put_table(("what", "streams", "before", "which"), rows)


@app.command()
def verify(
    config: Config,
    *,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head's hash from a report or an alert.", show_default=False)
    ] = None,
    json: o.Json = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Whether every record is as it was written; exit code 1 where one is not.

    Without a hash that was kept elsewhere nobody can see whether the newest records were removed.

    \b
    Examples:
      vsm audit verify weekly.yaml
      vsm audit verify weekly.yaml --head 5f0c…
    """
    from mining.audit.file import load_plan
    from mining.audit.shown import verified

    found = verified(load_plan(config), head)
    if json:
        put_json({"whole": found.whole, "records": found.records, "head": found.head, "said": list(found.said)})
    else:
        put(*found.said)
    raise typer.Exit(0 if found.whole else 1)


@app.command()
def trend(
    config: Config,
    *,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Write the trend page anew, beside the reports.

    \b
    Examples:
      vsm audit trend weekly.yaml
    """
    from mining.audit.file import load_plan
    from mining.audit.shown import write_trend

    put(f"The trend page: {write_trend(load_plan(config))}")


@app.command()
def schema(
    *,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """The JSON Schema of an audit file, for editors.

    \b
    Examples:
      vsm audit schema > audit.schema.json
    """
    from mining.audit.schema import json_schema

    put_json(json_schema())


app.command()(audit_schedule.schedule)
app.command()(audit_schedule.serve)
