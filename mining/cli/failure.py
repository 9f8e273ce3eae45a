"""The one handler around every command: an exception becomes a message and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from mining.cli.output import clean, say
from mining.core.errors import ExitCode, Fault, MiningError


@dataclass(slots=True)
class Settings:
    """What holds for a run of the process: `debug` shows tracebacks, `interrupted` is set by Ctrl-C."""

    debug: bool = False
    interrupted: bool = False


def guard(run: Callable[[Settings], None]) -> int:
    """Call `run`; return the exit code that the process has to leave with.

    Nothing that goes wrong passes this function: what we raise on purpose, what Typer finds wrong with the options,
    Ctrl-C, a reader that went away, and faults of ours.
    """
    settings = Settings()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without "→" is no reason to fail
    _notice_interrupts(settings)
    try:
        run(settings)
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()
    except BaseException as error:  # noqa: BLE001 - the last handler: a traceback must not reach the user
        return _failed(error, settings)
    return ExitCode.DONE


def _failed(error: BaseException, settings: Settings) -> int:
    import typer

    if isinstance(error, typer.Exit):
        return error.exit_code
    if settings.debug:
        traceback.print_exception(error)
    if settings.interrupted or isinstance(error, KeyboardInterrupt | typer.Abort):
        say("Interrupted: no half-written file is left behind.")
        return ExitCode.INTERRUPTED
    if isinstance(error, typer.TyperException):
        show = getattr(error, "show", None)
        show() if show else say(f"Error: {error}")
        return ExitCode.REQUEST_WRONG
    if isinstance(error, MiningError) and not isinstance(error, Fault):
        say(*(f"Error: {problem}" for problem in error.problems))
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ExitCode.FAULT
    _report_fault(error, settings)
    return ExitCode.FAULT


def _notice_interrupts(settings: Settings) -> None:
    """Remember Ctrl-C: libraries below turn the KeyboardInterrupt into errors of their own."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # the caller ignores it, as a shell does for work in the background

    def noticed(number: int, frame: FrameType | None) -> None:
        settings.interrupted = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, noticed)


def _reader_gone() -> int:
    """`vsm … | head`: who read our output has enough. What belongs into files was written before."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.DONE


def _report_fault(error: BaseException, settings: Settings) -> None:
    said = clean(str(error).strip().split("\n", 1)[0])[:300]
    lines = ["Error: this is a fault of vsm, not of your export.", f"  {type(error).__name__}: {said}"]
    if isinstance(error, MemoryError):
        lines = ["Error: the memory of this machine did not suffice.", "  what to do: give --memory-limit, such as 2GB"]
    lines.append(f"  details, to paste into a report of the fault: {_write_log(error)}")
    lines.append("  it may name files and values of your export: read it before you pass it on")
    if not settings.debug:
        lines.append("  --debug shows the details here")
    say("\n".join(lines))


def _write_log(error: BaseException) -> str:
    from mining.cli.doctor import versions

    text = "\n".join(
        [
            "vsm " + " ".join(map(clean, sys.argv[1:])),
            *(f"{name} {version}" for name, version in versions().items()),
            "",
            "".join(traceback.format_exception(error)),
        ]
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="vsm-fault-", suffix=".log", delete=False
        ) as log:
            log.write(text)
    except OSError:
        return "could not be written; --debug shows them"
    return log.name
