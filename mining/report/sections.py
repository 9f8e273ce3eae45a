"""The sections of the report, in its order: groups of them, each with its title and the question it answers.

The contents and the page follow this order. A section has a template of its own, `templates/<name>.html.j2`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mining.report import (
    action_words,
    breakdown_words,
    cost_words,
    desk_words,
    filter_words,
    parting_words,
    workload_words,
)
from mining.report.language import t

Section = tuple[str, str]
"""A title and a question."""

GROUPS: tuple[tuple[str, dict[str, Section]], ...] = (
    (
        "At a glance",
        {
            "summary": ("Summary", "How do things stand, and what should we look at first?"),
            "breakdown": breakdown_words.SECTION,
            "audit": ("Audit", "Do the figures hold that were agreed on, and what has changed since the last run?"),
        },
    ),
    (
        "Flow and waiting",
        {
            "map": (
                "Value chain map",
                "Which way does demand go through the value chain, how often, and where does it take long?",
            ),
            "waits": ("Where it waits", "Where does the time before value go, and whom is it spent waiting on?"),
            "lead": ("Lead times", "How long does it take from demand to value, and who says that it was value?"),
            "workload": workload_words.SECTION,
        },
    ),
    (
        "Routes and rules",
        {
            "variants": ("Variants", "Which routes do streams take, and which of them keep to what was agreed?"),
            "conformance": ("Conformance", "How far are the streams from the agreed stream, and in what?"),
            "doubling": ("Doubling back", "Where do streams come back to, how often, and what does it take?"),
            "parting": parting_words.SECTION,
            "steps": ("Steps and model", "Which step follows which, and what model does that make?"),
        },
    ),
    ("What to do", {"actions": action_words.SECTION}),
    (
        "Trust",
        {
            "data": ("Data and method", "Can these figures be trusted?"),
            "links": ("Tickets and streams", "Which tickets make up a stream, and what is not linked?"),
        },
    ),
    (
        "In depth",
        {
            "desk": desk_words.SECTION,
            "slices": filter_words.SECTION,
            "cohorts": ("Cohorts", "How do these groups of streams differ, and is it more than chance?"),
            "costs": cost_words.SECTION,
            "scope": (
                "Run and change",
                "How do streams, time and work split into running the business and changing it?",
            ),
            "improvement": (
                "Improvement",
                "Of incidents that recur, how many led to an improvement, and did fewer follow?",
            ),
        },
    ),
)


class _Sections(dict[str, Section]):
    """The sections by name, in the language of the moment."""

    def __getitem__(self, name: str) -> Section:
        title, question = super().__getitem__(name)
        return t(title), t(question)


SECTIONS = _Sections({name: section for _, sections in GROUPS for name, section in sections.items()})


def contents(there: Mapping[str, object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups with the names and titles of their sections; without those that `there` says None or False of."""
    shown = (
        (
            t(group),
            [(name, t(title)) for name, (title, _) in sections.items() if there.get(name, True) not in (None, False)],
        )
        for group, sections in GROUPS
    )
    return [(group, sections) for group, sections in shown if sections]
