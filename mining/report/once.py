"""What several sections need of one analysis, worked out once while all that is written of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from mining.report.language import spoken

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_Known = dict[tuple[object, ...], tuple[tuple[object, ...], Any]]
_KNOWN: ContextVar[_Known | None] = ContextVar("what was worked out of an analysis", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """In here, whatever is decorated with `once` is worked out once of each analysis and language, then forgotten."""
    if _KNOWN.get() is not None:
        yield
        return
    before = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(before)


def once(work: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """`work` with what it found remembered; what is given to it is frozen, and so must be what it finds.

    Analyses are told apart by which they are, since to compare two of them takes longer than to work anything out.
    """

    @wraps(work)
    def found(*given: _Given.args, **named: _Given.kwargs) -> _Found:
        known = _KNOWN.get()
        if known is None or named:
            return work(*given, **named)
        key = (work, spoken(), *map(id, given))
        if key not in known:
            known[key] = given, work(*given, **named)  # what was given is kept, so that no other gets its id
        of_these: _Found = known[key][1]
        return of_these

    return found
