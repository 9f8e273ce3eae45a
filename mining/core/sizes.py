"""Sizes as people write them."""

from __future__ import annotations

import re

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}


def bytes_in(text: str) -> int | None:
    """The bytes of a size such as "2GB" or "512 MiB"; None where it is none."""
    match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*([KMGT]?I?B)\s*", text.upper(), re.ASCII)
    return int(float(match[1]) * _UNITS[match[2]]) if match and match[2] in _UNITS else None
