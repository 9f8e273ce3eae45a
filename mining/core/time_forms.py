"""How times may be written, beside strptime's formats and ISO 8601."""

from __future__ import annotations

import re

EPOCH_SECONDS = "epoch s"
EPOCH_MILLISECONDS = "epoch ms"
EXCEL = "excel"
NUMBERS = (EPOCH_SECONDS, EPOCH_MILLISECONDS, EXCEL)
"""Formats of times that are numbers: since 1970 UTC, or a spreadsheet's days since 1899-12-30."""


def carries_offset(format: str) -> bool:
    """Whether times of this format say themselves which moment they are, so that no zone is needed."""
    return format in NUMBERS[:2] or re.search(r"(?<!%)(?:%%)*%[zZ]", format) is not None


def directives(format: str) -> list[tuple[str, str]]:
    """A strptime format, taken apart: (letter after the percent sign, "") or ("", literal text)."""
    parts = re.findall(r"%-?(.)|([^%]+)", format, re.DOTALL)
    return [("", "%") if letter == "%" else (letter, text) for letter, text in parts]


def has_short_years(format: str) -> bool:
    """Whether years are written with two digits."""
    return format not in NUMBERS and any(letter == "y" for letter, _ in directives(format))
