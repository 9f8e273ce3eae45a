"""Choosing what streams are broken down by, and by which clock a map is drawn, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from breakdown_builder import broken_down, in_working_time
from in_a_browser import Visit, faults

from mining.report import render

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("breakdown")
    for name, made in (("broken", broken_down()), ("working", in_working_time())):
        (folder / f"{name}.html").write_text(render(made), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in ("broken", "working")}


def test_one_breakdown_is_shown_at_a_time_and_all_of_them_in_print(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["broken"], width=390)
    priority, group = page.locator("#breakdown-priority table"), page.locator("#breakdown-group table")
    assert (priority.is_visible(), group.is_visible()) == (True, False)
    page.locator("#by-priority").focus()
    page.keyboard.press("ArrowRight")
    assert (priority.is_visible(), group.is_visible()) == (False, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    assert (priority.is_visible(), group.is_visible()) == (True, True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_new_sections_are_for_everybody(visit: Visit, pages: dict[str, Path], scheme: str) -> None:
    page = visit(pages["broken"], scheme=scheme)
    assert [fault for name in ("breakdown", "workload", "actions") for fault in faults(page, f"#{name}")] == []


def test_a_map_is_drawn_by_the_clock_that_is_chosen(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["working"], fragment="#map")
    elapsed = labels(page, other_than=[])
    page.locator(".clock:visible input").nth(1).check()
    assert len(labels(page, other_than=elapsed)) == len(elapsed)


def labels(page: Page, *, other_than: list[str]) -> list[str]:
    """The labels of the map that is shown, once they are no longer these. The policy lets no test wait in the page."""
    found = other_than
    for _ in range(300):
        found = page.locator("#map .panel:not([hidden]) .annotation-text").all_text_contents()
        if found != other_than:
            break
        page.wait_for_timeout(100)
    assert found != other_than
    return found
