"""`vsm deviations`: what deviates, and what of it is accepted."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mining.cli import options as o
from mining.cli.output import put, put_json, put_table
from mining.core.clock import system_clock
from mining.core.errors import Problem, RequestError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mining.core.acceptances import Acceptance

app = typer.Typer(no_args_is_help=True, help="What deviates from the agreed stream, and what of it is accepted.")

ResultOption = Annotated[
    Path,
    typer.Option("--result", metavar="DIR|FILE", help="The folder that vsm analyse wrote, or its result.json."),
]
AcceptancesFile = Annotated[
    Path, typer.Option("--acceptances", "-a", metavar="FILE", help="The file of acceptances, for version control.")
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Only where the ticket's attribute has this value, such as priority=4; may be repeated.",
        show_default=False,
    ),
]
Tickets = Annotated[
    list[str] | None,
    typer.Option("--ticket", metavar="NUMBER", help="Only in this ticket; may be repeated.", show_default=False),
]
ReferenceName = Annotated[
    str | None, typer.Option(help="The name of its reference stream, where several have it.", show_default=False)
]
Deviation = Annotated[str, typer.Argument(metavar="DEVIATION", help="Its key, as vsm deviations list shows it.")]


@app.command("list")
def list_(
    *,
    result: ResultOption = Path("out"),
    acceptances: AcceptancesFile = Path("acceptances.yaml"),
    json: o.Json = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """The deviations of an analysis with their keys, and the acceptances that there are.

    \b
    Examples:
      vsm deviations list
      vsm deviations list --result weekly/out --acceptances agreed/acceptances.yaml
    """
    from mining.conformance import load_acceptances

    found = _conformances(result)
    accepted = load_acceptances(acceptances) if acceptances.exists() else ()
    today = system_clock().date()
    listed = [_told(one, found, today) for one in accepted]
    if json:
        kept = ("key", "kind", "sentence", "streams", "share", "occurrences")
        deviations = [
            {"reference": of["reference"], **{name: one[name] for name in kept}}
            for of in found
            for one in of["deviations"]
        ]
        put_json({"deviations": deviations, "acceptances": listed})
        return
    for of in found:
        put(f"Deviations from the reference stream {of['reference']}:", "")
        put_table(
            ("key", "streams", "what it is"),
            [(one["key"], f"{one['streams']:,}", one["sentence"]) for one in of["deviations"]],
        )
        put("")
    put("Acceptances:" if listed else f"No acceptances in {acceptances}.", *([""] if listed else []))
    if listed:
        names = ("deviation", "reference", "scope", "owner", "until", "standing")
        put_table(names, [[one[name] for name in names] for one in listed])


@app.command()
def accept(
    deviation: Deviation,
    *,
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    reason: Annotated[str, typer.Option(help="Why it is accepted.")],
    until: Annotated[str, typer.Option(metavar="DATE", help="The last day on which that holds, such as 2027-03-31.")],
    where: Where = None,
    tickets: Tickets = None,
    reference: ReferenceName = None,
    result: ResultOption = Path("out"),
    acceptances: AcceptancesFile = Path("acceptances.yaml"),
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Accept a deviation, until a day and for a reason.

    It has to be one that the analysis found. What is accepted does not count any more in the rates that vsm analyse
    --acceptances gives beside the others; once it has expired it counts again.

    \b
    Examples:
      vsm deviations accept missing/engage:confirm --owner "Jo, desk" --reason "asked by phone" --until 2027-03-31
      vsm deviations accept unexpected/plan --where priority=1 --owner Jo --reason "a pilot" --until 2027-03-31
    """
    from mining.conformance import add_acceptance
    from mining.core.acceptances import Acceptance

    found, one = _known(deviation, reference, _conformances(result), result)
    today = system_clock().date()
    wanted = Acceptance(
        deviation=deviation,
        reference=found["reference"],
        owner=_words("--owner", owner),
        reason=_words("--reason", reason),
        until=_day(until, today),
        accepted=today,
        where=_where(where),
        tickets=tuple(sorted(set(tickets or ()))),
    )
    add_acceptance(acceptances, wanted)
    put(f"Accepted until {wanted.until}: {one['sentence']} ({wanted.scope}).", f"Written into {acceptances}.")


