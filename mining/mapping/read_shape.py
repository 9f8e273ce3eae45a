"""What each shape of an export asks of the mapping file, and what makes no sense with it."""

from __future__ import annotations

from typing import Any

from mining.core.export import Shape
from mining.mapping.reader import Reader
from mining.mapping.schema import NOT_OF_LINKS
from mining.mapping.schema_export import ExportPart

_NEEDS = {
    Shape.EVENTS: ("event",),
    Shape.SNAPSHOTS: ("event",),
    Shape.TICKETS: ("times",),
    Shape.CHANGES: ("field", "new"),
    Shape.LINKS: ("links",),
}
_WITH_EVENTS = tuple(shape for shape in Shape if shape is not Shape.LINKS)
_ONLY = {
    "event": (Shape.EVENTS, Shape.SNAPSHOTS, Shape.CHANGES),
    "times": (Shape.TICKETS,),
    "field": (Shape.CHANGES,),
    "old": (Shape.CHANGES,),
    "new": (Shape.CHANGES,),
    "objects": (Shape.EVENTS,),
    **dict.fromkeys(("order_by", "holds", "actor", "group", "keep", "final", "initial"), _WITH_EVENTS),
}
_INSTEAD = {"event": "of tickets, the times make the events: name their labels under times"}


def check_keys(reader: Reader, data: dict[str, Any]) -> None:
    """Note the keys of the file that its shape asks for and that are not there, or that it has no use for."""
    export = data.get("export")
    export = export if isinstance(export, dict) else {}
    if export.get("shape") == Shape.LINKS:
        for key in NOT_OF_LINKS:
            if key in data:
                text = f'"{key}" makes no sense with the shape links: a table of links makes no events'
                reader.complain((key,), text, todo="leave it out")
        return
    if "rules" not in data:
        reader.complain((), 'the key "rules" is missing here')
    if export and "time" not in export:
        reader.complain(("export",), 'the key "time" is missing here')


def check_shape(reader: Reader, part: ExportPart) -> None:
    """Note the keys that the shape needs and the file lacks, and those that it has no use for."""
    shape = part.shape
    for key in _NEEDS[shape]:
        if not getattr(part, key):
            reader.complain(("export",), f'the key "{key}" is missing here: the shape {shape.value} needs it')
    for key, shapes in _ONLY.items():
        if key in part.model_fields_set and getattr(part, key) and shape not in shapes:
            reader.complain(
                ("export", key),
                f'"{key}" makes no sense with the shape {shape.value}',
                expected=f"{key} with {' or '.join(each.value for each in shapes)}",
                todo=_INSTEAD.get(key),
            )
    if shape is Shape.TICKETS and part.time.column:
        todo = "list it under times"
        reader.complain(("export", "time", "column"), "the shape tickets has several time columns", todo=todo)
    if shape is not Shape.TICKETS and "time" in part.model_fields_set and not part.time.column:
        reader.complain(("export", "time"), 'the key "column" is missing here')
    if part.time.until and shape is not Shape.EVENTS:
        reader.complain(("export", "time", "until"), f"an event's end makes no sense with the shape {shape.value}")
    if part.objects and (part.records or part.expand):
        reader.complain(("export", "objects"), "objects are for OCEL, records and expand for other JSON: not both")
