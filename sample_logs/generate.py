"""Writes the sample logs. Everything in them is invented; nothing is taken from anybody's data.

    python sample_logs/generate.py                                        the two samples, beside this file
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

import incidents  # noqa: E402 - lies beside this file
import new_service  # noqa: E402

SHAPES = {"incidents": incidents.write, "new_service": new_service.write}
SAMPLES = {
    "servicenow_incidents.csv": ("incidents", 6_000),
    "new_service.xes": ("new_service", 1_190),
}


def main(arguments: list[str] | None = None) -> int:
    """Write what the arguments ask for; return the exit code."""
    parser = argparse.ArgumentParser(description="Writes the sample logs, or larger ones of the same kinds.")
    parser.add_argument("--events", type=int, help="about how many events")
    parser.add_argument("--out", type=Path, help="the file to write")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="incidents")
    chosen = parser.parse_args(arguments)
    if (chosen.events is None) != (chosen.out is None):
        parser.error("--events and --out belong together")
    if chosen.out is None:
        jobs = [(HERE / name, shape, events) for name, (shape, events) in SAMPLES.items()]
    else:
        jobs = [(chosen.out, chosen.shape, chosen.events)]
    for out, shape, events in jobs:
        written = SHAPES[shape](out, events)
        sys.stderr.write(f"{out.name}: {written:,} events\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
