"""The report on paper: what a PDF of it holds, and that nothing is torn or lost on the way there."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from example_builder import with_examples
from in_a_browser import Visit

import mining
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


TABLE = """\
<div style="break-before: page; height: {room}px"></div>
{before}<div class="table"><div class="scroll"><table>{caption}
<thead><tr><th><a href="https://x.invalid/{key}/head">Head</a></th></tr></thead>
<tbody><tr><td><a href="https://x.invalid/{key}/row">First</a><br>row</td></tr>{more}</tbody>
</table></div></div>{after}
"""


def pages_of_links(pdf: bytes) -> dict[str, int]:
    """The first page on which each link of a PDF stands."""
    objects = {int(one[1]): one[2] for one in re.finditer(rb"(?:^|\n)(\d+) 0 obj\n?(.*?)endobj", pdf, re.DOTALL)}

    def leaves(number: int) -> list[int]:
        kids = re.search(rb"/Kids\s*\[(.*?)\]", objects[number], re.DOTALL)
        if kids is None:
            return [number]
        return [leaf for kid in re.findall(rb"(\d+) 0 R", kids[1]) for leaf in leaves(int(kid))]

    (root,) = (one for one in objects.values() if re.search(rb"/Type\s*/Catalog", one))
    found: dict[str, int] = {}
    for at, page in enumerate(leaves(int(re.search(rb"/Pages (\d+) 0 R", root)[1]))):  # type: ignore[index]
        links = re.search(rb"/Annots\s*\[(.*?)\]", objects[page], re.DOTALL)
        for link in re.findall(rb"(\d+) 0 R", links[1]) if links else ():
            address = re.search(rb"/URI \((.*?)\)", objects[int(link)])
            if address is not None:
                found.setdefault(address[1].decode(), at)
    return found


@pytest.mark.parametrize("folded", [False, True])
def test_no_head_of_a_table_stands_alone_at_the_foot_of_a_page(visit: Visit, tmp_path: Path, folded: bool) -> None:
    """Tables that begin nearer and nearer to the foot, with a caption, and folded, where the caption is hidden."""
    style = (Path(mining.__file__).parent / "report" / "assets" / "report.css").read_text(encoding="utf-8")
    before, after = ("<details open><summary>Folded</summary>", "</details>") if folded else ("", "")
    more = "<tr><td>Further<br>row</td></tr>" * 12
    rooms = range(440, 680, 16)
    tables = [
        TABLE.format(room=room, key=room, before=before, after=after, caption="<caption>Caption</caption>", more=more)
        for room in rooms
    ]
    text = (
        f"<!doctype html><title>Tables</title><style>{style}</style><main><section>{''.join(tables)}</section></main>"
    )
    (tmp_path / "tables.html").write_text(text, encoding="utf-8")
    at = pages_of_links(visit(tmp_path / "tables.html", width=PAGE[0]).pdf(prefer_css_page_size=True))
    pairs = [(at[f"https://x.invalid/{room}/head"], at[f"https://x.invalid/{room}/row"]) for room in rooms]
    assert [head for head, row in pairs if head != row] == []
    steps = {later[0] - earlier[0] for earlier, later in pairwise(pairs)}
    assert len(steps) > 1  # some begin on the page after their room, and some do not
