"""The corridor of an export that nobody has described: looked at, recognised, or a mapping for it proposed.

It goes only the first part of the way: from the files to a mapping. `pipeline.analyse` goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.analysis import Options
from mining.core.locate import shipped_names
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
        return sources.look(tables, exports, mappings.ask, progress=progress)


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


def _shipped() -> dict[str, Mapping]:
    from mining import mapping as mappings

    return {name: mappings.load_mapping(name) for name in shipped_names("mappings/exports")}
