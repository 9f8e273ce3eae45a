"""Rules from labels, for exports of which every row says what happened, or which state the ticket is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mining.core.activities import Activity
from mining.core.export import Shape
from mining.mapping.proposal import ProposedRule
from mining.mapping.propose_labels import UNKNOWN
from mining.mapping.vocabulary import Meaning, Meant, Sure, plain

Counted = tuple[Meant, int]
"""A label with what it means, and in how many rows it stands."""

_LOG = {"activity": {"engage": "log"}}
_ANOTHER = "(another)"  # of examples: a label that no rule knows


def outcome(meaning: Meaning, *, end: bool = False) -> dict[str, Any]:
    """What a rule does, as its YAML says it; with `end` it also ends the ticket where nothing else does."""
    does: dict[str, Any] = {}
    if meaning.activity is not None:
        activity = meaning.activity.value
        does["activity"] = {activity: meaning.step} if meaning.step else activity
    if meaning.waiting is not None:
        does["waiting"] = meaning.waiting
    if meaning.value is not None:
        does["value"] = meaning.value.value
    if meaning.end is not None or end:
        does["end"] = "agent" if meaning.end is None else meaning.end.value
    return does


def expected(does: dict[str, Any]) -> Any:
    """What an example expects where a rule does that."""
    if does.get("ignore"):
        return "ignored"
    return _flat(does)


def _flat(does: dict[str, Any]) -> Any:
    if "activities" in does:
        parts = [dict(zip(("activity", "step"), next(iter(a.items())), strict=True)) for a in does["activities"]]
        parts[-1] |= {key: does[key] for key in ("waiting", "value", "end") if key in does}
        return parts
    flat: dict[str, Any] = {}
    activity = does.get("activity")
    if isinstance(activity, dict):
        [(flat["activity"], flat["step"])] = activity.items()
    elif activity is not None:
        flat["activity"] = activity
    return flat | {key: does[key] for key in ("waiting", "value", "end") if key in does}


def weakest(labels: Sequence[Counted]) -> Sure:
    """The least sure of these."""
    return max((meant.sure for meant, _ in labels), key=lambda sure: list(Sure).index(sure), default=Sure.SURE)


class Sorted:
    """Labels by what they do: end, realise value, wait, or go on."""

    def __init__(self, labels: Sequence[Counted]) -> None:
        self.closing = [each for each in labels if each[0].meaning.only_ends]
        self.resolving = [each for each in labels if each[0].meaning.resolves]
        self.reopening = [each for each in labels if each[0].meaning.name == "reopen"]
        taken = {id(each) for each in (*self.closing, *self.resolving, *self.reopening)}
        self.unknown = [each for each in labels if id(each) not in taken and each[0].meaning.name == UNKNOWN]
        taken |= {id(each) for each in self.unknown}
        self.going_on = [each for each in labels if id(each) not in taken]
        self.waiting = [each for each in self.going_on if _waits(each[0].meaning)]
        self.working = [each for each in self.going_on if not _waits(each[0].meaning)]

    @property
    def nothing_closes(self) -> bool:
        """Whether value is realised, and nothing ends a ticket afterwards as done."""
        return bool(self.resolving) and not any(_as_done(meant.meaning) for meant, _ in self.closing)

    @property
    def nothing_resolves(self) -> bool:
        """Whether tickets are closed, and nothing says that they were resolved."""
        return not self.resolving and any(_as_done(meant.meaning) for meant, _ in self.closing)


def _waits(meaning: Meaning) -> bool:
    return meaning.waiting is not None and meaning.waiting not in ("team", "person")


def _as_done(meaning: Meaning) -> bool:
    return meaning.end is not None and not meaning.end.cancels


def state_rules(labels: Sequence[Counted], shape: Shape, *, group: bool) -> list[ProposedRule]:
    """The rules for labels that are states: each holds until the next one."""
    by = Sorted(labels)
    done = [meant.label for meant, _ in (*by.closing, *by.resolving)]
    rules: list[ProposedRule] = []
    if done and (shape is not Shape.SNAPSHOTS or group):
        rules.append(_again(done, shape))
    for meant, rows in by.closing:
        rules.append(_closing(meant, rows, as_value=by.nothing_resolves))
    rules += _resolving(by)
    rules += [_plain(meant, rows) for meant, rows in by.reopening]
    if done and by.going_on:
        rules.append(_reopening(by.going_on, done))
    rules += [_plain(meant, rows) for meant, rows in by.waiting]
    rules += _first(by.working)
    if group and shape is Shape.SNAPSHOTS and by.working:
        rules.append(_routing([meant.label for meant, _ in by.working]))
    rules += [_plain(_later(meant), rows) for meant, rows in by.working]
    return rules + [replace(_plain(meant, rows), live=False) for meant, rows in by.unknown]


def event_rules(labels: Sequence[Counted]) -> list[ProposedRule]:
    """The rules for labels that tell what was done: one each, the step called as the label."""
    by = Sorted(labels)
    rules = [_closing(meant, rows, as_value=by.nothing_resolves) for meant, rows in by.closing]
    for meant, rows in (*by.resolving, *by.reopening, *by.going_on, *by.unknown):
        end = by.nothing_closes and meant.meaning.resolves
        rules.append(_plain(_called(meant), rows, end=end))
    return rules


def _called(meant: Meant) -> Meant:
    """In a log of activities the label itself is the best name of the step, unless it is a usual word."""
    m = meant.meaning
    if meant.sure is Sure.SURE or m.activity is None:
        return meant
    step = plain(meant.label)[:60] or m.step
    return Meant(meant.label, Meaning(m.name, m.activity, step, m.waiting, m.value, m.end), meant.sure, meant.reason)


def _again(done: list[str], shape: Shape) -> ProposedRule:
    label = done[0]
    example = {"event": label, "previous.event": label}
    if shape is Shape.SNAPSHOTS:  # the group changes, or the row says nothing new at all
        example |= {"group": "B", "previous.group": "A"}
    return ProposedRule(
        when={"event": {"is": done, "differs": False}},
        does={"ignore": True},
        sure=Sure.SURE,
        reason="an update of a ticket that is resolved or closed already does not re-open it",
        rows=0,
        example=example,
        expected="ignored",
        heading="The end, and value.",
    )


def _closing(meant: Meant, rows: int, *, as_value: bool) -> ProposedRule:
    does = outcome(meant.meaning)
    sure, reason = meant.sure, meant.reason
    if as_value and _as_done(meant.meaning):
        does = {"activity": {"deliver_and_support": "resolve"}, "value": "claimed", **does}
        sure, reason = Sure.UNSURE, f"{reason}; nothing else says that a ticket was resolved, so closing claims value"
    example = {"event": meant.label, "previous.event": _ANOTHER}
    return ProposedRule({"event": meant.label}, does, sure, reason, rows, example, expected(does))


def _resolving(by: Sorted) -> list[ProposedRule]:
    rules: list[ProposedRule] = []
    for meant, rows in by.resolving:
        does = outcome(meant.meaning, end=by.nothing_closes)
        reason = meant.reason + ("; nothing else ends a ticket, so this does" if by.nothing_closes else "")
        sure = Sure.UNSURE if by.nothing_closes and meant.sure is not Sure.SURE else meant.sure
        if not rules and meant.meaning.activity is not None:
            step = meant.meaning.step or "resolve"
            both = {**does, "activities": [{"engage": "log"}, {meant.meaning.activity.value: step}]}
            both.pop("activity", None)
            both = {"activities": both.pop("activities"), **both}
            why = "resolved at first contact: one row, two events"
            when = {"event": meant.label, "first": True}
            rules.append(ProposedRule(when, both, Sure.LIKELY, why, 0, {"event": meant.label}, expected(both)))
        example = {"event": meant.label, "previous.event": _ANOTHER}
        rules.append(ProposedRule({"event": meant.label}, does, sure, reason, rows, example, expected(does)))
    return rules


def _reopening(going_on: Sequence[Counted], done: list[str]) -> ProposedRule:
    labels = [meant.label for meant, _ in going_on]
    does = {"activity": {"engage": "reopen"}, "waiting": "team", "value": "withdrawn"}
    return ProposedRule(
        when={"event": labels, "previous.event": done},
        does=does,
        sure=Sure.LIKELY,
        reason="back from resolved or closed: value is withdrawn",
        rows=0,
        example={"event": labels[0], "previous.event": done[0]},
        expected=expected(does),
    )


def _first(working: Sequence[Counted]) -> list[ProposedRule]:
    """A ticket's first row is its contact, whatever state it is in then."""
    rules = []
    waits = [meant.label for meant, _ in working if meant.meaning.waiting == "team"]
    others = [meant.label for meant, _ in working if meant.meaning.waiting != "team"]
    for labels, does in ((waits, {**_LOG, "waiting": "team"}), (others, dict(_LOG))):
        if labels:
            when = {"event": labels, "first": True}
            reason = "the first row of a ticket is its contact"
            example = {"event": labels[0]}
            rules.append(ProposedRule(when, does, Sure.LIKELY, reason, 0, example, expected(does)))
    return rules


