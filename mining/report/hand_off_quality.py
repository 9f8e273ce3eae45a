"""How hand-offs go: what comes straight back, what is not documented, what is never seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mining.core.analysis import Analysis
from mining.report import deviation_words as words
from mining.report.formats import count, share
from mining.report.names import display, place
from mining.report.tabular import Column, Table, Value, table

Json = dict[str, Any]
_MOST = 20


def bounces_table(analysis: Analysis) -> Table | None:
    """The hand-offs that come straight back, those that do it within an hour most often first."""
    found = analysis.hand_offs
    if found is None or not found.bounces:
        return None
    columns = (
        Column("From"),
        Column("To"),
        Column("Passages", "count"),
        Column("Median time", "duration"),
        Column("Straight back", "count"),
        Column("Share", "share"),
        Column("Within an hour", "count"),
        Column("Share", "share"),
    )
    times = {(one.source, one.source_step, one.target, one.target_step): one.times for one in analysis.streams.steps}
    rows: list[tuple[Value, ...]] = []
    for one in found.bounces[:_MOST]:
        of = times.get((one.source, one.source_step, one.target, one.target_step))
        rows.append(
            (
                place(one.source, one.source_step),
                place(one.target, one.target_step),
                one.passages,
                None if of is None else of.median,
                one.returned,
                share(one.returned, one.passages),
                one.quick,
                share(one.quick, one.passages),
            )
        )
    more = f" {words.MORE.format(shown=_MOST, all=len(found.bounces))}" if len(found.bounces) > _MOST else ""
    return table("hand-offs-back", words.BOUNCES_CAPTION, columns, rows, words.BOUNCES + more)


def lines(analysis: Analysis) -> list[str]:
    """What is not documented, and what is documented and never seen, in sentences."""
    found = analysis.hand_offs
    if found is None:
        return []
    pairs = [f"{display(a)} → {display(b)} ({count(n)})" for a, b, n in found.undocumented]
    said = [words.UNDOCUMENTED_PAIRS.format(pairs=", ".join(pairs)) if pairs else words.ALL_DOCUMENTED]
    if found.never is None:
        said.append(words.NEVER_NOT_SAID)
    elif found.never:
        said.append(words.NEVER_PAIRS.format(pairs=", ".join(f"{display(a)} → {display(b)}" for a, b in found.never)))
    return said


def hand_offs_block(analysis: Analysis) -> Json | None:
    """The same in `result.json`."""
    found = analysis.hand_offs
    if found is None:
        return None
    return {
        "bounces": [asdict(one) for one in found.bounces],
        "undocumented": [{"source": a.value, "target": b.value, "passages": n} for a, b, n in found.undocumented],
        "never_observed": None
        if found.never is None
        else [{"source": a.value, "target": b.value} for a, b in found.never],
    }
