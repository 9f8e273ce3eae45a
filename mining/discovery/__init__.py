"""Models of the variants: process tree, Petri net and BPMN, found by pm4py's inductive miner."""

from __future__ import annotations

from mining.discovery.door import cool_down, discover, warm_up

__all__ = ["cool_down", "discover", "warm_up"]
