"""What each shape of an export asks of the mapping file, and what makes no sense with it."""

from __future__ import annotations

from mining.core.export import Shape
from mining.mapping.reader import Reader
from mining.mapping.schema import ExportPart

_NEEDS = {
    Shape.EVENTS: ("event",),
    Shape.SNAPSHOTS: ("event",),
    Shape.TICKETS: ("times",),
    Shape.CHANGES: ("field", "new"),
}
_ONLY = {
    "event": (Shape.EVENTS, Shape.SNAPSHOTS, Shape.CHANGES),
    "times": (Shape.TICKETS,),
    "field": (Shape.CHANGES,),
    "old": (Shape.CHANGES,),
    "new": (Shape.CHANGES,),
    "objects": (Shape.EVENTS,),
}
_INSTEAD = {"event": "of tickets, the times make the events: name their labels under times"}


def check_shape(reader: Reader, part: ExportPart) -> None:
    """Note the keys that the shape needs and the file lacks, and those that it has no use for."""
    shape = part.shape
    for key in _NEEDS[shape]:
        if not getattr(part, key):
            reader.complain(("export",), f'the key "{key}" is missing here: the shape {shape.value} needs it')
    for key, shapes in _ONLY.items():
        if getattr(part, key) and shape not in shapes:
            reader.complain(
                ("export", key),
                f'"{key}" makes no sense with the shape {shape.value}',
                expected=f"{key} with {' or '.join(each.value for each in shapes)}",
                todo=_INSTEAD.get(key),
            )
    if shape is Shape.TICKETS and part.time.column:
        todo = "list it under times"
        reader.complain(("export", "time", "column"), "the shape tickets has several time columns", todo=todo)
    if shape is not Shape.TICKETS and not part.time.column:
        reader.complain(("export", "time"), 'the key "column" is missing here')
    if part.time.until and shape is not Shape.EVENTS:
        reader.complain(("export", "time", "until"), f"an event's end makes no sense with the shape {shape.value}")
    if part.objects and (part.records or part.expand):
        reader.complain(("export", "objects"), "objects are for OCEL, records and expand for other JSON: not both")
