"""Times `vsm analyse` as a whole process against pandas with pm4py, and against DuckDB's bare scan, in one run. What
the engine alone takes for the peer's questions, in raw SQL, stands beside them.

    python benchmarks/run.py [--events 1000000 10000000] [--rounds 3]

Rounds go round all of them (A B C A B C), so that a busy machine is busy for all; the table holds medians, the ratios
of medians, and the peak memory of the process and of the largest of its children. The figures that ours and another
both give (cases, visits, fulfilled streams, cost of all alignments, median lead time) must be equal: a difference ends
with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
OURS, PEER, SKETCH, SCAN = "vsm analyse", "pandas and pm4py", "DuckDB, raw SQL", "DuckDB, scan and count"
HOURS_APART = 1e-6


@dataclass
class Runs:
    """What several runs of one program took."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)  # bytes

    @property
    def median(self) -> float:
        """Half of the runs took at most this long."""
        return statistics.median(self.seconds)


def run(command: list[str], runs: Runs) -> str:
    """Run `command` as a process of its own, note what it took, and return its standard output."""
    with tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        runs.seconds.append(time.perf_counter() - started)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{command}: exit code {process.returncode}")
        runs.cpu.append(usage.ru_utime + usage.ru_stime)
        runs.peak.append(usage.ru_maxrss * 1024)
        out.seek(0)
        return out.read()


def log_of(events: int) -> Path:
    """A generated log of about that many events; made once."""
    path = DATA / f"incidents_{events}.csv"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        partial = path.with_suffix(".partial")
        generator = HERE.parent / "sample_logs" / "generate.py"
        subprocess.run([sys.executable, str(generator), "--events", str(events), "--out", str(partial)], check=True)
        partial.rename(path)
    return path


def ours(path: Path, runs: Runs) -> dict[str, Any]:
    """One run of `vsm analyse`; returns the figures to compare."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "mining", "analyse", str(path), "--mapping", "servicenow_incident"]
        run([*command, "--reference", "incident", "--output", out], runs)
        result = json.loads((Path(out) / "result.json").read_text(encoding="utf-8"))
    return {
        "cases": result["streams"]["cases"],
        "visits": result["streams"]["visits"],
        "fulfilled": result["conformance"]["checked"],
        "total_cost": result["conformance"]["total_cost"],
        "median lead time": result["measures"]["lead_time"]["claimed"]["median_us"] / 3.6e9,
        "variants": result["streams"]["variants"],
    }


def peer(path: Path, runs: Runs) -> dict[str, Any]:
    """One run of the peer; returns the figures to compare."""
    found = json.loads(run([sys.executable, str(HERE / "peer_pandas_pm4py.py"), str(path)], runs))
    found["median lead time"] = found["lead_time_hours"]["0.5"]
    return found


def raw_sql(path: Path, runs: Runs) -> dict[str, Any]:
    """One run of the same questions in raw SQL; returns the figures to compare."""
    found: dict[str, Any] = json.loads(run([sys.executable, str(HERE / "sketch_duckdb.py"), str(path)], runs))
    return found


def compare(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """What differs of the figures that both give."""
    same = [name for name in ("cases", "visits", "fulfilled", "total_cost") if name in theirs]
    different = [f"{name}: {mine[name]} and {theirs[name]}" for name in same if mine[name] != theirs[name]]
    if abs(mine["median lead time"] - theirs["median lead time"]) > HOURS_APART:
        different.append(f"median lead time: {mine['median lead time']} and {theirs['median lead time']} hours")
    return different


def table(events: int, path: Path, runs: dict[str, Runs]) -> str:
    """The results of one log as Markdown."""
    lines = [
        f"**{events:,} events** ({path.stat().st_size / 1e6:,.0f} MB of CSV)",
        "",
        "| | seconds (median) | each | CPU seconds | peak memory | against ours |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in runs.items():
        each = ", ".join(f"{seconds:.1f}" for seconds in one.seconds)
        ratio = one.median / runs[OURS].median
        cells = (name, f"{one.median:.1f}", each, f"{statistics.median(one.cpu):.1f}", f"{max(one.peak) / 1e9:.2f} GB")
        lines.append(f"| {' | '.join(cells)} | {ratio:.2f} |")
    scan, sketch = (runs[OURS].median / runs[name].median for name in (SCAN, SKETCH))
    said = f"Ours takes {scan:.1f} times as long as the bare scan, {sketch:.1f} times as long as raw SQL"
    if PEER in runs:
        said += f", and is {runs[PEER].median / runs[OURS].median:.1f} times as fast as pandas with pm4py"
    return "\n".join([*lines, "", f"{said}."])


def main() -> int:
    """Run what was asked for, print the tables, return the exit code."""
    parser = argparse.ArgumentParser(description="Times vsm analyse against its peers.")
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-peer", action="store_true", help="leave pandas and pm4py out")
    chosen = parser.parse_args()
    print(f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} processors\n")
    wrong = False
    for events in chosen.events:
        path = log_of(events)
        runs = {OURS: Runs(), PEER: Runs(), SKETCH: Runs(), SCAN: Runs()}
        if chosen.without_peer:
            del runs[PEER]
        for i in range(chosen.rounds):
            mine = ours(path, runs[OURS])
            others = {PEER: peer(path, runs[PEER])} if PEER in runs else {}
            others[SKETCH] = raw_sql(path, runs[SKETCH])
            run([sys.executable, str(HERE / "scan_duckdb.py"), str(path)], runs[SCAN])
            for name, theirs in others.items() if i == 0 else ():
                for difference in compare(mine, theirs):
                    wrong = True
                    print(f"DIFFERENT from {name}: {difference}")
        print(table(events, path, runs), end="\n\n", flush=True)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
