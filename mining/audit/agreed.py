"""The acceptances as a part of the set-up: their file, and which of them no longer hold on the day of a run.

An acceptance expires by itself, without any file being changed. The rates with acceptances are then counted by
something else than in the run before, so what has expired is part of the set-up as much as the text is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from mining.core.clock import Clock
from mining.core.errors import Problem, RequestError
from mining.core.yamlio import parse_yaml


@dataclass(frozen=True, slots=True)
class Acceptances:
    """The file of acceptances on one day.

    `content` is None where only the history is left of it, and the history does not keep it, since it names tickets.
    `expired` are the deviations that no longer are accepted, each with the last day on which they were.
    """

    file: str
    sha256: str
    content: bytes | None
    as_of: date
    expired: tuple[tuple[str, str], ...]
    names_tickets: bool

    def as_dict(self) -> dict[str, Any]:
        """For the history, without the text."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "as_of": self.as_of.isoformat(),
            "expired": [list(one) for one in self.expired],
            "names_tickets": self.names_tickets,
        }

    @property
    def counted(self) -> list[Any]:
        """What two runs must have in common for their rates to be counted by the same acceptances."""
        return [self.sha256, [list(one) for one in self.expired]]

    @property
    def document(self) -> dict[str, bytes]:
        """The text by its SHA-256, for the history; nothing where it names tickets, of which the history holds none."""
        return {} if self.names_tickets or self.content is None else {self.sha256: self.content}


def read_acceptances(path: Path, as_of: date) -> Acceptances:
    """The acceptances as they stand on this day. What is wrong in the file is told by the analysis.

    Raises RequestError where it cannot be read, ConfigError where it is no YAML.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        todo = "vsm deviations accept writes such a file"
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=str(path), todo=todo)) from error
    data = parse_yaml(content.decode("utf-8-sig", errors="replace"), str(path)).data
    entries = data.get("acceptances") if isinstance(data, dict) else None
    known = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return Acceptances(
        path.name,
        hashlib.sha256(content).hexdigest(),
        content,
        as_of,
        tuple(
            (str(one.get("deviation")), one["until"].isoformat()) for one in known if _is_past(one.get("until"), as_of)
        ),
        any(one.get("tickets") for one in known),
    )


def _is_past(until: Any, as_of: date) -> bool:
    return isinstance(until, date) and not isinstance(until, datetime) and until < as_of


def earlier_acceptances(said: Mapping[str, Any], content: bytes | None) -> Acceptances:
    """The acceptances of an earlier run, from what the history says of them; `content` is their text, where it is at
    hand."""
    expired = tuple((deviation, until) for deviation, until in said["expired"])
    day = date.fromisoformat(said["as_of"])
    return Acceptances(said["file"], said["sha256"], content, day, expired, said["names_tickets"])


def on_its_day(acceptances: Acceptances | None, clock: Clock) -> Clock:
    """A clock by which the same acceptances hold as in a set-up: that of an earlier run was for another day, and a run
    may go on over midnight."""
    if acceptances is None:
        return clock
    now, day = clock(), acceptances.as_of
    moment = now if now.date() == day else datetime.combine(day, time(12), UTC)
    return lambda: moment


def in_words(new: Acceptances | None, old: Acceptances | None) -> str | None:
    """What changed from the `old` acceptances to the `new`, in a sentence; None where nothing did."""
    if (new and new.counted) == (old and old.counted):
        return None
    said = []
    if (new and new.sha256) != (old and old.sha256):
        said.append(f"{_name(old)} to {_name(new)}")
    before = () if old is None else old.expired
    gone = [one for one in (() if new is None else new.expired) if one not in before]
    if gone:
        shown = ", ".join(f"“{deviation}” (until {until})" for deviation, until in gone[:5])
        more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
        said.append(f"expired, so that they count again: {shown}{more}")
    return "; ".join(said) or "the clock was set back, and some that had expired hold again"


def _name(one: Acceptances | None) -> str:
    return "none" if one is None else f"{one.file} ({one.sha256[:8]})"
