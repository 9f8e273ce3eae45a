"""The order of the page, its contents, and what stands folded."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from cohort_builders import split
from report_builders import analysis, linked

from mining.core.analysis import Analysis
from mining.core.scope import Scope, Scopes, ScopeShare
from mining.report import render
from mining.report.sections import GROUPS, SECTIONS, contents

MADE = {"incidents": analysis(), "linked": linked(), "cohorts": split()}


@cache
def page(name: str) -> str:
    return render(MADE[name])


@pytest.mark.parametrize("name", MADE)
def test_the_contents_name_the_sections_that_are_there_in_the_order_of_the_page(name: str) -> None:
    there = re.findall(r'<section id="([a-z]+)"', page(name))
    assert there == [one for one in SECTIONS if one in there]
    assert re.findall(r'<li><a href="#([a-z]+)">', page(name).split("</nav>")[0]) == there


def test_the_first_questions_stand_first_and_the_special_ones_last() -> None:
    assert [group for group, _ in GROUPS][:5] == [
        "At a glance",
        "Flow and waiting",
        "Routes and rules",
        "What to do",
        "Trust",
    ]
    order = list(SECTIONS)
    assert order.index("summary") < order.index("waits") < order.index("conformance") < order.index("data")
    assert order.index("data") < min(order.index(one) for one in ("desk", "cohorts", "costs", "scope", "improvement"))


def test_a_group_without_sections_is_not_named() -> None:
    nothing = dict.fromkeys(SECTIONS) | {"summary": True}
    assert contents(nothing) == [("At a glance", [("summary", "Summary")])]


def scoped(*parts: ScopeShare) -> Analysis:
    made = analysis()
    return replace(made, measures=replace(made.measures, scopes=Scopes(parts, "mapping")))


def test_one_scope_for_all_is_a_sentence_and_no_section() -> None:
    run = ScopeShare(Scope.RUN, 23_775, 22_862, 1, 0, None)
    text = render(scoped(run)).replace("\u00a0", " ")
    assert '<section id="scope"' not in text
    assert "All 23,775 streams are of one scope, as told by the mapping: run the business." in text
    assert '<section id="scope"' in render(scoped(run, replace(run, scope=None)))


def test_the_figures_of_conformance_say_what_they_were_taken_over() -> None:
    found = analysis().conformance
    assert found is not None
    text = page("incidents").replace("\u00a0", " ")
    assert f"{found.conforming:,} of {found.checked:,} checked streams" in text
    assert f"{found.rates.matched_moves:,} of {found.rates.visible_moves:,} visible moves" in text


def test_a_long_note_is_folded_and_a_short_one_is_not() -> None:
    text = page("cohorts")
    assert re.search(r"<details class=\"about\"><summary>How to read this table</summary><p>Demand to the first", text)
    assert re.search(r"</button> Wilson&#39;s interval; of waiting", text)