def _routing(labels: list[str]) -> ProposedRule:
    does = {"activity": {"deliver_and_support": "route"}, "waiting": "team"}
    return ProposedRule(
        when={"event": labels, "group": {"differs": {"null": True}}},
        does=does,
        sure=Sure.LIKELY,
        reason="another group has the ticket; from no group to one is a routing too",
        rows=0,
        example={"event": labels[0], "group": "B", "previous.event": labels[0], "previous.group": "A"},
        expected=expected(does),
    )


def _later(meant: Meant) -> Meant:
    """What a label means on a later row than the first: no contact any more."""
    m = meant.meaning
    if m.activity is not Activity.ENGAGE or m.step != "log":
        return meant
    queue = Meaning("queue", Activity.DELIVER_AND_SUPPORT, "queue", "team")
    return Meant(meant.label, queue, meant.sure, f"{meant.reason}; later than the first row it waits to be taken up")


def _plain(meant: Meant, rows: int, *, end: bool = False) -> ProposedRule:
    does = outcome(meant.meaning, end=end)
    reason = meant.reason + ("; nothing else ends a ticket, so this does" if end else "")
    example = {"event": meant.label, "previous.event": _ANOTHER}
    return ProposedRule({"event": meant.label}, does, meant.sure, reason, rows, example, expected(does))
