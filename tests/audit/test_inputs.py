"""Which files a run reads, and when."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mining.audit.inputs import InputMissing, find, hashed, replaced
from mining.audit.plan import Inputs

NOW = datetime(2026, 2, 2, 6, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def put(path: Path, text: str = "x", age: float = 3600) -> Path:
    path.write_text(text, encoding="utf-8")
    at = NOW.timestamp() - age
    os.utime(path, (at, at))
    return path


def names(inputs: Inputs, clock: Clock | None = None, last: frozenset[str] = frozenset()) -> list[str]:
    used = clock or Clock()
    return [one.path.name for one in find(inputs, clock=used, sleep=used.sleep, last=last)]


def test_the_newest_file_of_a_pattern(tmp_path: Path) -> None:
    put(tmp_path / "b.csv", age=100)
    put(tmp_path / "a.csv", age=50)
    put(tmp_path / "c.txt", age=10)
    put(tmp_path / "d.csv.part", age=1)
    assert names(Inputs(newest=str(tmp_path / "*.csv*"))) == ["a.csv"]


def test_all_files_of_patterns_and_of_a_folder_but_not_those_being_written(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden.csv", "_note.csv", "c.csv.partial", "d.tmp"):
        put(tmp_path / name)
    assert names(Inputs(files=(str(tmp_path / "b*.csv"), str(tmp_path / "a.csv")))) == ["a.csv", "b.csv"]
    assert names(Inputs(folder=str(tmp_path))) == ["a.csv", "b.csv"]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="no input has come"):
        names(Inputs(newest=str(tmp_path / "*.csv")))


def test_something_new_is_waited_for(tmp_path: Path) -> None:
    old = hashed(put(tmp_path / "a.csv", "old"))
    clock = Clock()
    inputs = Inputs(newest=str(tmp_path / "*.csv"), wait=timedelta(minutes=10))

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now >= NOW + timedelta(minutes=5):
            put(tmp_path / "a.csv", "new", age=-300)

    found = find(inputs, clock=clock, sleep=sleep, last=frozenset([old.sha256]))
    assert found[0].sha256 != old.sha256
    assert timedelta(minutes=5) <= clock.now - NOW < timedelta(minutes=6)


def test_a_file_must_have_stayed_as_it_is(tmp_path: Path) -> None:
    put(tmp_path / "a.csv", age=10)
    clock = Clock()
    inputs = Inputs(newest=str(tmp_path / "*.csv"), settled=timedelta(seconds=30))
    assert names(inputs, clock) == ["a.csv"]
    assert timedelta(seconds=20) <= clock.now - NOW <= timedelta(seconds=22)


def test_a_file_from_the_future_is_read_once_it_has_stayed_as_it_is(tmp_path: Path) -> None:
    """The clock was set back by a day."""
    put(tmp_path / "a.csv", age=-86400)
    clock = Clock()
    inputs = Inputs(newest=str(tmp_path / "*.csv"), settled=timedelta(seconds=30))
    assert names(inputs, clock) == ["a.csv"]
    assert clock.now - NOW == timedelta(seconds=30)


@pytest.mark.parametrize("how", ["written", "replaced", "gone"])
def test_what_was_replaced_is_noticed(tmp_path: Path, how: str) -> None:
    path = put(tmp_path / "a.csv")
    found = [hashed(path)]
    assert replaced(found) == []
    if how == "gone":
        path.unlink()
    elif how == "replaced":
        put(tmp_path / "b.csv", "y").replace(path)
    else:
        put(path, "y")
    assert replaced(found) == found


def test_the_same_content_written_again_is_no_replacement(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv")
    found = [hashed(path)]
    put(path, age=5)
    assert replaced(found) == []
