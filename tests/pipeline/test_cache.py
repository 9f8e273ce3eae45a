"""With a cache, the same comes out as from nothing: of exports that grow, by rows and by oddities."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from growing_exports import FOUND, GIVEN, HEADER, outcome, row, steps, take
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mining.core.analysis import Options
from mining.core.cache import Cache, digest_of
from mining.core.tables import Tables
from mining.engine import open_engine
from mining.engine.duck import Engine
from mining.sources import reading

LARGE = 10**9


@pytest.fixture(scope="module")
def engine(tables: Tables) -> Engine:
    assert isinstance(tables, Engine)
    return tables


def lines(*tickets: int, begin: int = 0, iso: bool = False) -> list[str]:
    states = ["New", "Active", "Resolved", "Closed"]
    return [
        row(ticket, state, begin + i + ticket, team="one", by="Ada", iso=iso, odd="")
        for ticket in tickets
        for i, state in enumerate(states)
    ]


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, text=st.sampled_from([GIVEN, FOUND]), zone=st.sampled_from(["UTC", "Europe/Berlin"]))
@example(steps=[("grow", lines(1, 2), "\n"), ("grow", lines(2, 3), "\n")], text=GIVEN, zone="UTC")
@example(steps=[("grow", lines(1, 2), "\n"), ("grow", lines(3, iso=True), "\n")], text=FOUND, zone="UTC")
@example(steps=[("grow", lines(1, iso=True), "\n"), ("new file", lines(1, 2), "\n")], text=FOUND, zone="UTC")
@example(steps=[("grow", lines(1), "\n"), ("grow", lines(2), "\r\n"), ("grow", lines(1), "\n")], text=GIVEN, zone="UTC")
@example(steps=[("new file", lines(1, 2), "\n"), ("new first file", lines(2), "\n")], text=GIVEN, zone="Europe/Berlin")
def test_the_same_comes_out_as_from_nothing(
    engine: Engine, steps: list[tuple[str, list[str], str]], text: str, zone: str
) -> None:
    """Files grow, appear before and behind others, change inside; the cache is damaged; times, quotes, line ends and
    signs are odd. After each step everything that was read and mapped, and every error, is as without a cache."""
    text = text.replace("ZONE", zone)
    with tempfile.TemporaryDirectory() as name:
        folder, kept = Path(name, "exports"), Path(name, "cache")
        folder.mkdir()
        for number, step in enumerate(steps):
            take(step, folder, kept, number)
            cache = Cache(kept, at_most=LARGE, keep=LARGE)
            assert outcome(engine, folder, text, cache) == outcome(engine, folder, text, None)
            cache.tidy()


def grown(engine: Engine, tmp_path: Path, *more: str, text: str = GIVEN) -> Cache:
    """An export that was read once, and again after it grew by these lines: the cache of the second time."""
    folder, kept = tmp_path / "exports", tmp_path / "cache"
    folder.mkdir()
    text = text.replace("ZONE", "UTC")
    (folder / "a.csv").write_text(HEADER + "\n".join(lines(1, 2, 3)) + "\n", encoding="utf-8")
    outcome(engine, folder, text, Cache(kept, at_most=LARGE, keep=LARGE))
    with (folder / "a.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("".join(more))
    cache = Cache(kept, at_most=LARGE, keep=LARGE)
    assert outcome(engine, folder, text, cache) == outcome(engine, folder, text, None)
    return cache


def test_only_what_is_new_is_read_and_decided(engine: Engine, tmp_path: Path) -> None:
    cache = grown(engine, tmp_path, lines(2, begin=9)[0] + "\n")
    assert cache.used == {"rows known": 12, "rows read": 1, "logs mapped in part": 1}
    assert cache.said == []
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "cache").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        pytest.param("\n" + lines(4)[0] + "\n", id="an empty line first"),
        pytest.param(lines(4)[0] + "\r\n", id="lines end otherwise"),
        pytest.param(lines(4)[0] + ",more\n", id="a row too wide"),
        pytest.param('T4,"New\n', id="a quote that is never closed"),
    ],
)
def test_where_what_is_new_is_odd_all_is_read(engine: Engine, tmp_path: Path, more: str) -> None:
    assert "rows known" not in grown(engine, tmp_path, more).used


@pytest.mark.slow
def test_a_format_that_all_times_decide_is_decided_by_all_of_them(engine: Engine, tmp_path: Path) -> None:
    assert "rows known" not in grown(engine, tmp_path, lines(4)[0] + "\n", text=FOUND).used


def test_a_damaged_cache_is_told_and_not_used(engine: Engine, tmp_path: Path) -> None:
    grown(engine, tmp_path, lines(2, begin=9)[0] + "\n")
    for path in (tmp_path / "cache").glob("vsm-*.parquet"):
        path.write_bytes(b"PAR1" + path.read_bytes()[4:-8] + b"PAR1PAR1")
    cache = Cache(tmp_path / "cache", at_most=LARGE, keep=LARGE)
    text = GIVEN.replace("ZONE", "UTC")
    assert outcome(engine, tmp_path / "exports", text, cache) == outcome(engine, tmp_path / "exports", text, None)
    assert cache.used["rows read"] == 13
    assert "was damaged (its rows are not as they were written); what it held was worked out anew." in cache.said[0]


@pytest.mark.slow
def test_a_file_that_is_replaced_while_it_is_read_is_not_kept(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hash may be that of what replaced it, which would then be taken for known."""
    path, text = tmp_path / "a.csv", GIVEN.replace("ZONE", "UTC")
    path.write_text(HEADER + "\n".join(lines(1)) + "\n", encoding="utf-8")
    set_aside = reading.set_aside

    def replaced(*given: Any) -> None:
        path.write_text(HEADER + "\n".join(lines(2)) + "\n", encoding="utf-8")
        set_aside(*given)

    monkeypatch.setattr(reading, "set_aside", replaced)
    outcome(engine, path, text, Cache(tmp_path / "cache", at_most=LARGE, keep=LARGE))
    monkeypatch.undo()
    assert not list(tmp_path.glob("cache/*"))
    cache = Cache(tmp_path / "cache", at_most=LARGE, keep=LARGE)
    assert outcome(engine, path, text, cache) == outcome(engine, path, text, None)


