from __future__ import annotations

import pytest

from mining.core.analysis import Options
from mining.engine import open_engine


@pytest.fixture
def engine():
    with open_engine(Options()) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_engine():
    """One engine for the many examples of a property."""
    with open_engine(Options(threads=1)) as opened:
        yield opened
