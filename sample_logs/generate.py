"""Writes the sample logs. Everything in them is invented; nothing is taken from anybody's data.

    python sample_logs/generate.py                                        all samples, beside this file
    python sample_logs/generate.py --into DIR                             all samples, there
    python sample_logs/generate.py --events 1000000 --out incidents.csv   a large log of about that many events
    python sample_logs/generate.py --shape new_service --events 5000 --out new_service.xes

The same arguments give the same bytes, whatever the version of numpy: only the raw numbers of its generator are used,
which numpy promises to keep, and plain arithmetic on them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

import desk_exports  # noqa: E402 - these lie beside this file
import exports_csv  # noqa: E402
import exports_json  # noqa: E402
import incidents  # noqa: E402
import new_service  # noqa: E402
import servicenow_changes  # noqa: E402
import servicenow_exports  # noqa: E402

SHAPES = {"incidents": incidents.write, "new_service": new_service.write}
SAMPLES = {
    "servicenow_incidents.csv": ("incidents", 6_000),
    "new_service.xes": ("new_service", 1_190),
}
EXPORTS = {  # one small sample for each mapping that ships: file name -> what writes it and returns the number of rows
    **servicenow_exports.FILES,
    **servicenow_changes.FILES,
    **desk_exports.FILES,
    **exports_csv.FILES,
    **exports_json.FILES,
}


def main(arguments: list[str] | None = None) -> int:
    """Write what the arguments ask for; return the exit code."""
    parser = argparse.ArgumentParser(description="Writes the sample logs, or larger ones of the same kinds.")
    parser.add_argument("--events", type=int, help="about how many events")
    parser.add_argument("--out", type=Path, help="the file to write")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="incidents")
    parser.add_argument("--into", type=Path, default=HERE, help="the directory for all samples (default: this file's)")
    chosen = parser.parse_args(arguments)
    if (chosen.events is None) != (chosen.out is None):
        parser.error("--events and --out belong together")
    if chosen.out is None:
        written = write_samples(chosen.into)
    else:
        written = {chosen.out.name: SHAPES[chosen.shape](chosen.out, chosen.events)}
    for name, rows in written.items():
        sys.stderr.write(f"{name}: {rows:,} rows\n")
    return 0


def write_samples(into: Path) -> dict[str, int]:
    """Write every sample to the directory `into`; return how many rows or events each has."""
    written = {name: SHAPES[shape](into / name, events) for name, (shape, events) in SAMPLES.items()}
    return written | {name: write(into / name) for name, write in EXPORTS.items()}


if __name__ == "__main__":
    sys.exit(main())
