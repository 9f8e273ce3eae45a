"""From a finding to its evidence, and on to single streams."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

from example_builder import planted_examples, stream, with_examples
from jsonschema import Draft202012Validator
from report_builders import analysis

from mining.report import SCHEMA_FILE, render, result
from mining.report.examples import anchors, evidence, link_to, page_data

SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))


def test_the_result_holds_every_stream_that_is_shown() -> None:
    found = result(with_examples(names=["INC1", "INC 2"]))
    Draft202012Validator(SCHEMA).validate(found)
    (first, *_), *_ = (one["streams"] for one in found["examples"]["deviations"])
    assert (first["ticket"], first["variant"], first["state"]) == ("INC1", 5, "ended")
    assert first["address"] == "https://desk.example.com/show?id=INC1"
    assert [visit["step"] for visit in first["visits"]][:3] == ["log", "route", "investigate"]
    assert first["visits"][1]["start_us"] == first["visits"][0]["end_us"]
    assert first["deviations"] == [
        {"kind": "repeated", "label": "deliver_and_support:route", "instead_of": None, "at_visit": 1}
    ]
    assert [one["number"] for one in found["examples"]["variants"]] == [1, 2]


def test_the_page_holds_the_same_streams_each_once() -> None:
    made = with_examples()
    data: dict[str, Any] = page_data(made)
    assert set(data["lists"]) == {
        "deviation-repeated-deliver-and-support-route",
        "deviation-missing-engage",
        "examples-variant-1",
        "examples-variant-2",
    }
    assert sorted({number for each in data["lists"].values() for number in each}) == list(range(len(data["examples"])))
    ticket, address, start, took, visits, marks, further = data["examples"][0]
    assert (ticket, address, took, further) == (None, None, "18.0 h", 0)
    assert [data["labels"][visit[0]][0] for visit in visits][:2] == ["Engage (log)", "Deliver and support (route)"]
    assert visits[1] == [visits[1][0], 3 * 3600, 3 * 3600, "3.0 h"]
    assert marks == [[1, "repeated: Deliver and support (route)", 0]]
    assert start == 1_456_700_000


def test_no_ticket_is_named_unless_it_was_asked_for() -> None:
    made = with_examples()
    assert "Their tickets are named with --with-tickets." in render(made)
    assert "desk.example.com" not in render(made)
    assert "names tickets as examples" not in render(made)
    named = render(with_examples(names=["INC0071"]))
    assert "INC0071" in named
    assert "names tickets as examples, as was asked for" in named


def test_a_ticket_is_only_ever_a_part_of_the_address_that_the_mapping_wrote() -> None:
    made = planted_examples()
    assert link_to(made, "javascript:alert(1)") == "https://desk.example.com/show?id=javascript%3Aalert%281%29"
    assert (
        link_to(made, "../<b>x</b>?a=b&c#d")
        == "https://desk.example.com/show?id=..%2F%3Cb%3Ex%3C%2Fb%3E%3Fa%3Db%26c%23d"
    )
    assert link_to(made, None) is None
    two = replace(made, mapping=replace(made.mapping, ticket_links=(("change ", "https://c.example/{ticket}"),)))
    assert (link_to(two, "change CHG 1"), link_to(two, "incident INC1")) == ("https://c.example/CHG%201", None)


def test_links_within_the_page_lead_somewhere() -> None:
    for made in (with_examples(), planted_examples(), analysis()):
        page = render(made)
        there = set(re.findall(r' id="([^"]+)"', page))
        assert {target for target in re.findall(r'href="#([^"]+)"', page) if target not in there} == set()
    finding = result(with_examples())["summary"]["findings"][1]
    assert finding["anchor"] == "deviation-repeated-deliver-and-support-route"


def test_anchors_are_plain_words_and_differ() -> None:
    made = with_examples()
    assert made.conformance is not None
    one, two = made.conformance.deviations
    for keys in (("missing/a b", "missing/a-b"), ("تذكرة", "👩‍💻"), ("x" * 300, "x" * 301)):
        deviations = (replace(one, key=keys[0]), replace(two, key=keys[1]))
        found = anchors(replace(made, conformance=replace(made.conformance, deviations=deviations)))
        assert len(set(found.values())) == 2
        assert all(re.fullmatch(r"deviation-[a-z0-9-]{0,64}", anchor) for anchor in found.values())


def test_what_is_said_of_a_deviation() -> None:
    said = {one.sentence: one for one in evidence(with_examples())}
    one = said["Engage is missing"]
    assert one.said[0] == "977 of 22,862 checked streams (4.3 %), 977 times."
    assert one.said[1] == "Median lead time 30.0 h with it, 3.0 h without it."
    assert one.variants == ((7, True), (10, True))
    assert len(said["Deliver and support: route comes again"].said) == 2


def test_an_open_stream_is_not_over() -> None:
    made = with_examples()
    still_open = next(path.id for path in made.streams.paths if path.state == "open")
    data = page_data(replace(made, conformance=None, examples={still_open: (stream(made, still_open),)}))
    assert data["examples"][0][3] == "not over yet"
    assert data["examples"][0][4][-1][2:] == [None, "not over yet"]
