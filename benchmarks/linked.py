"""Times an analysis of linked tickets against that of the same tickets one by one.

    python benchmarks/linked.py [--events 1000000 3000000 10000000] [--rounds 1] [--ways ticket follow connected]

The logs are those of `run.py`, with another ticket's number in `problem_id`: of each twenty tickets all but the first
name the first, in all of their rows. `ticket` leaves the links alone, `follow` makes a stream of each ticket with the
one that it names, which nineteen streams share, `connected` one of each twenty. Processes of their own, in turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import duckdb
import run

WAYS = ("ticket", "follow", "connected")
_LINKS = """  links:
    - {column: problem_id, to: incident}
"""


def linked_log(events: int) -> Path:
    """A generated log of about that many events in which tickets name each other; made once."""
    path = run.DATA / f"linked_{events}.csv"
    if not path.exists():
        plain, partial = run.log_of(events), path.with_suffix(".partial")
        number = "CAST(substr(number, 4) AS BIGINT)"
        named = f"CASE WHEN {number} % 20 = 1 THEN '?' ELSE printf('INC%07d', ({number} - 1) // 20 * 20 + 1) END"
        duckdb.execute(
            f"COPY (SELECT * REPLACE ({named} AS problem_id) FROM read_csv('{plain}', all_varchar = true)) "  # noqa: S608
            f"TO '{partial}' (FORMAT csv, HEADER)"
        )
        partial.rename(path)
    return path


def mapping_with_links(folder: Path) -> Path:
    """The shipped mapping for these logs, with links between incidents in the place of its own."""
    text = (run.HERE.parent / "mappings" / "exports" / "servicenow_incident.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("  links:\n")
    after = rest[rest.index("\n\n") :]
    path = folder / "linked.yaml"
    path.write_text(head + _LINKS + after, encoding="utf-8")
    return path


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description="Times an analysis of linked tickets.")
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000, 3_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    chosen = parser.parse_args()
    head = " | ".join(f"{way}, s (GB)" for way in chosen.ways)
    print(f"| rows | links | {head} | against {chosen.ways[0]} |\n|" + "---:|" * (3 + len(chosen.ways)), flush=True)
    for events in chosen.events:
        path = linked_log(events)
        runs = {way: run.Runs() for way in chosen.ways}
        rows = links = 0
        for _ in range(chosen.rounds):
            for way in chosen.ways:
                with tempfile.TemporaryDirectory() as out:
                    mapping = mapping_with_links(Path(out))
                    words = ["analyse", str(path), "--mapping", str(mapping), "--cases", way, "--output", f"{out}/out"]
                    run.run([sys.executable, "-m", "mining", *words, "--reference", "incident"], runs[way])
                    result = json.loads((Path(out) / "out" / "result.json").read_text(encoding="utf-8"))
                rows = result["ledger"]["rows_read"]
                links = links if result.get("links") is None else sum(use["links"] for use in result["links"]["uses"])
        cells = " | ".join(f"{each.median:.1f} ({max(each.peak) / 1e9:.2f})" for each in runs.values())
        first, *others = (each.median for each in runs.values())
        ratios = ", ".join(f"{other / first:.2f}" for other in others)
        print(f"| {rows:,} | {links:,} | {cells} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
