from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from cohort_builders import split, split_by_what_was_planted
from report_builders import (
    INCIDENTS,
    LOG,
    NAMES,
    NEW_SERVICES,
    NO_CONTACT,
    PLANTED,
    RESOLVE,
    WORK,
    Trail,
    analysis,
    barely_linked,
    came_back,
    connected,
    linked,
    planted,
    planted_links,
    priced,
    recorded,
    rejected,
)
from time_builders import not_estimated, planted_times, timed, uncalendared
from unpacked import unpacked as figures

from mining.core.activities import Activity, End, State, Value
from mining.core.analysis import Analysis
from mining.core.events import VisitLabel
from mining.core.export import Holds
from mining.report import render
from mining.report.sections import SECTIONS

LARGEST = 2_500_000

CASES: dict[str, Analysis] = {
    "timed": timed(),
    "uncalendared": uncalendared(),
    "not estimated": not_estimated(),
    "planted times": planted_times(),
    "incidents": analysis(),
    "new services": analysis(NEW_SERVICES),
    "no reference": analysis(conformance=None),
    "no conforming stream": analysis((Trail(((WORK, 5.0), (RESOLVE, 1.0)), 50, deviations=(NO_CONTACT,)),)),
    "nothing at all": analysis(()),
    "all open": analysis((Trail(((LOG, 3.0),), 12, State.OPEN),)),
    "one stream": analysis((replace(INCIDENTS[0], streams=1),)),
    "no visit": analysis((Trail((), 3, State.OPEN), INCIDENTS[0])),
    "planted": planted(),
    "rejected": analysis(rejected=rejected(3)),
    "linked": linked(),
    "connected": connected(),
    "barely linked": barely_linked(),
    "planted links": planted_links(),
    "doubling back": came_back(),
    "planted returns": came_back(NAMES),
    "priced": priced(),
    "planted costs": priced(PLANTED, NAMES),
    "recorded work": recorded(),
    "cohorts": split(),
    "planted cohorts": split_by_what_was_planted(),
}


@cache
def page(name: str = "incidents") -> str:
    return render(CASES[name])


def without_library(text: str) -> str:
    return re.sub(r'(<script type="text/plain" id="[a-z]+-packed">)[^<]*', r"\1", text)


def scripts(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)


