"""What the command line prints: results on standard output, messages and progress on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from mining.core.catalogue import Entry

PATIENCE = 10.0
"""Seconds after which a run without a terminal tells its phases, so that a log of a short run stays empty."""


def clean(text: str) -> str:
    """`text` without what a terminal would take for a command; an export can hold anything."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def say(*messages: str) -> None:
    """A message to the person at the terminal, on standard error."""
    for message in messages:
        print(clean(message), file=sys.stderr)  # noqa: T201 - this is the place that prints


def put(*lines: str) -> None:
    """Lines of the result, on standard output."""
    for line in lines:
        print(clean(line))  # noqa: T201


def put_json(value: Any) -> None:
    """`value` on standard output, for programs: UTF-8 whatever the terminal's encoding, written as `result.json` is."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.buffer.write(text.encode() + b"\n")


def put_file(path: str | Path) -> None:
    """A text file on standard output."""
    put(Path(path).read_text(encoding="utf-8-sig").rstrip("\n"))


def where_from(entry: Entry) -> dict[str, Any]:
    """For programs: where a mapping or a reference stream is from, and where others are from that it hides."""
    return {"from": entry.origin, "hides": list(entry.hides)}


def put_notes(entries: Mapping[str, Entry]) -> None:
    """What is to be said of those that hide others of their name."""
    notes = [entry.note for entry in entries.values() if entry.note is not None]
    put(*([""] if notes else []), *(f"Note: {note}" for note in notes))


def put_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output; at a terminal the last column takes what width there is."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold", no_wrap=header != headers[-1])
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    if not console.is_terminal:  # a file or a program: nothing is folded
        console.width = 10_000
    with console.capture() as capture:
        console.print(table, crop=False)
    lines = capture.get().rstrip("\n").split("\n")
    print("\n".join(line.rstrip() for line in lines))  # noqa: T201


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """A listener for the time of one run: a bar at a terminal, a line a phase elsewhere, nothing where `quiet`."""
    if quiet:
        yield silent
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        with Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=5) as bar:
            yield _OneBar(bar)


class _OneBar:
    """Shows the phase that is on."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID = bar.add_task("starting", total=None)

    def __call__(self, phase: str, share: float | None) -> None:
        total = None if share is None else 1.0
        self._bar.update(self._task, description=clean(phase), total=total, completed=share or 0.0)


class _Lines:
    """Tells each new phase once the run has lasted a while."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told: str | None = None

    def __call__(self, phase: str, share: float | None) -> None:  # noqa: ARG002 - a listener takes both
        elapsed = time.monotonic() - self._began
        if phase != self._told and elapsed >= PATIENCE:
            self._told = phase
            say(f"{elapsed:5.0f} s  {phase}")
