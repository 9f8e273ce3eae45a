"""The report's figures elsewhere than on its page: Markdown, Plotly, pictures; and whose report it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_builders import LOG, RESOLVE, Trail, analysis
from syrupy.assertion import SnapshotAssertion

from mining.core.activities import Activity
from mining.core.brand import Brand, contrast, load_brand
from mining.core.errors import ConfigError, RequestError
from mining.core.events import VisitLabel
from mining.report import check_pictures, figures, markdown, render
from mining.report.theme import palette

NASTY = VisitLabel(Activity.ENGAGE, "*x* [a](http://b) | @all `c` <i>", "user")


def test_the_first_screen_as_markdown(snapshot: SnapshotAssertion) -> None:
    assert markdown(analysis()) == snapshot


def test_a_text_of_the_log_is_only_text_in_markdown() -> None:
    said = markdown(analysis((Trail(((LOG, 1.0), (NASTY, 90.0), (RESOLVE, 1.0)), 40),)))
    assert r"\*x\* \[a\](http://b) \| \@all \`c\` \<i\>" in said


def test_figures_stand_by_name_in_the_order_of_the_report_with_real_colours() -> None:
    shown = figures(analysis())
    assert list(shown)[:5] == ["map", "map-steps", "map-agreed", "map-difference", "waits"]
    assert len(shown) == len(list(shown))
    text = shown.map().to_json()
    assert text is not None
    assert "var(--" not in text
    assert palette("light")["node"] in text
    assert figures(analysis(), "dark").map().layout.template.layout.paper_bgcolor == palette("dark")["card"]


def test_a_figure_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(RequestError, match="waits"):
        figures(analysis())["wait"]


@pytest.mark.parametrize(
    ("formats", "output", "said"),
    [(["svgg"], "out", "did you mean svg"), (["png"], None, "--output")],
)
def test_pictures_that_cannot_be_drawn_are_refused_at_once(formats: list[str], output: str | None, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        check_pictures(formats, output)


@pytest.mark.browser
def test_pictures_are_the_same_to_the_byte(tmp_path: Path) -> None:
    one = figures(analysis()).write(tmp_path / "one", "svg")
    two = figures(analysis()).write(tmp_path / "two", "svg")
    assert [path.name for path in one] == [f"{name}.svg" for name in figures(analysis())]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert ">Engage<" in one[0].read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("*.partial"))


# ---------------------------------------------------------------------------------------------------------- brand

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


def brand_file(folder: Path, text: str) -> Path:
    path = folder / "brand.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_report_says_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    text = 'title: "Incidents <2026>"\norganisation: Works & Co\nlogo: logo.svg\naccent: "#ffcc00"\n'
    page = render(analysis(), load_brand(brand_file(tmp_path, text)))
    assert "<title>Works &amp; Co: Incidents &lt;2026&gt;</title>" in page
    assert re.search(r'<img class="logo" src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+" alt="Works &amp; Co">', page)
    assert ":root { --link: light-dark(" in page


def test_without_a_brand_nothing_of_it_is_there() -> None:
    page = render(analysis(), Brand())
    assert 'class="logo"' not in page
    assert page == render(analysis())


@pytest.mark.parametrize("accent", ["#ffcc00", "#000000", "#ffffff", "#777777", "#1a5bb5"])
def test_an_accent_can_be_read_in_light_and_dark(tmp_path: Path, accent: str) -> None:
    of = load_brand(brand_file(tmp_path, f'accent: "{accent}"\n'))
    assert of.accent_light is not None
    assert of.accent_dark is not None
    assert contrast(of.accent_light, "#ffffff") >= 4.5
    assert contrast(of.accent_dark, palette("dark")["card"]) >= 4.5


def test_black_on_white_is_the_largest_contrast_and_an_accent_that_can_be_read_stays(tmp_path: Path) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert load_brand(brand_file(tmp_path, 'accent: "#1a5bb5"\n')).accent_light == "#1a5bb5"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("titel: x\n", 1, 'did you mean "title"'),
        ("- x\n", 1, "a group of keys"),
        ("title: x\naccent: red\n", 2, "#rrggbb"),
        ("title: x\nlogo: logo.exe\n", 2, ".svg"),
        ("logo: absent.png\n", 1, "cannot be read"),
        ("logo: text.png\n", 1, "no PNG file"),
        ("logo: huge.svg\n", 1, "too large"),
        ("title: 7\n", 1, "in quotes"),
    ],
)
def test_what_is_wrong_with_a_brand_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    (tmp_path / "huge.svg").write_text(SVG + " " * 200_000, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_brand(brand_file(tmp_path, text))
    (problem,) = raised.value.problems
    assert problem.line == line
    assert said in str(problem)


@pytest.mark.slow
def test_the_notebook_runs_and_shows_the_figures_of_the_report() -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(Path(__file__).parents[2] / "docs" / "notebook.ipynb", as_version=4)
    done = NotebookClient(notebook, timeout=120).execute()
    shown = [output for cell in done.cells for output in cell.get("outputs", ())]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert "application/vnd.plotly.v1+json" in kinds
    assert any("Look at these first" in output.get("text", "") for output in shown)
