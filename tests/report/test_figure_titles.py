"""What figures are called on the trend page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_trend_page import made

from mining.audit.compare import HEADLINE
from mining.audit.figures import is_known, known
from mining.report import trend
from mining.report.figure_titles import figure_title
from mining.report.figure_words import SUBJECTS
from mining.report.language import speaking

GUIDE = (Path(__file__).parents[2] / "docs" / "audits.md").read_text(encoding="utf-8")
NAMED = sorted({*HEADLINE, *re.findall(r"^\s+(?:- )?figure: (\S+)", GUIDE, re.MULTILINE)})


@pytest.mark.parametrize(
    ("name", "english", "german"),
    [
        ("streams.cases", "Streams", "Ströme"),
        (
            "measures.lead_time.held.p85_us",
            "Lead time to the first value that held, 85th percentile",
            "Durchlaufzeit bis zum ersten bleibenden Wert, 85. Perzentil",
        ),
        ("measures.waiting.by[on=user].share", "Waiting on the user, share", "Wartet auf den Anwender, Anteil"),
        ("measures.waiting.by[on=null].total_us", "Not waiting, in all", "Wartet nicht, insgesamt"),
        (
            "further_conformance[reference=Normal change].rate_streams",
            "Conformance by streams (reference stream Normal change)",
            "Konformität nach Strömen (Soll-Strom Normal change)",
        ),
        # Nothing is made up where nothing is known.
        ("measures.hand_offs.nobody_knows", "measures.hand_offs.nobody_knows", "measures.hand_offs.nobody_knows"),
        ("conformance.shortest_path", "conformance.shortest_path", "conformance.shortest_path"),
    ],
)
def test_a_figure_has_a_title_in_both_languages(name: str, english: str, german: str) -> None:
    assert figure_title(name) == english
    with speaking("de"):
        assert figure_title(name) == german


@pytest.mark.parametrize("name", NAMED)
def test_what_comparisons_and_the_guide_name_has_a_title(name: str) -> None:
    english = figure_title(name)
    assert english != name
    with speaking("de"):
        assert figure_title(name) not in (name, english) or english in ("Fitness", "Events")


def test_no_title_is_of_a_figure_that_is_not_there() -> None:
    begins = [name for name in SUBJECTS if not any(one.startswith(name) for one in known())]
    assert begins == []
    assert is_known("streams.cases", known())


def test_the_trend_page_has_titles_with_the_names_beside() -> None:
    page = trend(made())
    assert "<h2>Lead time to the first value that held, 85th percentile</h2>" in page
    assert "<code>measures.lead_time.held.p85_us</code>" in page
    assert "Lead time to the first value that held, 85th percentile, run by run" in page
    charts = tuple(replace(one, figure="new.figure") for one in made().charts)
    alone = trend(replace(made(), charts=charts))
    assert "<h2>new.figure</h2>" in alone
    assert "<code>new.figure</code>" not in alone
    assert "Fitness</h2>" in trend(made(), "de")
