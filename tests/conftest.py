"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mining.core.analysis import Options
from mining.core.tables import Tables


@pytest.fixture(scope="session")
def tables() -> Iterator[Tables]:
    """One engine for all tests that only bring small tables in."""
    from mining.engine import open_engine

    with open_engine(Options(memory_limit="1GB", threads=2)) as engine:
        yield engine
