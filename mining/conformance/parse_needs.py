"""Reads which fields have to be filled at a hand-off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.conformance.scopes import read_values
from mining.conformance.tree import Need
from mining.core.activities import Activity
from mining.core.yamlio import At

if TYPE_CHECKING:
    from mining.conformance.parse import Reader

_EXAMPLE = "- {from: engage, to: deliver_and_support, needs: [category, priority]}"


def read_needs(reader: Reader) -> tuple[Need, ...]:
    """The fields by hand-off; what is wrong with them is added to the problems of `reader`."""
    said = reader.file.data.get("hand_offs", [])
    if not isinstance(said, list):
        reader.wrong(("hand_offs",), "`hand_offs` is a list", said, _EXAMPLE)
        return ()
    found = [_need(reader, one, ("hand_offs", i)) for i, one in enumerate(said)]
    return tuple(one for one in found if one is not None)


def _need(reader: Reader, data: Any, at: At) -> Need | None:
    if not isinstance(data, dict) or set(data) != {"from", "to", "needs"}:
        reader.wrong(at, "a hand-off has `from`, `to` and `needs`", ", ".join(map(str, data or ())) or None, _EXAMPLE)
        return None
    source, target = (_activity(reader, data[key], (*at, key)) for key in ("from", "to"))
    fields = read_values(data["needs"])
    if not fields:
        reader.wrong((*at, "needs"), "`needs` names the fields that have to be filled", data["needs"], _EXAMPLE)
        return None
    if source is None or target is None:
        return None
    if source is target:
        reader.wrong(at, "a hand-off is from one activity to another", source.value)
        return None
    return Need(source, target, fields, reader.file.line(at))


def _activity(reader: Reader, data: Any, at: At) -> Activity | None:
    if data in set(Activity):
        return Activity(data)
    reader.unknown(at, data, list(Activity), "this is no activity", ", ".join(Activity))
    return None
