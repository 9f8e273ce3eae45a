"""The one module that knows pm4py. Our nouns in, our nouns out; pm4py itself is imported late.

What pm4py 2.7.23 is and is not to be trusted with is held by contract tests (tests/discovery/test_pm4py_contract.py),
so that an upgrade tells. Importing it takes a second with warm disk caches and several with cold ones, whichever part
of it is asked for (docs/decisions/0012).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Any

_importing = threading.Lock()
_pm4py: list[ModuleType] = []


class Operator(StrEnum):
    """How the children of a node of a process tree stand to each other."""

    SEQUENCE = "sequence"
    CHOICE = "choice"
    PARALLEL = "parallel"
    LOOP = "loop"  # the first child, then any number of times: one of the others and the first again


@dataclass(frozen=True, slots=True)
class Tree:
    """A process tree: an operator with children, or a leaf: the label of an activity, None for doing nothing."""

    operator: Operator | None = None
    children: tuple[Tree, ...] = ()
    label: str | None = None


@dataclass(frozen=True, slots=True)
class PetriNet:
    """A workflow net: place 0 is the source, place 1 the sink.

    `transitions` are labels, None for silent ones. `arcs` are pairs of indices: from a place to a transition in
    `takes`, from a transition to a place in `gives`.
    """

    places: int
    transitions: tuple[str | None, ...]
    takes: tuple[tuple[int, int], ...]
    gives: tuple[tuple[int, int], ...]

    @property
    def arcs(self) -> int:
        """How many arcs there are."""
        return len(self.takes) + len(self.gives)


@dataclass(frozen=True, slots=True)
class Models:
    """What the inductive miner found: the process tree, in pm4py's notation too, and the Petri net made from it."""

    tree: Tree
    notation: str
    net: PetriNet


def import_pm4py() -> ModuleType:
    """Import pm4py, once, silenced; may be called from any thread, and again for nothing."""
    if not _pm4py:
        with _importing:
            if not _pm4py:
                import pm4py
                from pm4py.util import constants

                constants.SHOW_PROGRESS_BAR = False
                _pm4py.append(pm4py)
    return _pm4py[0]


def inductive_models(traces: Mapping[tuple[str, ...], int], noise: float) -> Models:
    """Run the inductive miner (infrequent) with threshold `noise` (0 to 1) over traces and how often each occurs.

    The same traces give equal models in every process. An empty mapping gives the model of doing nothing.
    """
    import_pm4py()
    found = _mine(traces, noise)
    return Models(tree=_tree(found), notation=str(found), net=_petri_net(found))


def _mine(traces: Mapping[tuple[str, ...], int], noise: float) -> Any:
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL, IMFParameters
    from pm4py.objects.process_tree.obj import ProcessTree
    from pm4py.objects.process_tree.utils.generic import fold, tree_sort

    # The miner walks over sets of activities. Whole numbers hash to themselves, strings to something else in every
    # process: with numbers the same log gives the same tree.
    names = sorted({name for trace in traces for name in trace})
    number = {name: i for i, name in enumerate(names)}
    log = Counter({tuple(number[name] for name in trace): n for trace, n in sorted(traces.items())})
    if not names:
        return ProcessTree()
    parameters = {IMFParameters.NOISE_THRESHOLD: noise}
    tree = IMFUVCL(parameters).apply(IMDataStructureUVCL(log), parameters)
    _rename(tree, names)
    tree = fold(tree)
    tree_sort(tree)
    return tree


def _rename(tree: Any, names: Sequence[str]) -> None:
    if tree.label is not None:
        tree.label = names[tree.label]
    for child in tree.children:
        _rename(child, names)


def _tree(found: Any) -> Tree:
    from pm4py.objects.process_tree.obj import Operator as Pm4pyOperator

    operators = {
        Pm4pyOperator.SEQUENCE: Operator.SEQUENCE,
        Pm4pyOperator.XOR: Operator.CHOICE,
        Pm4pyOperator.PARALLEL: Operator.PARALLEL,
        Pm4pyOperator.LOOP: Operator.LOOP,
    }
    if found.operator is None:
        return Tree(label=found.label)
    return Tree(operators[found.operator], tuple(map(_tree, found.children)))


