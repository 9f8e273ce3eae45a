"""The trend page: what it says, and in a real browser without a network."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from in_a_browser import Visit, faults

from mining.core.audit import Drift, Unit
from mining.core.trend import DriftPoint, GateLine, Limits, Point, Trend, TrendChart
from mining.report import trend

EVIL = "</script><img src=x onerror=alert(1)>"


def made(name: str = "Weekly") -> Trend:
    values = (0.90, 0.92, 0.91, 0.93, 0.92, 0.94, 0.60, None)
    points = tuple(
        Point(
            i + 1,
            f"2026-01-{i + 5:02}T06:00:00+00:00",
            value,
            0,
            (1,) if value == 0.6 else (),
            f"run-{i + 1}/report.html",
            (name,),
        )
        for i, value in enumerate(values)
    )
    limits = (Limits(0, 1, 8, 7, 0.92, 0.877, 0.963),)
    found = Drift(200, 200, 5, 12.3, 4, 0.015, 0.12)
    lead = tuple(replace(point, value=None if point.value is None else point.value * 86_400e6 * 5) for point in points)
    return Trend(
        audit=name,
        runs=8,
        first=points[0].at,
        last=points[-1].at,
        verdict=f"Held. {name}",
        charts=(
            TrendChart("conformance.fitness", Unit.SHARE, points, limits, (GateLine(name, 0.85),)),
            TrendChart("measures.lead_time.held.p85_us", Unit.DURATION, lead, (), ()),
        ),
        drift=tuple(
            DriftPoint(point.run, point.at, found if point.run > 1 else None, None, point.report) for point in points
        ),
        rules=("A run lies outside the limits.",),
        records=9,
        head="ab" * 32,
        version="0.1.0",
    )


def test_the_page_says_head_limits_signals_and_links() -> None:
    page = trend(made())
    assert "ab" * 32 in page
    assert "87.7 % to 96.3 %" in page
    assert page.count("rule 1") >= 2  # in the chart and in its table
    assert 'href="run-3/report.html"' in page
    assert trend(made()) == page


def test_names_cannot_break_out() -> None:
    page = trend(made(EVIL))
    assert EVIL not in page
    assert "<img src=x" not in page


def test_nothing_is_loaded_from_outside() -> None:
    page = trend(made())
    assert "connect-src 'none'" in html.unescape(page)
    assert re.findall(r'(?:src|href)="(https?://[^"]+)', page.split('id="plotly-packed"')[0]) == []


@pytest.mark.browser
def test_it_is_drawn_links_to_reports_and_has_no_faults(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "trend.html").write_text(trend(made()), encoding="utf-8")
    for run in range(1, 9):
        (tmp_path / f"run-{run}").mkdir()
        (tmp_path / f"run-{run}" / "report.html").write_text(f"<title>report {run}</title>", encoding="utf-8")
    page = visit(tmp_path / "trend.html")
    for plot in page.locator(".plot").all():
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for()
    assert page.locator(".plot .main-svg").count() >= 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []
    page.locator("#trend-0").scroll_into_view_if_needed()
    page.locator("#trend-0 .plot .points path.point").nth(6).hover(force=True)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/run-7/report.html")
