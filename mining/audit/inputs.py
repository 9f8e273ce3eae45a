"""The exports of a run: fetched, waited for, found, hashed, and looked at again once they were read."""

from __future__ import annotations

import glob
import hashlib
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mining.audit.plan import Fetch, Inputs, Plan
from mining.core.clock import Clock
from mining.core.errors import InputError, Problem, RequestError, shown

_PAUSE = 2.0
_SETTLING = 20  # times as long as a file must have stayed as it is, somebody may go on writing to it
_PARTIAL = (".partial", ".part", ".tmp", ".crdownload", ".filepart")


class InputMissing(InputError):
    """The input that a run was to read has not come."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the input. `mark` changes whenever the file is written or replaced."""

    path: Path
    bytes: int
    sha256: str
    mark: tuple[int, ...]


def fetch(plan: Plan) -> None:
    """Run the command that brings the inputs, where the audit file names one.

    What it prints is not kept: it may tell secrets. Raises InputError where it fails or takes too long.
    """
    command = plan.inputs.fetch
    if command is None:
        return
    try:
        done = _run(command, plan.file.parent)
    except subprocess.TimeoutExpired as error:
        todo = "see why it takes so long, or give it a longer timeout in the audit file"
        raise InputError(Problem("the command that fetches the inputs was not done in time", todo=todo)) from error
    except OSError as error:
        raise RequestError(
            Problem(f"the command that fetches the inputs cannot be run: {error.strerror}", found=command.command[0])
        ) from error
    if done.returncode:
        todo = "run it by hand in the folder of the audit file"
        raise InputError(
            Problem("the command that fetches the inputs failed", found=f"exit code {done.returncode}", todo=todo)
        )


def _run(command: Fetch, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - it runs because the audit file says so
        command.command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=command.timeout.total_seconds(),
        check=False,
    )


def find(inputs: Inputs, *, clock: Clock, sleep: Callable[[float], None], last: frozenset[str]) -> list[Found]:
    """The files of this run, hashed, in the order of their names.

    `last` are the hashes of the files of the run before: where the audit says how long to wait, something else than
    these is waited for. Raises InputMissing where nothing came, or what is there is older than it may be.
    """
    begin = since = clock()
    before: list[tuple[int, ...]] = []
    while True:
        paths = candidates(inputs)
        marks = [mark(path) for path in paths]
        since = since if marks == before else clock()
        before = marks
        at_rest = not paths or clock() - since >= inputs.settled or _is_settled(paths, inputs.settled, clock())
        if paths and at_rest:
            found = [hashed(path) for path in paths]
            if not inputs.wait or {one.sha256 for one in found} - last:
                _refuse_old(found, inputs, clock())
                return found
        patience = inputs.wait if at_rest else max(inputs.wait, _SETTLING * inputs.settled)
        left = begin + patience - clock()
        if left <= timedelta(0):
            raise InputMissing(_missing(inputs, paths))
        sleep(min(_PAUSE, left.total_seconds()))


def candidates(inputs: Inputs) -> list[Path]:
    """The files that are there now."""
    patterns = inputs.files or tuple(one for one in (inputs.newest, inputs.folder) if one is not None)
    paths = [path for pattern in patterns for path in _matching(pattern)]
    if inputs.newest is not None:
        paths = sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name))[-1:]
    return sorted(dict.fromkeys(paths), key=lambda path: (path.name, str(path)))


def _matching(pattern: str) -> list[Path]:
    path = Path(pattern)
    if path.is_dir():
        inside = path.iterdir()
    elif path.exists():
        return [path]
    else:
        inside = (Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207 - pathlib has no absolute globs
    return [
        one for one in inside if one.is_file() and not one.name.startswith((".", "_")) and one.suffix not in _PARTIAL
    ]


def _is_settled(paths: Sequence[Path], settled: timedelta, now: datetime) -> bool:
    """Whether nobody is still writing, as far as the time of the last writing tells; a clock that was set back does
    not."""
    newest = max(datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in paths)
    return now - newest >= settled


def _refuse_old(found: Sequence[Found], inputs: Inputs, now: datetime) -> None:
    if inputs.not_older_than is None:
        return
    newest = max(datetime.fromtimestamp(one.path.stat().st_mtime, UTC) for one in found)
    if now - newest > inputs.not_older_than:
        days = (now - newest) / timedelta(days=1)
        text = "the newest input is older than the audit allows, so the one that was due has not come"
        name = shown(found[-1].path)
        raise InputMissing(Problem(text, file=name, found=f"{days:.1f} days", expected=f"{inputs.not_older_than}"))


def _missing(inputs: Inputs, paths: Sequence[Path]) -> Problem:
    where = inputs.newest or inputs.folder or ", ".join(inputs.files)
    text = "nothing new has come" if paths else "no input has come"
    todo = "see whether the export was made and where it was put"
    return Problem(text, file=shown(where), todo=todo)


def hashed(path: Path) -> Found:
    """A file with its hash. Raises InputError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        before = mark(path)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        size = path.stat().st_size
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror}", file=shown(path))) from error
    return Found(path, size, digest.hexdigest(), before)


def mark(path: Path) -> tuple[int, ...]:
    """What changes whenever the file is written or replaced."""
    stat = path.stat()
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def replaced(found: Sequence[Found]) -> list[Found]:
    """Those that are no longer what was hashed, because somebody wrote to them while they were read."""
    changed = []
    for one in found:
        try:
            same = mark(one.path) == one.mark or hashed(one.path).sha256 == one.sha256
        except (OSError, InputError):
            same = False
        if not same:
            changed.append(one)
    return changed
