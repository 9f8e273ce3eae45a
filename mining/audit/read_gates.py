"""The gates of an audit file: a figure each, and a bound or a distance from earlier runs."""

from __future__ import annotations

from typing import Any

from mining.audit import quantities, schema
from mining.audit.plan import Against, Gate
from mining.audit.reader import Reader
from mining.core.audit import Severity
from mining.core.yamlio import At


def read_gates(reader: Reader, parts: list[schema.GatePart]) -> tuple[Gate, ...]:
    """The gates in the order of the file; what is wrong with them is noted in `reader`."""
    found: list[Gate] = []
    for i, part in enumerate(parts):
        gate = _gate(reader, ("gates", i), part)
        if gate.name in {one.name for one in found}:
            todo = "give each gate a name of its own"
            reader.complain(("gates", i), "there are two gates of this name", found=gate.name, todo=todo)
        found.append(gate)
    return tuple(found)


def _gate(reader: Reader, at: At, part: schema.GatePart) -> Gate:
    figure, unit = reader.figure((*at, "figure"), part.figure), quantities.unit_of(part.figure)
    absolute = [key for key in ("at_least", "at_most") if getattr(part, key) is not None]
    relative = [key for key in ("at_most_below", "at_most_above") if getattr(part, key) is not None]
    if bool(absolute) == bool(relative):
        todo = "write at_least or at_most; or against, and at_most_below or at_most_above"
        reader.complain(at, "a gate says either a bound or a distance from earlier runs", todo=todo)
    elif bool(relative) != (part.against is not None):
        todo = "write against: {median_of_last: 8}, last run, or base line"
        reader.complain(at, "a distance needs what it counts from, and only a distance does", todo=todo)
    bounds: dict[str, Any] = {}
    for key in (*absolute, *relative):
        read, said = (
            (quantities.limit, quantities.expected_limit)
            if key in absolute
            else (quantities.distance, quantities.expected_distance)
        )
        bounds[key] = read(getattr(part, key), unit)
        if bounds[key] is None:
            text = f"this is no bound for {figure}"
            reader.complain((*at, key), text, found=str(getattr(part, key)), expected=said(unit))
    words = " and ".join(f"{key.replace('_', ' ')} {getattr(part, key)}" for key in (*absolute, *relative))
    return Gate(
        name=part.name or f"{figure} {words}",
        figure=figure,
        unit=unit,
        line=reader.yaml.line(at),
        severity=Severity(part.severity),
        grace=part.grace,
        against=_against(part.against),
        because=part.because,
        **bounds,
    )


def _against(part: schema.AgainstPart | str | None) -> Against | None:
    if part is None:
        return None
    if isinstance(part, str):
        return Against(0 if part == "base line" else 1)
    return Against(part.median_of_last)
