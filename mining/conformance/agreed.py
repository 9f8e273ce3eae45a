"""What was agreed: the reference streams, and the deviations from them that are accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mining.conformance.acceptance_file import load_acceptances
from mining.conformance.parse import load_reference
from mining.conformance.tree import Reference
from mining.core.acceptances import Acceptance
from mining.core.calendars import Calendars
from mining.core.errors import Problem, RequestError


@dataclass(frozen=True, slots=True)
class Agreed:
    """The reference streams, each with another name, and the acceptances."""

    references: tuple[Reference, ...]
    acceptances: tuple[Acceptance, ...] = ()


def load_agreed(
    references: Sequence[str], acceptances: Path | None = None, calendars: Calendars | None = None
) -> Agreed | None:
    """The reference streams by name or file, and the file of acceptances; None where nothing was agreed. A limit
    in working time needs one of the `calendars` of the analysis.

    Raises RequestError where there are acceptances without a reference stream, two reference streams with one name, or
    a limit in working time without a calendar; ConfigError where a file is wrong.
    """
    loaded = tuple(map(load_reference, references))
    names = [one.name for one in loaded]
    for name in names:
        if names.count(name) > 1:
            todo = "give each reference stream a `name` of its own"
            raise RequestError(Problem("two reference streams have the same name", found=name, todo=todo))
    if calendars is None:
        _only_elapsed(loaded)
    if acceptances is None:
        return Agreed(loaded) if loaded else None
    if not loaded:
        todo = "name the agreed stream with --reference"
        raise RequestError(Problem("acceptances without a reference stream say nothing", str(acceptances), todo=todo))
    return Agreed(loaded, load_acceptances(acceptances))


def _only_elapsed(references: Sequence[Reference]) -> None:
    todo = "write `calendar` into the mapping, or name a file with --calendar; or tell the limit in elapsed time"
    problems = [
        Problem(
            "a limit in working time needs a calendar",
            file=one.file,
            line=limit.line,
            found=limit.said,
            expected="a calendar that says when people work",
            todo=todo,
        )
        for one in references
        for limit in one.limits
        if limit.working
    ]
    if problems:
        raise RequestError(*problems)
