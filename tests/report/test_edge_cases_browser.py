"""Logs at an edge, analysed whole, and their pages in a real browser: nothing broken, and the right words."""

from __future__ import annotations

from pathlib import Path

import pytest
from edge_logs import EMOJI, LOGS, RIGHT_TO_LEFT
from in_a_browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID: dict[str, tuple[str, ...]] = {
    "none conforms": (
        "All 60 fulfilled streams reach value within 1.5 h.",
        "None of the 60 fulfilled streams keep to the agreed stream “Agreed” in every point.",
        "Engage is missing",
    ),
    "all conform": ("All of the 40 fulfilled streams keep to the agreed stream", "No checked stream deviates."),
    "one stream": ("The one fulfilled stream reached value within 1.5 h.", "Only 1 fulfilled stream", "The variant"),
    "one variant": ("All 50 fulfilled streams reach value within 1.5 h.", "1 variant."),
    "10,000 variants": ("The 25 most frequent variants", "rarer variants"),
    "strange names": ("16.7 % of the events have no activity", RIGHT_TO_LEFT, EMOJI, "\ufffddetrevni\ufffd"),
    "one minute": ("All 9 fulfilled streams reach value within 30 s.",),
    "ten years": ("Half of the fulfilled streams reach value within 1,620 d, and 15 % take longer than 2,790 d.",),
    "one activity": (
        "in every point that this export can show.",
        "no rule of the mapping can show waiting",
        "Grey, dashed: Plan, Engage, Design and transition, Obtain/build, Improve. No rule of the mapping can show it",
    ),
    "all open": (
        "None of the 30 streams has reached its end yet: all are still open.",
        "no stream could be checked",
        "No stream could be used to find one.",
        "No stream has ended: all are open.",
    ),
}
NEVER_SAID = (
    "NaN",
    "undefined",
    "None of the None",
    "null",
    "– of time",
    "0 of 0 streams",
    "The 1 most",
    "1 of them cover ",
)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_at_an_edge(visit: Visit, name: str, tmp_path: Path) -> None:
    result = LOGS[name].analysed(tmp_path)
    assert result.analysis.ledger.adds_up
    page = visit(tmp_path / "report.html", width=390, scheme="dark")
    plots = page.locator(".plot:visible")
    for plot in plots.all():
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for()
    assert page.locator(".plot .failed").count() == 0
    for _ in range(2):  # the examples among them are made when they are opened
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.wait_for_timeout(50)
    shown = " ".join(page.locator("main").inner_text().replace("\u00a0", " ").split())
    assert [words for words in SAID[name] if words not in shown] == []
    assert [words for words in NEVER_SAID if words in shown] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (tmp_path / "report.html").stat().st_size < 4_000_000
