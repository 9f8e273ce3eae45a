"""The filter of the page in a real browser: it acts or says that it does not, and the address says what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from in_a_browser import Visit, faults
from report_builders import PLANTED
from slice_builders import sliced

from mining.report import render
from mining.report.filter_names import of_part
from mining.report.overview import overview

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ANALYSIS = sliced()
APRIL = "period:2016-04"


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("filter")
    for name, made in {"sliced": ANALYSIS, "planted": sliced(PLANTED)}.items():
        (folder / f"{name}.html").write_text(render(made), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in ("sliced", "planted")}


def shows(page: Page, key: str) -> None:
    """Wait until a part is shown and its figures are drawn."""
    page.locator(f'#filter-state[data-ready="{key}"]').wait_for(state="attached")


def tiles(page: Page) -> list[str]:
    return [text.replace("\u00a0", " ") for text in page.locator(".tiles strong").all_inner_texts()]


def figures(number: int) -> list[str]:
    """The tiles that the report of this month alone would have; −1 for all streams."""
    assert ANALYSIS.slices is not None
    part = None if number < 0 else ANALYSIS.slices.dimensions[0].slices[number]
    return [tile.figure for tile in overview(ANALYSIS if part is None else of_part(ANALYSIS, part)).tiles]


def test_a_part_can_be_chosen_by_keyboard_and_is_announced(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["sliced"])
    assert tiles(page) == figures(-1)
    page.get_by_label("Show", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    shows(page, APRIL)
    assert page.url.endswith(f"#filter={APRIL}")
    assert tiles(page) == figures(1)
    assert page.get_by_role("status").first.inner_text().startswith("Shown: Period of demand, by month: 2016-04, ")
    # A map keeps its arrows where they are; those that nobody goes are gone.
    page.locator('[data-figure="map-steps"]').scroll_into_view_if_needed()
    page.locator('[data-figure="map-steps"] .main-svg').first.wait_for()
    gone = page.locator('[data-figure="map-steps"]').evaluate("plot => plot.data.filter(one => one.meta?.gone).length")
    assert gone > 0
    row = page.locator("#table-variants tbody tr").first
    assert row.locator("td").nth(4).inner_text() == "0"  # the most frequent variant is of March
    assert page.locator("#doubling .filter-note").inner_text().endswith("the filter does not act here.")
    assert "acts" in (page.locator("#lead .filter-note").first.get_attribute("class") or "")
    page.get_by_role("button", name="Show all streams").click()
    shows(page, "")
    assert tiles(page) == figures(-1)
    assert page.locator(".filter-note").count() == 0


def test_whoever_gets_the_address_sees_the_same_and_can_go_back(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["sliced"], fragment=f"#lead&filter={APRIL}")
    shows(page, APRIL)
    assert tiles(page) == figures(1)
    assert page.evaluate("document.querySelector('#lead').getBoundingClientRect().top") < 450
    page.locator("nav").get_by_text("Variants").click()
    assert page.url.endswith(f"#variants&filter={APRIL}")
    page.get_by_label("Show", exact=True).select_option("period:2016-03")
    shows(page, "period:2016-03")
    assert page.url.endswith("#variants&filter=period:2016-03")
    assert tiles(page) == figures(0)
    page.go_back()
    shows(page, APRIL)
    assert tiles(page) == figures(1)
    assert page.get_by_label("Show", exact=True).input_value() == APRIL


def test_a_part_that_is_not_there_is_said_and_all_streams_are_shown(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["sliced"], fragment="#filter=period:1999-%zz")
    shows(page, "period:1999-%zz")
    assert "has no part called “period:1999-%zz”" in page.locator("#filter-state").inner_text()
    assert tiles(page) == figures(-1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_while_a_part_is_shown(visit: Visit, pages: dict[str, Path], scheme: str) -> None:
    page = visit(pages["sliced"], fragment=f"#filter={APRIL}", scheme=scheme)
    shows(page, APRIL)
    assert faults(page) == []


def test_a_phone_scrolls_down_only_and_nothing_planted_acts(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["planted"], width=390)
    page.get_by_label("Show", exact=True).select_option(index=3)
    page.locator("#filter-clear").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("main img").count() == 0


def test_a_table_is_taken_away_as_it_is_shown_under_the_name_of_the_part(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["sliced"], fragment=f"#filter={APRIL}")
    shows(page, APRIL)
    with page.expect_download() as download:
        page.locator('button[data-table="table-lead-times"]').click()
    assert download.value.suggested_filename == "lead-times-period-2016-04.csv"
    assert ANALYSIS.slices is not None
    alone = ANALYSIS.slices.dimensions[0].slices[1].measures.lead_time_claimed
    assert f'"{alone.n}"' in Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()[1]


def test_in_print_the_page_says_what_it_shows(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["sliced"], fragment=f"#filter={APRIL}")
    shows(page, APRIL)
    page.emulate_media(media="print")
    assert page.locator("#filter-state").is_visible()
    assert not page.locator("#filter-choice").is_visible()
