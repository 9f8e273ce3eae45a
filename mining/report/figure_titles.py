"""Titles of figures that are named as in `result.json`."""

from __future__ import annotations

import re

from mining.report import figure_words as words
from mining.report.formats import cut, harmless
from mining.report.language import t
from mining.report.names import waiting_on

_OTHER = re.compile(r"further_conformance\[reference=(.+)\]\.(.+)")
_WAITING = re.compile(r"measures\.waiting\.by\[on=(.+)\]\.(\w+)")
_SUBSETS = {
    "conformance.open_streams.": "OPEN",
    "conformance.without_unmapped.": "WITHOUT_UNMAPPED",
    "conformance.accepted.rates.": "ACCEPTED",
}
"""Rates over other streams than those of the conformance, and the constant of `figure_words` that says over which."""


def figure_title(name: str) -> str:
    """What a figure is called, in the language of the moment: "Waiting, share"; its name where nothing is known."""
    other, waiting = _OTHER.fullmatch(name), _WAITING.fullmatch(name)
    if other is not None:
        title = figure_title(f"conformance.{other[2]}")
        return (
            name if title.startswith("conformance.") else words.OF_REFERENCE.format(title=title, name=_safe(other[1]))
        )
    if waiting is not None:
        who = waiting_on(None if waiting[1] == "null" else waiting[1])
        return _with_statistic(who[:1].upper() + who[1:], waiting[2]) or name
    for begin, constant in _SUBSETS.items():
        if name.startswith(begin):
            title = figure_title(f"conformance.{name.removeprefix(begin)}")
            return name if title.startswith("conformance.") else getattr(words, constant).format(title=title)
    return _known(name) or name


def _known(name: str) -> str | None:
    """By the longest beginning that is known."""
    subjects = words.SUBJECTS
    for cut_off in range(len(name), 0, -1):
        subject = subjects.get(name[:cut_off])
        if subject is None:
            continue
        rest = name[cut_off:]
        if not rest:
            return subject
        if rest[0] in "._" and (title := _with_statistic(subject, rest[1:])) is not None:
            return title
    return None


def _with_statistic(subject: str, rest: str) -> str | None:
    statistic = words.STATISTICS.get(rest)
    return None if statistic is None else t("{subject}, {statistic}", subject=subject, statistic=statistic)


def _safe(name: str) -> str:
    return cut(harmless(name), 60)
