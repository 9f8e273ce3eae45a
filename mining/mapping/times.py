"""Time formats and zones, as far as they can be checked without an export."""

from __future__ import annotations

import re
from typing import Any

from mining.core.errors import nearest
from mining.core.languages import USUAL, is_language, languages_near
from mining.core.time_forms import NUMBERS
from mining.core.yamlio import At
from mining.core.zones import is_zone, zones_near
from mining.mapping.reader import Reader, shortly

DIRECTIVES = {
    "Y": "year",
    "y": "year",
    "m": "month",
    "b": "month",
    "B": "month",
    "d": "day",
    "H": "hour",
    "I": "hour",
    "p": "",
    "M": "minute",
    "S": "second",
    "f": "",
    "z": "",
    "Z": "",
    "a": "",
    "A": "",
    "%": "",
}
"""What a time format may hold after a percent sign, and which part of a time each gives."""


def check_format(reader: Reader, at: At, format: str | None) -> None:
    """Note what is wrong with a time format: unknown parts, the same part twice, or no whole date."""
    if format is None or format in NUMBERS:
        return
    if "%" not in format and (near := nearest(format, NUMBERS)):
        reader.unknown(at, "unknown time format", format, near)
        return
    found = re.findall(r"%-?(.?)", format, re.DOTALL)
    for letter in found:
        if letter not in DIRECTIVES:
            reader.complain(
                at,
                f'the time format has "%{letter}", which is not known here',
                found=format,
                expected=", ".join(f"%{known}" for known in DIRECTIVES),
            )
    parts = [DIRECTIVES[letter] for letter in found if DIRECTIVES.get(letter)]
    twice = sorted({part for part in parts if parts.count(part) > 1})
    if twice:
        reader.complain(at, f"the time format names the {' and the '.join(twice)} twice", found=format)
    lacking = [part for part in ("year", "month", "day") if part not in parts]
    if lacking:
        reader.complain(
            at,
            f"the time format has no {' and no '.join(lacking)}",
            found=format,
            todo='write it as strptime does, such as "%d/%m/%Y %H:%M"',
        )
    if "I" in found and "p" not in found:
        reader.complain(at, "the time format has hours up to 12 (%I) without %p (AM, PM)", found=format)


def check_language(reader: Reader, at: At, language: str | None) -> None:
    """Note where a language is none that CLDR knows."""
    if language is not None and not is_language(language):
        reader.unknown(at, "unknown language", language, languages_near(language) or USUAL)


def read_zone(zone: Any) -> tuple[str | None, str | None]:
    """The zone of all rows, or the column with that of each row."""
    if isinstance(zone, dict):
        return None, zone.get("column") if isinstance(zone.get("column"), str) else None
    return (zone, None) if isinstance(zone, str) else (None, None)


def check_zone(reader: Reader, at: At, zone: Any) -> None:
    """Note where a zone is none that the time zone database knows, no offset, and names no column."""
    if zone is None:
        return
    if isinstance(zone, dict):
        if set(zone) != {"column"}:
            reader.complain(at, "a zone that differs from row to row is written {column: NAME}", found=shortly(zone))
        else:
            reader.text((*at, "column"), zone["column"])
        return
    text = reader.text(at, zone)
    if text is not None and not is_zone(text):
        reader.unknown(at, "unknown time zone", text, zones_near(text) or ["an IANA name, as Europe/Berlin", "+02:00"])
