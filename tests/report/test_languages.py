"""The report in another language: nothing of it stays English, and its figures are written as there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from cohort_builders import split
from desk_builder import with_desk
from in_a_browser import Visit, faults
from report_builders import analysis, linked, priced
from report_texts import COUNT, LANGUAGES, REPORT, TOLD, text_modules, wanted
from spoken_texts import left_over, names_in, said, words
from test_audit_block import audit
from test_trend_page import made
from time_builders import timed

from mining import report
from mining.core.analysis import Analysis
from mining.core.errors import RequestError
from mining.report import formats
from mining.report.catalogues import gaps
from mining.report.language import languages, meant, separators, speaking, t, told

OTHERS = languages()[1:]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_report_is_in_the_catalogue(language: str) -> None:
    with (LANGUAGES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    asked = wanted()
    for context, text in asked:
        found = catalogue.get(text, context)
        assert found is not None, f"not in the catalogue, run make texts: {text!r}"
        assert found.string, f"not translated: {text!r}"
        assert all([found.string] if isinstance(found.string, str) else found.string), f"not translated: {text!r}"
    known = set(asked)
    for message in catalogue:
        if message.id and not str(message.context).startswith(f"{COUNT}:"):
            one = message.id if isinstance(message.id, str) else message.id[0]
            assert (message.context, one) in known, f"the report has this no longer, run make texts: {one!r}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_gaps_of_its_text(language: str) -> None:
    with (LANGUAGES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            own, theirs = sorted(gaps(message.id)), sorted(gaps(str(message.string)))
            assert theirs == own, message.id
            assert str(message.string).count("{") == message.id.count("{"), (
                f"a brace that is no gap: {message.string!r}"
            )
            if message.context != TOLD:
                assert not message.id[:1].isspace() or message.string[:1] in " ,;", message.id
                assert message.string[-1:].isspace() == message.id[-1:].isspace(), message.id


MADE: dict[str, Callable[[], Analysis]] = {
    "incidents": analysis,
    "service desk": with_desk,
    "working time": timed,
    "cohorts": split,
    "linked tickets": linked,
    "costs": priced,
}


SLOW = [pytest.param(one, marks=pytest.mark.slow) for one in list(MADE)[1:]]
MADE_UP = {
    "3 % of the streams are open.",
    "Deliver and support: route comes again",
    "Every stream but a few has ended.",
    "Every stream has ended.",
    "The mapping has no calendar.",
    "caused by a problem",
    "lead times differ.",
    "more is asked.",
    "part of",
    "vsm audit verify --head",
}
"""Sentences that the builders of these tests put in the place of those of the analysis, and a command."""


@pytest.mark.parametrize("which", ["incidents", *SLOW])
def test_nothing_of_a_german_report_is_english(which: str) -> None:
    made_up, of_audit = MADE[which](), audit()
    page = report.render(made_up, audit=of_audit, language="de")
    assert '<html lang="de">' in page
    assert english_in(page, made_up, of_audit) == {}
    texts = [text.replace("\u00a0", " ") for text in said(page) if not re.search(r"\d\.\d+\.\d|=", text)]
    assert [text for text in texts if re.search(r"\d\.\d{1,2} ?(?:%|h|d|min|s)\b", text)] == []


def english_in(page: str, *made: object) -> dict[str, str]:
    """English words on a page, with a text for each; names of what it was made of are none."""
    names = {part for one in made for name in names_in(one) for part in (name, *name.split(":"))}
    left = left_over(page, "de", names | MADE_UP)
    return {word: text for word, text in left.items() if not text.startswith("CSV: ")}  # the name of its file


def test_the_check_finds_english_where_there_is_some() -> None:
    assert "stream" in left_over("<p>Half of the fulfilled stream</p>", "de", set())
    assert "waiting" in left_over('<p title="waiting on the user">Warten</p>', "de", set())


@pytest.mark.slow
def test_the_trend_page_speaks_german_too() -> None:
    page = report.trend(made("Wöchentlich"), "de")
    assert english_in(page, {"Held.", "conformance.fitness", "measures.lead_time.held.p85_us"}) == {}
    assert "Ein Lauf liegt außerhalb der Grenzen." in page
    assert "87,7 % bis 96,3 %" in page
    assert "05.01.2026" in page


@pytest.mark.slow
def test_the_same_text_nodes_stand_in_both_languages() -> None:
    one, other = (said(report.render(analysis(), language=language)) for language in ("en", "de"))
    alike = [(english, german) for english, german in zip(one, other, strict=True) if english == german]
    names = {" ".join(name.split()) for name in names_in(analysis())}
    spoken = [text for text, _ in alike if words(text) and not any(text in name or name in text for name in names)]
    assert len(alike) < len(one) / 3
    assert [text for text in spoken if len(text.split()) > 3] == []


def test_figures_dates_and_counted_nouns() -> None:
    with speaking("de"):
        assert formats.count(1234567) == "1.234.567"
        assert formats.percent(0.2153) == "21,5 %"
        assert formats.percent(0.0001) == "< 0,1 %"
        assert formats.duration(13 * formats.HOUR + formats.HOUR * 9 // 10) == "13,9 h"
        assert formats.money(1234567) == "12.345,67"
        assert formats.decimal(1234.5678, 2) == "1.234,57"
        assert formats.date(1456704000000000) == "29. Feb. 2016"
        assert formats.in_numbers("2016-02-29") == "29.02.2016"
        assert formats.many(1, "stream") == "1 Strom"
        assert formats.many(1200, "stream") == "1.200 Ströme"
        assert t("{n} of {streams}", n=3, streams=formats.many(1200, "stream")) == "3 von 1.200 Strömen"
        assert separators() == ",."
        assert meant("bound", "To") == "Bis"
        assert t("To") == "Nach"
    assert formats.count(1234567) == "1,234,567"
    assert formats.date(1456704000000000) == "29 Feb 2016"
    assert formats.in_numbers("2016-02-29") == "2016-02-29"
    assert separators() == ".,"


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Engage (confirm) is missing after value", "Einbinden (confirm) fehlt nach dem Wert"),
        ("Engage comes too late", "Einbinden kommt zu spät"),
        ("Engage, to re-open the ticket, is repeated after value", None),
        (
            "Engage (confirm) comes later than 2 days after value",
            "Einbinden (confirm) kommt später als 2 Tage nach Wert",
        ),
        ("Plan within 2 working days of demand", "Planen innerhalb von 2 Arbeitstagen nach Nachfrage"),
        ("3.7 % of the streams are open and the ends are spread over the window.", None),
        ("Held: none of 3 gates failed. The data changed: columns are gone: a, b.", None),
        ("Only 2 runs by this set-up so far; 3 are needed.", "Bisher nur 2 Läufe nach diesem Setup; 3 sind nötig."),
        ("a.yaml (0123abcd) to b.yaml (4567cdef)", "a.yaml (0123abcd) zu b.yaml (4567cdef)"),
        (
            "measures.waiting.by[on=a b].share is at least 1.5 % and at most 3.0 d (a warning only). Agreed.",
            "measures.waiting.by[on=a b].share ist mindestens 1,5 % und höchstens 3,0 d (nur eine Warnung). Agreed.",
        ),
        ("Something else that was changed", "Something else that was changed"),
        ("What nobody translated stays.", "What nobody translated stays."),
    ],
)
def test_sentences_of_the_analysis_are_known_by_their_pattern(english: str, german: str | None) -> None:
    with speaking("de"):
        said_so = told(english)
    assert told(english) == english
    if german is not None:
        assert said_so == german
    else:
        assert not words(said_so) & {"the", "are", "streams", "after", "repeated", "changed", "none", "failed"}


def test_the_markdown_is_german_and_the_result_is_not() -> None:
    one = analysis()
    with speaking("de"):
        german = report.markdown(one, "de")
    assert "Hier zuerst hinsehen" in german
    assert "Look at these first" in report.markdown(one)
    assert json.dumps(report.result(one)) == json.dumps(report.result(one))
    assert report.result(one)["summary"]["tiles"][0]["name"] == "Streams"


def test_figures_of_a_notebook_have_the_marks_of_the_language() -> None:
    figures = report.figures(analysis(), language="de")
    assert figures["waits"].layout.separators == ",."
    assert figures["waits"].layout.xaxis.title.text == "Anteil an der Zeit bis zum Wert, %"
    assert report.figures(analysis())["waits"].layout.separators is None


def test_no_text_is_taken_before_the_language_is_known() -> None:
    modules = {module.__name__ for module in text_modules()}
    for path in sorted(REPORT.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                names = [one.name for one in node.names if one.name.isupper()]
                assert names in ([], ["SCHEMA_VERSION"]), f"{path.name}: import the module, so that {names} can change"


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(RequestError) as problem:
        report.render(analysis(), language="du")
    assert "en, de" in str(problem.value)
    assert "did you mean de?" in str(problem.value)


@pytest.mark.browser
def test_in_a_browser_charts_buttons_and_downloads(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(report.render(with_desk(), language="de"), encoding="utf-8")
    page = visit(tmp_path / "report.html")
    for name in ("waits", "desk-flow"):
        plot = page.locator(f'.plot[data-figure="{name}"]')
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for()
    assert "Verschieben" in page.locator(".modebar-btn").evaluate_all("all => all.map(one => one.dataset.title)")
    ticks = page.locator('.plot[data-figure="desk-flow"] .xtick text').all_text_contents()
    assert ticks
    assert any(re.match(r"\d+\. (Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez)", tick) for tick in ticks)
    with page.expect_download() as download:
        page.locator('button.csv[data-table="table-lead-times"]').click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith('"Von und bis","Ströme","Median (h)"')
    assert re.match(r'"[^"]+","\d+","\d+(\.\d+)?"', lines[1]), lines[1]
    assert faults(page) == []


def test_a_name_of_the_log_cannot_keep_the_patterns_busy() -> None:
    from time import process_time

    begun = process_time()
    with speaking("de"):
        for name in (" a" * 5_000, " value or an end of a 1 to 2" * 500):
            assert told(name) == name
    assert process_time() - begun < 5
