"""The tables beside the charts: the same figures, to read and to take away."""

from __future__ import annotations

from mining.core.activities import End
from mining.core.analysis import Analysis
from mining.core.results import Distribution, Rates
from mining.report import deviation_words, improve_words, map_words, words
from mining.report.formats import count, share
from mining.report.hand_off_rows import HAND_OFF, TIMES, hand_off_cells, times_cells
from mining.report.language import t, told
from mining.report.map_parts import passes
from mining.report.map_working import median_of, working_hand_offs
from mining.report.names import display, place, waiting_on
from mining.report.routes import in_short
from mining.report.tabular import Column, Table, Value, table
from mining.report.tally import activity_counts, by_frequency, commonest, elapsed_time, what_ends

MOST_ROWS = 60


def more(shown: int, all_: int, what: str) -> str:
    """A note where a table holds only the first of its rows."""
    if all_ <= shown:
        return ""
    said = "The first {shown} of {all} {what}; the files beside this report hold them all."
    return t(said, shown=shown, all=count(all_), what=t(what))


# ----------------------------------------------------------------------------------------------------------- map


def activities_table(analysis: Analysis) -> Table:
    """What each of the six activities has: streams, visits, time."""
    columns = (
        Column("Activity"),
        Column("Streams", "count"),
        Column("Visits", "count"),
        Column("Time before value", "duration"),
        Column("Share", "share"),
        Column("What the export shows", "prose"),
    )
    rows = []
    for one in activity_counts(analysis):
        figures: tuple[Value, ...] = (
            (one.streams, one.visits, one.time, one.time_share) if one.observable else (None,) * 4
        )
        said = words.NO_RULE_FOR if not one.observable else "" if one.streams else words.NEVER_SEEN
        rows.append((display(one.activity), *figures, said))
    return table("activities", "The six activities", columns, rows)


def activity_hand_offs_table(analysis: Analysis) -> Table:
    """Every hand-off between activities, with what is documented to pass."""
    working = working_hand_offs(analysis)
    columns = (
        *HAND_OFF,
        *([Column(map_words.MEDIAN_WORKING, "work")] if working else []),
        Column("Documented to pass", "prose"),
    )
    worked = {one: [median_of(one, working)] if working else [] for one in analysis.streams.activities}
    rows = [(*hand_off_cells(one), *worked[one], passes(one)) for one in by_frequency(analysis.streams.activities)]
    return table("hand-offs-activities", "Hand-offs between activities", columns, rows, words.AFTER_VALUE)


def step_hand_offs_table(analysis: Analysis) -> Table:
    """The most frequent hand-offs between steps."""
    everything = by_frequency(analysis.streams.steps)
    note = f"{words.AFTER_VALUE} {more(MOST_ROWS, len(everything), 'hand-offs')}".strip()
    return table(
        "hand-offs-steps", "Hand-offs between steps", HAND_OFF, map(hand_off_cells, everything[:MOST_ROWS]), note
    )


# --------------------------------------------------------------------------------------------------------- waits


def waits_table(analysis: Analysis) -> Table:
    """Time before value by visit label."""
    columns = (
        Column("Activity and step"),
        Column("Waiting"),
        Column("Value"),
        Column("Visits", "count"),
        Column("Streams", "count"),
        Column("After value", "count"),
        Column("Total time", "duration"),
        Column("Share", "share"),
        *TIMES,
    )
    elapsed = elapsed_time(analysis)
    order = sorted(analysis.measures.visit_times, key=lambda one: (-(one.times.total if one.times else 0), -one.visits))
    rows = [
        (
            place(one.label.activity, one.label.step),
            waiting_on(one.label.waiting),
            None if one.label.value is None else words.VALUE_MARKS[one.label.value.value],
            one.visits,
            one.streams,
            one.after_value,
            None if one.times is None else one.times.total,
            None if one.times is None else share(one.times.total, elapsed),
            *times_cells(one.times),
        )
        for one in order[:MOST_ROWS]
    ]
    note = more(MOST_ROWS, len(order), "kinds of visits")
    return table("visit-times", "Time before value, by what a visit is", columns, rows, note)


