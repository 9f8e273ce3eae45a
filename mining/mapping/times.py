"""Time formats and zones, as far as they can be checked without an export."""

from __future__ import annotations

import re
import zoneinfo

from mining.core.yamlio import At
from mining.mapping.reader import Reader

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
    if format is None:
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


def check_zone(reader: Reader, at: At, zone: str | None) -> None:
    """Note where a zone is none that the time zone database knows."""
    if zone is None:
        return
    known = zoneinfo.available_timezones()
    if zone in known:
        return
    near = [name for name in known if zone.lower() == name.rsplit("/", 1)[-1].lower()]
    reader.unknown(at, "unknown time zone", zone, near or known)
