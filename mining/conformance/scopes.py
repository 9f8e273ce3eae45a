"""Which tickets something holds for: attributes, and the values of which a ticket must have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.conformance.attributes import Attributes

Scope = tuple[tuple[str, tuple[str, ...]], ...]
"""(attribute, values), in the order of the attributes."""


def read_values(data: Any) -> tuple[str, ...] | None:
    """One value or a list of them, as the cells of an export would hold them; None where it is something else."""
    values = data if isinstance(data, list) else [data]
    if not all(isinstance(value, str | int | float) for value in values):
        return None
    return tuple(sorted({str(value).lower() if isinstance(value, bool) else str(value) for value in values}))


def read_scope(data: Any) -> Scope | None:
    """Attributes with their values; None where it is something else."""
    if not isinstance(data, dict):
        return None
    found = {str(name): read_values(values) for name, values in data.items()}
    if not all(found.values()):
        return None
    return tuple(sorted((name, values) for name, values in found.items() if values is not None))


def can_tell(scope: Scope, attributes: Attributes | None) -> bool:
    """Whether the export shows every attribute that the scope asks for."""
    return not scope or (attributes is not None and all(name in attributes.columns for name, _ in scope))


def within(table: ir.Table, scope: Scope, attributes: Attributes | None) -> ir.BooleanValue:
    """Whether a row of `table`, which has the columns of `attributes`, lies in the scope. Never null."""
    import ibis

    condition: ir.BooleanValue = ibis.literal(True)
    for name, values in scope:
        if attributes is not None:
            cell = table[attributes.columns[name]]
            condition &= cell.notnull() & cell.isin(values)
    return condition
