"""The report on paper: what a PDF of it holds, and that nothing is torn or lost on the way there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_builder import with_examples
from in_a_browser import Visit

from mining.report import render
from mining.report.formats import css_text
from mining.report.sections import SECTIONS

pytestmark = pytest.mark.browser

PAGE = (1010, 700)  # pixels: A4 landscape within its margins


def until(page: object, condition: str) -> None:
    for _ in range(200):
        if page.evaluate(condition):  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(50)  # type: ignore[attr-defined]
    raise AssertionError(f"never came true: {condition}")


def test_what_is_printed(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(render(with_examples()), encoding="utf-8")
    page = visit(tmp_path / "report.html", width=PAGE[0], scheme="dark")
    until(page, "!!window.Plotly")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    until(page, "document.querySelectorAll('.plot:not([data-drawn])').length === 0")
    until(page, "document.querySelectorAll('.plot .main-svg').length >= document.querySelectorAll('.plot').length")
    heights = "[...document.querySelectorAll('figure')].map(one => one.getBoundingClientRect().height)"
    until(page, f"Math.max(...{heights}) < {PAGE[1]}")

    shown = page.locator("main").inner_text()
    there = page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    assert [name for name in there if name != "summary" and SECTIONS[name][0] not in shown] == []
    assert "What was folded when this was printed is left out" in page.locator("footer").inner_text()

    links = page.locator(".findings a").evaluate_all("all => all.map(one => one.hash)")
    assert [link for link in links if not page.locator(link).is_visible()] == []  # what is not shown cannot be led to
    assert page.locator(".evidence[open] .example[open] table").count() == 1

    boxes = page.locator("figure").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    assert max(box["right"] for box in boxes) <= PAGE[0]
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(22, 32, 43)"

    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".evidence[open]").count() == 0
    pdf = page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert len(there) <= pages <= 40
    boxes_of_pages = set(re.findall(rb"/MediaBox\s*\[0 0 (\d+)[.\d]* (\d+)", pdf))
    assert boxes_of_pages
    assert boxes_of_pages <= {(b"841", b"594"), (b"841", b"595"), (b"842", b"595")}  # A4, landscape


def test_a_title_cannot_leave_its_quotes() -> None:
    assert css_text('Höhe 7"; } </style>') == r"Höhe 7\22 \3b  \7d  \3c \2f style\3e "
