"""Which of the mappings that ship an export was made for: by the names of its columns, and where several fit, by what
stands in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass

from mining.core.errors import Problem, RequestError
from mining.core.export import ExportSpec, Shape
from mining.core.profile import Asked, Column, ExportProfile
from mining.mapping.conditions import AllOf, AnyOf, Cell, Condition, Matches, Not, OneOf, leaves
from mining.mapping.model import Mapping
from mining.mapping.outcomes import Kind
from mining.mapping.proposal import Recognised

_STANDARD = re.compile(r"(case:)?(concept|time|org|lifecycle|cost|identity):")
"""Names that every log in the XES standard has: they say nothing of where it comes from."""

_SHOWN = 4
_FEW_REPEATS = 0.02  # tickets in several rows, up to which an export is still one row a ticket


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mapping's columns are found in an export: `found` by the file's own names, `missing` by the mapping's.

    `specific` are those that few mappings read, the rarest first; `weight` says how many these are.
    """

    name: str
    found: tuple[str, ...]
    missing: tuple[str, ...]
    specific: tuple[str, ...]
    weight: float

    @property
    def reason(self) -> str:
        """Why it was taken."""
        among = f", among them {', '.join(self.specific[:_SHOWN])}" if self.specific else ", all with usual names"
        return f"all {len(self.found)} columns that it needs{among}"


def fits(headers: Map[str, Sequence[str]], mappings: Map[str, Mapping]) -> list[Fit]:
    """How each mapping fits an export of these files (name → columns), the best first."""
    here = set.intersection(*(set(columns) for columns in headers.values())) if headers else set()
    readers = Counter(name for mapping in mappings.values() for name in _names(mapping.export))
    found = [_fit(name, mapping.export, here, readers) for name, mapping in mappings.items()]
    return sorted(found, key=lambda fit: (len(fit.missing) > 0, -fit.weight, len(fit.missing), fit.name))


def ask_apart(fitting: Sequence[Fit], mappings: Map[str, Mapping], columns: Sequence[str]) -> tuple[set[str], Asked]:
    """Where several mappings fit: the columns to look at, and by which to group, to tell these mappings apart."""
    wanted: set[str] = set()
    tickets: list[str] = []
    for fit in fitting:
        export = mappings[fit.name].export
        asked = (export.ticket, export.event, *([export.field] if export.field is not None else ()))
        names = {name: _in_file(export, name, set(columns)) for name in asked}
        wanted |= {name for name in names.values() if name is not None}
        ticket = names[export.ticket]
        tickets += [ticket] if ticket is not None else []
    return wanted, Asked(tuple(dict.fromkeys(tickets)))


def recognise(
    headers: Map[str, Sequence[str]],
    found: Sequence[Fit],
    mappings: Map[str, Mapping],
    profile: ExportProfile | None,
) -> Recognised:
    """The mapping to take, from those that were `found`; `profile` is needed where several of them fit.

    Raises RequestError where none fits (with the nearest one), or several fit equally well.
    """
    whole = [fit for fit in found if not fit.missing]
    if not whole:
        raise RequestError(_none_fits(headers, found))
    if len(whole) == 1 or profile is None:
        return Recognised(whole[0].name, whole[0].reason)
    of_shape = [fit for fit in whole if _has_shape(profile, mappings[fit.name].export)] or whole
    scores = {
        fit.name: (_known(profile, mappings[fit.name]), fit.weight, _known(profile, mappings[fit.name], exactly=True))
        for fit in of_shape
    }
    best = max(scores.values())
    if best[0] == 0.0:
        text = "the columns fit, and not one of the labels is known to any mapping"
        todo = f"let one be proposed: vsm init {next(iter(headers))}"
        raise RequestError(Problem(text, file=next(iter(headers)), found=", ".join(scores), todo=todo))
    alike = [fit for fit in of_shape if scores[fit.name] == best]
    if len(alike) > 1:
        names = [fit.name for fit in alike]
        text = f"{len(alike)} mappings fit this export equally well"
        todo = f"name one of them with --mapping, such as --mapping {names[0]}"
        raise RequestError(Problem(text, file=next(iter(headers)), found=", ".join(names), todo=todo))
    known = best[0]
    reason = alike[0].reason + (f"; it knows the labels of {known:.0%} of the rows" if known < 1 else "")
    return Recognised(alike[0].name, f"{reason}; {len(whole) - 1} others fit less")


