"""The corridor of an export that nobody has described: looked at, recognised, or a mapping for it proposed.

It goes only the first part of the way: from the files to a mapping. `pipeline.analyse` goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.analysis import Options
from mining.core.catalogue import Kind, catalogue
from mining.core.errors import Problem, RequestError, shown
from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    from mining.core.profile import ExportProfile
    from mining.mapping import Chosen, Mapping, Proposal, Recognised


def look(
    exports: Sequence[str | Path], *, options: Options | None = None, progress: Progress = silent
) -> ExportProfile:
    """What the columns of an export hold. Raises RequestError and InputError as reading it would."""
    from mining import engine, sources
    from mining import mapping as mappings

    with engine.open_engine(options or Options()) as tables:
        headers = sources.headers(tables, exports, progress=progress)
        expand = mappings.nested(next(iter(headers.values())))
        return sources.look(tables, exports, mappings.ask, expand=expand, progress=progress)


def propose(profile: ExportProfile, chosen: Chosen | None = None) -> Proposal:
    """A mapping for an export that was looked at; what a person has `chosen` holds.

    Raises RequestError where no column holds times.
    """
    from mining import mapping as mappings

    return mappings.propose(profile, _shipped(), chosen)


def recognise(
    exports: Sequence[str | Path], *, options: Options | None = None, progress: Progress = silent
) -> Recognised:
    """The mapping among those that ship which an export was made for, by its columns.

    Raises RequestError where none fits (with the nearest), or several do equally well.
    """
    from mining import engine, sources
    from mining import mapping as mappings

    known = _shipped()
    with engine.open_engine(options or Options()) as tables:
        headers = sources.headers(tables, exports, progress=progress)
        found = mappings.fits(headers, known)
        whole = [fit for fit in found if not fit.missing]
        profile = None
        if len(whole) > 1:
            columns, asked = mappings.ask_apart(whole, known, next(iter(headers.values())))
            profile = sources.look(tables, exports, lambda *_: asked, only=columns, progress=progress)
    return mappings.recognise(headers, found, known, profile)


def divide(
    exports: Sequence[str | Path],
    names: Sequence[str],
    *,
    options: Options | None = None,
    progress: Progress = silent,
) -> list[tuple[Mapping, list[str | Path]]]:
    """Of several mappings in one analysis: which of the exports each of them reads, in the order of the mappings.

    A name may say it itself, as "servicenow_change=changes*.csv"; any other mapping reads the exports that have all
    columns which it needs, and of several such mappings the one to which more of these columns are its own. Mappings of
    other types of objects each read the same log. Raises RequestError where an export fits none or several of them, or
    a mapping no export, and where these mappings cannot be used together.
    """
    from mining import engine, sources
    from mining import mapping as mappings

    patterns = list(dict.fromkeys(map(name_and_pattern, names)))
    known = {name: mappings.load_mapping(name) for name, _ in patterns}
    mappings.check_together(list(known.values()), None if options is None else options.cases)
    by_columns = {name: known[name] for name, pattern in patterns if pattern is None}
    reads: dict[str, list[str | Path]] = {name: [] for name in known}
    with engine.open_engine(options or Options()) as tables:
        for export in exports:
            matched = (name for name, pattern in patterns if pattern and fnmatch(Path(export).name, pattern))
            told = list(dict.fromkeys(matched))
            if not told:
                found = mappings.fits(sources.headers(tables, [export], progress=progress), by_columns)
                whole = [fit for fit in found if not fit.missing]
                told = [fit.name for fit in whole if fit.weight == whole[0].weight]
                if _of_other_objects([known[fit.name] for fit in whole]):
                    told = [fit.name for fit in whole]
            if len(told) != 1 and not _of_other_objects([known[name] for name in told]):
                raise RequestError(_not_one(export, told, list(known)))
            for name in told:
                reads[name].append(export)
    unused = [name for name, files in reads.items() if not files]
    if unused:
        todo = "name an export that it reads, or leave it out"
        raise RequestError(*(Problem("no export is read by this mapping", found=name, todo=todo) for name in unused))
    return [(known[name], files) for name, files in reads.items()]


def _of_other_objects(mappings: Sequence[Mapping]) -> bool:
    """Whether each reads other types of objects of a log, so that several can read the same one."""
    types = [kind for mapping in mappings for kind in mapping.export.layout.objects]
    return bool(types) and all(each.export.layout.objects for each in mappings) and len(types) == len(set(types))


def name_and_pattern(text: str) -> tuple[str, str | None]:
    """What stands before the "=" of a mapping that names its exports, and what after it; a path may have one itself."""
    if "=" not in text or Path(text).is_file():
        return text, None
    name, _, pattern = text.rpartition("=")
    return name, pattern or None


def _not_one(export: str | Path, told: Sequence[str], names: Sequence[str]) -> Problem:
    return Problem(
        f"{'several' if told else 'none'} of these mappings can read this export",
        file=shown(export),
        expected=f"one of {', '.join(told or names)}",
        todo=f"say which files a mapping reads: --mapping '{(told or names)[0]}={shown(export)}'",
    )


def _shipped() -> dict[str, Mapping]:
    """The mappings of the catalogue that an export can be read by alone: no tables of links."""
    from mining import mapping as mappings

    known = {name: mappings.load_mapping(name) for name in catalogue(Kind.EXPORTS)}
    return {name: rules for name, rules in known.items() if not rules.is_link_table}
