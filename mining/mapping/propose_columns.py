"""Which column of an export may be what: by its name first, by what it holds second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mining.core.profile import Asked, Column, ExportProfile
from mining.mapping.vocabulary import Sure, holds_word, meaning_of, plain, role_words, speaks_for, table

_KINDS = ("incident", "problem", "change", "request", "task", "issue")

RESERVED = {"event", "group", "actor", "ticket_type", "first", "last", "any", "field", "old", "new"}
"""Names that mean something else in a rule."""

_TIME_WORDS = ("time", "date", "timestamp", "at", "on", "when", "datum", "zeit", "heure", "fecha", "hora", "tijd")
_MOST_TICKETS = 3
_MOST_LABELS = 60  # of a column, to judge by
_NEAR = 0.6  # of the best score, from which on another column may be meant
_LONGEST_TICKET = 64
_MOSTLY = 0.9  # of the rows have a ticket


def believed(column: Column) -> Column:
    """The column without times that nobody calls so: numbers of tickets can look like seconds since 1970."""
    if not column.whole or column.typed or holds_word(column.name, _TIME_WORDS) or time_event(column.name)[2] >= 0.6:
        return column
    return replace(column, readings=())


def ask(columns: Sequence[Column], rows: int) -> Asked:
    """What has to be looked at more closely in an export before a mapping for it can be proposed."""
    columns = [believed(column) for column in columns]
    field, new = best(columns, "field"), best(columns, "new")
    pairs = ((field.name, new.name),) if field is not None and new is not None and field.labels else ()
    return Asked(tuple(likely_tickets(columns, rows)), pairs)


def nested(columns: Sequence[str]) -> str | None:
    """Of flattened JSON: the path of nested lists that hold changed fields, each of which is to be a row; None where
    there is none."""
    leaves: dict[str, list[str]] = {}
    for column in columns:
        path, _, leaf = column.rpartition(".")
        if path:
            leaves.setdefault(path, []).append(leaf)
    for path, names in leaves.items():
        told = {role: any(speaks_for(name, role_words(role)) >= 0.7 for name in names) for role in ("field", "new")}
        if all(told.values()):
            return path
    return None


def within(path: str | None, column: str) -> bool:
    """Whether a column belongs to the element of a nested list that makes a row, or to the list around it."""
    around = (path or "").rpartition(".")[0] or path
    return around is not None and column.startswith(f"{around}.")


def likely_tickets(columns: Sequence[Column], rows: int) -> list[str]:
    """The columns that may name the ticket, the likeliest first. Any column serves where nothing looks like one."""
    path = nested([column.name for column in columns])
    may = [
        column
        for column in columns
        if not within(path, column.name)
        if column.filled >= _MOSTLY * rows and column.longest <= _LONGEST_TICKET and not column.is_time
        if not column.lines
    ]
    scores = {column.name: ticket_score(column, rows) for column in may or columns}
    ranked = sorted(scores, key=lambda name: -scores[name])
    return [name for name in ranked[:_MOST_TICKETS] if scores[name] >= _NEAR * scores[ranked[0]]]


def ticket_score(column: Column, rows: int) -> float:
    """How much speaks for a column to name the ticket."""
    named = speaks_for(column.name, role_words("ticket"))
    other = max(speaks_for(column.name, role_words(role)) for role in ("event", "actor", "group", "keep"))
    many = 0.4 if column.distinct > 0.02 * rows and not column.name.startswith("column_") else 0.0
    alone = 0.3 if column.distinct > 1 else 0.0
    return 2.0 * named + 0.8 * column.numbered + many + alone - (other if other > named else 0.0)


def best(
    columns: Iterable[Column], role: str, *, least: float = 0.6, besides: Iterable[str | None] = ()
) -> Column | None:
    """The filled column whose name speaks most for a role, the first of equals; None where none does."""
    words, taken = role_words(role), set(besides)
    scored = [(speaks_for(column.name, words), column) for column in columns if column.filled]
    found = [(score, column) for score, column in scored if score >= least and column.name not in taken]
    return max(found, key=lambda each: each[0])[1] if found else None


def named_for(columns: Iterable[Column], role: str, *, least: float = 0.3) -> list[Column]:
    """The filled columns whose names speak for a role, the likeliest first."""
    words = role_words(role)
    found = [(speaks_for(column.name, words), column) for column in columns if column.filled]
    return [column for score, column in sorted(found, key=lambda each: -each[0]) if score >= least]


def is_flag(column: Column) -> bool:
    """Whether a column only says yes or no."""
    return {label.text.casefold() for label in column.labels} <= {"true", "false", "0", "1", "yes", "no"}


def known_share(column: Column) -> float:
    """The share of rows whose texts mean something known; half where that is not sure."""
    known = 0.0
    for label in column.labels[:_MOST_LABELS]:
        meant = meaning_of(label.text, {})
        known += 0.0 if meant is None else label.rows * (1.0 if meant.sure is Sure.SURE else 0.5)
    return known / column.filled if column.filled else 0.0


def no_event(column: str) -> bool:
    """Whether a time's name says that nothing happened then: a plan, a promise, the last update."""
    return holds_word(column, role_words("never"))


