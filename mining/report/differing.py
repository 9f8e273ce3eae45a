"""In what two cohorts differ: tables, a map, and their figures. Coloured is only what chance does not explain."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.cohorts import Share
from mining.core.differing import Difference, Differences, Ends, Of
from mining.report import differing_words as words
from mining.report import plots
from mining.report import words as plain_words
from mining.report.cohort_sentences import between, chance, name, points, shares_between
from mining.report.formats import NOTHING, count, duration, percent, plotly_text
from mining.report.geometry import arrow
from mining.report.language import t, told
from mining.report.map_parts import edge_labels, edge_width, layout, polygon, ranked
from mining.report.names import colour, place
from mining.report.routes import in_short
from mining.report.step_boxes import accents, areas, labels, nodes, placed
from mining.report.step_map import STEP_HEIGHT, WIDEST, boxes_of, hand_off_name, step_line
from mining.report.step_places import STEP_LETTER, STEP_SPAN, headings
from mining.report.step_tally import ends, step_map
from mining.report.tabular import Column, Table, table
from mining.report.tally import activity_counts, ends_of

Json = dict[str, Any]

_TOKENS = {1: "curve-claimed", -1: "curve-held", 0: "muted"}
_CLASSES = {1: "first-more", -1: "second-more", 0: "chance"}


def found_of(analysis: Analysis) -> Differences | None:
    """What was compared; None where there are no two cohorts side by side."""
    return None if analysis.slices is None else analysis.slices.differences


def pair_names(analysis: Analysis) -> tuple[str, str]:
    """What the two cohorts are called."""
    found = found_of(analysis)
    if found is None or analysis.cohorts is None:
        return "", ""
    return name(analysis.cohorts.cohorts[found.first]), name(analysis.cohorts.cohorts[found.second])


# -------------------------------------------------------------------------------------------------------- tables


def differing_tables(analysis: Analysis) -> tuple[Table, ...]:
    """One table for each kind of thing that was compared."""
    found = found_of(analysis)
    if found is None:
        return ()
    return tuple(_table(analysis, of, rows) for of in Of if (rows := [one for one in _in_order(found) if one.of is of]))


def _in_order(found: Differences) -> list[Difference]:
    """What chance does not explain first, then what it does, then what cannot be told; the largest first."""

    def key(one: Difference) -> tuple[bool, bool, float]:
        size = 0.0 if one.estimate is None else abs(one.estimate - (0.5 if one.of is Of.WAIT else 0.0))
        return one.towards == 0, one.p is None, -size

    return sorted(found.found, key=key)  # stable: equal ones stay in the order of how many streams they have


def _table(analysis: Analysis, of: Of, found: list[Difference]) -> Table:
    first, second = pair_names(analysis)
    columns = (
        Column(words.HEADS[of.value], "prose"),
        Column(first, "prose"),
        Column(second, "prose"),
        Column(words.TAKES_LESS if of is Of.WAIT else "Difference", "prose"),
        Column("Between", "prose"),
        Column("p (Benjamini–Hochberg)", "prose"),
        Column("In words", "prose"),
    )
    rows = [
        (_what(analysis, one), *_sides(one), *_estimate(one), chance(one.p_adjusted), _said(analysis, one))
        for one in found
    ]
    marks = tuple(_CLASSES[one.towards] for one in found)
    note = words.NOTES[of.value].format(first=first, second=second)
    return table(f"differing-{of.value}", words.CAPTIONS[of.value], columns, rows, note, marks=marks)


def _what(analysis: Analysis, one: Difference) -> str:
    if one.variant is not None:
        known = {it.id: it for it in analysis.streams.variants}
        return in_short(known[one.variant])
    if one.deviation is not None:
        deviations = () if analysis.conformance is None else analysis.conformance.deviations
        return next((told(it.sentence) for it in deviations if it.key == one.deviation), one.deviation)
    if one.place is None:
        return ""
    source, source_step, target, target_step = one.place
    if one.of is Of.PLACE:
        return place(source, source_step)
    before = place(source, source_step, otherwise=plain_words.DEMAND)
    return f"{before} → {place(target, target_step, otherwise=plain_words.VALUE)}"


def _sides(one: Difference) -> tuple[str, str]:
    if one.medians is not None:
        return duration(one.medians[0]), duration(one.medians[1])
    return _share(one.first), _share(one.second)


def _share(of: Share | None) -> str:
    if of is None or of.share is None:
        return NOTHING
    return t("{share}: {part} of {whole}", share=percent(of.share), part=count(of.part), whole=count(of.whole))


def _estimate(one: Difference) -> tuple[str, str]:
    if one.estimate is None:
        return NOTHING, NOTHING
    known = one.low is not None and one.high is not None
    if one.of is Of.WAIT:
        return t("{share} of pairs", share=percent(one.estimate)), shares_between(
            one.low, one.high
        ) if known else NOTHING
    interval = between(points(one.low or 0.0), points(one.high or 0.0)) if known else NOTHING
    return points(one.estimate), interval


def _said(analysis: Analysis, one: Difference) -> str:
    if one.by_chance is None:
        return words.UNTOLD
    if not one.towards:
        return words.CHANCE
    who = pair_names(analysis)[0 if one.towards > 0 else 1]
    return (words.LONGER if one.of is Of.WAIT else words.MORE).format(who=who)


# ----------------------------------------------------------------------------------------------------------- map


def differing_map(analysis: Analysis) -> plots.Figure | None:
    """The hand-offs between steps, coloured where streams of one cohort make them more often; None where nothing was
    compared, or there are no steps."""
    found, shown = found_of(analysis), step_map(analysis)
    if found is None or shown is None:
        return None
    known = {_key(one.place): one for one in found.found if one.of is Of.HAND_OFF and one.place is not None}
    drawable = [one for one in shown.drawable if ends_of(one) in known]
    boxes, most = boxes_of(shown), max((one.count for one in shown.drawable), default=1)
    widths = {ends(one): edge_width(one.count, most, WIDEST) for one in shown.drawable}
    lines = [step_line(*ends(one), widths, boxes) for one in drawable]
    counts = {one.activity: one for one in activity_counts(analysis)}
    traces, steps, texts = areas(counts), placed(shown), []
    for rank, (one, line) in enumerate(zip(drawable, lines, strict=True), 1):
        of = known[ends_of(one)]
        hover = "<br>".join([f"<b>{hand_off_name(one)}</b>", *_hover(analysis, of)])
        shape = polygon(arrow(line, widths[ends(one)]), colour(_TOKENS[of.towards]), hover, opacity=0.92)
        traces.append(ranked(shape, rank))
        texts.append(points(of.estimate) if of.estimate is not None and of.towards else "")
    traces += nodes(steps, analysis)
    labelled = [(line, text) for line, text in zip(lines, texts, strict=True) if text]
    notes = edge_labels(
        [line for line, _ in labelled], [text for _, text in labelled], (*boxes.values(), *headings()), STEP_LETTER
    )
    notes += labels(counts, steps, analysis)
    return plots.Figure(
        data=[plots.Scatter({**trace, "visible": True}) for trace in traces],
        layout=layout(
            STEP_SPAN, STEP_HEIGHT, annotations=[{**one, "visible": True} for one in notes], shapes=accents(counts)
        ),
    )


def _key(of: Ends) -> tuple[str, str, str, str]:
    source, source_step, target, target_step = of
    return source or "", source_step or "", target or "", target_step or ""


def _hover(analysis: Analysis, one: Difference) -> list[str]:
    first, second = pair_names(analysis)
    estimate, interval = _estimate(one)
    sides = _sides(one)
    return [
        t("{name}: {figure} streams", name=plotly_text(first), figure=sides[0]),
        t("{name}: {figure} streams", name=plotly_text(second), figure=sides[1]),
        t("{estimate}, between {interval}", estimate=estimate, interval=interval),
        plotly_text(_said(analysis, one)),
    ]


# --------------------------------------------------------------------------------------------------- result.json


def differing_block(analysis: Analysis) -> Json | None:
    """What was compared, in `result.json`."""
    found = found_of(analysis)
    if found is None:
        return None
    return {"first": found.first, "second": found.second, "found": [_block(one) for one in found.found]}


def _block(one: Difference) -> Json:
    source, source_step, target, target_step = one.place or (None, None, None, None)
    is_hand_off = one.of in (Of.HAND_OFF, Of.WAIT)
    return {
        "of": one.of.value,
        "source": source or ("demand" if is_hand_off else None),
        "source_step": source_step,
        "target": target or ("value" if is_hand_off else None),
        "target_step": target_step,
        "variant": None if one.variant is None else one.variant + 1,
        "deviation": one.deviation,
        "first": _share_block(one.first),
        "second": _share_block(one.second),
        "median_first_us": None if one.medians is None else one.medians[0],
        "median_second_us": None if one.medians is None else one.medians[1],
        "estimate": one.estimate,
        "low": one.low,
        "high": one.high,
        "p": one.p,
        "p_adjusted": one.p_adjusted,
        "by_chance": one.by_chance,
    }


def _share_block(of: Share | None) -> Json | None:
    if of is None:
        return None
    return {"part": of.part, "whole": of.whole, "share": of.share, "low": of.low, "high": of.high}


# ------------------------------------------------------------------------------------------------------ sentences


def differing_said(analysis: Analysis) -> Json | None:
    """What the section says of it; None where nothing was compared."""
    found = found_of(analysis)
    if found is None:
        return None
    first, second = pair_names(analysis)
    tested = sum(one.p is not None for one in found.found)
    return {
        "how": words.HOW.format(n=count(tested)),
        "nothing": "" if any(one.towards for one in found.found) else words.NOTHING,
        "key": (
            (_TOKENS[1], words.MAP_FIRST.format(who=first)),
            (_TOKENS[-1], words.MAP_SECOND.format(who=second)),
            (_TOKENS[0], words.MAP_CHANCE),
        ),
        "tables": [one.name for one in differing_tables(analysis)],
    }
