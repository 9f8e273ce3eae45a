"""Files that are changed at random, the same ones in each run: each ends in a table that adds up or in an error."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from fuzz_readers import Readers
from seeds import kinds

_FILES = 150


@pytest.fixture(scope="module")
def readers(request):
    from mining.sources import workbook

    answered, opened = workbook.answered, Readers()
    yield opened
    opened.close()
    workbook.answered = answered


def changed(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to four changes: bytes replaced, parts taken out, doubled or moved, or the end cut off."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(found) + 1) for _ in range(2))
        part = bytes(found[at : min(to, at + 64)])
        match chance.randrange(6):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                found[at : at + len(part)] = b""
            case 2:
                found[at:at] = part * chance.randint(1, 3)
            case 3:
                found[to:to] = part
            case 4:
                found[at:at] = chance.choice(
                    [b"\0", b'"', b"<", b"{", b"[", b"\xff", b"\r", b"&x;", b"\\ud800", b"1e999"]
                )
            case 5:
                found[to:] = b""
    return bytes(found)


@pytest.mark.slow
@pytest.mark.parametrize("format", kinds())
def test_a_changed_file_ends_in_a_table_or_in_an_error(readers, format):
    chance = random.Random(format)
    seeds = readers.kinds[format].seeds
    for seed in seeds:
        assert readers.read(format, seed) == readers.quick(format, seed) == "table"
    ends = Counter(readers.read(format, changed(chance.choice(seeds), chance)) for _ in range(_FILES))
    assert set(ends) <= {"table", "error"}
    assert ends["error"] > 0
