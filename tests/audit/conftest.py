"""The two stores of a history: the tests of the history run on both."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import Server, programs

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    folder = programs()
    if folder is None:
        said = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    server = Server(folder)
    yield server
    server.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new history is to be: a file, or the URL of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "history.db")
    server: Server = request.getfixturevalue("postgres")
    return server.database(f"history{next(_numbers)}")
