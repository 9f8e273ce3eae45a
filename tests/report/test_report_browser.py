"""The page in a real browser, without a network. Every test also watches requests, the console and the policy."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cohort_builders import split, split_by_what_was_planted
from in_a_browser import Visit, faults
from report_builders import (
    NAMES,
    NEW_SERVICES,
    PLANTED,
    analysis,
    came_back,
    linked,
    planted,
    planted_links,
    priced,
)
from time_builders import planted_times, timed

from mining.report import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {"incidents": analysis(), "new": analysis(NEW_SERVICES), "planted": planted(), "empty": analysis(())}
    made |= {"linked": linked(), "planted links": planted_links()}
    made |= {"returns": came_back(), "planted returns": came_back(NAMES)}
    made |= {"priced": priced(), "planted costs": priced(PLANTED, NAMES)}
    made |= {"timed": timed(), "planted times": planted_times()}
    made |= {"cohorts": split(), "planted cohorts": split_by_what_was_planted()}
    for name, given in made.items():
        (folder / f"{name}.html").write_text(render(given), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def opened(visit: Visit, pages: dict[str, Path]) -> Open:
    def open_page(name: str = "incidents", **how: Any) -> Page:
        return visit(pages[name], **how)

    return open_page


def draw_all(page: Page) -> None:
    first = page.locator("#map-tabs button").first
    for tab in [*page.locator("#map-tabs button").all(), first]:
        if tab.count():
            tab.click()
            page.locator("#map .panel:visible .main-svg").first.wait_for()
    for plot in page.locator(".plot:visible").all():
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize(
    "name", ["incidents", "new", "planted", "returns", "planted returns", "cohorts", "planted cohorts"]
)
def test_every_chart_is_drawn(opened: Open, name: str) -> None:
    page = opened(name)
    draw_all(page)
    assert page.locator(".plot").count() == page.locator(".plot .plot-container").count() >= 6
    assert page.locator(".plot .failed").count() == 0


def test_an_empty_report_opens_too(opened: Open) -> None:
    page = opened("empty")
    draw_all(page)
    assert page.locator("h1").inner_text() == "This export holds no stream."


def test_what_can_be_seen_is_drawn_without_scrolling_and_what_lies_in_a_tab_when_it_is_opened(opened: Open) -> None:
    page = opened()
    page.locator('[data-figure="map-steps"] .main-svg').first.wait_for()
    page.locator('[data-figure="matrix"] .main-svg').first.wait_for()  # far below
    assert page.evaluate("scrollY") == 0
    assert page.locator('[data-figure="map"] .main-svg').count() == 0
    page.get_by_role("tab", name="Six activities").click()
    page.locator('[data-figure="map"] .main-svg').first.wait_for()


def test_no_button_offers_to_upload(opened: Open) -> None:
    page = opened()
    draw_all(page)
    labels = page.locator(".modebar-btn").evaluate_all("all => all.map(one => one.dataset.title + ' ' + one.ariaLabel)")
    assert any("Download" in label for label in labels)
    assert not [label for label in labels if re.search("share|cloud|studio", label, re.IGNORECASE)]


def test_the_whole_arrow_answers_the_pointer(opened: Open) -> None:
    page = opened()
    draw_all(page)
    page.get_by_role("tab", name="Six activities").click()
    plot = page.locator('[data-figure="map"]')
    plot.scroll_into_view_if_needed()
    at = plot.evaluate(
        """plot => {
            const trace = plot.data.find(one => one.text.includes('Engage → Deliver'));
            const box = plot.getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout;
            const mean = values => values.reduce((sum, one) => sum + one, 0) / values.length;
            const x = xaxis._offset + xaxis.l2p(mean(trace.x)), y = yaxis._offset + yaxis.l2p(mean(trace.y));
            return [box.left + x, box.top + y];
        }"""
    )
    page.mouse.move(at[0] - 3, at[1] - 3)
    page.mouse.move(*at)
    hover = page.locator('[data-figure="map"] .hovertext')
    hover.wait_for(timeout=5000)
    text = hover.text_content() or ""
    assert "26,020 passages" in text
    assert "user support tasks" in text


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("incidents", "light"),
        ("incidents", "dark"),
        ("planted", "light"),
        ("linked", "dark"),
        ("returns", "dark"),
        ("priced", "light"),
        ("timed", "light"),
        ("cohorts", "dark"),
    ],
)
def test_axe_finds_no_fault(opened: Open, name: str, scheme: str) -> None:
    page = opened(name, scheme=scheme)
    draw_all(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert faults(page) == []


def until(page: Page, condition: str) -> None:
    """Ask again and again from outside: in the page its own policy forbids what Playwright's waiting would do there."""
    for _ in range(300):
        if page.evaluate(f"!!({condition})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def test_the_theme_can_be_changed_and_the_charts_follow(opened: Open) -> None:
    page = opened()
    draw_all(page)
    ink = "getComputedStyle(document.querySelector('[data-figure=map] .annotation-text')).fill"
    before = page.evaluate(ink), page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    until(page, f"{ink} !== '{before[0]}'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before[1]
    page.get_by_role("button", name="Light").click()
    until(page, f"{ink} === '{before[0]}'")


def test_it_follows_the_theme_of_the_machine(opened: Open) -> None:
    page = opened(scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 26)"
    assert page.get_by_role("button", name="Light").is_visible()


@pytest.mark.parametrize(
    "name",
    ["incidents", "planted", "linked", "planted links", "planted returns", "planted costs", "timed", "planted cohorts"],
)
def test_a_phone_scrolls_down_only(opened: Open, name: str) -> None:
    page = opened(name, width=390)
    draw_all(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_reaches_the_summary_first_and_every_chart(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#summary")
    assert page.locator('.scroll:not([tabindex="0"])').count() == 0


def test_the_contents_mark_the_section_that_is_read(opened: Open) -> None:
    page = opened(fragment="#conformance")
    until(page, "document.querySelector('nav a[aria-current]')?.hash === '#conformance'")


def test_print_shows_every_chart_in_light_colours(opened: Open, tmp_path: Path) -> None:
    page = opened(scheme="dark")
    until(page, "window.Plotly")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    until(page, "document.querySelectorAll('.plot').length")
    assert page.evaluate("document.querySelectorAll('.plot:not([data-drawn])').length") == 0
    ink = page.evaluate("getComputedStyle(document.querySelector('[data-figure=waits] .bartext')).fill")
    assert ink == "rgb(22, 32, 43)"
    assert not page.locator("nav").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1360
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert (tmp_path / "report.pdf").read_bytes()[:5] == b"%PDF-"


def downloaded(page: Page, table: str) -> list[list[str]]:
    with page.expect_download() as download:
        page.locator(f'button[data-table="table-{table}"]').click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert download.value.suggested_filename == f"{table}.csv"
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_table_can_be_taken_away_with_plain_figures(opened: Open) -> None:
    rows = downloaded(opened(), "lead-times")
    assert rows[0] == ["From and to", "Streams", "Median (h)", "85 % within (h)", "95 % within (h)"]
    assert rows[1] == ["Demand to the first value claimed", "22862", "3.2", "25.5", "112.5"]


def test_the_variants_can_be_taken_away_with_their_whole_routes(opened: Open) -> None:
    rows = downloaded(opened(), "variants")
    assert rows[0][:4] == ["#", "Route", "State", "Check"]
    assert (
        rows[1][1] == "Engage (log) → Deliver and support (investigate) → Deliver and support (resolve) (value claimed)"
    )
    assert rows[1][4:6] == ["9120", str(9120 / 23775)]


def test_columns_of_links_can_be_taken_away(opened: Open) -> None:
    rows = downloaded(opened("linked"), "links")
    assert rows[0][3:9] == ["Column", "Told by", "Strength", "Links", "Tickets", "Of type (share)"]
    assert rows[1][:9] == [
        "caused by a problem",
        "incident",
        "problem",
        "problem_id",
        "incident",
        "explicit",
        "6120",
        "6120",
        str(6120 / 23102),
    ]


def test_no_cell_of_a_csv_is_a_formula(opened: Open) -> None:
    rows = downloaded(opened("planted"), "unmapped")
    cells = [cell for row in rows[1:] for cell in row]
    assert "'=cmd|'/c calc'!A1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert PLANTED in cells
    assert "very " * 39 + "very" in [cell.strip() for cell in cells]


@pytest.mark.parametrize(
    "name", ["planted", "planted links", "planted returns", "planted costs", "planted times", "planted cohorts"]
)
def test_what_is_planted_does_nothing(opened: Open, name: str) -> None:
    page = opened(name)
    draw_all(page)
    page.wait_for_timeout(300)
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == len(re.findall("<script", page.content()))
    assert page.locator("svg text b, svg text img, svg a").count() == 0


def test_variants_can_be_narrowed_to_those_that_deviate(opened: Open) -> None:
    page = opened()
    rows = page.locator("#table-variants tbody tr:visible")
    assert rows.count() == 12
    page.get_by_label("deviating, further ones among them").check()
    assert rows.count() == 4
    assert page.locator("#variant-shown").inner_text() == "4 shown"
    page.get_by_label("conforming", exact=True).check()
    assert rows.count() == 7
    page.get_by_label("all", exact=True).check()
    assert rows.count() == 12


def test_the_maps_stand_behind_tabs_that_answer_to_keys(opened: Open) -> None:
    page = opened()
    tabs = page.get_by_role("tab")
    assert tabs.all_inner_texts() == ["Steps", "Six activities", "Agreed stream", "Agreed and seen"]
    assert page.locator("#map-steps").is_visible()
    assert not page.locator("#map-activities").is_visible()
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-map-activities"
    assert page.get_by_role("tab", selected=True).inner_text() == "Six activities"
    assert page.locator("#map-activities").is_visible()
    assert not page.locator("#map-steps").is_visible()
    assert page.url.endswith("#map-activities")
    page.keyboard.press("End")
    assert page.locator("#map-difference").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("#map-steps").is_visible()
    assert page.locator('[role=tab][tabindex="0"]').count() == 1


def test_a_map_can_be_linked_to(opened: Open) -> None:
    page = opened(fragment="#map-agreed")
    page.locator('[data-figure="map-agreed"] .main-svg').first.wait_for()
    assert page.get_by_role("tab", selected=True).inner_text() == "Agreed stream"


def test_fewer_or_all_hand_offs_can_be_drawn(opened: Open) -> None:
    page = opened()
    page.locator("#map").scroll_into_view_if_needed()
    page.locator('[data-figure="map-steps"] .main-svg').first.wait_for()
    arrows = (
        "document.querySelector('[data-figure=map-steps]').data"
        "?.filter(one => one.meta?.rank && one.visible !== false).length"
    )
    until(page, arrows)
    said, all_ = page.locator("#drawn-map-steps"), page.evaluate(arrows)
    assert all_ > 10
    assert said.inner_text() == "Every hand-off is drawn."
    page.get_by_label("the 10 most frequent").check()
    until(page, f"{arrows} === 10")
    assert said.inner_text() == f"The 10 most frequent of {all_} hand-offs are drawn."
    page.get_by_role("button", name="Dark").click()
    until(page, f"{arrows} === 10")
    page.get_by_label("the 10 most frequent").focus()
    page.keyboard.press("ArrowRight")
    until(page, f"{arrows} === {all_}")
    assert said.inner_text() == "Every hand-off is drawn."


def test_in_print_every_map_is_shown(opened: Open) -> None:
    page = opened()
    until(page, "window.Plotly")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    until(page, "document.querySelectorAll('#map .panel .main-svg').length >= 4")
    assert page.locator("#map .panel:visible").count() == 4
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#map .panel:visible").count() == 1


def test_without_javascript_the_tables_say_it_all(chromium: Browser, pages: dict[str, Path]) -> None:
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(pages["incidents"].as_uri())
    assert "The charts need JavaScript" in page.locator("noscript").inner_text()
    assert page.locator("#table-lead-times").is_visible()
    assert not page.locator("button").first.is_visible()
    context.close()
