"""Takes the picture in the README: the first screen of the demo's report, and the value chain map. What stands between
the two on the page is left out.

    .venv/bin/python docs/images/take.py

Needs Chromium. Run it again when the report's first screen has changed.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

WIDTH = 1280
PICTURE = Path(__file__).with_name("report.png")


def main() -> None:
    """Run the demo, open its report, and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "mining", "demo", "--quiet", "--output", folder], check=True)  # noqa: S603
        shot = screenshot(Path(folder) / "report.html")
    few = Image.open(io.BytesIO(shot)).convert("RGB").quantize(128, dither=Image.Dither.NONE)  # a third of the bytes
    few.save(PICTURE, optimize=True)


def screenshot(report: Path) -> bytes:
    """The summary and the map of the report as a PNG, down to the end of the map."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 3000})
        page.goto(report.as_uri())
        page.add_style_tag(content="main > section:not(#summary, #map) { display: none; }")
        page.wait_for_selector("#map .js-plotly-plot svg")
        end = page.locator("#map .js-plotly-plot").first.bounding_box()
        if end is None:
            raise SystemExit("The report shows no map.")
        bottom = int(end["y"] + end["height"])
        shot = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": bottom})
        browser.close()
        return shot


if __name__ == "__main__":
    main()