def time_event(column: str) -> tuple[int, str, float]:
    """Of a ticket's time: its place in the natural order, the event it tells, and how much its name speaks for it."""
    found = (0, "", 0.0)
    for place, entry in enumerate(table("columns")["times"]):
        score = speaks_for(column, tuple(entry["words"]))
        if score > found[2]:
            found = (place, entry["event"], score)
    return found


def links(profile: ExportProfile, ticket: str, taken: set[str]) -> list[tuple[str, str, str]]:
    """The columns that name other tickets: column, what kind of ticket, why."""
    grouping = profile.grouping(ticket)
    refers = dict(grouping.refers) if grouping is not None else {}
    found = []
    for column in profile.columns:
        if column.name in taken or not column.filled or column.is_time or column.longest > _LONGEST_TICKET:
            continue
        kind, score = _link_kind(column.name)
        share = refers.get(column.name, 0.0)
        if score >= 0.6 and (column.numbered > 0.5 or share > 0.5 or not column.labels or column.distinct > 2):
            found.append((column.name, kind, f"its name speaks of a {kind}"))
        elif share > 0.8 and not column.whole and column.distinct > 2:
            found.append((column.name, "ticket", f"{share:.0%} of its cells are tickets of this export"))
        elif column.numbered > 0.9 and not column.labels and score >= 0.2:
            found.append((column.name, kind, "its cells look like numbers of tickets"))
    return found


def _link_kind(column: str) -> tuple[str, float]:
    kinds = table("columns")["link"]
    scored = {kind: speaks_for(column, tuple(words)) for kind, words in kinds.items()}
    kind = max(scored, key=lambda each: scored[each])
    return kind, scored[kind]


def ticket_type(profile: ExportProfile, ticket: str) -> tuple[str, str] | None:
    """What kind of ticket it is, and why; None where nothing says."""
    numbers = next((column for column in profile.columns if column.name == ticket), None)
    texts = [label.text for label in numbers.labels[:5]] if numbers is not None else []
    for prefix, kind in (("INC", "incident"), ("PRB", "problem"), ("CHG", "change"), ("RITM", "request")):
        if texts and all(text.upper().startswith(prefix) for text in texts):
            return kind, f"numbers begin with {prefix}"
    for kind in ("incident", "problem", "change", "request", "issue"):
        if {kind, f"{kind}s"} & set(plain(profile.file).split()):
            return kind, "the file is called so"
    known = [f"{kind} {what}" for kind in _KINDS for what in ("number", "id", "key", "state", "status", "type", "no")]
    found = next((name for name in known if any(plain(column) == name for column in profile.names)), None)
    return None if found is None else (found.split()[0], "columns are called so")
