"""A proposal as the text of a mapping file: each part with how sure it is, and why, in a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from mining.core.export import Shape
from mining.mapping.proposal import Choice, EventTime, Proposal, ProposedRule, Roles
from mining.mapping.vocabulary import Sure

_WIDE = 10_000_000
_LONGEST = 120
_BARE = re.compile(r"[^\W_]([\w .()/%+-]|'(?=\w))*|\(another\)")  # needs no quotes wherever it stands
_MARGIN = 54  # where comments begin, if the line leaves room


def as_yaml(proposal: Proposal) -> str:
    """A proposal as the text of a mapping file, with how sure each part is in comments."""
    lines = [
        *_head(proposal),
        f"name: {scalar(proposal.name)}",
        "cannot_show:",
        *(f"  - {scalar(text)}" for text in proposal.cannot_show),
        "",
        *_export(proposal.roles, proposal.expand),
        "",
        *_demand(proposal.roles),
        *_system_actors(proposal.roles),
        *_rules(proposal.rules),
        "",
        "otherwise: unmapped                                   # counted and shown, never dropped in silence",
        "",
        "examples:                                             # run by `vsm mapping test`",
        *(line for rule in proposal.rules if rule.live for line in _example(rule)),
    ]
    return "\n".join(lines) + "\n"


def scalar(value: Any) -> str:
    """A text, or true or false, as YAML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    dumped = yaml.safe_dump(str(value), default_flow_style=True, width=_WIDE, allow_unicode=True)
    text = dumped.removesuffix("\n").removesuffix("\n...")
    quoted = len(text) > 1 and text[0] in "'\"" and text.isprintable()
    return text if quoted or _BARE.fullmatch(text) else _quoted(str(value))


def _quoted(text: str) -> str:
    dumped = yaml.safe_dump(text, default_style='"', width=_WIDE, allow_unicode=False)
    return dumped.removesuffix("\n")


