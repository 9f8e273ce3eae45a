"""A second Python that does one kind of work for this one: requests and answers are lines of JSON.

It is started with `subprocess`, since `multiprocessing` imports the user's own script once more where the script has no
`if __name__ == "__main__"`. It cannot outlive this process: its standard input is a pipe that closes when we are gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import IO, Any

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {module} import serve; serve()"


class ProcessLost(Exception):
    """The process cannot be started, or ended without an answer: it was ended by us, or crashed."""


class JsonProcess:
    """The process, from our side. `kill` may be called from any thread, at any time, more than once."""

    def __init__(self, module: str, *, environment: Mapping[str, str] | None = None) -> None:
        """Start a Python that runs `serve()` of `module`, one of ours. Raises ProcessLost."""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
                [sys.executable, "-c", _START.format(module=module), json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; we end the process
                env={**os.environ, **(environment or {})},
            )
        except (OSError, ValueError) as error:
            raise ProcessLost(str(error)) from error

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and wait for the answer. Raises ProcessLost where none comes."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise ProcessLost(str(error)) from error
        return answer

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets ProcessLost."""
        self._process.kill()

    def close(self) -> None:
        """End the process and clear up after it; not while another thread waits for its answer."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


def requests_and_answers() -> tuple[IO[bytes], IO[str]]:
    """Where the process, from its own side, reads requests and writes answers. Whatever else is printed goes to
    standard error from now on, so that it cannot get between the answers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers
