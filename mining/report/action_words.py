"""The texts of the section on improvement actions: for each finding what to try, and by what figure it shows."""

from __future__ import annotations

from dataclasses import dataclass

from mining.report.language import said, texts

texts(__name__)

SECTION = (
    "Improvement actions",
    "What should we do about the findings, and by what figure will we see whether it helped?",
)

CAPTION = "Findings, what to try, and the figure to follow"
COLUMNS = ("Finding", "Evidence", "Practice", "What to try", "Figure to follow", "Now", "Its name in result.json")
FOLLOW, NOW = "To follow:", "now"
NOTHING = "No rule found anything, so there is nothing to act on here."
NOTE = (
    "Each line rests on a finding of this report; what to try is a suggestion by rule, not a diagnosis. Agree on an "
    "owner and a date for each. “vsm audit” follows the figures: name one under gates or in the trend by its name in "
    "result.json, and the next audit says whether it moved by more than chance."
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is suggested on findings of one rule: the practice, what to try, and the figure to follow."""

    practice: str
    what: str
    figure: str


ADVICE = {
    "unaccounted": Advice(
        "Measurement and reporting",
        "Find out what the labels without a rule mean (“vsm mapping coverage”, then “vsm mapping suggest”) and correct "
        "the rows that were set aside at their source, before anything is concluded from this report.",
        "Events without an activity",
    ),
    "rejected": Advice(
        "Measurement and reporting",
        "Look at rejected.csv, and correct at their source the rows that could not be read.",
        "Rows set aside",
    ),
    "against time": Advice(
        "Measurement and reporting",
        "Look at the tickets whose times contradict each other: a clock, a time zone or a field that is filled in "
        "later.",
        "Streams whose times contradict",
    ),
    "time": Advice(
        "Incident or service request management",
        "Look at a few of the slowest streams in this step with the people who do it, and take out one reason at a "
        "time.",
        "Median lead time",
    ),
    "deviation": Advice(
        "Continual improvement",
        "Look at example tickets with both sides: either the way of work changes, or the agreed stream does, or the "
        "deviation is accepted with an owner and a date.",
        "Conforming streams",
    ),
    "doubling back": Advice(
        "Incident management, knowledge management",
        "See where streams come back to, and give the step before what it lacks: criteria for passing on, a knowledge "
        "article, the group named in the form.",
        "Streams that double back",
    ),
    "timers": Advice(
        "Service desk",
        "Ask the requester whether value was realised (one click in the message that says “resolved”), so that silence "
        "is not taken for consent.",
        "Closed by a timer",
    ),
    "slowest": Advice(
        "Incident or service request management",
        "Set an age from which an open ticket is looked at each day, at the 85th percentile for a start, and keep the "
        "number of tickets in work small.",
        "95 % within",
    ),
    "stands out": Advice(
        "Service level management",
        "Go through its late streams with its owner: too much work for the people, unclear hand-offs, or targets that "
        "do not fit this kind of demand.",
        "Share of the delay of {by} {name}",
    ),
}

REQUESTER = Advice(
    "Service desk",
    "Ask for everything at the first contact (a form or template by kind of demand), remind by rule, and say when a "
    "ticket is closed without an answer.",
    "Share of the time before value: {on}",
)
SUPPLIER = Advice(
    "Supplier management",
    "Agree on times that fit your own targets, pass on complete tickets, and go through the open ones together each "
    "week.",
    "Share of the time before value: {on}",
)
TEAM = Advice(
    "Workforce and talent management, service desk",
    "Let the queues be seen, route by rule, limit the work begun at once, and let people of several groups look at "
    "what is hard together instead of passing it on.",
    "Share of the time before value: {on}",
)
BETWEEN = Advice(
    "Measurement and reporting",
    "Record when work on a ticket begins, so that waiting can be told from work; until then, look at the longest gaps.",
    "Share of the time before value: {on}",
)
OTHER = Advice(
    "Continual improvement",
    "Find out what is waited for and who could decide sooner; a date on each such wait, and somebody who looks at it.",
    "Share of the time before value: {on}",
)


def on_waiting(on: str | None, requesters: tuple[str, ...], suppliers: tuple[str, ...]) -> Advice:
    """What is suggested where streams wait on `on`, by the words for those who ask and for those who supply."""
    if on in requesters:
        return said(REQUESTER)
    if on in suppliers:
        return said(SUPPLIER)
    return said(TEAM if on == "team" else OTHER)
