"""Damage that SQLite itself does not tell as an error of its own."""

from __future__ import annotations

import sqlite3

import pytest
from source_helpers import take, written

from mining.core.errors import InputError
from mining.sources import ocel_sqlite


def test_a_length_beyond_memory_is_damage(engine, tmp_path, monkeypatch):
    class NoRoom(sqlite3.Connection):
        def execute(self, query, *more):
            if "sqlite_master" in query:
                raise MemoryError
            return super().execute(query, *more)

    connect = sqlite3.connect
    monkeypatch.setattr(ocel_sqlite.sqlite3, "connect", lambda *words, **more: connect(*words, factory=NoRoom, **more))
    with connect(tmp_path / "made.db") as database:
        database.execute("CREATE TABLE event (ocel_id TEXT)")
    database.close()
    path = written(tmp_path / "a.sqlite", (tmp_path / "made.db").read_bytes())
    with pytest.raises(InputError, match=r"(?s)damaged.*larger than memory"):
        take(engine, path)
