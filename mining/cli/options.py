"""The options that several commands share, and how their values are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mining.core.errors import Problem, RequestError

if TYPE_CHECKING:
    from mining.core.analysis import Options


def _debug(context: typer.Context, value: bool) -> bool:
    context.obj.debug = value
    return value


def _mappings(context: typer.Context, value: Path | None) -> Path | None:
    from mining.core.catalogue import own_mappings

    context.with_resource(own_mappings(value))
    return value


Exports = Annotated[
    list[str],
    typer.Argument(
        metavar="EXPORT...", help="Files, a folder, or a pattern such as 'weekly/*.csv'.", show_default=False
    ),
]
MappingName = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A name of vsm mapping list, or a YAML file.")]
ReferenceName = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A name of vsm reference list, or a YAML file.")
]
Mappings = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        callback=_mappings,
        envvar="VSM_MAPPINGS",
        help="A folder of your own mappings and streams; its names come first.",
        show_default=False,
    ),
]
"""Its callback does what there is to do: names are looked up in that folder first while the command runs."""
MappingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--mapping",
        "-m",
        metavar="NAME|FILE[=PATTERN]",
        help="How to read the export: a name of vsm mapping list, or a YAML file. Without it, the columns decide. "
        "Several for exports of different shape: each reads those whose columns it knows, or that match PATTERN.",
        show_default=False,
    ),
]
ReferenceOption = Annotated[
    str | None,
    typer.Option(
        "--reference",
        "-r",
        metavar="NAME|FILE",
        help="The agreed stream to compare with; without it nothing is compared.",
    ),
]
MemoryLimit = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help="Memory for tables, such as 2GB; what does not fit goes to disk."),
]
Threads = Annotated[int | None, typer.Option(min=1, help="Processor cores to use; all of them by default.")]
Temp = Annotated[Path | None, typer.Option(metavar="DIR", help="Where to put what does not fit into memory.")]
Noise = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="How much rare behaviour the discovered model leaves out: 0 nothing.")
]
MaxVariants = Annotated[
    int, typer.Option(min=1, help="Variants to analyse, the most frequent first; the rest is counted.")
]
MaxRejected = Annotated[
    str, typer.Option(metavar="SHARE", help="Rows that may be unreadable before the run fails, such as 1% or 0.01.")
]
MaxUnpacked = Annotated[
    str, typer.Option(metavar="SIZE", help="What one packed file (.gz, .zip, .xlsx) may unfold to, such as 20GB.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else, on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Debug = Annotated[bool, typer.Option("--debug", help="On a fault, show its traceback.", callback=_debug)]


def words(given: list[str] | None) -> tuple[str, ...]:
    """The words of an option that may be repeated, and may hold several with commas between them; each once."""
    found = (word.strip() for text in given or () for word in text.split(","))
    return tuple(dict.fromkeys(filter(None, found)))


def share(option: str, text: str) -> float:
    """A share from 0 to 1, from "1%" or "0.01". A bare 1 could mean either, so it is refused. Raises RequestError."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(%?)", text.strip())
    percent = found is not None and found[2] == "%"
    value = -1.0 if found is None else float(found[1]) / (100 if percent else 1)
    if not 0 <= value <= 1 or (value == 1 and not percent):
        expected = "a percentage such as 1%, or a number from 0 to below 1"
        raise RequestError(Problem(f"{option} is no share", found=text, expected=expected))
    return value


def reading(memory_limit: str | None, threads: int | None, temp: Path | None, max_rejected: str) -> Options:
    """The options of a command that reads an export and goes no further than its rules. Raises RequestError."""
    from mining.core.analysis import Options

    rejected = share("--max-rejected", max_rejected)
    return Options(memory_limit=memory_limit, threads=threads, temp=temp, max_rejected=rejected)
