from __future__ import annotations

import pytest

from mining.core.analysis import Options
from mining.engine import open_engine


@pytest.fixture(scope="session")
def engine():
    with open_engine(Options()) as opened:
        yield opened


@pytest.fixture
def real_log():
    """A function that gives the path of a real log, or skips the test where the real logs are not there."""
    from source_helpers import REAL_LOGS

    def path(name: str):
        if not (REAL_LOGS / name).exists():
            pytest.skip(f"the real log {name} is not there")
        return REAL_LOGS / name

    return path