def _petri_net(tree: Any) -> PetriNet:
    from pm4py.objects.conversion.process_tree.variants import to_petri_net
    from pm4py.objects.petri_net.obj import PetriNet as Pm4pyNet

    net, initial, final = to_petri_net.apply(tree)
    # Places and silent transitions are named by a counter ("p_3", "skip_5"), visible transitions at random.
    ends = [*initial, *final]
    places = [*ends, *sorted((p for p in net.places if p not in ends), key=lambda p: _by_number(p.name))]
    visible = sorted((t for t in net.transitions if t.label is not None), key=lambda t: t.label)
    silent = sorted((t for t in net.transitions if t.label is None), key=lambda t: _by_number(t.name))
    transitions = [*visible, *silent]
    place_at = {place: i for i, place in enumerate(places)}
    transition_at = {transition: i for i, transition in enumerate(transitions)}
    takes = [(place_at[a.source], transition_at[a.target]) for a in net.arcs if isinstance(a.source, Pm4pyNet.Place)]
    gives = [(transition_at[a.source], place_at[a.target]) for a in net.arcs if isinstance(a.target, Pm4pyNet.Place)]
    return PetriNet(len(places), tuple(t.label for t in transitions), _in_order(takes), _in_order(gives))


def _by_number(name: str) -> tuple[int, str]:
    kind, _, number = name.rpartition("_")
    return int(number), kind


def _in_order(arcs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(arcs))


# ------------------------------------------------------------------------------------------------------ alignments

UNEXPECTED = -1
"""In a move: no transition takes part."""

_BASE = 1_000_000  # of a move that costs; so much more than the rest that the fewest of them always win
_LATER = 20  # the earlier an unexpected event, the dearer: so streams are matched as early as they can be


class Aligner:
    """A net to align streams with, one by one. Meant for a process of its own, in which nothing else uses pm4py: so
    that equal streams get equal alignments, what pm4py walks over in sets is hashed by names there, not by addresses
    (with PYTHONHASHSEED fixed)."""

    def __init__(self, net: PetriNet) -> None:
        import_pm4py()
        _hash_by_name()
        from pm4py.objects.petri_net.obj import Marking
        from pm4py.objects.petri_net.obj import PetriNet as Pm4pyNet
        from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

        self._net = Pm4pyNet("reference")
        places = [Pm4pyNet.Place(f"place {i}") for i in range(net.places)]
        self._transitions = [Pm4pyNet.Transition(i, label) for i, label in enumerate(net.transitions)]
        self._net.places.update(places)
        self._net.transitions.update(self._transitions)
        for place, transition in net.takes:
            add_arc_from_to(places[place], self._transitions[transition], self._net)
        for transition, place in net.gives:
            add_arc_from_to(self._transitions[transition], places[place], self._net)
        self._initial, self._final = Marking({places[0]: 1}), Marking({places[1]: 1})

    def align(self, stream: Sequence[str], seconds: float) -> list[tuple[bool, int]] | None:
        """A cheapest alignment: for each move whether it reads an event, and the index of the transition, or
        UNEXPECTED; silent moves are left out. None where it is not found within so many seconds (looked at between
        two steps of the search only)."""
        from pm4py.algo.conformance.alignments.petri_net.variants import state_equation_a_star as search
        from pm4py.objects.log.obj import Event, Trace

        visible = {t: _BASE if t.label is not None else 1 for t in self._transitions}
        later = _LATER if _LATER * len(stream) * len(stream) < _BASE else 0
        found = search.apply(
            Trace([Event({"concept:name": name}) for name in stream]),
            self._net,
            self._initial,
            self._final,
            {
                search.Parameters.PARAM_TRACE_COST_FUNCTION: [
                    _BASE + later * (len(stream) - 1 - i) for i in range(len(stream))
                ],
                search.Parameters.PARAM_MODEL_COST_FUNCTION: visible,
                search.Parameters.PARAM_SYNC_COST_FUNCTION: dict.fromkeys(self._transitions, 0),
                search.Parameters.PARAM_ALIGNMENT_RESULT_IS_SYNC_PROD_AWARE: True,
                search.Parameters.PARAM_MAX_ALIGN_TIME_TRACE: seconds,
            },
        )
        if found is None:
            return None
        skip = ">>"
        return [
            (event != skip, UNEXPECTED if transition == skip else transition)
            for (event, transition), (_, label) in found["alignment"]
            if label is not None
        ]


def _hash_by_name() -> None:
    """Nodes and arcs of pm4py's nets compare by identity still; only the order in which sets give them changes."""
    from pm4py.objects.petri_net.obj import PetriNet as Pm4pyNet

    def of_node(node: Any) -> int:
        return hash(node.name)

    def of_arc(arc: Any) -> int:
        return hash((arc.source.name, arc.target.name))

    Pm4pyNet.Place.__hash__ = Pm4pyNet.Transition.__hash__ = of_node
    Pm4pyNet.Arc.__hash__ = of_arc
