"""The mark for what was there and could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

UNREADABLE = -(2**63)
"""Stands for "there was text, but it could not be read" until the rows are looked at; no time and no counter is it."""


def or_unreadable(read: ir.IntegerValue, text: ir.StringValue) -> ir.IntegerValue:
    """What was read of a text, and UNREADABLE where nothing could be read of one that is there."""
    number: ir.IntegerValue = ibis.cases((read.isnull() & text.notnull(), UNREADABLE), else_=read)
    return number
