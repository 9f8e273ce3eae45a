"""The door of the room: from streams to models."""

from __future__ import annotations

import atexit
import contextlib
import threading

from mining.core.errors import Fault, Problem
from mining.core.results import Discovery
from mining.core.streams import Streams
from mining.discovery.models import Mined
from mining.discovery.traces import Traces, fulfilled_traces
from mining.discovery.worker import MiningFailed, Worker, WorkerLost, mine_here

_lock = threading.Lock()
_warm: list[Worker] = []


def warm_up() -> None:
    """Start the process that will mine, so that it imports pm4py while this one reads. Returns at once.

    Serves the next `discover`. Calling it again before that does nothing; where no process can be started,
    mining is done in this one.
    """
    with _lock:
        if not _warm:
            with contextlib.suppress(WorkerLost):
                _warm.append(Worker())


def cool_down() -> None:
    """End a process that `warm_up` started and nobody used, as where the analysis failed before discovery."""
    worker = _take_worker()
    if worker is not None:
        worker.close()


def discover(streams: Streams, *, noise: float) -> Discovery:
    """Models of the fulfilled streams by the inductive miner (infrequent) with the threshold `noise`, 0 to 1.

    Fulfilled streams are those of lead time and conformance: ended, with value where the mapping can show value, or
    unknown where it knows no ends. Open streams would teach the model to stop anywhere, cancelled ones are no way to
    value. Only the most frequent variants are mined (`traces.MAX_VARIANTS`, `traces.MAX_WORK`); what was left out is
    said in `Discovery.streams_used`, `streams_all` and `notes`. Activities are called "activity:step", without value
    marks. Without a fulfilled stream the model is the one of doing nothing.

    Raises Fault where pm4py fails.
    """
    return _discover(_take_worker(), fulfilled_traces(streams), noise)


def _take_worker() -> Worker | None:
    with _lock:
        return _warm.pop() if _warm else None


def _discover(worker: Worker | None, traces: Traces, noise: float) -> Discovery:
    try:
        mined = _mined(worker, traces, noise)
    except MiningFailed as error:
        raise Fault(Problem("pm4py's inductive miner failed on these streams", found=str(error))) from error
    return Discovery(
        noise_threshold=noise,
        tree=mined.tree,
        bpmn=mined.bpmn,
        pnml=mined.pnml,
        places=mined.places,
        transitions=mined.transitions,
        arcs=mined.arcs,
        variants_used=traces.variants,
        streams_used=traces.streams,
        streams_all=traces.streams_all,
        notes=traces.notes,
        precision=mined.precision,
        generalisation=mined.generalisation,
    )


def _mined(worker: Worker | None, traces: Traces, noise: float) -> Mined:
    if worker is None:
        return mine_here(traces.counts, noise)
    try:
        return worker.mine(traces.counts, noise)
    except WorkerLost:
        return mine_here(traces.counts, noise)
    finally:
        worker.close()


atexit.register(cool_down)
