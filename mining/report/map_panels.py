"""The maps as the page shows them: one panel each, the first of them open; their sentences and their controls."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.report import map_words, words
from mining.report.agreement import Agreement, agreed_streams, name_of_agreed
from mining.report.formats import count, harmless, many, percent
from mining.report.names import display
from mining.report.step_tally import First, StepMap, first_map, step_map
from mining.report.tally import FIRST_DRAWN, activity_counts, drawable

_LEVELS = (10, FIRST_DRAWN)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The control of a map: how many hand-offs are drawn, of `all`. Each level is a number, its name, and whether the
    map opens with it."""

    levels: tuple[tuple[int, str, bool], ...]
    all: int
    said: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A map with its tab. `chart` is the name of its figure, `tables` those of its tables, `key` the swatches that say
    what its colours mean: "times" or "agreement"."""

    key: str
    tab: str
    title: str
    chart: str
    tables: tuple[str, ...]
    swatches: str
    drawing: Drawing | None = None
    lead: tuple[str, ...] = ()


def panels(analysis: Analysis) -> tuple[Panel, ...]:
    """The maps that this analysis has, the one that is shown first before the others."""
    steps = step_map(analysis)
    activities = Panel(
        "activities",
        *_names("activities"),
        "map",
        ("hand-offs-activities", "activities"),
        "times",
        _drawing(len(drawable(analysis)), len(analysis.streams.activities)),
    )
    made = [activities]
    if steps is not None:
        drawing = _drawing(len(steps.drawable), steps.all, steps.roomless)
        tables = ("map-hand-offs", "map-steps")
        panel = Panel("steps", *_names("steps"), "map-steps", tables, "times", drawing, (map_words.STEP_PLACES,))
        made.insert(0 if first_map(analysis).steps else 1, panel)
    if agreed_streams(analysis):
        lead = (name_of_agreed(analysis),)
        made.append(Panel("agreed", *_names("agreed"), "map-agreed", ("map-passages",), "agreed", lead=lead))
        note = (map_words.DIFFERENCE_NOTE,)
        made.append(
            Panel("difference", *_names("difference"), "map-difference", ("map-compared",), "agreement", lead=note)
        )
    return tuple(made)


def _names(key: str) -> tuple[str, str]:
    return map_words.TABS[key], map_words.TITLES[key]


def _drawing(drawable: int, all_: int, roomless: int = 0) -> Drawing:
    levels = [(level, map_words.MOST_FREQUENT.format(n=level)) for level in _LEVELS if level < drawable]
    last = map_words.ALL if drawable == all_ else map_words.ALL_WITH_ROOM if roomless else map_words.MOST_FREQUENT
    levels.append((drawable, last.format(n=count(drawable))))
    first = min(FIRST_DRAWN, drawable)
    said = map_words.DRAWN_ALL if first == all_ else map_words.DRAWN.format(n=count(first), all=count(all_))
    chosen = tuple((level, name, level == first) for level, name in levels)
    return Drawing(chosen if len(chosen) > 1 else (), all_, said)


def why(analysis: Analysis) -> str:
    """Why this map is shown first; nothing where there is one only."""
    steps = step_map(analysis)
    if steps is None:
        return ""
    first = first_map(analysis)
    return map_words.STEPS_FIRST.format(why=_reason(first)) if first.steps else map_words.ACTIVITIES_FIRST


def _reason(first: First) -> str:
    if first.one_holds and first.holder is not None:
        return map_words.ONE_HOLDS.format(activity=display(first.holder), share=percent(first.held))
    return map_words.FEW_SEEN


def steps_caption(analysis: Analysis, shown: StepMap) -> str:
    """What is said below the map on steps."""
    left = [one for one in shown.steps if one.box is None]
    said = []
    if left:
        names = ", ".join(harmless(one.step[1] or map_words.NO_STEP) for one in left)
        roomless = many(shown.roomless, "hand-off")
        said.append(map_words.ROOMLESS.format(n=count(len(left)), names=names, hand_offs=roomless))
    return " ".join([*said, *filter(None, [grey(analysis)])])


def grey(analysis: Analysis) -> str:
    """What is dashed, and why; nothing where the export can show all."""
    unseen = [display(one.activity) for one in activity_counts(analysis) if not one.observable]
    return words.MAP_GREY.format(names=", ".join(unseen)) if unseen else ""


def agreement_key() -> tuple[tuple[str, str], ...]:
    """The ways in which a passage can stand: the class of its swatch, and its name."""
    return tuple((one.value.replace(" ", "-"), one.display) for one in Agreement)