class Visible(HTMLParser):
    """The text of a page, without scripts and styles, and every attribute of it."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def visible(text: str) -> Visible:
    reader = Visible()
    reader.feed(without_library(text))
    return reader


def words(name: str = "incidents") -> str:
    return " ".join(" ".join(visible(page(name)).text).replace("\u00a0", " ").split())


# ---------------------------------------------------------------------------------------------------- every report


@pytest.mark.parametrize("name", CASES)
def test_every_section_is_there_under_the_question_it_answers(name: str) -> None:
    text, ids = words(name), {value for _, key, value in visible(page(name)).attributes if key == "id"}
    linked, measures = CASES[name].streams.linked, CASES[name].measures
    there = {"links": linked, "improvement": measures.improvement, "audit": None, "slices": CASES[name].slices}
    there["scope"] = measures.scopes if measures.scopes and len(measures.scopes.parts) > 1 else None
    there |= {
        "costs": CASES[name].costs,
        "cohorts": CASES[name].cohorts,
        "desk": measures.service_desk,
        "workload": measures.service_desk,
    }
    for section, (_, question) in SECTIONS.items():
        wanted = there.get(section, True) is not None
        assert (section in ids) == wanted
        assert (question in text) == wanted


@pytest.mark.parametrize("name", CASES)
def test_it_is_small_enough_to_mail(name: str) -> None:
    assert len(page(name).encode()) <= LARGEST


@pytest.mark.slow
def test_it_stays_small_with_long_routes_and_many_files() -> None:
    long = tuple((VisitLabel(Activity.ENGAGE, f"a step with a rather long name {n % 9}"), 1.0) for n in range(900))
    routes = [Trail((*long[: 800 + n], (RESOLVE, 1.0)), 100 - n, deviations=(NO_CONTACT,) * 300) for n in range(40)]
    given = analysis(routes)
    given = replace(given, files=given.files * 5000, rejected=rejected(3) * 1000)
    assert len(render(given).encode()) <= LARGEST


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_fetched_from_anywhere(name: str) -> None:
    reader = visible(page(name))
    outside = [value for _, key, value in reader.attributes if key in ("src", "href", "action", "srcset")]
    assert all(value.startswith(("#", "models/")) for value in outside)
    assert not {"link", "img", "iframe", "object", "base", "form"} & set(reader.tags)
    assert "url(" not in page(name).split("</style>")[0]


@pytest.mark.parametrize("name", CASES)
def test_no_id_stands_twice(name: str) -> None:
    ids = [value for _, key, value in visible(page(name)).attributes if key == "id"]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", CASES)
def test_every_chart_has_its_data_and_every_csv_its_table(name: str) -> None:
    reader = visible(page(name))
    wanted = {value for _, key, value in reader.attributes if key == "data-figure"}
    ids = {value for _, key, value in reader.attributes if key == "id"}
    assert wanted == set(figures(page(name)))
    assert "map" in wanted
    assert {value for _, key, value in reader.attributes if key == "data-table"} <= ids


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_the_program_leaks(name: str) -> None:
    text = words(name)
    assert not re.search(
        r"\b(None|nan|inf|Undefined|deliver_and_support)\b", text.replace("None of the", "").replace("None.", "")
    )


# ---------------------------------------------------------------------------------------------------------- safety


def test_the_policy_lets_in_the_two_scripts_and_nothing_else() -> None:
    policy = next(value for _, key, value in visible(page()).attributes if key == "content" and "script-src" in value)
    boot, packed = scripts(page())[0], re.search(r'id="plotly-packed">([^<]*)<', page())
    assert packed is not None
    plotly = gzip.decompress(base64.b64decode(packed[1]))
    hashes = [base64.b64encode(hashlib.sha256(part).digest()).decode() for part in (boot.encode(), plotly)]
    assert f"script-src 'sha256-{hashes[0]}' 'sha256-{hashes[1]}';" in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert len(scripts(page())) == 1


def test_the_library_is_plotlys_own_with_its_licence() -> None:
    packed = re.search(r'id="plotly-packed">([^<]*)<', page())
    assert packed is not None
    plotly = gzip.decompress(base64.b64decode(packed[1]))
    assert plotly == (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    assert b"Licensed under the MIT license" in plotly[:400]
    assert base64.b64decode(packed[1])[4:8] == bytes(4)  # no time stamp, so that pages are reproducible


def test_the_button_that_uploads_is_switched_off() -> None:
    boot = scripts(page())[0]
    assert "showSendToCloud: false" in boot
    assert '"sendChartToCloud"' in boot
    assert 'plotlyServerURL: ""' in boot


@pytest.mark.parametrize("name", ["planted", "planted links", "planted cohorts"])
def test_what_is_planted_in_the_log_stays_text(name: str) -> None:
    reader = visible(page(name))
    assert "img" not in reader.tags
    assert not any(key.startswith("on") for _, key, _ in reader.attributes)
    assert "<img src=x onerror=alert(1)>" in words(name)
    assert len(scripts(page(name))) == 1


def test_plotly_is_given_no_markup_of_the_log() -> None:
    for figure in figures(page("planted")).values():
        assert "<img" not in json.dumps(figure)
    for name in ("waits", "waiting", "hand-offs", "matrix", "deviations"):
        assert "&lt;img src=x" in json.dumps(figures(page("planted"))[name])


def test_no_data_block_can_end_its_script() -> None:
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page("planted"), flags=re.DOTALL):
        assert not set("<>&") & set(block)


@pytest.mark.parametrize("name", ["planted", "planted links", "planted cohorts"])
def test_no_direction_override_and_no_control_character_is_left(name: str) -> None:
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", page(name))


def test_a_name_of_200_characters_is_cut_and_whole_in_the_title() -> None:
    long = "very " * 40
    titles = [value for _, key, value in visible(page("planted")).attributes if key == "title"]
    assert any(long.strip() in title for title in titles)
    assert long.strip() not in words("planted")


def test_rows_set_aside_are_told_by_reason_and_not_by_content() -> None:
    given = analysis(rejected=rejected(3))
    given = replace(given, ledger=replace(given.ledger, rows_rejected=3))
    text = render(given)
    assert "not a time" in text
    assert "secret" not in text
    assert "sys_updated_at" in text


def test_no_host_is_named() -> None:
    given = analysis()
    assert "secret-host" not in render(replace(given, run=replace(given.run, host="secret-host")))


# ---------------------------------------------------------------------------------------------------- what it says


def test_times_and_versions_come_from_the_run_alone() -> None:
    given = analysis()
    later = replace(given, run=replace(given.run, started=given.run.started.replace(year=2031)))
    assert "23 Nov 2031, 14:05 UTC" in render(later)
    assert render(later).replace("23 Nov 2031", "23 Nov 2026") == page()


def test_a_timer_is_no_confirmation() -> None:
    given = analysis()
    given = replace(given, measures=replace(given.measures, ends={End.LAPSED: 24_667, End.AGENT: 263}))
    text = " ".join(visible(render(given)).text).replace("\u00a0", " ")
    assert "24,667 of 24,930 ended tickets (98.9 %) were closed by a timer. A timer is no confirmation." in text
    assert "No rule of the mapping can show that a requester confirmed anything." in text
    assert not re.search(r"24,667[^.]*confirmed", text)


def test_confirmations_are_told_where_there_are_any() -> None:
    assert "In 90 streams (100 %) the requester confirmed value." in words("new services")


def test_what_the_export_cannot_show_is_never_zero() -> None:
    texts = [note["text"] for note in figures(page())["map"]["layout"]["annotations"]]
    assert "<b>Plan</b> · this export cannot show it" in texts
    assert not any("Plan" in text and "0 %" in text for text in texts)
    assert "Grey, dashed: Plan, Design and transition, Obtain/build, Improve." in words()


def test_an_activity_that_could_be_seen_and_was_not_is_told_apart() -> None:
    given = analysis()
    labels = (*given.streams.labels, VisitLabel(Activity.IMPROVE))
    text = " ".join(visible(render(replace(given, streams=replace(given.streams, labels=labels)))).text)
    assert "A rule of the mapping could show this activity, but no event met it." in text
    assert "Grey, dashed: Plan, Design and transition, Obtain/build." in text


def test_a_mapping_without_value_greys_value() -> None:
    given = analysis()
    text = render(replace(given, streams=replace(given.streams, can_realise_value=False)))
    value = next(n["text"] for n in figures(text)["map"]["layout"]["annotations"] if "<b>Value" in n["text"])
    assert value == "<b>Value</b><br>not known"


def test_each_hand_off_is_one_polygon_with_count_and_median() -> None:
    figure = figures(page())["map"]
    arrows = [trace for trace in figure["data"] if "passages" in trace["text"]]
    assert all(trace["fill"] == "toself" and trace["hoveron"] == "fills" for trace in arrows)
    labels = [note["text"] for note in figure["layout"]["annotations"]]
    assert "26,020 · 18 min" in labels
    asked = next(trace["text"] for trace in arrows if "<b>Engage → Deliver and support</b>" in trace["text"])
    assert "user support tasks" in asked
    assert "median 18 min, 85 % within" in asked


def test_rare_hand_offs_are_hidden_and_counted() -> None:
    """All 30 pairs of activities are passed; a stream makes two of them, from demand and between the two."""
    pairs = list(itertools.permutations(Activity, 2))
    trails = [
        Trail(((VisitLabel(a), 1.0), (VisitLabel(b), 1.0)), 40 + n, deviations=()) for n, (a, b) in enumerate(pairs)
    ]
    text = render(analysis(trails))
    assert "The 25 most frequent of 36 hand-offs are drawn." in text
    seen = [one for one in figures(text)["map"]["data"] if one.get("meta")]
    assert len(seen) == 36
    assert [one["meta"]["rank"] for one in seen if one["visible"]] == list(range(1, 26))


def test_hand_off_time_is_explained_by_what_the_mapping_holds() -> None:
    assert "(holds: state)" in words()
    given = analysis()
    point = render(replace(given, streams=replace(given.streams, holds=Holds.POINT)))
    assert "(holds: point)" in point
    assert "from the end of the giving visit" in point


def test_an_assumed_time_zone_is_said_to_be_assumed() -> None:
    assert "The mapping names no time zone: times without an offset were read as UTC." in words()


def test_the_ledger_adds_up_before_the_readers_eyes() -> None:
    assert "The account adds up: no row and no event is lost." in words()
    given = analysis()
    broken = render(replace(given, ledger=replace(given.ledger, rows_read=1)))
    assert "The account does not add up." in broken


def test_variants_show_their_steps_their_state_and_their_verdict() -> None:
    text = words()
    assert "log investigate resolve ✓ ended conforms 9,120 38.4 % 38.4 %" in text
    assert "conforms so far" in text
    assert "not checked" in text


def test_variants_beyond_the_first_25_are_folded_and_deviating_ones_kept_at_hand() -> None:
    many = [Trail(((VisitLabel(Activity.ENGAGE, f"s{n}"), 1.0), (RESOLVE, 1.0)), 1000 - n) for n in range(40)]
    odd = [
        Trail(((VisitLabel(Activity.PLAN, f"p{n}"), 1.0), (RESOLVE, 1.0)), 9 - n, deviations=(NO_CONTACT,))
        for n in range(3)
    ]
    reader = visible(render(analysis((*many, *odd))))
    text = " ".join(" ".join(reader.text).split())
    assert "18 rarer variants" in text
    assert len([1 for tag, key, _ in reader.attributes if (tag, key) == ("tr", "data-extra")]) == 3
    assert "p0" in text
    chevrons = {value for tag, key, value in reader.attributes if (tag, key) == ("span", "title")}
    assert "Engage (s24)" in chevrons
    assert "Engage (s25)" not in chevrons


def test_both_rates_and_fitness_stand_beside_their_definitions() -> None:
    text = words()
    assert "Fulfilled streams without a deviation, of all fulfilled streams that could be checked." in text
    assert "… without those that hold unmapped events" in text
    assert "Open streams, as far as they have come (never counted above)" in text
    assert "61 streams: cancelled" in text
    assert "Leaving them out costs a stream nothing: Engage (confirm)" in text


def test_lead_times_run_to_claimed_to_held_and_to_closure() -> None:
    names = [trace["name"] for trace in figures(page())["lead-times"]["data"]]
    assert names == ["first value claimed", "first value held", "formal closure"]


def test_a_value_that_takes_no_time_has_its_place_on_the_logarithmic_axis() -> None:
    at_once = VisitLabel(Activity.ENGAGE, "call", None, Value.CLAIMED)
    figure = figures(render(analysis((Trail(((at_once, 0.0),), 40),))))["lead-times"]
    assert min(figure["data"][0]["x"]) == 60_000_000


def test_the_trade_mark_is_respected() -> None:
    assert "ITIL is a registered trade mark of PeopleCert; this project is not affiliated." in words()
