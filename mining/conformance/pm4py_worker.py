"""A process that aligns streams by pm4py, one at a time, and can be ended at any moment.

As in the process that mines (docs/decisions/0012) everything travels as lines of JSON, and it ends with this process,
whatever happens to it: its standard input closes when we are gone. Hashes of names are fixed in it, so that the order
in which pm4py walks over its sets is the same in every run.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from mining.conformance.net import Unfolded

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from mining.conformance.pm4py_worker import serve; "
    "serve()"
)

Moves = list[tuple[bool, int]]
"""For each move whether it reads a part of the stream, and the number of the transition, or −1."""


class Lost(Exception):
    """The process cannot be started, or ended without an answer: it was ended by us, or crashed."""


class Failed(Exception):
    """pm4py failed on a stream; the text says how."""


class Worker:
    """The process, from our side. `close` may be called from any thread, at any time, more than once."""

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
                [sys.executable, "-c", _START, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; we end the worker
                env={**os.environ, "PYTHONHASHSEED": "0"},
            )
        except (OSError, ValueError) as error:
            raise Lost(str(error)) from error

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def prepare(self, nets: Unfolded) -> None:
        """Have pm4py imported and the nets built; returns when that is done. Raises Lost."""
        self._ask({"whole": asdict(nets.whole), "beginning": asdict(nets.beginning)})

    def align(self, stream: tuple[str, ...], *, prefix: bool, seconds: float) -> Moves | None:
        """A cheapest alignment; None where pm4py gave up after so many seconds. Raises Lost and Failed."""
        answer = self._ask({"stream": stream, "prefix": prefix, "seconds": seconds})
        if "failed" in answer:
            raise Failed(answer["failed"])
        moves = answer["moves"]
        return None if moves is None else [(bool(reads), int(transition)) for reads, transition in moves]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise Lost(str(error)) from error
        return answer

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets Lost."""
        self._process.kill()

    def close(self) -> None:
        """End the process and clear up after it; not while another thread waits for its answer."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


def serve() -> None:
    """The process, from its own side."""
    from mining.pm4py_adapter import Aligner, PetriNet

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed must not get between the answers
    requests = sys.stdin.buffer
    nets = json.loads(requests.readline())
    whole, beginning = (Aligner(PetriNet(**nets[name])) for name in ("whole", "beginning"))
    print("{}", file=answers, flush=True)
    for line in requests:
        request = json.loads(line)
        try:
            moves = (beginning if request["prefix"] else whole).align(request["stream"], request["seconds"])
            answer: dict[str, Any] = {"moves": moves}
        except Exception as error:  # noqa: BLE001 - whatever it is, the other streams can be aligned still
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
