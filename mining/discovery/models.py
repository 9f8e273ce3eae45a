"""From traces to documents: what the worker process does, or this process where there is no worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mining.discovery.bpmn import bpmn
from mining.discovery.pnml import pnml
from mining.discovery.quality import quality
from mining.pm4py_adapter import inductive_models


@dataclass(frozen=True, slots=True)
class Mined:
    """The models of some traces as text, and the size of the net. Plain values only: it travels between processes."""

    tree: str
    bpmn: str
    pnml: str
    places: int
    transitions: int
    arcs: int
    precision: float | None
    generalisation: float | None


def mine(traces: Mapping[tuple[str, ...], int], noise: float) -> Mined:
    """The models of `traces`; `noise` is the inductive miner's threshold."""
    found = inductive_models(traces, noise)
    net = found.net
    judged = quality(net, traces)
    size = (net.places, len(net.transitions), net.arcs)
    return Mined(found.notation, bpmn(found.tree), pnml(net), *size, judged.precision, judged.generalisation)
