"""What the report says of linked tickets, and that it says nothing where each ticket is a case."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
from report_builders import LINKED, analysis, barely_linked, connected, linked

from mining.core.activities import End
from mining.core.analysis import Analysis
from mining.core.links import CasesBy, CasesSpec
from mining.report import render, summary

pytestmark = pytest.mark.slow  # each is quick, all of them are not


class Section(HTMLParser):
    """The text of one section of a page, or of all of it."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__()
        self.name, self.text = name, [""]
        self._within = self._shown = name is None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section" and self.name is not None:
            self._within = dict(attrs).get("id") == self.name
        self._shown = self._within and tag not in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self._shown:
            self.text.append(data)


def said(given: Analysis, name: str | None = "links") -> str:
    reader = Section(name)
    reader.feed(render(given))
    return " ".join(" ".join(reader.text).replace("\u00a0", " ").split())


@cache
def followed(name: str | None = "links") -> str:
    return said(linked(), name)


def test_the_section_says_how_streams_were_made() -> None:
    assert "Which tickets make up a stream, and what is not linked?" in followed()
    assert (
        "Each stream begins at a demand ticket, here one of type incident or request, and follows links" in followed()
    )
    assert "is in each of them; its work counts once in totals" in followed()
    anywhere = said(linked(spec=CasesSpec(CasesBy.FOLLOW)))
    assert "Each stream begins at a demand ticket, here any ticket that no link leads to, and follows" in anywhere


def test_each_figure_stands_with_what_it_was_taken_over() -> None:
    for part in (
        "Streams of several tickets 30.3 % 7,204 of 23,775 streams",
        "Tickets in such a stream 2 the median of 7,204 streams of several; the largest has 100",
        "at most 100 tickets are allowed",
        "Shared tickets 2.1 % 611 of 29,410 tickets",
        "Tickets in circles < 0.1 % 4 of 29,410 tickets",
    ):
        assert part in followed()


def test_the_columns_of_links_stand_in_a_table() -> None:
    assert (
        "caused by a problem incident problem problem_id incident explicit 6,120 6,120 26.5 % 31 0.5 % 0" in followed()
    )
    assert "close_notes incident weak: in a text 1,310 1,204 5.2 % 97 7.4 % 0" in followed()


def test_where_a_stream_goes_is_told_apart_from_who_has_the_column() -> None:
    backwards = replace(LINKED.uses[0], onwards=False)
    text = said(linked(uses=(backwards,)))
    assert "caused by a problem problem incident problem_id incident explicit" in text


def test_who_has_no_link_is_told_with_its_whole() -> None:
    assert "problem incident 502 811 61.9 %" in followed()
    assert "In no stream: 1,194 of 29,410 tickets (4.1 %)." in followed()
    assert "change 1,120 3.8 %" in followed()
    assert "Every ticket is in a stream." in said(linked(in_no_stream=()))


def test_what_was_cut_is_told_and_the_worst_named() -> None:
    assert "Cut at 100 tickets: 7 streams (< 0.1 % of 23,775 streams)." in followed()
    assert "at least 1,893 tickets left out" in followed()
    assert "incident INC0012345 902" in followed()
    assert "The largest 3 of 7 streams." in followed()
    assert "No stream was cut: none has more than 100 tickets." in said(linked(cut_streams=0, cut_tickets=0, cut=()))


def test_the_headline_stands_with_and_without_weak_links() -> None:
    assert "Weak: 1,310 of 9,709 links (13.5 %)." in followed()
    assert "All links 23,775 22,862 22,862 3.2 h 25.5 h" in followed()
    assert "Explicit links alone 24,020 22,951 22,951 4.0 h 29.0 h" in followed()
    text = said(linked(weak=0, without_weak=None))
    assert "All 9,709 links are explicit" in text
    assert "Explicit links alone" not in text


def test_weak_links_alone_leave_no_lead_time_to_show() -> None:
    assert LINKED.without_weak is not None
    text = said(linked(without_weak=replace(LINKED.without_weak, lead_time=None)))
    assert "Explicit links alone 24,020 22,951 0 – –" in text


def test_what_hangs_together_is_told_in_other_words() -> None:
    text = said(connected())
    assert "All tickets that hang together by links are one stream" in text
    assert (
        "Too large to be taken as one stream, with more than 50 tickets: 1 group. Each of the 60 tickets in there"
        in text
    )
    assert "The nearest tickets were kept" not in text
    assert "No ticket is in two streams, so work on each counts once." in said(connected(), "waits")


def test_empty_columns_of_links_are_no_links() -> None:
    text = said(barely_linked())
    assert "No column of links held the number of a ticket." in text
    assert "Streams of several tickets 0 % 0 of 23,775 streams" in text
    assert "Tickets in such a stream" not in text


def test_totals_say_that_shared_work_counts_once() -> None:
    assert "for the stream that began first." in followed("waits")
    assert "Visits, passages and times on a shared ticket count once" in followed("map")
    assert "before value, work on shared tickets counted once" in followed("summary")


def test_ends_are_those_of_streams_where_streams_have_several_tickets() -> None:
    given = linked()
    ends = {End.LAPSED: 90, End.AGENT: 10}
    text = said(replace(given, measures=replace(given.measures, ends=ends)), "lead")
    assert "90 of 100 ended streams (90.0 %) were closed by a timer." in text
    assert "How streams ended" in text


def test_the_words_are_defined() -> None:
    data = followed("data")
    assert "the visits of the tickets that links make one case" in data
    assert "the visits of one ticket" not in data
    for name in ("Linked", "Strength of a link", "Shared work counts once"):
        assert name in data
    assert "the next event is that of the stream, on whichever of its tickets." in data


def test_the_tickets_that_are_named_are_owned_up_to() -> None:
    named = "The only tickets named are those of the streams that were cut."
    assert named in followed(None)
    assert named not in said(linked(cut=()), None)
    assert "No ticket and no person is named in this report" in said(linked(cut=()), None)


def test_the_console_has_a_line_on_links() -> None:
    lines = [line for line in summary(linked()) if line.startswith("  Links ")]
    assert len(lines) == 1
    for part in (
        "30.3 %  7,204 of 23,775 streams hold several tickets (median 2, largest 100)",
        "611 of 29,410 tickets in several streams",
        "1,194 in none",
        "7 streams cut at 100 tickets",
    ):
        assert part in lines[0]
    assert "1 group cut at 50 tickets" in "".join(summary(connected()))


@pytest.mark.parametrize("name", [None, "summary", "waits", "data"])
def test_without_links_nothing_is_said_of_them(name: str | None) -> None:
    text = said(analysis(), name)
    assert not re.search(r"\blink(s|ed)?\b|shared|Tickets and streams", text, re.IGNORECASE)


def test_without_links_the_page_and_the_console_have_no_place_for_them() -> None:
    page = render(analysis())
    assert 'id="links"' not in page
    assert 'href="#links"' not in page
    assert 'href="#links"' in render(linked())
    assert not [line for line in summary(analysis()) if "Links" in line]
