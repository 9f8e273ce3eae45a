"""Models of the variants: process tree, Petri net and BPMN, found by pm4py's inductive miner."""

from __future__ import annotations

from mining.discovery.bpmn import bpmn
from mining.discovery.door import cool_down, discover, warm_up
from mining.discovery.picture import svg

__all__ = ["bpmn", "cool_down", "discover", "svg", "warm_up"]
