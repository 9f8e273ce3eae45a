"""Columns that name people, by what they are called: who acted and who called stays out of reports."""

from __future__ import annotations

from mining.mapping.vocabulary import plain

_PERSON = frozenset(
    " ".join(
        (
            "caller requester requestor reporter assignee agent employee person user username login email mail phone",
            "mobile author operator owner contact firstname lastname surname resource melder anwender bearbeiter",
            "benutzer demandeur usuario solicitante aanmelder behandelaar",
        )
    ).split()
)
_NO_PERSON = frozenset(
    " ".join(
        (
            "type group team country org organisation organization department role location site count status level",
            "impact priority category symptom region company division function line channel tier branch entity",
        )
    ).split()
)
"""Words beside which the others name no person: "contact type", "owner country"."""


def called_like_people(column: str) -> bool:
    """Whether a column is called like one with people."""
    words = plain(column).split()
    by_somebody = len(words) > 1 and (words[-1] == "by" or words[-2:] in (["assigned", "to"], ["first", "name"]))
    return by_somebody or (not _PERSON.isdisjoint(words) and _NO_PERSON.isdisjoint(words))
