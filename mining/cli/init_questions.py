"""What `vsm init` asks at a terminal: about each thing it is not sure of. Enter takes the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from mining.cli.output import clean, put
from mining.core.activities import Activity
from mining.core.export import Shape
from mining.mapping import Choice, Chosen, Sure, meanings

if TYPE_CHECKING:
    from mining.core.profile import ExportProfile
    from mining.mapping import Proposal

_MOST_LABELS = 30
_SHAPES = [shape for shape in Shape if shape is not Shape.LINKS]  # a table of links has no rules to propose


def asked(profile: ExportProfile, proposal: Proposal) -> Proposal:
    """The proposal, with the answers of the person at the terminal in it."""
    from mining.first_look import propose

    put(f"{profile.file}: {profile.format}, {profile.rows:,} rows, {len(profile.columns)} columns.")
    put("Enter takes the proposal; a number takes another one.", "")
    chosen = Chosen()
    roles = proposal.roles
    if roles.shape.sure is not Sure.SURE:
        chosen = replace(chosen, shape=Shape(_one_of("What is a row?", roles.shape, _SHAPES)))
        roles = propose(profile, chosen).roles
    if roles.ticket.sure is not Sure.SURE:
        chosen = replace(chosen, ticket=_one_of("Which column names the ticket?", roles.ticket, profile.names))
        roles = propose(profile, chosen).roles
    if roles.time_sure.sure is not Sure.SURE and not roles.times:
        times = [column.name for column in profile.columns if column.is_time]
        chosen = replace(chosen, time=_one_of("Which column says when it happened?", roles.time_sure, times))
        roles = propose(profile, chosen).roles
    form = roles.time.format
    if form.sure is not Sure.SURE and form.others:
        formats = [each for each in (form.value, *form.others) if each is not None]
        chosen = replace(chosen, format=_one_of("How are the times written?", form, formats))
    if roles.time.zone.sure is not Sure.SURE:
        chosen = replace(chosen, zone=_zone(roles.time.zone))
    event = roles.event or roles.state
    if event is not None and event.sure is not Sure.SURE:
        what = "Which field holds the state?" if roles.state is not None else "Which column says what happened?"
        chosen = replace(chosen, event=_one_of(what, event, (event.value, *event.others)))
    return propose(profile, _labels(propose(profile, chosen), chosen))


def _one_of(question: str, choice: Choice[str] | Choice[Shape] | Choice[str | None], known: Sequence[str]) -> str:
    """The one that is chosen: by its number, or by its name."""
    first = str(choice.value)
    options = list(dict.fromkeys((first, *(str(o) for o in choice.others), *(str(k) for k in known))))[:20]
    put(f"{question}  [{choice.sure.value}: {choice.reason}]")
    put(*(f"  {i}. {option}" for i, option in enumerate(options, 1)))
    while True:
        answer = str(typer.prompt("  which", default=first)).strip()
        if answer.isdigit() and 1 <= int(answer) <= len(options) and answer not in options:
            return options[int(answer) - 1]
        if answer in options or answer in known:
            return answer
        put(f"  {answer} is none of these.")


def _zone(choice: Choice[str]) -> str:
    import zoneinfo

    from mining.core.errors import nearest

    put(f"In which time zone are the times?  [{choice.reason}]")
    while True:
        answer = str(typer.prompt("  zone, such as Europe/Berlin", default=choice.value)).strip()
        known = zoneinfo.available_timezones()
        if answer in known:
            return answer
        put(f"  there is no zone {answer}; near it: {', '.join(nearest(answer, known)) or 'none'}")


def _labels(proposal: Proposal, chosen: Chosen) -> Chosen:
    """What the labels mean that are not known, the most frequent first."""
    doubtful = [meant for meant in proposal.labels if meant.sure is Sure.UNSURE][:_MOST_LABELS]
    if not doubtful:
        return chosen
    names = list(dict.fromkeys((*meanings(), *(activity.value for activity in Activity))))
    put("", "What do these labels mean? A name or a number of this list; Enter takes the proposal.")
    put(*(f"  {i:>2}. {name}" for i, name in enumerate(names, 1)))
    told: dict[str, str] = {}
    for meant in doubtful:
        while True:
            question = f'  "{clean(meant.label)}" ({clean(meant.reason)})'
            answer = str(typer.prompt(question, default=meant.meaning.name)).strip()
            if answer.isdigit() and 1 <= int(answer) <= len(names):
                answer = names[int(answer) - 1]
            if answer in names:
                told[meant.label] = answer
            if answer in names or answer == meant.meaning.name:
                break
            put(f"  {answer} is not in the list.")
    return replace(chosen, meanings=told)