def waiting_table(analysis: Analysis) -> Table:
    """Time before value by on whom it waits."""
    columns = (
        Column("Waiting"),
        Column("Total time", "duration"),
        Column("Share", "share"),
        Column("Visits", "count"),
        Column("Streams", "count"),
    )
    elapsed = elapsed_time(analysis)
    order = sorted(analysis.measures.waiting, key=lambda one: (-one.total, one.on or ""))
    rows = [(waiting_on(one.on), one.total, share(one.total, elapsed), one.visits, one.streams) for one in order]
    return table("waiting", "Time before value, by whom it waits on", columns, rows)


# --------------------------------------------------------------------------------------------------- conformance


def rates_table(analysis: Analysis) -> Table | None:
    """Both rates and fitness, over each set of streams."""
    found = analysis.conformance
    if found is None:
        return None
    columns = (
        Column("Over"),
        Column("Checked", "count"),
        Column("Conforming", "count"),
        Column("By streams", "share"),
        Column("Visible moves", "count"),
        Column("Matching", "count"),
        Column("By moves", "share"),
        Column("Costly moves", "count"),
        Column("Fitness", "ratio"),
    )
    sets: tuple[tuple[str, Rates], ...] = (
        (t("Fulfilled streams"), found.rates),
        (t("… without those that hold unmapped events"), found.rates_mapped),
        (t("Open streams, as far as they have come (never counted above)"), found.open_rates),
    )
    if found.accepted is not None:
        sets = (*sets[:2], (deviation_words.WITH_ACCEPTANCES, found.accepted.rates), *sets[2:])
    rows = [
        (
            name,
            of.checked,
            of.conforming,
            of.streams,
            of.visible_moves,
            of.matched_moves,
            of.moves,
            of.total_cost,
            of.fitness,
        )
        for name, of in sets
    ]
    return table("conformance-rates", "Over which streams", columns, rows)


def deviations_table(analysis: Analysis) -> Table | None:
    """Every deviation, the one that most streams have first."""
    found = analysis.conformance
    if found is None:
        return None
    columns = (
        Column("Deviation"),
        Column("Kind"),
        Column("Streams", "count"),
        Column("Share of checked", "share"),
        Column("Times", "count"),
        Column("Moves", "count"),
        Column("Most frequent route with it"),
    )
    known = {one.id: one for one in analysis.streams.variants}
    rows = [
        (
            told(one.sentence),
            t(one.kind.value),
            one.streams,
            share(one.streams, found.checked),
            one.occurrences,
            one.moves,
            next((in_short(known[number]) for number in one.variants if number in known), None),
        )
        for one in commonest(found.deviations)[:MOST_ROWS]
    ]
    return table(
        "deviations",
        "Deviations from the reference stream",
        columns,
        rows,
        more(MOST_ROWS, len(found.deviations), "deviations"),
    )


# ---------------------------------------------------------------------------------------------------- lead times


def lead_times_table(analysis: Analysis) -> Table:
    """Lead times and formal closure."""
    measures = analysis.measures
    kinds: tuple[tuple[str, Distribution], ...] = (
        (t("Demand to the first value claimed"), measures.lead_time_claimed),
        (t("Demand to the first value held"), measures.lead_time_held),
        (improve_words.LAST_VALUE, measures.lead_time_last),
        (t("Demand to formal closure"), measures.closure),
        (t("Value held to formal closure"), measures.closure_lag),
    )
    rows = [(name, of.n, of.median, of.p85, of.p95) for name, of in kinds]
    return table("lead-times", "Lead times", (Column("From and to"), Column("Streams", "count"), *TIMES), rows)


def ends_table(analysis: Analysis) -> Table:
    """How the tickets ended, and what that says of value; where links make streams of several, how those ended."""
    what = what_ends(analysis)
    ends = analysis.measures.ends
    whole = sum(ends.values())
    columns = (
        Column("End"),
        Column(t(f"{what.capitalize()}s"), "count"),
        Column("Share of ended", "share"),
        Column("What it says", "prose"),
    )
    rows = [
        (words.ENDS[end.value], ends[end], share(ends[end], whole), words.END_NOTES[end.value])
        for end in sorted(ends, key=lambda end: (-ends[end], list(End).index(end)))
        if ends[end]
    ]
    return table("ends", t(f"How {what}s ended"), columns, rows)
