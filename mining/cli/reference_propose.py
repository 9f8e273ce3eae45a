"""`vsm reference propose`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mining.cli import options as o
from mining.cli.output import put, say
from mining.core.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mining.core.events import Symbol
    from mining.core.streams import Variant


def propose(
    *,
    result: Annotated[
        Path, typer.Option("--result", metavar="DIR", help="The folder that vsm analyse wrote.", show_default=True)
    ] = Path("out"),
    variants: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER,...",
            help="The good ones, by their numbers in the report; may be repeated.",
            show_default=False,
        ),
    ] = None,
    share: Annotated[
        str, typer.Option(metavar="SHARE", help="Without --variants: the most frequent up to this share of streams.")
    ] = "80%",
    steps: Annotated[bool, typer.Option("--steps", help="Name activities with their steps.")] = False,
    name: Annotated[str, typer.Option(help="What the stream is called.")] = "Our stream",
    demand: Annotated[str, typer.Option(help="What opens it.")] = "say what opens this stream",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where it goes; printed otherwise.")
    ] = None,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """A reference stream made from variants that you call good.

    It allows all of them, and what their common blocks allow besides: read it, and strike out what nobody agreed on.

    \b
    Examples:
      vsm reference propose --result out --variants 1,2,5 --output ours.yaml
      vsm reference propose --share 60% --steps > ours.yaml
    """
    from mining.conformance import as_yaml
    from mining.conformance import propose as make
    from mining.core.files import write_text

    known = _variants(result)
    good = _numbers(variants, known) if variants else _up_to(o.share("--share", share), known)
    found = make(known, good, name=name, demand=demand, steps=steps)
    text = as_yaml(
        found.reference,
        f"Proposed from {found.variants:,} variants, {found.streams:,} streams. It allows {found.allowed:,} of "
        f"{found.checked:,} ended streams.",
        "Nobody has agreed on it yet: read it, and strike out what should not be.",
    )
    if output is None:
        put(text.rstrip("\n"))
    else:
        write_text(output, text)
        say(f"Written to {output}: it allows {found.allowed:,} of {found.checked:,} ended streams.")


def _variants(result: Path) -> list[Variant]:
    """The variants that an analysis wrote, with ids one less than their numbers."""
    import pyarrow.parquet as pq

    from mining.core.activities import State
    from mining.core.streams import Variant

    path = result / "tables" / "variants.parquet"
    todo = "name the folder that vsm analyse wrote with --result"
    try:
        rows = pq.read_table(path, columns=["number", "symbols", "state", "streams"]).to_pylist()
        return [
            Variant(row["number"] - 1, tuple(map(_symbol, row["symbols"])), State(row["state"]), row["streams"], 0)
            for row in rows
        ]
    except OSError as error:
        text = "cannot be read" + (f": {error.strerror}" if error.strerror else "")
        raise RequestError(Problem(text, file=str(path), todo=todo)) from error
    except ValueError as error:
        raise RequestError(Problem("is no table of variants", file=str(path), todo=todo)) from error


def _symbol(text: str) -> Symbol:
    """A symbol from "deliver_and_support:resolve [claimed]"."""
    from mining.core.activities import Activity, Value
    from mining.core.events import Symbol

    value = next((one for one in Value if text.endswith(f" [{one.value}]")), None)
    bare = text if value is None else text.removesuffix(f" [{value.value}]")
    activity, colon, step = bare.partition(":")
    return Symbol(Activity(activity), step if colon else None, value)


def _numbers(given: Sequence[str], known: Sequence[Variant]) -> list[int]:
    ids = {variant.id for variant in known}
    found = []
    for word in o.words([*given]):
        if not word.isdecimal() or int(word) - 1 not in ids:
            raise RequestError(
                Problem("--variants names no variant", found=word, expected=f"numbers from 1 to {len(known)}")
            )
        found.append(int(word) - 1)
    return found


def _up_to(share: float, known: Sequence[Variant]) -> list[int]:
    """The most frequent ended variants, as few as make up this share of their streams."""
    from mining.core.activities import State

    ended = sorted((v for v in known if v.state in (State.ENDED, State.UNKNOWN)), key=lambda v: (-v.streams, v.id))
    enough, so_far = share * sum(v.streams for v in ended), 0
    found: list[int] = []
    for variant in ended:
        if so_far >= enough and found:
            break
        found.append(variant.id)
        so_far += variant.streams
    return found
