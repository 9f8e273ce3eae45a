"""Times reading alone: XES against pm4py's default reader, CSV against DuckDB's own.

    python benchmarks/readers.py [--events 1000000] [--csv 1000000 10000000] [--rounds 3]

Both read generated logs. Ours is `sources.read`: the file examined (SHA-256, encoding), its times read, every row kept
in the engine or set aside. DuckDB's reader keeps the same columns as text. pm4py's default is "iterparse" where lxml is
installed, as it is with pm4py; it is named here because pm4py would take r4pm where that is installed too, and then ask
for polars. Each runs in a process of its own, in turn; what is printed are medians of the
whole process and of the reading in it (without the start of Python and the import of libraries), their ratios, and the
peak memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import run

OURS = """
import sys, time
import ibis.backends.duckdb, mining.engine.duck, mining.sources.reading  # else imported when first used
from mining import engine, sources
from mining.core.analysis import Options
from mining.mapping import load_mapping
spec = load_mapping(sys.argv[2]).info.export
started = time.perf_counter()
with engine.open_engine(Options()) as tables:
    print(sources.read(tables, [sys.argv[1]], spec).rows_read, time.perf_counter() - started)
"""
PM4PY = """
import sys, time, pm4py
started = time.perf_counter()
print(len(pm4py.read_xes(sys.argv[1], variant="iterparse")), time.perf_counter() - started)
"""
DUCKDB = """
import sys, time, duckdb
from mining.mapping import load_mapping
names = ", ".join(f'"{name}"' for name in load_mapping(sys.argv[2]).info.export.needed)
started = time.perf_counter()
duckdb.execute(f"CREATE TABLE rows AS SELECT {names} FROM read_csv('{sys.argv[1]}', all_varchar = true)")
print(duckdb.execute("SELECT count(*) FROM rows").fetchall()[0][0], time.perf_counter() - started)
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
    programs = ((OURS, run.Runs(), run.Runs()), (code, run.Runs(), run.Runs()))
    for _ in range(rounds):
        found = set()
        for program, whole, reading in programs:
            rows, seconds = run.run([sys.executable, "-c", program, str(path), mapping], whole).split()[-2:]
            reading.seconds.append(float(seconds))
            found.add(rows)
        if len(found) > 1:
            raise SystemExit(f"DIFFERENT: {found}")
    (_, *mine), (_, *theirs) = programs
    print(f"**{title}**: {int(found.pop()):,} rows, {path.stat().st_size / 1e6:,.0f} MB\n")
    for name, (whole, reading) in (("ours", mine), (other, theirs)):
        peak = max(whole.peak) / 1e9
        print(f"- {name}: {whole.median:.2f} s, of them reading {reading.median:.2f} s; peak {peak:.2f} GB")
    whole, reading = (other.median / one.median for one, other in zip(mine, theirs, strict=True))
    print(f"- {other} takes {whole:.2f} times as long as ours, for the reading {reading:.2f} times\n", flush=True)


def main() -> None:
    """Run the comparisons."""
    parser = argparse.ArgumentParser(description="Times the readers against their peers.")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--csv", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    compare("XES", xes_of(chosen.events), "new_service_events", "pm4py.read_xes", PM4PY, chosen.rounds)
    for events in chosen.csv:
        compare("CSV", run.log_of(events), "servicenow_incident", "DuckDB's reader", DUCKDB, chosen.rounds)


if __name__ == "__main__":
    main()
