"""A process that imports pm4py while this one works, and then mines.

Importing pm4py and mining are pure Python: in a thread they would hold up everything else here. The process gets one
request and gives one answer, and ends with this one, whatever happens to it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict
from typing import IO

from mining.core.json_process import JsonProcess, requests_and_answers
from mining.core.json_process import ProcessLost as WorkerLost
from mining.discovery.models import Mined, mine

__all__ = ["MiningFailed", "Worker", "WorkerLost", "mine_here", "serve"]

_NICE = 10
"""The models are needed last: importing pm4py takes what processor time the engine leaves."""


class Worker(JsonProcess):
    """The process, from our side. May be closed at any time, from any thread, more than once."""

    def __init__(self) -> None:
        super().__init__(__name__)

    def mine(self, traces: Mapping[tuple[str, ...], int], noise: float) -> Mined:
        """Have `traces` mined. Raises WorkerLost where the process is gone, MiningFailed where pm4py failed in it."""
        answer = self.ask({"noise": noise, "traces": [[list(trace), n] for trace, n in traces.items()]})
        if "failed" in answer:
            raise MiningFailed(answer["failed"])
        return Mined(**answer)


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
    requests, answers = requests_and_answers()
    import_pm4py()
    line = requests.readline()
    if not line:
        return
    threading.Thread(target=_end_with_parent, args=(requests,), daemon=True).start()
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
