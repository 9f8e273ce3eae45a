"""A process that imports pm4py while this one works, and then mines.

Importing pm4py and mining are pure Python: in a thread they would hold up everything else here. The process gets one
request and gives one answer, both one line of JSON, and ends with this one, whatever happens to it: its standard input
is a pipe that closes when we are gone. It is no `multiprocessing` process, because that runs the user's own script
once more where the script has no `if __name__ == "__main__"`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from typing import IO

from mining.discovery.models import Mined, mine

_NICE = 10
"""The models are needed last: importing pm4py takes what processor time the engine leaves."""

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from mining.discovery.worker import serve; serve()"


class WorkerLost(Exception):
    """The worker cannot be started, or ended without an answer."""


class Worker:
    """The process, from our side. May be closed at any time, from any thread, more than once."""

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
                [sys.executable, "-c", _START, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; we end the worker
            )
        except (OSError, ValueError) as error:
            raise WorkerLost(str(error)) from error

    def mine(self, traces: Mapping[tuple[str, ...], int], noise: float) -> Mined:
        """Have `traces` mined. Raises WorkerLost where the process is gone, MiningFailed where pm4py failed in it."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        request = {"noise": noise, "traces": [[list(trace), n] for trace, n in traces.items()]}
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            answer = json.loads(line)
        except (OSError, ValueError) as error:
            raise WorkerLost(str(error)) from error
        if "failed" in answer:
            raise MiningFailed(answer["failed"])
        return Mined(**answer)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


class MiningFailed(Exception):
    """pm4py failed on the traces; the text says how."""


def mine_here(traces: Mapping[tuple[str, ...], int], noise: float) -> Mined:
    """Like `Worker.mine`, in this process. Raises MiningFailed."""
    try:
        return mine(traces, noise)
    except Exception as error:
        raise MiningFailed(f"{type(error).__name__}: {error}") from error


def serve() -> None:
    """The process, from its own side."""
    from mining.pm4py_adapter import import_pm4py

    if hasattr(os, "nice"):
        os.nice(_NICE)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed must not get between the answers
    import_pm4py()
    line = sys.stdin.buffer.readline()
    if not line:
        return
    threading.Thread(target=_end_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    request = json.loads(line)
    traces = {tuple(trace): n for trace, n in request["traces"]}
    try:
        answer: dict[str, object] = asdict(mine_here(traces, request["noise"]))
    except MiningFailed as error:
        answer = {"failed": str(error)}
    answers.write(json.dumps(answer) + "\n")
    answers.close()
    os._exit(0)  # the thread still waits for the end of standard input


def _end_with_parent(requests: IO[bytes]) -> None:
    requests.read()
    os._exit(0)
