"""The last period of an export that grows against the one before it, without an analysis."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from growing_log import BEGIN, Changes, rows

from mining.audit.latest import from_dict, latest
from mining.audit.measured import Measured
from mining.audit.process import process_changes

DAY = 86_400_000_000
_SYMBOLS = {
    "opened": ("engage", "log", None),
    "asked": ("engage", "ask", None),
    "worked": ("deliver_and_support", "work", None),
    "solved": ("deliver_and_support", "resolve", "claimed"),
    "reopened": ("engage", "reopen", "withdrawn"),
}


def table(path: Path, happened: list[tuple[datetime, str, str]]) -> Path:
    """Visits as an analysis writes them, in no order: each event but the last begins one."""
    position: dict[str, int] = {}
    visits = []
    for at, ticket, event in happened:
        if event == "closed":
            continue
        activity, step, value = _SYMBOLS[event]
        visits.append((ticket, position.setdefault(ticket, 0), activity, step, value, at))
        position[ticket] += 1
    names = ("case_id", "position", "activity", "step", "value", "start")
    columns = [pa.array(list(column)) for column in zip(*visits[::-1], strict=True)]
    columns[1], columns[5] = columns[1].cast(pa.int32()), columns[5].cast(pa.timestamp("us", "UTC"))
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), path)
    return path


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def at(days: float) -> datetime:
    return BEGIN + timedelta(days=days)


def test_each_side_is_seen_as_it_stood_at_its_own_end(tmp_path: Path) -> None:
    """A run on day 2, one on day 3: the period is a day. B is opened on day 1.5 and solved on day 2.5, after the end of
    its period, so that it counts as only opened; C is opened on day 2.5 and is solved by day 3; A is older."""
    happened = [
        (at(0), "A", "opened"),
        (at(1.5), "B", "opened"),
        (at(2.5), "B", "solved"),
        (at(2.5), "C", "opened"),
        (at(2.75), "C", "solved"),
    ]
    visits = table(tmp_path / "visits.parquet", sorted(happened))
    found = latest(visits, (at(0).isoformat(), at(2).isoformat()), (micros(at(0)), micros(at(3))), DAY // 4)
    assert found is not None
    assert found.lag == 0
    assert (found.before.variants, found.before.valued) == ({("engage:log",): 1}, 0)
    assert found.now.variants == {("engage:log", "deliver_and_support:resolve [claimed]"): 1}
    assert (found.now.streams, found.now.valued, found.now.times) == (1, 1, ())
    assert (found.before.begin, found.before.end, found.now.end) == tuple(at(n).isoformat() for n in (1, 2, 3))
    assert from_dict(found.as_dict()) == found


def test_slow_streams_are_looked_at_later(tmp_path: Path) -> None:
    """Streams take a day and a half to value, periods are of a day: two periods later, where the log reaches back."""
    visits = table(tmp_path / "visits.parquet", [(at(n), f"T{n}", "opened") for n in range(8)])
    for until, lag in ((7, 2), (4, 2), (3, 1), (2, 0)):
        before = (at(0).isoformat(), at(until - 1).isoformat())
        found = latest(visits, before, (micros(at(0)), micros(at(until))), 3 * DAY // 2)
        assert found is not None
        assert found.lag == lag


@pytest.mark.parametrize(("begin", "since", "until"), [(0.5, 2, 3), (0, 3, 3), (0, 1, 3)])
def test_no_two_like_periods(tmp_path: Path, begin: float, since: float, until: float) -> None:
    """It begins elsewhere; it goes on no longer; before two days there is only one."""
    visits = table(tmp_path / "visits.parquet", [(at(0), "A", "opened")])
    before = (at(begin).isoformat(), at(since).isoformat())
    assert latest(visits, before, (micros(at(0)), micros(at(until))), None) is None


def judged(folder: Path, happened: list[tuple[datetime, str, str]], week: int) -> list[str]:
    """What is said of the process by the export as of this week, after the one of the week before."""
    until, since = at(7 * week), at(7 * (week - 1))
    visits = table(folder / f"{week}.parquet", [row for row in happened if row[0] <= until])
    window = (happened[0][0].replace(microsecond=0).isoformat(), since.isoformat())
    found = latest(visits, window, (micros(happened[0][0]), micros(until)), 9 * DAY)
    now, before = (
        Measured(
            figures={},
            variants={},
            hand_offs=[],
            deviations={},
            weeks={},
            lead_times=(),
            columns=(),
            unmapped={},
            by_completion=None,
            window=(window[0], end.isoformat()),
            latest=found,
        )
        for end in (until, since)
    )
    return process_changes(now, before)[0] if found is not None else []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_where_nothing_changes_nothing_is_said_from_the_first_week_on(tmp_path: Path, seed: int) -> None:
    happened = rows(10, seed=seed)
    assert [judged(tmp_path, happened, week) for week in range(2, 11)] == [[]] * 9


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_what_changes_is_said_once_it_can_be_seen(tmp_path: Path, seed: int) -> None:
    """From the eighth week on more have to ask. Most take nine days, so that streams are looked at two weeks later."""
    happened = rows(12, Changes(asked_from=7), seed=seed)
    said = {week: judged(tmp_path, happened, week) for week in range(2, 13)}
    assert [week for week, texts in said.items() if any("take other variants" in text for text in texts)] == [10]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_work_that_takes_longer_is_said(tmp_path: Path, seed: int) -> None:
    happened = rows(12, Changes(slower_from=7), seed=seed)
    said = {week: judged(tmp_path, happened, week) for week in range(2, 13)}
    assert [week for week, texts in said.items() if texts] == [10]
