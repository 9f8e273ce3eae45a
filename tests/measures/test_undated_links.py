"""The improve loop where the export tells that tickets are linked, and not since when."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from improve_logs import INCIDENTS, improved_log
from test_improvement import DAY, ITEMS, LOOP, analysed, log_of

from mining.core.improvement import Kind, Verdict
from mining.core.tables import Tables
from mining.measures.improve import BY_ITSELF, UNDATED
from mining.measures.improve_tables import edges_of, incidents_of, led_to
from mining.streams import build_streams
from tests.log_builder import MINUTE

pytestmark = pytest.mark.slow

# The incidents 2 and 3 come before the problem 7 is solved on day 10, 8 on day 13. It leads to the change 9, whose
# mapping tells no value, and which ends on day 12; the change 10 is cancelled, and 8 is in no export.
TEXT = LOOP.strip() + f", 17280 .agent\nchange 10: {DAY} obtain_build:build, {9 * DAY} .withdrawn"
LINKS = [("2", "7", 0, 1), ("3", "7", 0, 1), ("8", "7", 0, 1), ("4", "8", 1, 4), ("5", "10", 1, 1), ("7", "9", 3, 1)]


def days(tables: Tables, undated: tuple[int, ...]) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    """By incident and what it led to: the day since when that holds, and the one that is guessed."""
    log = log_of(tables, TEXT, LINKS, ITEMS, undated=undated)
    edges = edges_of(log, ["incident"])
    assert edges is not None
    incidents = incidents_of(tables, build_streams(tables, log, max_paths=99), log, ["incident"])
    found = led_to(tables, log, edges, incidents)
    rows = [row for kind in (Kind.PROBLEM, Kind.CHANGE) for row in tables.fetch(found[kind], limit=99).to_pylist()]

    def day(at: int | None) -> int | None:
        return None if at is None else at // (DAY * MINUTE)

    return {(row["incident"], row["other"]): (day(row["at"]), day(row["guess"])) for row in rows}


def test_what_is_in_the_export_has_the_day_on_which_it_was_done_itself(tables: Tables) -> None:
    """Undated links tell no day, but the problem and the change do. The incident 8 came when the problem was solved
    already, and the change was over, too: it cannot have led to them, whenever somebody linked it."""
    assert days(tables, undated=(0, 1, 3)) == {
        ("incident 2", "problem 7"): (10, 10),
        ("incident 3", "problem 7"): (10, 10),
        ("incident 8", "problem 7"): (None, 10),
        ("incident 2", "change 9"): (12, 12),
        ("incident 3", "change 9"): (12, 12),
        ("incident 8", "change 9"): (None, 12),
        ("incident 4", "change 8"): (None, 4),
        ("incident 5", "change 10"): (None, None),
    }


def test_one_undated_link_on_the_way_to_the_change_makes_the_way_undated(tables: Tables) -> None:
    found = days(tables, undated=(3,))
    assert (found["incident 8", "problem 7"], found["incident 8", "change 9"]) == ((10, 10), (None, 12))
    assert found["incident 4", "change 8"] == (4, 4)  # its link is dated


def listed(folder: Path, effect: float, *, problems: bool) -> tuple[list[str], list[str]]:
    """The log of a known effect as a list export has it: the incident's row holds the problem's number, undated.
    Without `problems`, those are in no export."""
    log = improved_log(folder, effect)
    with (folder / "links.csv").open(encoding="utf-8") as file:
        named = {row["number"]: row["problem"] for row in csv.DictReader(file)}
    lines = (folder / "incidents.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{named.get(line.split(',')[0], '')}" for line in lines[1:]]
    (folder / "incidents.csv").write_text("\n".join([f"{lines[0]},problem", *rows]) + "\n", encoding="utf-8")
    mapping = INCIDENTS.replace("facts:", "  links: [{column: problem, to: problem}]\nfacts:")
    (folder / "incidents.yaml").write_text(mapping, encoding="utf-8")
    wanted = [0, 2] if problems else [0]
    return [log.exports[i] for i in wanted], [log.mappings[i] for i in wanted]


@pytest.mark.parametrize("effect", [1.0, 0.5])
def test_a_planted_improvement_is_found_without_dates_of_links(tmp_path: Path, effect: float) -> None:
    (one,) = analysed(*listed(tmp_path, effect, problems=True)).effects
    assert (one.verdict, one.reason) == (Verdict.COMPARED, BY_ITSELF)
    assert one.ratio is not None
    assert one.ratio.low <= effect <= (one.ratio.high or 0)


def test_where_nothing_else_tells_a_day_it_stays_an_association(tmp_path: Path) -> None:
    (one,) = analysed(*listed(tmp_path, 0.5, problems=False)).effects
    assert (one.verdict, one.reason) == (Verdict.ASSOCIATION, UNDATED)
