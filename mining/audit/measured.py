"""What is taken out of one analysis: figures, and small tables without any ticket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.audit import figures
from mining.audit.history.chain import canonical
from mining.audit.latest import Latest, from_dict, latest

if TYPE_CHECKING:
    from mining.core.analysis import Analysis
    from mining.result import Result

WEEK = 7 * 86_400_000_000
_MONDAY = 4 * 86_400_000_000  # 1970-01-05, in microseconds
_MOST_LABELS = 50
_FEWEST_TIMES = 20  # below that, percentiles would be the times of single tickets

VariantKey = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Measured:
    """One analysis, as the history keeps it and as runs are compared.

    `variants` is streams by (symbols, state); `deviations` streams by sentence; `weeks` by the Monday of a week:
    streams that began in it, visits that began, visits that claimed value, and a fingerprint of the times of these
    visits. `lead_times` are the 101 percentiles of the lead time to the first value held, empty where there are few.
    `latest` is what came since the run before, where the export grows.
    """

    figures: dict[str, float]
    variants: dict[VariantKey, int]
    hand_offs: list[dict[str, Any]]
    deviations: dict[str, int]
    weeks: dict[str, list[int | str]]
    lead_times: tuple[int, ...]
    columns: tuple[str, ...]
    unmapped: dict[str, int]
    by_completion: bool | None
    window: tuple[str, str]
    latest: Latest | None = None

    def tables(self) -> dict[str, bytes]:
        """The tables that go into the history as documents, by their names."""
        variants = [[list(symbols), state, streams] for (symbols, state), streams in self.variants.items()]
        new = {} if self.latest is None else {"latest": canonical({"latest": self.latest.as_dict()}).encode()}
        return {
            "variants": canonical({"variants": variants}).encode(),
            "hand_offs": canonical({"hand_offs": self.hand_offs}).encode(),
            "weeks": canonical({"weeks": self.weeks}).encode(),
            "lead_times": canonical({"lead_times": list(self.lead_times)}).encode(),
            **new,
        }

    def facts(self) -> dict[str, Any]:
        """The rest, for the body of a record."""
        return {
            "figures": self.figures,
            "deviations": self.deviations,
            "columns": list(self.columns),
            "unmapped": self.unmapped,
            "by_completion": self.by_completion,
            "window": list(self.window),
        }


def from_history(body: dict[str, Any], document: Any) -> Measured:
    """What the history keeps of a run. `document` gives the content of a document by its hash."""

    def table(name: str) -> Any:
        return json.loads(document(body["documents"][name]))[name]

    return Measured(
        figures=body["figures"],
        variants={(tuple(symbols), state): streams for symbols, state, streams in table("variants")},
        hand_offs=table("hand_offs"),
        deviations=body["deviations"],
        weeks=table("weeks"),
        lead_times=tuple(table("lead_times")),
        columns=tuple(body["columns"]),
        unmapped=body["unmapped"],
        by_completion=body["by_completion"],
        window=(body["window"][0], body["window"][1]),
        latest=from_dict(table("latest")) if "latest" in body["documents"] else None,
    )


def measured(
    result: Result, folder: Path | None, named: Iterable[str], before: Sequence[str] | None = None
) -> Measured:
    """Of the result of an analysis; `folder` is where it was written, None where it was not (no weeks then), `before`
    the window of the run before, if there is one."""
    analysis = result.analysis
    streams = analysis.streams
    held = analysis.measures.lead_time_held
    window = (streams.first_event, streams.last_event)
    labels = sorted(analysis.unmapped, key=lambda one: (-one.rows, one.event or ""))[:_MOST_LABELS]
    return Measured(
        figures=figures.headline(result.to_dict(), named),
        variants={
            (tuple(map(str, one.symbols)), one.state.value): one.streams
            for one in sorted(streams.variants, key=lambda one: one.id)
        },
        hand_offs=[
            {
                "source": None if one.source is None else one.source.value,
                "source_step": one.source_step,
                "target": None if one.target is None else one.target.value,
                "target_step": one.target_step,
                "count": one.count,
                "streams": one.streams,
                "median_us": None if one.times is None or one.times.n < _FEWEST_TIMES else one.times.median,
            }
            for one in streams.steps
        ],
        deviations=_deviations(analysis),
        weeks={} if folder is None else weeks_of(folder / "tables" / "visits.parquet"),
        lead_times=held.percentiles if held.n >= _FEWEST_TIMES else (),
        columns=analysis.columns,
        unmapped={(one.event or "(missing)")[:80]: one.rows for one in labels},
        by_completion=analysis.measures.selection.by_completion,
        window=(_moment(window[0]), _moment(window[1])),
        latest=None
        if folder is None or before is None
        else latest(folder / "tables" / "visits.parquet", before, window, held.median),
    )


def _deviations(analysis: Analysis) -> dict[str, int]:
    """Streams by sentence; with several reference streams, each sentence says which one it is about."""
    if analysis.conformance is None:
        return {}
    checked = (analysis.conformance, *analysis.further_conformance)
    return {
        one.sentence if len(checked) == 1 else f"{by.reference}: {one.sentence}": one.streams
        for by in checked
        for one in by.deviations
    }


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).isoformat()


def weeks_of(visits: Path) -> dict[str, list[int | str]]:
    """The table of visits by the week in which they began (UTC); nothing of a ticket is left in it."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    sums: dict[int, list[int]] = {}
    with pq.ParquetFile(visits) as file:
        for batch in file.iter_batches(columns=["position", "start", "value"]):
            start = batch.column("start").cast("int64").to_numpy(zero_copy_only=False)
            week = (start - _MONDAY) // WEEK
            first = batch.column("position").to_numpy(zero_copy_only=False) == 0
            claimed = pc.fill_null(pc.equal(pc.cast(batch.column("value"), "string"), "claimed"), False)
            claimed = claimed.to_numpy(zero_copy_only=False)
            second = (start - _MONDAY - week * WEEK) // 1_000_000
            for number, at in _groups(week, np):
                one = sums.setdefault(int(number), [0, 0, 0, 0])
                one[0] += int(first[at].sum())
                one[1] += len(at)
                one[2] += int(claimed[at].sum())
                one[3] += int(second[at].sum())
    return {_monday(number): [*one[:3], _fingerprint(one)] for number, one in sorted(sums.items())}


def _groups(week: Any, np: Any) -> Iterable[tuple[int, Any]]:
    order = np.argsort(week, kind="stable")
    numbers, begins = np.unique(week[order], return_index=True)
    return zip(numbers, np.split(order, begins[1:]), strict=True)


def _monday(number: int) -> str:
    return datetime.fromtimestamp((number * WEEK + _MONDAY) // 1_000_000, UTC).date().isoformat()


def _fingerprint(sums: list[int]) -> str:
    return hashlib.sha256(canonical({"sums": sums}).encode()).hexdigest()[:12]
