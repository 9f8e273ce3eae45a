"""Deviations in plain words, for the owner of a stream."""

from __future__ import annotations

from dataclasses import dataclass

from mining.conformance.tree import VALUE, display
from mining.core.results import DeviationKind


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a sentence says beside kind and name: where the thing stands."""

    after_value: bool = False  # value had been realised before
    reopens: bool = False  # the visit withdraws value
    late: bool = False  # out of order: after its place, not before it
    previous: str | None = None  # missing: what should stand before it; only where the name alone does not tell


def sentence(kind: DeviationKind, name: str, instead_of: str | None, where: Circumstances) -> str:
    """One deviation as a sentence without its full stop; `name` and `instead_of` are as the reference has them."""
    about_value = _ABOUT_VALUE.get(kind) if name == VALUE else None
    thing = display(name)
    subject = thing[:1].upper() + thing[1:]
    return (about_value or _SENTENCES[kind]).format(
        subject=f"{subject}, to re-open the ticket," if where.reopens else subject,
        thing=thing,
        instead=display(instead_of or VALUE),
        missed=_missed(where.previous),
        after=" after value" if where.after_value else "",
        late="late" if where.late else "early",
    )


def key(kind: DeviationKind, name: str, instead_of: str | None, where: Circumstances) -> str:
    """What a deviation is called in a file of acceptances, such as "missing/engage:confirm": the same in every run as
    long as mapping and reference stream use the same names."""
    parts = [kind.value.replace(" ", "-"), name]
    if instead_of is not None:
        parts += ["instead-of", instead_of]
    if where.previous is not None:
        parts += ["after", where.previous] if where.previous else ["at-the-start"]
    flags = (("after-value", where.after_value), ("reopening", where.reopens), ("late", where.late))
    return "/".join([*parts, *(word for word, holds in flags if holds)])


_SENTENCES = {
    DeviationKind.MISSING: "{subject} is missing{missed}",
    DeviationKind.UNEXPECTED: "{subject} is not expected{after}",
    DeviationKind.REPEATED: "{subject} is repeated{after}",
    DeviationKind.OUT_OF_ORDER: "{subject} comes too {late}",
    DeviationKind.WRONG_CHOICE: "{subject} comes instead of {instead}",
    DeviationKind.WRONG_START: "The stream begins with {thing}",
    DeviationKind.WRONG_END: "{subject} comes after the end of the agreed stream",
    DeviationKind.TOO_SLOW: "{subject} is too slow",
}
_ABOUT_VALUE = {
    DeviationKind.UNEXPECTED: "Value is realised too soon, and the work goes on",
    DeviationKind.REPEATED: "Value is realised once more than agreed",
}


def _missed(previous: str | None) -> str:
    if previous is None:
        return ""
    return f" after {display(previous)}" if previous else " at the start"