@app.command()
def withdraw(
    deviation: Deviation,
    *,
    where: Where = None,
    tickets: Tickets = None,
    reference: ReferenceName = None,
    acceptances: AcceptancesFile = Path("acceptances.yaml"),
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Withdraw an acceptance: the deviation counts again.

    \b
    Examples:
      vsm deviations withdraw missing/engage:confirm
      vsm deviations withdraw unexpected/plan --where priority=1 --acceptances agreed/acceptances.yaml
    """
    from mining.conformance import load_acceptances, remove_acceptances

    present = load_acceptances(acceptances)
    fitting = [
        one
        for one in present
        if one.deviation == deviation
        and (reference is None or one.reference == reference)
        and (not where or one.where == _where(where))
        and (not tickets or one.tickets == tuple(sorted(set(tickets))))
    ]
    if len(fitting) != 1:
        raise RequestError(_not_one(deviation, fitting, present, acceptances))
    remove_acceptances(acceptances, fitting)
    put(f"Withdrawn: {deviation} ({fitting[0].scope}), accepted by {fitting[0].owner} until {fitting[0].until}.")


def _not_one(deviation: str, fitting: Sequence[Acceptance], present: Sequence[Acceptance], path: Path) -> Problem:
    if fitting:
        scopes = "; ".join(f"{one.reference}, {one.scope} (line {one.line})" for one in fitting)
        todo = "say which one with --where, --ticket or --reference"
        return Problem("several acceptances fit", str(path), found=scopes, todo=todo)
    near = nearest(deviation, {one.deviation for one in present})
    return Problem(
        f'there is no acceptance of "{deviation}" with this scope',
        str(path),
        expected=", ".join(sorted({one.deviation for one in present})) or None,
        todo=f"did you mean {' or '.join(near)}?" if near else None,
    )


def _conformances(result: Path) -> list[dict[str, Any]]:
    """The conformance blocks of an analysis, one for each reference stream."""
    import json

    path = result / "result.json" if result.is_dir() or result.suffix != ".json" else result
    todo = "name what vsm analyse --reference wrote with --result"
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        blocks = [one for one in (found["conformance"], *found["further_conformance"]) if one is not None]
        known = all("key" in one for block in blocks for one in block["deviations"] if block["reference"])
    except OSError as error:
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=str(path), todo=todo)) from error
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise RequestError(Problem("this is no result of this version of vsm analyse", file=str(path), todo=todo))
    if not blocks:
        raise RequestError(Problem("nothing was agreed in this analysis, so nothing deviates", str(path), todo=todo))
    return blocks


def _known(
    deviation: str, reference: str | None, found: Sequence[dict[str, Any]], result: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The block of the reference stream from which it deviates, and what is said of it there."""
    fitting = [
        (of, one)
        for of in found
        if reference in (None, of["reference"])
        for one in of["deviations"]
        if one["key"] == deviation
    ]
    if len(fitting) == 1:
        return fitting[0]
    keys = {one["key"] for of in found for one in of["deviations"]}
    near = nearest(deviation, keys - {deviation})
    text, todo = f'this analysis found no deviation "{deviation}"', "vsm deviations list shows them"
    if fitting:
        text, todo = "several reference streams have this deviation", "say which one with --reference"
    elif reference is not None and reference not in [of["reference"] for of in found]:
        text, keys = f'this analysis has no reference stream "{reference}"', {of["reference"] for of in found}
    elif near:
        todo = f"did you mean {' or '.join(near)}?"
    expected = ", ".join(sorted(keys)) or "no deviation was found at all"
    raise RequestError(Problem(text, file=str(result), expected=expected, todo=todo))


def _words(option: str, text: str) -> str:
    if text.strip():
        return text.strip()
    raise RequestError(Problem(f"{option} is empty", todo="an acceptance needs an owner and a reason"))


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text.strip()) if re.fullmatch(r"\s*\d{4}-\d\d-\d\d\s*", text) else None
    except ValueError:
        day = None
    if day is None:
        raise RequestError(Problem("--until is no day", found=text, expected="a day such as 2027-03-31"))
    if day < today:
        raise RequestError(Problem("--until lies in the past", found=text, expected=f"today ({today}) or later"))
    return day


def _where(given: list[str] | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, set[str]] = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise RequestError(Problem("--where is no NAME=VALUE", found=one, expected="such as priority=4"))
        found.setdefault(name.strip(), set()).add(value.strip())
    return tuple(sorted((name, tuple(sorted(values))) for name, values in found.items()))


def _told(one: Acceptance, found: Sequence[dict[str, Any]], today: date) -> dict[str, Any]:
    """An acceptance as it is listed. Which tickets it covers is left to the file."""
    keys = {of["reference"]: {deviation["key"] for deviation in of["deviations"]} for of in found}
    met = one.deviation in keys.get(one.reference, ())
    standing = "another reference stream" if one.reference not in keys else "in force" if met else "not met"
    return {
        "deviation": one.deviation,
        "reference": one.reference,
        "scope": one.scope,
        "owner": one.owner,
        "reason": one.reason,
        "until": one.until.isoformat(),
        "standing": "expired" if one.until < today else standing,
    }
