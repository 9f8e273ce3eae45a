"""The one handler: each kind of failure has its exit code and its words."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from mining.cli.failure import Settings, guard
from mining.core.errors import ConfigError, ExitCode, Fault, InputError, MiningError, Problem, RequestError


@pytest.fixture(autouse=True)
def _same_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def fails(error: BaseException, *, debug: bool = False) -> int:
    def run(settings: Settings) -> NoReturn:
        settings.debug = debug
        raise error

    return guard(run)


def test_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert guard(lambda settings: None) == ExitCode.DONE
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("kind", "code"), [(RequestError, 2), (ConfigError, 2), (InputError, 3)], ids=str)
def test_what_we_raise_on_purpose(kind: type[MiningError], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    first = Problem("no such thing", file="a.csv", row=1234, column="state", found="x", expected="y", todo="look")
    assert fails(kind(first, Problem("and this"))) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        'Error: a.csv, row 1,234, column "state": no such thing',
        "  found: x",
        "  expected: y",
        "  what to do: look",
        "Error: and this",
    ]


def test_what_an_export_holds_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    fails(InputError(Problem("bad", found="\x1b[2J\x07red")))
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero\nand more"), Fault(Problem("lost a row")), MemoryError()])
def test_a_fault_leaves_a_log_and_no_traceback(
    error: Exception, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fails(error) == ExitCode.FAULT
    err = capsys.readouterr().err
    assert "Traceback" not in err
    (log,) = tmp_path.glob("vsm-*.log")
    assert str(log) in err
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert type(error).__name__ in text
    assert "value-stream-miner 0" in text


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert fails(ZeroDivisionError("by zero"), debug=True) == ExitCode.FAULT
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()])
def test_interrupted(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert fails(error) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err.startswith("Interrupted")


def test_a_library_that_dresses_up_the_interrupt_is_seen_through(capsys: pytest.CaptureFixture[str]) -> None:
    def run(settings: Settings) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    assert guard(run) == ExitCode.INTERRUPTED


def test_a_command_says_its_own_exit_code() -> None:
    assert fails(typer.Exit(1)) == ExitCode.GATE_FAILED
    assert fails(typer.Exit(0)) == ExitCode.DONE


def test_options_that_typer_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert fails(typer.BadParameter("not so")) == ExitCode.REQUEST_WRONG
    assert "not so" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_is_no_second_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    assert fails(ZeroDivisionError()) == ExitCode.FAULT
    assert "could not be written" in capsys.readouterr().err
    assert sys.exc_info() == (None, None, None)
