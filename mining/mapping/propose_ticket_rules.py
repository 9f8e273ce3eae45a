"""Rules for exports with one row a ticket (its times make the events) and with one row a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mining.core.export import Shape
from mining.core.profile import Column, ExportProfile, Label
from mining.mapping.proposal import ProposedRule, Roles
from mining.mapping.propose_rules import Counted, expected, outcome, state_rules, weakest
from mining.mapping.vocabulary import Meaning, Meant, Sure, holds_word, meanings, role_words, speaks_for

Mean = Callable[[Label, Column | None], Meant]

_EVENTS = {
    "created": "log",
    "approved": "approve",
    "responded": "triage",
    "assigned": "assign",
    "started": "investigate",
    "escalated": "route",
    "on hold": "wait",
    "implemented": "build",
    "resolved": "resolve",
    "reopened": "reopen",
    "closed": "close",
}
"""What the times of a ticket mean, by the event that they tell."""

_STEPS = {"responded": "respond"}


def ticket_rules(profile: ExportProfile, roles: Roles, mean: Mean) -> tuple[list[ProposedRule], list[Meant]]:
    """The rules for one row a ticket, and the labels that they look at."""
    events = {time.event: time for time in roles.times}
    labels: list[Meant] = []
    rules: list[ProposedRule] = []
    for column in (roles.resolution, roles.status):
        if column is None:
            continue
        found = [(mean(label, profile.column(column)), label) for label in profile.column(column).labels]
        labels += [meant for meant, _ in found]
        last = "resolved" if "resolved" in events and column == roles.resolution else _last(events)
        if column == roles.status:
            rules += _contradicted(roles, found, events)
        rules += _ends(column, found, last, events)
        rules += _confirmed(column, found, events, ends=_closed_first(profile, events) > 0)
    rules += _resolved_after(profile, events)
    nothing_closes = "closed" not in events
    nothing_resolves = "resolved" not in events
    for time in roles.times:
        meaning = meanings().get(_EVENTS.get(time.event, ""))
        if meaning is None:
            meant = mean(Label(time.event, 0), None)
            meaning, sure, reason = meant.meaning, meant.sure, meant.reason
        else:
            sure, reason = time.sure, time.reason
        does = outcome(meaning, end=nothing_closes and meaning.resolves)
        does.pop("waiting", None)  # a moment does not wait
        if time.event in _STEPS:
            does = {"activity": {"engage": _STEPS[time.event]}}
        if time.event == "closed" and nothing_resolves:
            does = {"activity": {"deliver_and_support": "resolve"}, "value": "claimed", **does}
            reason += "; nothing else says that a ticket was resolved, so closing claims value"
            sure = Sure.LIKELY
        if nothing_closes and meaning.resolves:
            reason += "; no time says when it was closed, so this ends the ticket"
        rows = profile.column(time.column).filled
        rules.append(_rule({"event": time.event}, does, sure, reason, rows))
    return rules, labels


def _rule(when: dict[str, Any], does: dict[str, Any], sure: Sure, reason: str, rows: int) -> ProposedRule:
    """A rule on an event; its example is a row that holds the first text of each that is asked for."""
    example = {key: value[0] if isinstance(value, list) else value for key, value in when.items()}
    if example["event"] != "created":
        example.setdefault("previous.event", "created")
    return ProposedRule(when, does, sure, reason, rows, example, expected(does))


def _last(events: dict[str, Any]) -> str:
    return next((event for event in ("closed", "resolved") if event in events), list(events)[-1])


def _rows_at(label: Label, column: str) -> int:
    return dict(label.filled).get(column, 0)


def _ends(column: str, found: Sequence[tuple[Meant, Label]], last: str, events: dict[str, Any]) -> list[ProposedRule]:
    """Texts that say a ticket was cancelled, rejected, a duplicate, or closed by a timer: no value then."""
    rules = []
    by_end: dict[Any, list[tuple[Meant, Label]]] = {}
    for meant, label in found:
        end = meant.meaning.end
        if end is not None and meant.meaning.only_ends and (end.cancels or end.value == "lapsed"):
            by_end.setdefault(end, []).append((meant, label))
    for end, several in by_end.items():
        texts = [label.text for _, label in several]
        rows = sum(_rows_at(label, events[last].column) for _, label in several)
        counted: list[Counted] = [(meant, label.rows) for meant, label in several]
        reason = "; ".join(dict.fromkeys(meant.reason for meant, _ in several))
        when = {"event": last, column: texts if len(texts) > 1 else texts[0]}
        rules.append(_rule(when, {"end": end.value}, weakest(counted), reason, rows))
    if last == "closed" and "resolved" in events and by_end:  # what was cancelled claims no value before
        texts = [label.text for several in by_end.values() for _, label in several]
        with_value = sum(
            _rows_at(label, events["resolved"].column) for several in by_end.values() for _, label in several
        )
        if with_value:
            when = {"event": "resolved", column: texts if len(texts) > 1 else texts[0]}
            reason = "it was not resolved: see how it ended"
            rules.append(_rule(when, {"ignore": True}, Sure.LIKELY, reason, with_value))
    return rules


def _confirmed(
    column: str, found: Sequence[tuple[Meant, Label]], events: dict[str, Any], *, ends: bool
) -> list[ProposedRule]:
    """Texts that say the requester solved or closed it: an act of the requester, and not only a claim of the desk."""
    some = [(meant, label) for meant, label in found if meant.meaning.name == "confirm"]
    event = next((event for event in ("resolved", "closed") if event in events), None)
    if not some or event is None:
        return []
    texts = [label.text for _, label in some]
    when = {"event": event, column: texts if len(texts) > 1 else texts[0]}
    does = outcome(some[0][0].meaning, end=ends or "closed" not in events)
    rows = sum(_rows_at(label, events[event].column) for _, label in some)
    return [_rule(when, does, Sure.LIKELY, "an act of the requester: value is confirmed", rows)]


def _resolved_after(profile: ExportProfile, events: dict[str, Any]) -> list[ProposedRule]:
    """Tickets that were closed before they were resolved, as their times say: they have ended all the same."""
    rows = _closed_first(profile, events)
    if not rows:
        return []
    closed, resolved = events["closed"].column, events["resolved"].column
    does = outcome(meanings()["resolve and close"])
    reason = f"{closed} is earlier than {resolved}: find out why; here such a ticket has ended all the same"
    return [_rule({"event": "resolved", "previous.event": "closed"}, does, Sure.UNSURE, reason, rows)]


def _closed_first(profile: ExportProfile, events: dict[str, Any]) -> int:
    """In how many rows the time of closing is earlier than that of resolving."""
    if "resolved" not in events or "closed" not in events:
        return 0
    pair = (events["closed"].column, events["resolved"].column)
    return next((n for a, b, n in profile.before if (a, b) == pair), 0)


def _contradicted(roles: Roles, found: Sequence[tuple[Meant, Label]], events: dict[str, Any]) -> list[ProposedRule]:
    """Times of an end that is over: the ticket is open at export, and still says when it was closed once."""
    rules = []
    for event in ("resolved", "closed"):
        if event not in events or roles.status is None:
            continue
        still = [
            (meant, label)
            for meant, label in found
            if meant.meaning.end is None and not meant.meaning.resolves and _rows_at(label, events[event].column)
        ]
        if not still:
            continue
        texts = [label.text for _, label in still]
        rows = sum(_rows_at(label, events[event].column) for _, label in still)
        when = {"event": event, roles.status: texts if len(texts) > 1 else texts[0]}
        reason = f"the ticket is open at export ({roles.status}), so this is the time of an earlier end, or a wrong one"
        rules.append(_rule(when, {"ignore": True}, Sure.UNSURE, reason, rows))
    return rules


def change_rules(profile: ExportProfile, roles: Roles, mean: Mean) -> tuple[list[ProposedRule], list[Meant]]:
    """The rules for one row a changed field, and the labels that they look at."""
    pair = next((p for p in profile.pairs if (p.first, p.second) == (roles.field, roles.new)), None)
    state = roles.state.value if roles.state is not None else None
    new = profile.column(roles.new) if roles.new is not None else None
    states = [Label(text, rows) for field, text, rows in (pair.texts if pair is not None else ()) if field == state]
    counted: list[Counted] = [(mean(label, new), label.rows) for label in states]
    rules = _created(roles) + state_rules(counted, Shape.CHANGES, group=False)
    known = {label.text for label in states}
    others = profile.column(roles.field).labels if roles.field is not None else ()
    ignored: list[Label] = []
    for label in others:
        if label.text == state or label.text in known:
            continue
        meaning = _of_field(label.text)
        if meaning is None:
            ignored.append(label)
        else:
            does = outcome(meaning)
            example = {"event": label.text, "previous.event": "(another)"}
            when = {"event": label.text}
            rules.append(
                ProposedRule(when, does, Sure.LIKELY, "the field is called so", label.rows, example, expected(does))
            )
    if ignored:
        texts = [label.text for label in ignored]
        reason = "changes of other fields say nothing of the way to value"
        example = {"event": texts[0], "previous.event": "(another)"}
        rows = sum(label.rows for label in ignored)
        rules.append(ProposedRule({"event": texts}, {"ignore": True}, Sure.LIKELY, reason, rows, example, "ignored"))
    return rules, [meant for meant, _ in counted]


def _created(roles: Roles) -> list[ProposedRule]:
    """Tickets that never changed are read as one event called so, where their rows carry the time."""
    if roles.demand is None:
        return []
    does = {"activity": {"engage": "log"}, "waiting": "team"}
    reason = "a ticket that never changed is read as this one event"
    return [ProposedRule({"event": "created"}, does, Sure.SURE, reason, 0, {"event": "created"}, expected(does))]


def _of_field(field: str) -> Meaning | None:
    """What it means that a field changed."""
    if speaks_for(field, role_words("group")) >= 0.5 or holds_word(field, ("group", "team", "queue")):
        return meanings()["route"]
    if holds_word(field, ("assignee", "assigned to", "owner", "assigned", "responsible", "agent")):
        return meanings()["assign"]
    return None
