"""A Petri net as a PNML document, in the dialect that ProM and pm4py read."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from mining.discovery.documents import document, printable
from mining.pm4py_adapter import PetriNet


def pnml(net: PetriNet) -> str:
    """The PNML document of `net`: place and transition nets' core model, silent transitions marked as ProM does."""
    root = ET.Element("pnml")
    element = ET.SubElement(
        root, "net", {"id": "net", "type": "http://www.pnml.org/version-2009/grammar/pnmlcoremodel"}
    )
    _name(element, "value streams as found")
    page = ET.SubElement(element, "page", {"id": "page"})
    for i in range(net.places):
        place = ET.SubElement(page, "place", {"id": f"place_{i}"})
        _name(place, {0: "source", 1: "sink"}.get(i, f"place {i}"))
        if i == 0:
            ET.SubElement(ET.SubElement(place, "initialMarking"), "text").text = "1"
    for i, label in enumerate(net.transitions):
        transition = ET.SubElement(page, "transition", {"id": f"transition_{i}"})
        _name(transition, f"silent {i}" if label is None else printable(label))
        if label is None:
            silent = {"tool": "ProM", "version": "6.4", "activity": "$invisible$", "localNodeID": f"silent_{i}"}
            ET.SubElement(transition, "toolspecific", silent)
    arcs = [(f"place_{p}", f"transition_{t}") for p, t in net.takes]
    arcs += [(f"transition_{t}", f"place_{p}") for t, p in net.gives]
    for i, (source, target) in enumerate(arcs):
        ET.SubElement(page, "arc", {"id": f"arc_{i}", "source": source, "target": target})
    final = ET.SubElement(ET.SubElement(ET.SubElement(element, "finalmarkings"), "marking"), "place")
    final.set("idref", "place_1")
    ET.SubElement(final, "text").text = "1"
    return document(root)


def _name(element: ET.Element, text: str) -> None:
    ET.SubElement(ET.SubElement(element, "name"), "text").text = text
