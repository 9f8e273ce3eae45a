"""`vsm init`: a mapping proposed for an export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_table
from mining.core.errors import Problem, RequestError, shown
from mining.core.files import write_text

if TYPE_CHECKING:
    from mining.core.profile import ExportProfile
    from mining.mapping import Proposal


def init(
    exports: o.Exports,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take every proposal.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The mapping file to write: EXPORT's name by default."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Propose a mapping for an export that no mapping fits.

    Looks at every column, and writes a mapping file: what a row is, which column is the ticket, the time, the event,
    and a rule for each label. Each part says how sure it is, and what to check first. At a terminal it asks about what
    it is not sure of; Enter takes the proposal. What it writes runs at once.

    \b
    Examples:
      vsm init incidents.csv
      vsm init incidents.csv --yes --output mine.yaml
      vsm init 'weekly/*.csv' --output weekly.yaml --force
    """
    from mining import first_look
    from mining.core.analysis import Options
    from mining.mapping import as_yaml, parse_mapping

    target = output or Path(_stem(exports[0]) + ".yaml")
    _refuse_to_lose(target, force=force)
    options = Options(memory_limit=memory_limit, threads=threads, temp=temp)
    with progress(quiet=quiet) as tell:
        profile = first_look.look(exports, options=options, progress=tell)
    proposal = first_look.propose(profile)
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if asks:
        from mining.cli.init_questions import asked

        proposal = asked(profile, proposal)
    text = as_yaml(proposal)
    parse_mapping(text, target.name)  # what is written must be usable
    write_text(target, text)
    _tell(profile, proposal, target, exports)


def _stem(export: str) -> str:
    """incidents for incidents.csv.gz; a folder or a pattern by its own name."""
    name = shown(export.rstrip("/")) or "export"
    stem = name.split(".", 1)[0].replace("*", "").replace("?", "").strip("_- ")
    return stem or "export"


def _refuse_to_lose(target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise RequestError(Problem("is a folder", file=str(target), todo="name a file with --output"))
    if target.exists() and not force:
        todo = "name another file with --output, or write over it with --force"
        raise RequestError(Problem("is there already", file=str(target), todo=todo))


def _tell(profile: ExportProfile, proposal: Proposal, target: Path, exports: list[str]) -> None:
    roles = proposal.roles
    files = "" if profile.files == 1 else f" and {profile.files - 1} more"
    put(f"{profile.file}{files}: {profile.format}, {profile.rows:,} rows, {len(profile.columns)} columns", "")
    rows = [
        ("shape", roles.shape.value.value, roles.shape.sure.value, roles.shape.reason),
        ("ticket", roles.ticket.value, roles.ticket.sure.value, roles.ticket.reason),
    ]
    if roles.times:
        rows += [("time", f"{t.column} ({t.event})", t.sure.value, t.reason) for t in roles.times]
    else:
        rows.append(("time", roles.time.column, roles.time_sure.sure.value, roles.time_sure.reason))
    form, zone = roles.time.format, roles.time.zone
    rows.append(("time format", form.value or "ISO 8601", form.sure.value, form.reason))
    rows.append(("zone", zone.value, zone.sure.value, zone.reason))
    for what, choice in (("event", roles.event), ("field", roles.state), ("group", roles.group)):
        if choice is not None:
            rows.append((what, choice.value, choice.sure.value, choice.reason))
    for sure in ("sure", "likely", "unsure"):
        some = [rule for rule in proposal.rules if rule.sure.value == sure]
        if some:
            waiting = sum(not rule.live for rule in some)
            what = f"{waiting} of them wait for you" if waiting else ""
            rows.append(("rules", str(len(some)), sure, what))
    put_table(("", "proposed", "how sure", "why"), rows)
    if proposal.checks:
        put("", "What to check first:", *(f"  {i}. {check}" for i, check in enumerate(proposal.checks, 1)))
    named = " ".join(_word(export) for export in exports)
    put(
        "",
        f"Written: {target}",
        "Next:",
        f"  vsm mapping check {_word(str(target))} {named}",
        f"  vsm analyse {named} --mapping {_word(str(target))}",
    )


def _word(text: str) -> str:
    """A word as a shell reads it."""
    import shlex

    return shlex.quote(text)
