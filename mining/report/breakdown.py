"""The streams by service, priority, group and customer, as the page shows them: a panel for each, with its table."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.breakdown import Breakdown, Breakdowns, Dimension, Slice
from mining.report import breakdown_words as words
from mining.report.formats import count, cut, duration, harmless, percent, share, small
from mining.report.language import t
from mining.report.tabular import Column, Kind, Table, Value, table


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands below a figure in smaller letters, and how long its bar is, in percent; None: no bar."""

    text: str = ""
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One dimension. `table` and `chart` are names; `beside` is row by row what goes with the cells of the table;
    `shown` is how many of its columns the page shows: the others are for the CSV."""

    key: str
    name: str
    said: str
    table: str
    chart: str
    title: str
    beside: tuple[tuple[Beside, ...], ...]
    shown: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The section: its panels, or why there are none."""

    panels: tuple[Panel, ...]
    missing: str
    definitions: tuple[tuple[str, str], ...]


def breakdown_facts(analysis: Analysis) -> Broken:
    """What the section says beside charts and tables."""
    found = analysis.breakdowns
    if found is None:
        return Broken((), words.NOTHING, ())
    there = {one.by for one in found.by}
    missing = [low(by) for by in Dimension if by not in there and by is not Dimension.TICKET_TYPE]
    times = {"typical": duration(found.typical), "delay": duration(found.delay)}
    said = [(name, meaning.format(**times)) for name, meaning in words.DEFINITIONS if _applies(name, found)]
    return Broken(
        panels=tuple(_panel(found, one) for one in found.by),
        missing=words.NOT_TOLD.format(missing=_either(missing)) if missing else "",
        definitions=tuple(said),
    )


def _applies(name: str, found: Breakdowns) -> bool:
    return (
        found.checked
        if name == t("Conforming")
        else found.tells_value or name not in (t("Value holds"), t("Re-opened"))
    )


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}{t(' or ')}{names[-1]}"


def low(by: Dimension) -> str:
    """A dimension within a sentence."""
    return small(words.NAMES[by])


def name_of(one: Slice, by: Dimension) -> str:
    """What a row is called."""
    if one.others:
        return words.OTHER if one.others == 1 else words.OTHERS.format(n=count(one.others))
    return words.NO_VALUE.format(by=low(by)) if one.label is None else one.label


def tables(analysis: Analysis) -> list[Table]:
    """A table for each dimension."""
    found = analysis.breakdowns
    return [] if found is None else [_table(found, one) for one in found.by]


# ---------------------------------------------------------------------------------------------------------- columns


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column of figures: its key in the words, its kind, its figure, and what stands below it."""

    key: str
    kind: Kind
    figure: Value
    beside: Beside


def _figures(found: Breakdowns, one: Slice) -> list[_Shown]:
    streams, delay = share(one.streams, found.streams), share(one.delay, found.delay)
    timed = f"n = {count(one.lead_n)}" + (f" ({words.FEW_MARK})" if one.few else "")
    made = [
        _Shown("streams", "count", one.streams, Beside(percent(streams), _bar(streams))),
        _Shown("delay", "share", delay, Beside(duration(one.delay), _bar(delay))),
        _Shown("median", "duration", one.median, Beside(timed)),
        _Shown("p85", "duration", one.p85, Beside()),
    ]
    if found.tells_value:
        made += [_part("held", one.held, one.not_open), _part("reopened", one.reopened, one.known)]
    made.append(_part("doubling_back", one.doubling_back, one.known))
    return [*made, _part("conforming", one.conforming, one.checked)] if found.checked else made


def _bar(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio * 100, 1)


def _part(key: str, part: int, whole: int) -> _Shown:
    below = words.OF.format(n=count(part), all=count(whole)) if whole else ""
    return _Shown(key, "share", share(part, whole), Beside(below))


def _hidden(found: Breakdowns, one: Slice) -> tuple[Value, ...]:
    return (share(one.streams, found.streams), one.lead_n, one.delay, one.not_open, one.known, one.checked)


def _table(found: Breakdowns, of: Breakdown) -> Table:
    shown = [_figures(found, one) for one in of.slices]
    kinds: tuple[Kind, ...] = ("share", "count", "duration", "count", "count", "count")
    columns = [
        Column(words.NAMES[of.by]),
        *(Column(words.COLUMNS[one.key], one.kind) for one in shown[0]),
        *(Column(title, kind) for title, kind in zip(words.HIDDEN, kinds, strict=True)),
    ]
    rows = [
        (name_of(one, of.by), *(figure.figure for figure in figures), *_hidden(found, one))
        for one, figures in zip(of.slices, shown, strict=True)
    ]
    return table(name_of_table(of.by), words.CAPTION.format(by=low(of.by)), columns, rows)


def name_of_table(by: Dimension) -> str:
    """The name of the table of a dimension, and of its chart."""
    return f"breakdown-{by.value.replace('_', '-')}"


def _panel(found: Breakdowns, of: Breakdown) -> Panel:
    beside = tuple((Beside(), *(figure.beside for figure in _figures(found, one))) for one in of.slices)
    return Panel(
        key=of.by.value.replace("_", "-"),
        name=words.NAMES[of.by],
        said=_said(found, of),
        table=name_of_table(of.by),
        chart=name_of_table(of.by),
        title=words.CHART.format(by=low(of.by)),
        beside=beside,
        shown=len(beside[0]),
    )


def _said(found: Breakdowns, of: Breakdown) -> str:
    if not found.delay:
        return words.NO_DELAY
    most = stands_out(found, of)
    if most is None:
        return words.EVEN.format(by=low(of.by))
    return words.STANDS_OUT.format(
        by=words.NAMES[of.by],
        name=t("“{name}”", name=cut(harmless(most.label or ""))),
        delay=percent(share(most.delay, found.delay)),
        time=duration(most.delay),
        streams=percent(share(most.streams, found.streams)),
    )


def stands_out(found: Breakdowns, of: Breakdown) -> Slice | None:
    """The value with the most delay, of those with a larger share of the delay than of the streams; None where there is
    none that is named and has enough streams to say so."""
    out = [
        one
        for one in of.slices
        if not (one.others or one.few or one.label is None) and one.delay * found.streams > one.streams * found.delay
    ]
    return max(out, key=lambda one: one.delay) if out else None
