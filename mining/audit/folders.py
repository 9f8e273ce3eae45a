"""The folders of reports: partial ones while they are written, and old ones that are not to be kept."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from mining.audit.history.store import History
from mining.audit.plan import Plan
from mining.audit.records import RUN
from mining.core.files import output_folder


class Partial:
    """A folder under a name that no reader takes for a report, gone after the block unless it was renamed."""

    def __init__(self, reports: Path, what: str) -> None:
        self._path = reports / f".{what}.partial"

    def __enter__(self) -> Path:
        shutil.rmtree(self._path, ignore_errors=True)
        return output_folder(self._path)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)


def clear(reports: Path) -> None:
    """Remove what a run that was killed left behind."""
    for path in reports.glob(".*.partial"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def forget(plan: Plan, history: History) -> None:
    """Remove reports older than those that are to be kept; the history keeps what they said."""
    if plan.keep_reports is None:
        return
    runs = history.read(plan.name, [RUN])
    for one in runs[: -plan.keep_reports]:
        with suppress(OSError):
            shutil.rmtree(plan.reports / one.body["report"])
