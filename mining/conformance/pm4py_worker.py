"""A process that aligns streams by pm4py, one at a time, and can be ended at any moment.

Hashes of names are fixed in it, so that the order in which pm4py walks over its sets is the same in every run.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from mining.conformance.net import Unfolded
from mining.core.json_process import JsonProcess, requests_and_answers
from mining.core.json_process import ProcessLost as Lost

__all__ = ["Failed", "Lost", "Moves", "Worker", "serve"]

Moves = list[tuple[bool, int]]
"""For each move whether it reads a part of the stream, and the number of the transition, or −1."""


class Failed(Exception):
    """pm4py failed on a stream; the text says how."""


class Worker(JsonProcess):
    """The process, from our side. Raises Lost where it cannot be started."""

    def __init__(self) -> None:
        super().__init__(__name__, environment={"PYTHONHASHSEED": "0"})

    def prepare(self, nets: Unfolded) -> None:
        """Have pm4py imported and the nets built; returns when that is done. Raises Lost."""
        self.ask({"whole": asdict(nets.whole), "beginning": asdict(nets.beginning)})

    def align(self, stream: tuple[str, ...], *, prefix: bool, seconds: float) -> Moves | None:
        """A cheapest alignment; None where pm4py gave up after so many seconds. Raises Lost and Failed."""
        answer = self.ask({"stream": stream, "prefix": prefix, "seconds": seconds})
        if "failed" in answer:
            raise Failed(answer["failed"])
        moves = answer["moves"]
        return None if moves is None else [(bool(reads), int(transition)) for reads, transition in moves]


def serve() -> None:
    """The process, from its own side."""
    from mining.pm4py_adapter import Aligner, PetriNet

    requests, answers = requests_and_answers()
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
