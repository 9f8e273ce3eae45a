"""The way from a finding to single streams, in a real browser: by pointer, by keyboard, by an address."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_builder import planted_examples, with_examples
from in_a_browser import Visit, faults

from mining.report import render

pytestmark = pytest.mark.browser

MISSING = "#deviation-missing-engage"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("examples")
    made = {"plain": with_examples(), "named": with_examples(names=["INC1", "INC2"]), "planted": planted_examples()}
    for name, given in made.items():
        (folder / f"{name}.html").write_text(render(given), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def test_a_finding_leads_to_its_evidence_and_back(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["plain"])
    page.locator(".findings a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    opened = page.locator("details.evidence[open]")
    assert opened.count() == 1
    assert opened.locator("summary").first.inner_text().startswith("Deliver and support: route comes again")
    assert page.evaluate("document.activeElement.parentElement.id") == opened.get_attribute("id")
    box = opened.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 400
    opened.get_by_role("link", name="#6", exact=True).click()
    page.wait_for_timeout(100)
    assert page.locator("#variant-6").is_visible()
    page.go_back()
    page.wait_for_timeout(100)
    assert page.url.endswith(opened.get_attribute("id") or "?")
    page.go_back()
    assert page.evaluate("location.hash") == ""


def test_an_address_opens_what_is_folded_and_shows_where_the_stream_deviates(
    visit: Visit, pages: dict[str, Path]
) -> None:
    page = visit(pages["named"], fragment=MISSING, scheme="dark")
    evidence = page.locator(MISSING)
    first = evidence.locator("details.example").first
    assert first.locator("tbody tr").all_inner_texts()[1].strip() == "missing: Engage"
    assert first.locator("tbody tr.missing").count() == 1
    evidence.locator("summary").first.click()
    page.evaluate(f"location.hash = '{MISSING}'")
    page.locator(".skip").evaluate(f"link => {{ link.href = '{MISSING}'; link.click(); }}")
    assert evidence.get_attribute("open") is not None
    page.evaluate("location.hash = '#examples-variant-1'")
    page.locator("#examples-variant-1 table").first.wait_for()
    assert faults(page, "#examples-variant-1") == []
    page.evaluate("document.querySelectorAll('.evidence').forEach(one => one.open = true)")
    link = page.locator('#conformance .example a[href="https://desk.example.com/show?id=INC1"]')
    link.wait_for(state="attached", timeout=3000)
    assert (link.get_attribute("rel"), link.count()) == ("noopener noreferrer", 1)


def test_what_is_planted_in_examples_does_nothing(visit: Visit, pages: dict[str, Path]) -> None:
    page = visit(pages["planted"], width=390, fragment="#examples-variant-1")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.wait_for_timeout(300)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.locator(".example img, .example b, .example script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    schemes = page.locator(".example a").evaluate_all("all => all.map(one => one.protocol + '//' + one.host)")
    assert set(schemes) == {"https://desk.example.com"}
