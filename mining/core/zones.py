"""Time zones as mappings and cells name them: IANA names, or a fixed offset from UTC."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from mining.core.errors import nearest

UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "Etc/UCT", "UCT", "Universal", "Etc/Universal"})
OFFSET = r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?"
"""A fixed offset as a regular expression: sign, hours, minutes. "UTC+2" is two hours east of Greenwich."""

MOST_HOURS = 14


@cache
def known_zones() -> frozenset[str]:
    """Every IANA name, by the package tzdata.

    Not by the machine: its database may be years older, and the same log would be read differently elsewhere.
    """
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(names) - {"Factory"}


def zone_info(zone: str) -> ZoneInfo:
    """The zone of an IANA name, by the package tzdata."""
    with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def offset_of(zone: str) -> int | None:
    """The minutes that a fixed offset is east of Greenwich; None where `zone` is no fixed offset."""
    found = re.fullmatch(OFFSET, zone.strip())
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return None if minutes > MOST_HOURS * 60 else minutes if found[1] == "+" else -minutes


def is_zone(zone: str) -> bool:
    """Whether `zone` is an IANA name or a fixed offset, as +02:00 or UTC+2."""
    return zone in known_zones() or offset_of(zone) is not None


def zones_near(zone: str) -> list[str]:
    """The IANA names that look most like `zone`; those of that city first."""
    city = zone.lower().replace(" ", "_")
    same = sorted(name for name in known_zones() if name.rsplit("/", 1)[-1].lower() == city)
    return same or nearest(zone, known_zones())


def local_zone() -> str | None:
    """The IANA name of this machine's zone; None where it does not say."""
    place = os.environ.get("TZ") or _linked(Path("/etc/localtime")) or ""
    name = place.lstrip(":")
    return name if name in known_zones() else None


def _linked(link: Path) -> str | None:
    try:
        return os.path.realpath(link).partition("zoneinfo/")[2] if link.exists() else None
    except OSError:
        return None
