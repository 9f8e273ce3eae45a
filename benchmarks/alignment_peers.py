"""pm4py and r4pm, on the same words and the same language as ours: our automaton is written as a Petri net for them.

Each works in a process of its own and stops after so many processor seconds; the words come in a random order, so that
those that are done until then are a fair sample.
"""

from __future__ import annotations

import contextlib
import gc
import io
import multiprocessing
import os
import queue
import random
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from alignment_sets import Set, Word

from mining.conformance.automaton import Automaton

STANDARD_COST = 10_000  # of a deviation on pm4py's Petri nets; its silent moves cost 1
PATIENCE = 20
"""Elapsed seconds that are waited for each processor second: others use the machine too."""

_TOO_LONG = 2
"""Times the seconds that it has, after which a process is not waited for that does not come to an end by itself."""

EXACT = ("dijkstra_no_heuristics", "dijkstra_less_memory")
"""pm4py's faster exact ways. Its two ways on process trees were tried and are none: on 100 invented incidents one gave
another cost once, the other 28 times, though the tree's own net gave ours every time."""


@dataclass(frozen=True)
class Outcome:
    """Processor seconds for all words: multiplied up where only `done` of them were done; not even one: a bound."""

    seconds: float
    done: int
    of: int
    equal: bool

    @property
    def is_bound(self) -> bool:
        """Whether it takes longer than `seconds`, nobody knows by how much."""
        return self.done == 0

    @property
    def is_sample(self) -> bool:
        """Whether it is multiplied up."""
        return 0 < self.done < self.of


def load() -> None:
    """Import what the peers need, once and before anybody's time is taken; and keep it out of all garbage collection,
    which would find far more to look through than in an analysis."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for name in ("pm4py.algo.conformance.alignments.petri_net.algorithm", "r4pm.bindings"):
            import_module(name)
    gc.collect()
    gc.freeze()


def by_pm4py(one: Set, way: str, seconds: float) -> Outcome:
    """pm4py's way ("default", or one of `EXACT`) on as many words as it does in the time."""
    order = random.Random(1).sample(range(len(one.words)), len(one.words))  # noqa: S311
    words = [one.words[i] for i in order]
    found = _apart(partial(_batches, one.automaton, way, words, seconds), seconds)
    costs = [cost for _, of_batch in found for cost in of_batch]
    spent = sum(taken for taken, _ in found)
    equal = costs == [one.costs[i] for i in order[: len(costs)]]
    return Outcome(spent * len(words) / len(costs) if costs else seconds, len(costs), len(words), equal)


def by_r4pm(one: Set, runs: int) -> list[Outcome]:
    """r4pm on all words, so many times: from its own projection of the log to moves in Python."""
    found = _apart(partial(_runs, one.automaton, one.words, runs), 60.0)
    return [Outcome(taken, len(one.words), len(one.words), costs == one.costs) for taken, costs in found]


Timed = tuple[float, list[int]]


def _apart(work: Callable[[], Iterator[Timed]], seconds: float) -> list[Timed]:
    """What `work` yields, in a process of its own; what is not there after a long time is not waited for."""
    told: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=_tell, args=(told, work), daemon=True)
    process.start()
    found: list[Timed] = []
    until = time.monotonic() + PATIENCE * seconds
    with contextlib.suppress(TimeoutError):
        while (one := _next(told, process, until, seconds)) is not None:
            found.append(one)
    process.terminate()
    process.join()
    return found


def _next(told: Any, process: Any, until: float, seconds: float) -> Timed | None:
    """The next one that is told, None after the last. Raises TimeoutError where it takes too long."""
    while True:
        try:
            one: Timed | None = told.get(timeout=1)
        except queue.Empty as error:
            if time.monotonic() > until or not process.is_alive() or _spent(process.pid) > _TOO_LONG * seconds:
                raise TimeoutError from error
        else:
            return one


def _spent(process: int) -> float:
    """Processor seconds of a process, where the system tells them so."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _tell(told: Any, work: Callable[[], Iterator[Timed]]) -> None:
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for one in work():
            told.put(one)
    told.put(None)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The processor seconds of one run, and what it returns."""
    gc.collect()
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


# --------------------------------------------------------------------------------------------------------- pm4py


def _batches(automaton: Automaton, way: str, words: list[Word], seconds: float) -> Iterator[Timed]:
    """Batches of words, larger ones as long as they take little time: to call pm4py for each word would cost it."""
    work = _way(automaton, way)
    list(work(_as_log([min(words, key=len)])))  # what is done once in a process is not counted
    at, size, spent = 0, 1, 0.0
    while at < len(words) and spent < seconds:
        log = _as_log(words[at : at + size])
        taken, aligned = timed(lambda log=log: list(work(log)))
        yield taken, [int(one["cost"] // STANDARD_COST) for one in aligned]
        at, spent = at + size, spent + taken
        size = 2 * size if taken < min(1.0, seconds / 10) else size


def _way(automaton: Automaton, name: str) -> Callable[[Any], Any]:
    import pm4py
    from pm4py.algo.conformance.alignments.petri_net import algorithm

    net = petri_net(automaton)
    if name == "default":
        return lambda log: pm4py.conformance_diagnostics_alignments(log, *net)
    variant = algorithm.Variants[f"VERSION_{name.upper()}"]
    return lambda log: algorithm.apply(log, *net, variant=variant, parameters={"show_progress_bar": False})


def _as_log(words: list[Word]) -> Any:
    from pm4py.objects.log.obj import Event, EventLog, Trace

    return EventLog([Trace([Event({"concept:name": name}) for name in word]) for word in words])


def petri_net(automaton: Automaton) -> tuple[Any, Any, Any]:
    """The automaton as a state machine: a place a state, a transition an edge."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net, end = PetriNet("reference"), PetriNet.Place("end")
    places = [PetriNet.Place(f"s{i}") for i in range(len(automaton.names))]
    net.places.update([*places, end])

    def edge(source: Any, target: Any, label: str | None) -> None:
        transition = PetriNet.Transition(f"t{len(net.transitions)}", label)
        net.transitions.add(transition)
        add_arc_from_to(source, transition, net)
        add_arc_from_to(transition, target, net)

    for state, after in enumerate(automaton.follow):
        for following in after:
            edge(places[state], places[following], automaton.names[following])
        if automaton.accepting[state]:
            edge(places[state], end, None)
    return net, Marking({places[0]: 1}), Marking({end: 1})


# ---------------------------------------------------------------------------------------------------------- r4pm


def _runs(automaton: Automaton, words: list[Word], runs: int) -> Iterator[Timed]:
    """r4pm on the same net. (Several final markings would spare it the silent moves, but it reaches the first only.)"""
    import r4pm
    from r4pm.bindings import align_variants, log_to_activity_projection

    net = r4pm.petri_net.from_pm4py(*petri_net(automaton))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xes.version="1.0">']
    for word in words:
        lines += ["<trace>", *(f'<event><string key="concept:name" value="{name}"/></event>' for name in word)]
        lines.append("</trace>")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.xes"
        path.write_text("\n".join([*lines, "</log>"]), encoding="utf-8")
        projection = log_to_activity_projection(r4pm.import_item("EventLog", str(path)))
    costs = {"log_move_cost": 1, "model_move_cost": 1, "silent_move_cost": 0, "sync_move_cost": 0}
    options: Any = {"cost_fn": costs}
    for _ in range(runs):
        taken, found = timed(lambda: align_variants(net, projection, options))
        by_word = {tuple(one["activities"]): one["result"]["Ok"]["cost"] for one in found}
        yield taken, [by_word[word] for word in words]
