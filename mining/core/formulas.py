"""Cells of a CSV file that no spreadsheet program takes for a formula when it opens the file."""

from __future__ import annotations

_BEGIN = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Full-width signs too: programs set to Chinese or Japanese read them like the others."""

_SKIPPED = " \t\r\n\v\f\0\u00a0\ufeff"
"""What programs skip before they look for a sign."""


def defused(cell: str) -> str:
    """`cell` as it is, or with an apostrophe before it where a spreadsheet program might compute it."""
    hidden = cell.startswith(("\t", "\r", "\n", "\0"))
    return f"'{cell}" if hidden or cell.lstrip(_SKIPPED).startswith(_BEGIN) else cell
