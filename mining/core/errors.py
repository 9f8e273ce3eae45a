"""The errors of this project, and the exit code that each one means.

    MiningError                  never raised itself
      RequestError        2      a file, a mapping, a reference or an option is not usable
        ConfigError       2      a YAML file is wrong; carries every problem with file and line
      InputError          3      an input could not be read to the end
      Fault               4      ours: something that must not happen did

Deviations, unmapped events and broken gates are results, never exceptions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """What the process tells its caller; other programs and schedules rely on it."""

    DONE = 0
    GATE_FAILED = 1
    REQUEST_WRONG = 2
    INPUT_UNREADABLE = 3
    FAULT = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was found, what was expected, what to do.

    `line` counts lines of a text file from 1; `row` counts data rows of an export from 1, the header not counted.
    """

    text: str
    file: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    expected: str | None = None
    todo: str | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}" if place else f"line {self.line}"
        if self.row is not None:
            place += f"{', ' if place else ''}row {self.row:,}"
        if self.column is not None:
            place += f'{", " if place else ""}column "{self.column}"'
        lines = [f"{place}: {self.text}" if place else self.text]
        for name, said in (("found", self.found), ("expected", self.expected), ("what to do", self.todo)):
            if said is not None:
                lines.append(f"  {name}: {said}")
        return "\n".join(lines)


class MiningError(Exception):
    """The root of what this project raises on purpose; carries one or more problems."""

    exit_code: ExitCode = ExitCode.FAULT

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class RequestError(MiningError):
    """The request cannot be met as it stands: a file, a mapping, a reference or an option is not usable."""

    exit_code = ExitCode.REQUEST_WRONG


class ConfigError(RequestError):
    """A mapping, a reference stream or another YAML file is wrong; carries all of its problems at once."""


class InputError(MiningError):
    """An input broke off or could not be decoded; nothing is concluded from the part that was read."""

    exit_code = ExitCode.INPUT_UNREADABLE


class Fault(MiningError):
    """A fault of this program. It should be reported."""

    exit_code = ExitCode.FAULT


def nearest(word: str, known: Iterable[str], n: int = 3) -> list[str]:
    """The entries of `known` that look most like `word`, the best first, upper and lower case alike."""
    by_lower = {k.lower(): k for k in sorted(known)}
    return [by_lower[m] for m in difflib.get_close_matches(word.lower(), by_lower, n=n, cutoff=0.5)]


def shown(path: Path | str) -> str:
    """A path as messages and reports show it: its last name only, without folders and control characters."""
    return "".join(c if c.isprintable() else "�" for c in Path(path).name)
