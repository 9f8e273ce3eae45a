"""JSON text → values. Numbers stay as they stand in the text, so an id keeps all of its digits.

What the JSON standard leaves open, or forbids and tools write all the same, is read so: of two equal keys the last one
holds; NaN and Infinity are missing; control characters may stand in texts; half a pair of UTF-16 becomes U+FFFD later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

Value = Any
"""None, bool, str (texts, and numbers as they stand there), list or dict."""


def _missing(_constant: str) -> None:
    return None


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_missing, strict=False)
_LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")


@dataclass
class NotJson(Exception):
    """A text is no JSON: what is wrong, in which line and column (from 1), and whether it only ends too early."""

    said: str
    line: int
    column: int
    breaks_off: bool


def parse(text: str) -> Value:
    """The value of a JSON text. Raises NotJson."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        said = error.msg[:1].lower() + error.msg[1:]
        raise NotJson(said, error.lineno, error.colno, _breaks_off(error)) from error
    except RecursionError as error:
        raise NotJson("it is nested too deeply", 1, 1, breaks_off=False) from error


def cell(value: Value) -> str | None:
    """A value as the text of a cell: a list's values joined with a comma, an object as JSON, None where missing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = [part for part in map(cell, value) if part is not None]
        return ", ".join(parts) if parts else None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _breaks_off(error: json.JSONDecodeError) -> bool:
    rest = error.doc[error.pos :].strip() if len(error.doc) - error.pos < 100 else error.doc
    if error.msg.startswith("Unterminated string") or not rest:
        return True
    if error.msg.startswith("Invalid \\"):
        return len(rest) < 8
    return rest == "-" or any(literal.startswith(rest) for literal in _LITERALS)
