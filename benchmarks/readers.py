"""Times reading alone: XES against pm4py's default reader, CSV against DuckDB's own.

    python benchmarks/readers.py [--events 1000000] [--rounds 3]

Both read generated logs. Ours is `sources.read`: the file examined (SHA-256, encoding), its times read, every row kept
in the engine or set aside. DuckDB's reader keeps the same columns as text. pm4py's default is "iterparse" where lxml is
installed, as it is with pm4py; it is named here because pm4py would take r4pm where that is installed too, and then ask
for polars. Each runs in a process of its own, in turn; what is printed are medians, their ratio, and the peak memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import run

OURS = """
import sys
from mining import engine, sources
from mining.core.analysis import Options
from mining.mapping import load_mapping
spec = load_mapping(sys.argv[2]).info.export
with engine.open_engine(Options()) as tables:
    print(sources.read(tables, [sys.argv[1]], spec).rows_read)
"""
PM4PY = """
import sys, pm4py
print(len(pm4py.read_xes(sys.argv[1], variant="iterparse")))
"""
DUCKDB = """
import sys, duckdb
from mining.mapping import load_mapping
names = ", ".join(f'"{name}"' for name in load_mapping(sys.argv[2]).info.export.needed)
duckdb.execute(f"CREATE TABLE rows AS SELECT {names} FROM read_csv('{sys.argv[1]}', all_varchar = true)")
print(duckdb.execute("SELECT count(*) FROM rows").fetchall()[0][0])
"""


def xes_of(events: int) -> Path:
    """A generated log in XES of about that many events; made once."""
    path = run.DATA / f"new_service_{events}.xes"
    if not path.exists():
        run.DATA.mkdir(exist_ok=True)
        generator = run.HERE.parent / "sample_logs" / "generate.py"
        asked = ["--shape", "new_service", "--events", str(events), "--out", str(path)]
        subprocess.run([sys.executable, str(generator), *asked], check=True)
    return path


def compare(title: str, path: Path, mapping: str, other: str, code: str, rounds: int) -> None:
    """Print how ours and the other one do on a file; their numbers of rows must be equal."""
    mine, theirs = run.Runs(), run.Runs()
    for _ in range(rounds):
        rows = [
            run.run([sys.executable, "-c", program, str(path), mapping], runs).split()[-1]
            for program, runs in ((OURS, mine), (code, theirs))
        ]
        if len(set(rows)) > 1:
            raise SystemExit(f"DIFFERENT: {rows}")
    print(f"**{title}**: {int(rows[0]):,} rows, {path.stat().st_size / 1e6:,.0f} MB\n")
    for name, runs in (("ours", mine), (other, theirs)):
        print(f"- {name}: {runs.median:.2f} s, peak {max(runs.peak) / 1e9:.2f} GB")
    print(f"- {other} takes {theirs.median / mine.median:.2f} times as long as ours\n", flush=True)


def main() -> None:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(description="Times the readers against their peers.")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    compare("XES", xes_of(chosen.events), "new_service_events", "pm4py.read_xes", PM4PY, chosen.rounds)
    compare("CSV", run.log_of(chosen.events), "servicenow_incident", "DuckDB's reader", DUCKDB, chosen.rounds)


if __name__ == "__main__":
    main()
