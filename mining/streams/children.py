"""Child tickets in streams of their own: from when a child hangs on a parent in the export, its work counts there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_children(events: ir.Table, children: ir.Table) -> ir.Table:
    """`events` (of `MappedLog.table`) with `borrowed` (boolean): the event is of a child, told since it hangs on its
    parent. `children` is `MappedLog.children`."""
    hanging = children.filter(children.known).select(child="case_id", hangs="since")
    joined = events.left_join(hanging, events.case_id == hanging.child)
    borrowed = (joined.time >= joined.hangs).fill_null(False)
    return joined.mutate(borrowed=borrowed).drop("child", "hangs")
