"""Reads the limits on time of a reference stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.conformance.spans_of_time import FORMS, length_of_time
from mining.conformance.tree import DEMAND, VALUE, Limit, Named
from mining.core.yamlio import At

if TYPE_CHECKING:
    from mining.conformance.parse import Reader

_KEYS = ("from", "to", "within")


def read_limits(reader: Reader, in_stream: tuple[str, ...]) -> tuple[Limit, ...]:
    """The limits of the file; what is wrong with them is added to the problems of `reader`. `in_stream` are the names
    that the stream uses: a limit on something else could never be checked."""
    said = reader.file.data.get("limits", [])
    if not isinstance(said, list):
        reader.wrong(("limits",), "`limits` is a list", said, "- {from: value, to: {engage: confirm}, within: 2 days}")
        return ()
    found = [_limit(reader, one, ("limits", i), in_stream) for i, one in enumerate(said)]
    return tuple(one for one in found if one is not None)


def _limit(reader: Reader, data: Any, at: At, in_stream: tuple[str, ...]) -> Limit | None:
    if not isinstance(data, dict) or set(data) != set(_KEYS):
        reader.wrong(at, "a limit has `from`, `to` and `within`", ", ".join(map(str, data or ())) or None)
        return None
    source = _name(reader, data["from"], (*at, "from"), (DEMAND, *in_stream))
    target = _name(reader, data["to"], (*at, "to"), in_stream)
    within = _within(reader, data["within"], (*at, "within"))
    if source is None or target is None or within is None:
        return None
    length, said, working = within
    return Limit(source, target, length, said, reader.file.line(at), working)


def _name(reader: Reader, data: Any, at: At, known: tuple[str, ...]) -> str | None:
    if data == DEMAND and DEMAND in known:
        return DEMAND
    if data == DEMAND:
        reader.wrong(at, "demand opens the stream, so nothing leads to it", data)
        return None
    part = reader.node(data, at)
    if part is None:
        return None
    if not isinstance(part, Named):
        reader.wrong(at, "a limit is between two single parts", data, f"an activity, a step, or {VALUE}")
        return None
    if part.name not in known:
        expected = ", ".join(name.replace(":", ": ") for name in known)
        reader.wrong(at, "this part is not in the stream as it is named here", part.name.replace(":", ": "), expected)
        return None
    return part.name


def _within(reader: Reader, data: Any, at: At) -> tuple[int, str, str | None] | None:
    found = length_of_time(data)
    if found is None:
        reader.wrong(at, "`within` is a length of time", data, FORMS)
    return found