def test_what_cannot_be_written_is_told(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder should be")
    (tmp_path / "a.csv").write_text(HEADER + "\n".join(lines(1)) + "\n", encoding="utf-8")
    cache = Cache(tmp_path / "cache", at_most=LARGE, keep=LARGE)
    outcome(engine, tmp_path / "a.csv", GIVEN.replace("ZONE", "UTC"), cache)
    assert cache.said
    assert all(one.startswith("The cache could not be written: ") for one in cache.said)


def test_the_cache_keeps_to_its_size_and_its_time(tmp_path: Path) -> None:
    """Ten entries of 1,000 bytes, one a day; then room for some three, then four days."""
    clock = [1_000_000.0]
    mine = tmp_path / "theirs.json"
    mine.write_text("{}")
    (tmp_path / "theirs.parquet").write_text("{}")

    def cache(**limits: float) -> Cache:
        return Cache(tmp_path, **{"at_most": LARGE, "keep": LARGE, **limits}, now=lambda: clock[0])  # type: ignore[arg-type]

    for day in range(10):
        clock[0] += 86_400
        cache().put(
            "rows",
            "f" * 64,
            digest_of(day),
            {"day": day},
            write=lambda path: path.write_bytes(os.urandom(1000)) and None,
        )
    assert [one.told["day"] for one in cache().family("rows", "f" * 64)] == [*range(9, -1, -1)]
    cache().find("rows", "f" * 64, digest_of(8))  # used today, as the newest
    cache(at_most=3_900).tidy()
    assert sorted(one.told["day"] for one in cache().family("rows", "f" * 64)) == [7, 8, 9]
    clock[0] += 1.5 * 86_400
    cache(keep=2 * 86_400).tidy()
    assert sorted(one.told["day"] for one in cache().family("rows", "f" * 64)) == [8, 9]
    assert len(list(tmp_path.glob("vsm-*.parquet"))) == 2
    assert mine.exists() and (tmp_path / "theirs.parquet").exists()  # noqa: PT018


@pytest.mark.slow
def test_several_runs_share_a_folder_while_another_empties_it(tmp_path: Path) -> None:
    """Two analyses at once on one cache, and a third that removes all that is in it again and again: none of them
    fails, and all say the same as from nothing."""
    folder, kept = tmp_path / "exports", tmp_path / "cache"
    folder.mkdir()
    text = GIVEN.replace("ZONE", "UTC")
    done = Event()

    def analyse(_: int) -> object:
        with open_engine(Options(memory_limit="500MB", threads=1)) as tables:
            return [outcome(tables, folder, text, Cache(kept, at_most=LARGE, keep=LARGE)) for _ in range(4)]

    def empty() -> None:
        while not done.is_set():
            Cache(kept, at_most=0, keep=0).tidy()
            done.wait(0.02)

    (folder / "a.csv").write_text(HEADER + "\n".join(lines(*range(1, 7))) + "\n", encoding="utf-8")
    with open_engine(Options(memory_limit="500MB", threads=1)) as tables:
        expected = outcome(tables, folder, text, None)
    with ThreadPoolExecutor(3) as pool:
        emptying = pool.submit(empty)
        found = list(pool.map(analyse, range(2)))
        done.set()
        emptying.result()
    assert found == [[expected] * 4] * 2
