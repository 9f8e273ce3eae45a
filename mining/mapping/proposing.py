"""A mapping proposed for an export that was looked at: nothing is read here, and nothing is random."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace

from mining.core.export import Shape
from mining.core.profile import Column, ExportProfile, Label
from mining.mapping.model import Mapping
from mining.mapping.proposal import Chosen, Proposal, ProposedRule, Roles
from mining.mapping.propose_columns import believed
from mining.mapping.propose_labels import meant, shipped_meanings
from mining.mapping.propose_roles import roles as roles_of
from mining.mapping.propose_rules import Counted, event_rules, state_rules
from mining.mapping.propose_ticket_rules import change_rules, ticket_rules
from mining.mapping.vocabulary import Meant, Sure


def propose(profile: ExportProfile, mappings: Map[str, Mapping], chosen: Chosen | None = None) -> Proposal:
    """A mapping for an export that was looked at, from the vocabulary and the labels of `mappings` (name → mapping).

    Raises RequestError where no column holds times that can be read: there is no order of events then.
    """
    chosen = chosen or Chosen()
    shipped = shipped_meanings(mappings.items())
    profile = replace(profile, columns=tuple(believed(column) for column in profile.columns))
    roles = roles_of(profile, chosen)

    def mean(label: Label, column: Column | None) -> Meant:
        return meant(label, column, profile.names, shipped, chosen)

    if roles.shape.value is Shape.TICKETS:
        rules, labels = ticket_rules(profile, roles, mean)
    elif roles.shape.value is Shape.CHANGES:
        rules, labels = change_rules(profile, roles, mean)
    else:
        rules, labels = _row_rules(profile, roles, mean)
    if not any(rule.live for rule in rules):
        rules = [*rules, _anything()]
    return Proposal(
        name=f"{roles.ticket_type.value.capitalize()}s of {profile.file}",
        file=profile.file,
        roles=roles,
        rules=tuple(rules),
        labels=tuple(dict.fromkeys(labels)),
        cannot_show=_cannot_show(roles),
        checks=tuple(_checks(profile, roles, rules)),
        notes=profile.notes,
        expand=profile.expand,
    )


def _row_rules(profile: ExportProfile, roles: Roles, mean: object) -> tuple[list[ProposedRule], list[Meant]]:
    assert roles.event is not None  # noqa: S101  rows of these shapes have one
    column = profile.column(roles.event.value)
    counted: list[Counted] = [(mean(label, column), label.rows) for label in column.labels]  # type: ignore[operator]
    labels = [each for each, _ in counted]
    if roles.is_state:
        return state_rules(counted, roles.shape.value, group=roles.group is not None), labels
    return event_rules(counted), labels


def _anything() -> ProposedRule:
    """A mapping needs a rule, also where there is no label to make one of."""
    return ProposedRule(
        when={"first": True},
        does={"activity": {"engage": "log"}},
        sure=Sure.UNSURE,
        reason="no column with few enough texts was found to make rules of",
        rows=0,
        example={"event": "(any)"},
        expected={"activity": "engage", "step": "log"},
    )


def _cannot_show(roles: Roles) -> tuple[str, ...]:
    found = ["touch time: how long somebody worked"]
    if roles.shape.value is Shape.TICKETS:
        times = ", ".join(time.event for time in roles.times)
        found.append(f"what happened between the times of a ticket ({times}): routing, waiting, being opened again")
    found.append("Plan, Design and transition, Obtain/build and Improve, unless such tickets are in this export")
    return tuple(found)


def _checks(profile: ExportProfile, roles: Roles, rules: list[ProposedRule]) -> list[str]:
    """What to look at first, the weightiest first."""
    checks = [*_checks_of_columns(roles)]
    for doubtful, text in (
        ([rule for rule in rules if not rule.live], "unknown labels, which stay unmapped until you decide"),
        ([rule for rule in rules if rule.live and rule.sure is Sure.UNSURE], "rules that are unsure"),
    ):
        if doubtful:
            weighty = sorted(doubtful, key=lambda rule: -rule.rows)
            share = min(1.0, sum(rule.rows for rule in doubtful) / max(profile.rows, 1))
            names = ", ".join(_shortly(rule) for rule in weighty[:8]) + (", …" if len(weighty) > 8 else "")
            checks.append(f"{text} ({len(doubtful)}, about {share:.1%} of the rows): {names}")
    does = [rule.does for rule in rules if rule.live]
    if not any("end" in each for each in does):
        checks.append("no rule ends a ticket, so every stream stays open: add `end: agent` where a ticket is done")
    if not any(each.get("value") in ("claimed", "confirmed") for each in does):
        checks.append("no rule claims value, so there are no lead times: add `value: claimed` where it is resolved")
    if roles.left_out:
        checks.append("times that make no event: " + "; ".join(f"{name} ({why})" for name, why in roles.left_out[:6]))
    return checks


def _checks_of_columns(roles: Roles) -> list[str]:
    checks = []
    for what, choice in (("shape", roles.shape), ("ticket", roles.ticket), ("time", roles.time_sure)):
        if choice.sure is not Sure.SURE and not (what == "time" and roles.times):
            other = f"; it may be {' or '.join(map(str, choice.others[:3]))}" if choice.others else ""
            checks.append(f"{what} {choice.value}: {choice.reason}{other}")
    form, zone = roles.time.format, roles.time.zone
    if form.sure is Sure.UNSURE:
        checks.append(f"time format {form.value}: {form.reason}")
    if zone.sure is Sure.UNSURE:
        checks.append(f"zone {zone.value}: {zone.reason}")
    for what, of_event in (("event", roles.event), ("event", roles.state)):
        if of_event is not None and of_event.sure is not Sure.SURE:
            checks.append(f"{what} {of_event.value}: {of_event.reason}; others: {', '.join(of_event.others[:4])}")
    return checks


def _shortly(rule: ProposedRule) -> str:
    parts = []
    for key, value in rule.when.items():
        text = ", ".join(map(str, value[:3])) if isinstance(value, list) else str(value)
        parts.append(text if key == "event" else f"{key} {text}")
    return " with ".join(parts)
