"""What people read for activities, steps, waiting, symbols and deviations; and the tokens that style them."""

from __future__ import annotations

from mining.core.activities import Activity, End, State, Value
from mining.core.events import Symbol
from mining.core.results import DeviationKind
from mining.report import words
from mining.report.formats import DAY, HOUR, harmless
from mining.report.language import ENGLISH, meant, spoken, t, told

_SHORT = {
    Activity.DESIGN_AND_TRANSITION: "Design",
    Activity.OBTAIN_BUILD: "Build",
    Activity.DELIVER_AND_SUPPORT: "Deliver",
}

TIME_CLASSES: tuple[tuple[int, str], ...] = (
    (HOUR, "under 1 h"),
    (8 * HOUR, "1 to 8 h"),
    (DAY, "8 to 24 h"),
    (3 * DAY, "1 to 3 d"),
    (7 * DAY, "3 to 7 d"),
)
"""The classes that colour a median time: each ends below its bound; one more holds the rest."""

LAST_TIME_CLASS = "7 d or more"


def display(activity: Activity) -> str:
    """The name of an activity, in the language of the report."""
    return t(activity.display)


def short(activity: Activity) -> str:
    """A name that fits into a chevron."""
    return t(_SHORT.get(activity, activity.display))


def place(activity: Activity | None, step: str | None, *, otherwise: str = "") -> str:
    """Where a stream is: "Engage (ask)". `otherwise` names the place that is no activity: demand or value."""
    if activity is None:
        return otherwise
    return display(activity) if step is None else f"{display(activity)} ({harmless(step)})"


def place_within(longest: int, activity: Activity | None, step: str | None, *, otherwise: str = "") -> str:
    """The same, where there is room for `longest` letters: names of other languages are longer than English ones, and
    then it is rather the activity that is shortened than the step that is cut."""
    name = place(activity, step, otherwise=otherwise)
    if spoken() == ENGLISH or len(name) <= longest or activity is None or step is None:
        return name
    return f"{short(activity)} ({harmless(step)})"


def waiting_on(on: str | None) -> str:
    """Waiting in words: "waiting on the user"."""
    if on is None:
        return words.NOT_WAITING
    return words.WAITING_SPECIAL.get(on) or words.WAITING_ON.format(on=harmless(meant("waiting on", on)))


def reference_label(label: str) -> str:
    """A name that the conformance room gives a part of the reference, as people read it.

    "engage:confirm" → "Engage (confirm)", "value" → "Value".
    """
    activity, _, step = label.partition(":")
    if activity in set(Activity):
        return place(Activity(activity), step.strip() or None)
    return harmless(t(harmless(label).capitalize() if label.islower() else harmless(label)))


def symbol(of: Symbol) -> str:
    """One element of a variant in words."""
    name = place(of.activity, of.step)
    return name if of.value is None else f"{name} ({words.VALUE_MARKS[of.value.value]})"


def time_class(microseconds: int | None) -> str:
    """The token of the colour for a median time."""
    if microseconds is None:
        return "untimed"
    below = (number for number, (bound, _) in enumerate(TIME_CLASSES) if microseconds < bound)
    return f"time-{next(below, len(TIME_CLASSES))}"


def colour(token: str) -> str:
    """A colour by name; the page looks it up in its style sheet, in the theme of the moment."""
    return f"var(--{token})"


def state(of: State) -> str:
    """A state in words."""
    return words.STATES[of.value]


def end(of: End) -> str:
    """An end in words."""
    return words.ENDS[of.value]


def value_mark(of: Value) -> str:
    """A value mark in words."""
    return words.VALUE_MARKS[of.value]


def deviation(kind: DeviationKind, label: str, instead_of: str | None) -> str:
    """A deviation of one variant, in a few words."""
    name = f"{t(kind.value)}: {reference_label(label)}"
    return name if instead_of is None else t("{name} instead of {other}", name=name, other=reference_label(instead_of))


def outlined(line: str) -> str:
    """A line of the outline of a reference stream: "  optional: Engage (confirm)"."""
    bare = line.lstrip(" -")
    heading, joint, rest = bare.partition(": ")
    said = told(bare)
    if said == bare:
        said = f"{told(heading)}{joint}{reference_name(rest)}" if joint else reference_name(bare)
    return line[: len(line) - len(bare)] + said


def reference_name(name: str) -> str:
    """A part of the reference stream as its outline calls it: "Engage (confirm)", "value"."""
    activity, bracket, step = name.partition(" (")
    return f"{t(activity)}{bracket}{step}"
