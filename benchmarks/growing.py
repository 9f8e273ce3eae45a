"""An export that grows, analysed from nothing and with a cache: CPU seconds by phase, and whether both say the same.

    python benchmarks/growing.py EXPORT.csv --mapping NAME --reference NAME --rows 900000 1000000
    python benchmarks/growing.py EXPORT.csv --mapping NAME --reference NAME --weeks COLUMN --format "%d/%m/%Y %H:%M"

The first cut fills the cache and is not compared. With `--rows`, cuts are the first rows of the file; with `--weeks`,
the rows are put in the order of that column, and the last cuts are all that were written by the end of a week.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from mining import pipeline
from mining.core.cache import Cache


class Phases:
    """CPU seconds of this process by phase, as the analysis announces them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at, self._phase = time.process_time(), ""

    def __call__(self, phase: str, share: float | None) -> None:
        """Take in what the analysis says that it does."""
        if share is None and phase in ("reading", "mapping", "building streams", "checking conformance", "measuring"):
            self.end(phase)

    def end(self, phase: str = "") -> None:
        """The phase so far is over."""
        now = time.process_time()
        self.seconds[self._phase] = self.seconds.get(self._phase, 0.0) + now - self._at
        self._at, self._phase = now, phase


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=Path)
    parser.add_argument("--mapping", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--rows", type=int, nargs="+", default=[])
    parser.add_argument("--weeks", metavar="COLUMN")
    parser.add_argument("--format", default="%Y-%m-%d %H:%M:%S")
    parser.add_argument("--last", type=int, default=4, help="how many weeks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, (cut, rows) in enumerate(_cuts(given, folder)):
            told = []
            for cached in (False, True):
                if not cached and not number:
                    continue
                cache = Cache(folder / "cache", at_most=10**11, keep=1e9) if cached else None
                phases = Phases()
                result = pipeline.analyse(
                    cut,
                    mapping=given.mapping,
                    reference=given.reference,
                    output=folder / "out",
                    progress=phases,
                    cache=cache,
                    clock=lambda: datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
                )
                phases.end()
                body = result.to_dict()
                body.pop("run")
                told.append(json.dumps(body))
                seconds = {phase or "else": round(spent, 2) for phase, spent in phases.seconds.items()}
                used = "from nothing" if cache is None else dict(cache.used)
                print(f"{rows:,} rows: {sum(seconds.values()):.1f} CPU s", seconds, used, flush=True)
            size = sum(path.stat().st_size for path in (folder / "cache").iterdir())
            print("  the same" if len(set(told)) == 1 else "  DIFFERENT", f"cache: {size / 1e6:.1f} MB", flush=True)


def _cuts(given: argparse.Namespace, folder: Path) -> Iterator[tuple[Path, int]]:
    """One file that grows, and how many rows it has."""
    lines = given.export.read_text(encoding="utf-8").splitlines(keepends=True)
    path = folder / given.export.name
    if given.weeks is None:
        for rows in given.rows:
            path.write_text("".join(lines[: rows + 1]), encoding="utf-8")
            yield path, rows
        return
    column = lines[0].rstrip("\n").split(",").index(given.weeks)  # plain cells only
    written = [datetime.strptime(line.split(",")[column].strip('"'), given.format) for line in lines[1:]]  # noqa: DTZ007
    order = sorted(range(len(written)), key=written.__getitem__)
    for week in range(given.last, -1, -1):
        until = max(written) - timedelta(weeks=week)
        kept = [lines[1 + i] for i in order if written[i] <= until]
        path.write_text(lines[0] + "".join(kept), encoding="utf-8")
        yield path, len(kept)


if __name__ == "__main__":
    main()
