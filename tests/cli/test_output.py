"""What is printed, and where."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from mining.cli import output


def test_a_line_of_an_export_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.put("Gr\u00fcn\x1b[31m\x07 group\t7")
    assert capsys.readouterr().out == "Gr\u00fcn\ufffd[31m\ufffd group\ufffd7\n"


def test_a_table_in_a_file_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    output.put_table(("name", "what it is"), [("[bold]a", "word " * 100), ("b\x1b[2J", "short")])
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "what", "it", "is"]
    assert first.startswith("[bold]a ")
    assert first.count("word") == 100
    assert "\x1b" not in second


def test_json_is_utf8_whatever_the_terminal_is_set_to(tmp_path: Path) -> None:
    script = "from mining.cli.output import put_json; put_json({'b': 'Störung', 'a': 1})"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True
    )
    assert json.loads(done.stdout.decode("utf-8")) == {"b": "Störung", "a": 1}
    assert done.stdout.decode("utf-8").index('"b"') < done.stdout.decode("utf-8").index('"a"')


def test_a_short_run_without_a_terminal_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress(quiet=False) as tell:
        tell("reading", None)
        tell("reading", 0.5)
    assert capsys.readouterr() == ("", "")


def test_a_long_run_without_a_terminal_tells_each_phase_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([0.0, 1.0, 17.0, 18.0, 90.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    with output.progress(quiet=False) as tell:
        for phase, share in (("reading", None), ("mapping", None), ("mapping", 0.5), ("measuring", None)):
            tell(phase, share)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split() for line in err.splitlines()] == [["17", "s", "mapping"], ["90", "s", "measuring"]]


@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_a_bar_only_at_a_terminal_and_only_on_standard_error(quiet: bool, shown: bool) -> None:
    script = (
        "import time\nfrom mining.cli.output import progress\n"
        f"with progress(quiet={quiet}) as tell:\n    tell('reading incidents.csv', 0.5); time.sleep(0.5)"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=theirs, env=environment, check=True
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        said = os.read(ours, 100_000)
    except (BlockingIOError, OSError):
        said = b""
    os.close(ours)
    assert (b"reading incidents.csv" in said) is shown
    assert done.stdout == b""
