"""The chain of hashes: what makes any change, insertion or removal in the history visible."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

START = hashlib.sha256(b"value-stream-miner audit history 1").hexdigest()
"""What the first record follows."""


def canonical(body: Mapping[str, Any]) -> str:
    """JSON that is the same text for the same content: keys in order, no spaces, no NaN."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(number: int, previous: str, body: str) -> str:
    """The hash of a record: SHA-256 over its number, the hash of the record before, and its canonical body."""
    return hashlib.sha256(f"{number}\n{previous}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """A record as it is stored."""

    number: int
    audit: str
    kind: str
    hash: str
    previous: str
    body: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found: how many records there are, the head's hash, what is wrong, and at which record the hash
    that was asked for stands (None where it stands nowhere, or none was asked for)."""

    records: int
    head: str
    wrong: tuple[str, ...]
    found_at: int | None = None


def check(links: Iterable[Link], wanted: str | None = None) -> Checked:
    """Go along the chain and say all that does not fit. `links` come in the order of their numbers."""
    wrong: list[str] = []
    previous, count, found_at = START, 0, None
    if wanted == START:
        found_at = 0
    for link in links:
        count += 1
        if link.number != count:
            wrong.append(f"Record {count} is missing: number {link.number} stands in its place.")
            count = link.number
        if link.previous != previous:
            wrong.append(f"Record {link.number} does not follow the one before it.")
        if hash_of(link.number, link.previous, link.body) != link.hash:
            wrong.append(f"Record {link.number} was changed: its hash is not that of its content.")
        elif not _agrees(link):
            wrong.append(f"Record {link.number} was changed: its columns do not say what its content says.")
        previous = link.hash
        if link.hash == wanted:
            found_at = link.number
    return Checked(count, previous, tuple(wrong), found_at)


def _agrees(link: Link) -> bool:
    try:
        body = json.loads(link.body)
    except ValueError:
        return False
    return bool(body.get("audit") == link.audit and body.get("kind") == link.kind)
