"""What tests of several rooms share."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from mining.core.analysis import Options
from mining.core.tables import Tables

settings.register_profile("a busy machine", deadline=None)  # how long an example takes hangs on who else works here
settings.load_profile("a busy machine")


@pytest.fixture(scope="session")
def tables() -> Iterator[Tables]:
    """One engine for all tests that only bring small tables in."""
    from mining.engine import open_engine

    with open_engine(Options(memory_limit="1GB", threads=2)) as engine:
        yield engine


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a browser test that is skipped is one that nobody sees fail, so there it fails."""
    report = yield
    if report.skipped and os.environ.get("CI") and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
