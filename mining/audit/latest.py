"""Of an export that grows: the streams that began in the last period, and those of the period before it, each as it
stood at the end of its own period.

Streams that ended since the run before cannot be compared with all that ended before: a log that begins on some day
holds at first only streams that ended soon, so that later ones seem longer and take other ways though nothing changed.
Here both sides are looked at for the same time, from their beginning on, so that what does not change looks alike from
the first run on. No stream is on both sides, so that what is in both exports hides nothing either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mining.audit.usual import Difference, Periods, differences

_FEWEST_TIMES = 20  # below that, percentiles would be the times of single tickets
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Cohort:
    """Streams that began after `begin` and not after `end` (UTC), as they stood `lag` periods after `end`.

    `variants` is streams by the symbols of the visits that had begun by then, `valued` of how many value had been
    claimed or confirmed, `times` the 101 percentiles of the times from their beginning to that, empty where there are
    few.
    """

    begin: str
    end: str
    variants: dict[tuple[str, ...], int]
    valued: int
    times: tuple[int, ...]

    @property
    def streams(self) -> int:
        """All of them."""
        return sum(self.variants.values())

    def as_dict(self) -> dict[str, Any]:
        """For the history: no ticket is in it."""
        variants = [[list(symbols), streams] for symbols, streams in self.variants.items()]
        return {
            "begin": self.begin,
            "end": self.end,
            "variants": variants,
            "valued": self.valued,
            "times": list(self.times),
        }


@dataclass(frozen=True, slots=True)
class Latest:
    """Both periods, each as long as it is from `since`, the end of the window of the run before, to the end of this
    one. `lag`: streams are looked at so many periods after theirs, as most need that long. `usual` is how much earlier
    periods differ from one another."""

    since: str
    lag: int
    before: Cohort
    now: Cohort
    usual: tuple[Difference, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For the history."""
        return {
            "since": self.since,
            "lag": self.lag,
            "before": self.before.as_dict(),
            "now": self.now.as_dict(),
            "usual": [[one.variants, one.times, one.share] for one in self.usual],
        }


def from_dict(told: dict[str, Any]) -> Latest:
    """A comparison of an earlier run, from what `Latest.as_dict` wrote into the history."""
    sides = [
        Cohort(
            one["begin"],
            one["end"],
            {tuple(symbols): streams for symbols, streams in one["variants"]},
            one["valued"],
            tuple(one["times"]),
        )
        for one in (told["before"], told["now"])
    ]
    usual = tuple(Difference(*one) for one in told.get("usual", ()))  # earlier versions did not ask
    return Latest(told["since"], told["lag"], sides[0], sides[1], usual)


def latest(visits: Path, before: Sequence[str], window: tuple[int, int], typical: int | None) -> Latest | None:
    """Of the table of visits. `before` is the window of the run before, `window` that of this one (microseconds);
    `typical` how long streams take to value (microseconds), None where that is not known.

    None where the export does not begin where it did, or goes on no longer, or does not reach back to a whole period
    before the last one.
    """
    begin, since = map(_micros, before)
    period = window[1] - since
    if window[0] // _SECOND * _SECOND != begin or period <= 0:
        return None
    wanted = 0 if typical is None or 2 * typical <= period else -(-typical // period)
    lag = min(wanted, (since - window[0]) // period - 1)
    if lag < 0:
        return None
    ends = (since - lag * period, window[1] - lag * period)
    streams = _streams(visits, ends[0] - period, ends[1])
    old, new = (
        _cohort([one for one in streams if end - period < one[0][0] <= end], (end - period, end), end + lag * period)
        for end in ends
    )
    usual = differences(visits, Periods(window[0], ends[1], period, lag))
    return Latest(before[1], lag, old, new, usual)


def _micros(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) * _SECOND


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros // _SECOND, UTC).isoformat()


_Visit = tuple[int, str, bool]  # when it began, its symbol, whether value is claimed or confirmed in it


def _cohort(streams: Sequence[list[_Visit]], span: tuple[int, int], cut: int) -> Cohort:
    variants: Counter[tuple[str, ...]] = Counter()
    times = []
    for stream in streams:
        seen = [visit for visit in stream if visit[0] <= cut]
        variants[tuple(symbol for _, symbol, _ in seen)] += 1
        valued = next((start for start, _, value in seen if value), None)
        if valued is not None:
            times.append(valued - stream[0][0])
    times.sort()
    ranks = [times[-(-percent * len(times) // 100) - 1 if percent else 0] for percent in range(101)] if times else []
    ordered = dict(sorted(variants.items(), key=lambda pair: (-pair[1], pair[0])))
    enough = len(times) >= _FEWEST_TIMES
    return Cohort(_moment(span[0]), _moment(span[1]), ordered, len(times), tuple(ranks) if enough else ())


def _streams(visits: Path, after: int, until: int) -> list[list[_Visit]]:
    """The visits of each stream that began in this time, in their order; of all others nothing is held."""
    import pyarrow as pa
    import pyarrow.compute as pc

    begun = [
        batch.filter(pc.and_(pc.equal(batch["position"], 0), _within(batch["start"], after, until)))["case_id"]
        for batch in _batches(visits, ["case_id", "position", "start"])
    ]
    wanted = pa.chunked_array(begun, pa.string()).combine_chunks()
    found: dict[str, list[tuple[int, _Visit]]] = {}
    for batch in _batches(visits, ["case_id", "position", "activity", "step", "value", "start"]):
        rows = batch.filter(pc.is_in(batch["case_id"], value_set=wanted))
        starts = rows["start"].cast("int64").to_pylist()
        names = [pc.cast(rows[name], "string").to_pylist() for name in ("case_id", "activity", "step", "value")]
        for position, start, case, activity, step, value in zip(
            rows["position"].to_pylist(), starts, *names, strict=True
        ):
            symbol = (activity if step is None else f"{activity}:{step}") + ("" if value is None else f" [{value}]")
            visit = (start, symbol, value in ("claimed", "confirmed"))
            found.setdefault(case, []).append((position, visit))
    return [[visit for _, visit in sorted(found[case])] for case in sorted(found)]


def _within(start: Any, after: int, until: int) -> Any:
    import pyarrow.compute as pc

    micros = start.cast("int64")
    return pc.and_(pc.greater(micros, after), pc.less_equal(micros, until))


def _batches(visits: Path, columns: list[str]) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(visits) as file:
        yield from file.iter_batches(columns=columns)