def _fit(name: str, export: ExportSpec, here: set[str], readers: Counter[str]) -> Fit:
    names = {needed: _in_file(export, needed, here) for needed in export.needed}
    found = [there for there in names.values() if there is not None]
    missing = [needed for needed, there in names.items() if there is None and needed not in export.optional]
    weights = {there: 0.0 if _STANDARD.match(there) else 1 / readers[there] for there in found}
    specific = sorted((there for there in found if weights[there] > 0), key=lambda there: -weights[there])
    return Fit(name, tuple(found), tuple(missing), tuple(specific), round(sum(weights.values()), 6))


def _names(export: ExportSpec) -> set[str]:
    aliases = dict(export.aliases)
    return {name for needed in export.needed for name in (needed, *aliases.get(needed, ()))}


def _in_file(export: ExportSpec, name: str, here: set[str]) -> str | None:
    names = (name, *dict(export.aliases).get(name, ()))
    return next((each for each in names if each in here), None)


def _has_shape(profile: ExportProfile, export: ExportSpec) -> bool:
    ticket = _in_file(export, export.ticket, set(profile.names))
    grouping = None if ticket is None else profile.grouping(ticket)
    if grouping is None or export.shape is Shape.CHANGES:
        return True
    alone = grouping.several <= _FEW_REPEATS * grouping.tickets
    if export.shape is Shape.TICKETS and export.order_by:  # it says in which order several rows of a ticket come
        return True
    return alone is (export.shape is Shape.TICKETS)


def _known(profile: ExportProfile, mapping: Mapping, *, exactly: bool = False) -> float:
    """In which share of the rows, in tenths, stands a label that some rule knows; `exactly`: that it names.

    Of changes 1 or 0, whether the field that the mapping takes for the state has changed; `exactly`, the share of rows
    with a field that it names.
    """
    export = mapping.export
    if export.shape is Shape.TICKETS:
        return 1.0
    name = _in_file(export, export.field or export.event, set(profile.names))
    column: Column | None = None if name is None else profile.column(name)
    if column is None or not column.labels:
        return 0.0
    if export.shape is Shape.CHANGES:
        if not exactly:
            return float(any(label.text == export.state for label in column.labels))
        leafs = [leaf for rule in mapping.rules for leaf in leaves(rule.when) if isinstance(leaf, OneOf)]
        named = {text for leaf in leafs if leaf.cell.column == export.field for text in leaf.texts} | {export.state}
        return round(sum(label.rows for label in column.labels if label.text in named) / column.filled, 3)
    rules = [rule.when for rule in mapping.rules if rule.outcome.kind is not Kind.UNMAPPED]
    rules = [rule for rule in rules if _asks_for_labels(rule, export.event, (OneOf,) if exactly else (OneOf, Matches))]
    known = sum(
        label.rows for label in column.labels if any(_may_hold(rule, export.event, label.text) for rule in rules)
    )
    return max(round(known / column.filled, 1), 0.01 if known else 0.0)


def _asks_for_labels(when: Condition, event: str, kinds: tuple[type, ...]) -> bool:
    """Whether a rule asks for labels in one of these ways, and not only what else stands in the row."""
    return any(
        isinstance(leaf, OneOf | Matches) and isinstance(leaf, kinds) and leaf.cell == Cell(event)
        for leaf in leaves(when)
    )


def _may_hold(when: Condition, event: str, label: str) -> bool:
    """Whether a rule may decide a row with that label, whatever else stands in it."""
    match when:
        case OneOf(cell, texts) if cell == Cell(event):
            return label in texts
        case Matches(cell, pattern) if cell == Cell(event):
            return re.search(pattern, label) is not None
        case Not(OneOf() | Matches() as inner) if inner.cell == Cell(event):
            return not _may_hold(inner, event, label)
        case AllOf(parts):
            return all(_may_hold(part, event, label) for part in parts)
        case AnyOf(parts):
            return any(_may_hold(part, event, label) for part in parts)
    return True


def _none_fits(headers: Map[str, Sequence[str]], found: Sequence[Fit]) -> Problem:
    file = next(iter(headers))
    near = max(found, key=lambda fit: len(fit.found) / (len(fit.found) + len(fit.missing) or 1), default=None)
    said = None
    if near is not None and near.found:
        said = f"nearest is {near.name}, which also needs {', '.join(near.missing[:8])}"
        said += ", …" if len(near.missing) > 8 else ""
    todo = f"let one be proposed: vsm init {file}, or name one with --mapping (vsm mapping list)"
    return Problem("no mapping that ships fits the columns of this export", file=file, found=said, todo=todo)
