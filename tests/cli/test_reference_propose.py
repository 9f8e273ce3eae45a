"""`vsm reference propose`, as a user types it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vsm_runs import vsm

pytestmark = pytest.mark.slow  # each is quick, all of them are not

VARIANTS = {
    "number": [1, 2, 3],
    "symbols": [
        ["engage:log", "deliver_and_support:resolve [claimed]"],
        ["engage:log", "engage:ask", "deliver_and_support:resolve [claimed]"],
        ["plan"],
    ],
    "state": ["ended", "ended", "open"],
    "streams": [7, 3, 90],
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "out" / "tables").mkdir(parents=True)
    pq.write_table(pa.table(VARIANTS), tmp_path / "out" / "tables" / "variants.parquet")
    return tmp_path


@pytest.mark.slow
def test_from_variants_to_a_file_that_can_be_used(here: Path) -> None:
    ran = vsm("reference", "propose", "--variants", "1,2", "--steps", "--name", "Ours", "-o", "ours.yaml", cwd=here)
    assert (ran.code, ran.out) == (0, "")
    assert "it allows 10 of 10 ended streams" in ran.err
    text = (here / "ours.yaml").read_text(encoding="utf-8")
    assert text.partition("stream:\n")[2].splitlines() == [
        "  - engage: log",
        "  - optional: {engage: ask}",
        "  - deliver_and_support: resolve",
        "  - value",
    ]
    ran = vsm("reference", "check", "ours.yaml", cwd=here)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.slow
def test_without_numbers_the_most_frequent_are_taken(here: Path) -> None:
    ran = vsm("reference", "propose", "--share", "70%", "--steps", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert "# Proposed from 1 variants, 7 streams. It allows 7 of 10 ended streams." in ran.out
    assert "ask" not in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--variants", "1,9"], "--variants names no variant"),
        (["--variants", "one"], "--variants names no variant"),
        (["--variants", "3"], "no variant was chosen"),
        (["--share", "lots"], "--share is no share"),
        (["--result", "nowhere"], "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused(here: Path, words: list[str], said: str) -> None:
    ran = vsm("reference", "propose", *words, cwd=here)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
