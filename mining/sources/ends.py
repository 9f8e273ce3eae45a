"""Ends of events: a row stands without its end, so what is wrong with ends is counted and told in a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from mining.core.export import ExportSpec
from mining.sources.marks import UNREADABLE

if TYPE_CHECKING:
    import ibis.expr.types as ir


def good_end(rows: ir.Table) -> ir.IntegerValue:
    """The ends of rows as the event table has them: null where unreadable, or before the start."""
    known: ir.IntegerValue = (rows.until >= rows.time).ifelse(rows.until, ibis.null("int64"))
    return known  # UNREADABLE lies before every start


def looks(kept: ir.Table) -> dict[str, ir.IntegerScalar]:
    """What has to be counted of a kept table so that `notes` can tell it."""
    unread = kept.until.fill_null(0) == UNREADABLE
    return {"ends_unread": unread.sum(), "ends_early": (~unread & (kept.until < kept.time)).sum()}


def notes(file: str, spec: ExportSpec, found: Mapping[str, int | None]) -> tuple[str, ...]:
    """Which ends of a file were taken as missing, in words."""
    unread, early = found["ends_unread"] or 0, found["ends_early"] or 0
    column = f'{file}: ends in column "{spec.until}"'
    told = []
    if unread:
        told.append(f"{column} that cannot be read were taken as missing: {unread:,}")
    if early:
        told.append(f"{column} that lie before the start of their event were taken as missing: {early:,}")
    return tuple(told)