def flow(value: Any) -> str:
    """A value on one line: {key: value}, [value, value]."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def _comment(text: str) -> str:
    """A text that fits behind a comment sign: no line ends, nothing that does not print."""
    return "".join(c if c.isprintable() else " " for c in text)


def _said(line: str, sure: Sure, reason: str) -> str:
    """A line with how sure it is: behind it where that leaves a line that can be read, else above it."""
    check = ": check, " if sure is Sure.UNSURE else ": "
    said = f"# {sure.value}{check}{_comment(reason)}"
    beside = f"{line.ljust(_MARGIN)} {said}"
    indent = " " * (len(line) - len(line.lstrip()))
    return beside if len(beside) <= _LONGEST else f"{indent}{said}\n{line}"


def _head(proposal: Proposal) -> Iterator[str]:
    yield f"# Proposed by `vsm init` from {_comment(proposal.file)}. It runs as it is; each part says how sure it is:"
    yield "# sure, likely, or unsure. Correct what is wrong, and take the comments out as you go."
    yield "#"
    yield "# What to check first:"
    for i, check in enumerate(proposal.checks or ("nothing stands out",), 1):
        yield f"#   {i}. {_comment(check)}"
    for note in proposal.notes:
        yield f"# Mind: {_comment(note)}"
    yield "#"
    yield "# Then: vsm mapping check FILE EXPORT; vsm mapping test FILE; vsm analyse EXPORT --mapping FILE"


def _of(key: str, choice: Choice[Any]) -> str:
    return _said(f"  {key}: {scalar(choice.value)}", choice.sure, choice.reason)


def _export(roles: Roles, expand: str | None) -> Iterator[str]:
    yield "export:"
    yield _said(f"  shape: {roles.shape.value.value}", roles.shape.sure, roles.shape.reason)
    if expand is not None:
        yield _said(f"  expand: {scalar(expand)}", Sure.LIKELY, "each element of these lists is a changed field")
    yield _of("ticket", roles.ticket)
    yield _of("ticket_type", roles.ticket_type)
    yield from _time(roles)
    if roles.order_by:
        names = flow([choice.value for choice in roles.order_by])
        yield _said(f"  order_by: {names}", roles.order_by[0].sure, roles.order_by[0].reason)
    if len(roles.missing) > 1:
        yield _said(f"  missing: {flow(roles.missing)}", Sure.SURE, "cells that mean: nothing is known")
    holds = "state" if roles.is_state and not roles.times else "point"
    why = "a state holds until the ticket's next event" if holds == "state" else "what is done is a moment"
    why = "what went on between two times, such a list does not say" if roles.times else why
    yield _said(f"  holds: {holds}", Sure.LIKELY, why)
    yield from _what(roles)
    for key, choice in (("group", roles.group), ("actor", roles.actor)):
        if choice is not None:
            yield _of(key, choice)
    if roles.kept:
        yield _said(f"  keep: {flow([name for name, _ in roles.kept])}", Sure.LIKELY, "few texts: to filter by")
    yield from _lists(roles)


def _lists(roles: Roles) -> Iterator[str]:
    if roles.final:
        yield "  final:                                              # known only at the end: no rule may look at them"
        for name, reason in roles.final:
            yield _said(f"    - {scalar(name)}", Sure.LIKELY, reason)
    if roles.links:
        yield "  links:"
        for name, kind, reason in roles.links:
            yield _said(f"    - {flow({'column': name, 'to': kind})}", Sure.LIKELY, reason)


def _time(roles: Roles) -> Iterator[str]:
    time, parts = roles.time, {}
    if roles.shape.value is not Shape.TICKETS:
        parts["column"] = time.column
        if time.until is not None:
            parts["until"] = time.until
    if time.format.value is not None:
        parts["format"] = time.format.value
    if time.language is not None:
        parts["language"] = time.language
    parts["zone"] = time.zone.value
    for name, choice in (("format", time.format), ("zone", time.zone)):
        if choice.sure is Sure.UNSURE:
            yield f"  # unsure: check the {name}: {_comment(choice.reason)}"
    worst = roles.time_sure.sure
    yield _said(f"  time: {flow(parts)}", worst, f"{roles.time_sure.reason}; format: {time.format.reason}")


def _what(roles: Roles) -> Iterator[str]:
    if roles.event is not None:
        yield _of("event", roles.event)
    for key in ("field", "old", "new"):
        name = getattr(roles, key)
        if name is not None:
            yield _said(f"  {key}: {scalar(name)}", Sure.SURE, "called so")
    if roles.state is not None:
        yield _of("event", roles.state)
    if roles.times:
        yield "  times:                                              # each filled one makes an event"
        yield from (_event_time(time) for time in roles.times)
    for name, why in roles.left_out:
        yield f"  # left out: {_comment(name)}: {_comment(why)}"


def _event_time(time: EventTime) -> str:
    parts: dict[str, Any] = {"column": time.column, "event": time.event}
    parts |= {key: value for key, value in (("actor", time.actor), ("group", time.group)) if value is not None}
    return _said(f"    - {flow(parts)}", time.sure, time.reason)


def _demand(roles: Roles) -> Iterator[str]:
    if roles.demand is not None:
        step = "log" if roles.shape.value is Shape.CHANGES else "contact"
        parts = {"time": roles.demand.value, "activity": "engage", "step": step}
        yield _said(f"demand: {flow(parts)}", roles.demand.sure, roles.demand.reason)
        yield ""


def _system_actors(roles: Roles) -> Iterator[str]:
    if roles.actor is not None:
        yield "# system_actors: [NAME]    # accounts of timers and interfaces: what they close is no act of a person"
        yield ""


def _rules(rules: Iterable[ProposedRule]) -> Iterator[str]:
    yield "rules:                                                # the first that matches decides"
    for rule in rules:
        if rule.heading is not None:
            yield f"  # {rule.heading}"
        rows = f" ({rule.rows:,} rows)" if rule.rows else ""
        if rule.live:
            yield _said(f"  - when: {flow(rule.when)}", rule.sure, rule.reason + rows)
            yield from (f"    {key}: {flow(value)}" for key, value in rule.does.items())
            continue
        yield f"  # unsure: no word of it is known; unmapped until you decide and take these signs away{rows}"
        yield f"  # - when: {flow(rule.when)}"
        yield from (f"  #   {key}: {flow(value)}" for key, value in rule.does.items())


def _example(rule: ProposedRule) -> Iterator[str]:
    yield f"  - event: {flow(rule.example)}"
    if isinstance(rule.expected, list):
        yield "    is:"
        yield from (f"      - {flow(each)}" for each in rule.expected)
    else:
        yield f"    is: {flow(rule.expected)}"
