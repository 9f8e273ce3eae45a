"""An audit as its file says it: what is read, how, what must hold, who is told, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from mining.core.analysis import Options
from mining.core.audit import Severity, Unit


@dataclass(frozen=True, slots=True)
class Fetch:
    """A command that brings the inputs, without a shell; run in the folder of the audit file."""

    command: tuple[str, ...]
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where the exports are. Exactly one of `files`, `newest` and `folder` is filled.

    `files` are files and globs that are all read; of `newest` the newest file that matches; of `folder` all data files
    in it. `wait` is how long a run waits for an input that has not come; `settled` how long a file must have stayed as
    it is before it is read; `not_older_than` the age from which an input counts as one that did not come. With `watch`,
    `vsm audit serve` runs the audit whenever something new lands.
    """

    files: tuple[str, ...] = ()
    newest: str | None = None
    folder: str | None = None
    fetch: Fetch | None = None
    wait: timedelta = timedelta(0)
    settled: timedelta = timedelta(0)
    not_older_than: timedelta | None = None
    watch: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as the file has it. `relative`: a share of what it is compared with."""

    value: float
    unit: Unit
    text: str
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Against:
    """What a gate compares with: the median of the last `runs` runs, or the base line where that is 0."""

    runs: int

    def __str__(self) -> str:
        if not self.runs:
            return "the base line"
        return "the run before" if self.runs == 1 else f"the median of the last {self.runs} runs"


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on a figure of `result.json`. Either bounds (`at_least`, `at_most`), or bounds on the distance from
    what is in `against` (`at_most_below`, `at_most_above`). `line` is where it stands in the file."""

    name: str
    figure: str
    unit: Unit
    line: int
    severity: Severity = Severity.FAIL
    grace: int = 0
    at_least: Quantity | None = None
    at_most: Quantity | None = None
    against: Against | None = None
    at_most_below: Quantity | None = None
    at_most_above: Quantity | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody who is told. The address comes from the environment variable `address_from`, and from nowhere else."""

    name: str
    address_from: str
    about: tuple[str, ...]
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class CachePlace:
    """Where runs keep what they read, mapped and aligned; how many bytes of it, and for how long what is not used."""

    folder: Path
    at_most: int
    unused_for: timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the audit is due: at these times of the clock of `zone`, on these weekdays (0 is Monday), or days of the
    month, or, where both are empty, every day."""

    zone: str
    at: tuple[time, ...]
    weekdays: tuple[int, ...] = ()
    days_of_month: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One audit. Paths are absolute; `file` is the audit file, `sha256` its hash."""

    name: str
    file: Path
    sha256: str
    inputs: Inputs
    mappings: tuple[str, ...]
    mappings_dir: Path | None
    references: tuple[str, ...]
    options: Options
    brand: Path | None
    gates: tuple[Gate, ...]
    reports: Path
    history: str
    history_from: str | None
    base_line: int | None
    trend: tuple[str, ...]
    alerts: tuple[Alert, ...]
    keep_reports: int | None
    schedule: Schedule | None
    language: str = "en"
    cache: CachePlace | None = None

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that the audit names, each once."""
        return tuple(dict.fromkeys([*(gate.figure for gate in self.gates), *self.trend]))
