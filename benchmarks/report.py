"""Measures the report: its size, what rendering costs beside the analysis, how soon a browser has drawn it, and whether
two runs make the same bytes.

    python benchmarks/report.py [LOG …] [--mapping servicenow_incident] [--reference incident]

Each LOG is analysed in two processes of their own, with different hash seeds and numbers of threads, and the clock
stopped. Without a LOG it is a made-up one of 1,000,000 events. CPU seconds are those of the process of the analysis;
that of the models, beside it, is left out. The browser is a headless Chromium, without a network.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from run import log_of

ANALYSE = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path

import mining
from mining import result
from mining.core.analysis import Options

spent = {"rendering": [0.0, 0.0]}
write = result.Result.write


def timed(self, folder):
    begin = time.perf_counter(), time.thread_time()  # the engine writes its own tables meanwhile, in other threads
    write(self, folder)
    spent["rendering"] = [time.perf_counter() - begin[0], time.thread_time() - begin[1]]


result.Result.write = timed
log, mapping, reference, folder, threads = sys.argv[1:]
begin = time.perf_counter(), time.process_time()
mining.analyse(
    log,
    mapping=mapping,
    reference=reference,
    output=folder,
    options=Options(threads=int(threads)),
    clock=lambda: datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
)
whole = [time.perf_counter() - begin[0], time.process_time() - begin[1]]
print(json.dumps({"whole": whole, **spent}))
"""
DRAWN = """
() => {
    const plots = [...document.querySelectorAll('.plot')].filter(one => one.checkVisibility());
    if (plots.some(one => one.querySelector('.failed'))) throw new Error('a figure could not be drawn');
    return plots.every(one => one.querySelector('.main-svg'));
}
"""
LOADED = """
() => new Promise(done =>
    document.readyState === 'loading' ? addEventListener('DOMContentLoaded', () => done()) : done())
"""
SCROLL = """
() => [...document.querySelectorAll('.plot')].find(one => one.checkVisibility() && !one.dataset.drawn)?.scrollIntoView()
"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def analysed(log: Path, mapping: str, reference: str, folder: Path, *, seed: int, threads: int) -> dict[str, Any]:
    """One analysis in a process of its own: seconds and CPU seconds of the whole and of rendering."""
    command = [sys.executable, "-c", ANALYSE, str(log), mapping, reference, str(folder), str(threads)]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def in_a_browser(report: Path, rounds: int) -> dict[str, float]:
    """Milliseconds to the first paint, and until every figure that can be seen is drawn while somebody scrolls to the
    next that is not; figures in a tab that is not open do not count. To look after them and to scroll is in it, some
    25 ms each time. Beside them the CPU seconds of the page's own process until then. The best of some rounds, since
    other work on the machine only makes them longer."""
    from playwright.sync_api import sync_playwright

    best: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for _ in range(rounds):
            context = browser.new_context(viewport={"width": 1360, "height": 900}, offline=True)
            page = context.new_page()
            page.goto(report.as_uri(), wait_until="commit")
            page.evaluate(LOADED)
            while not page.evaluate(DRAWN):
                page.evaluate(SCROLL)
                page.wait_for_timeout(20)
            drawn = page.evaluate("performance.now()")
            processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
            cpu = max(one["cpuTime"] for one in processes if one["type"] == "renderer")
            found = {"painted": page.evaluate(PAINTED), "drawn": drawn, "cpu": cpu}
            best = {name: min(best.get(name, value), value) for name, value in found.items()}
            context.close()
        browser.close()
    return best


def same(one: Path, other: Path) -> dict[str, bool]:
    """Whether two outputs are the same to the byte; of result.json all but what differs from run to run."""
    reports = [(folder / "report.html").read_bytes() for folder in (one, other)]
    results = []
    for folder in (one, other):
        found = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        found.pop("run")
        results.append(json.dumps(found))
    return {"report.html": reports[0] == reports[1], "result.json": results[0] == results[1]}


def main() -> None:
    """Measure and print a line of Markdown for each log."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", nargs="*", type=Path)
    parser.add_argument("--mapping", default="servicenow_incident")
    parser.add_argument("--reference", default="incident")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print("| log | report | rendering of all, s | CPU s | first paint | all drawn | CPU s of the page | same bytes |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    different = False
    for log in asked.logs or [log_of(1_000_000)]:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            folders = Path(one), Path(other)
            runs = [
                analysed(log, asked.mapping, asked.reference, folder, seed=seed, threads=threads)
                for folder, seed, threads in ((folders[0], 1, 2), (folders[1], 4711, 1))
            ]
            best = min(runs, key=lambda run: run["whole"][0])
            size = (folders[0] / "report.html").stat().st_size
            found, equal = in_a_browser(folders[0] / "report.html", asked.rounds), same(*folders)
        pairs = zip(best["rendering"], best["whole"], strict=True)
        seconds, cpu = (f"{part:.2f} of {whole:.1f} ({100 * part / whole:.0f} %)" for part, whole in pairs)
        said = "yes" if all(equal.values()) else ", ".join(name for name, is_ in equal.items() if not is_) + " differ"
        different |= not all(equal.values())
        cells = (log.name, f"{size / 1e6:.2f} MB", seconds, cpu)
        shown = (f"{found['painted']:.0f} ms", f"{found['drawn'] / 1000:.1f} s", f"{found['cpu']:.1f}")
        print(f"| {' | '.join((*cells, *shown, said))} |", flush=True)
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
