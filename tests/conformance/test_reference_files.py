"""Reading reference streams: what is wrong is said with file and line, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance_helpers import reference, symbols

from mining.conformance import check_reference, list_references, load_reference, outline, parse_reference, unseen_parts
from mining.conformance.tree import InAnyOrder, Named, OneOf, Optional, Repeat, Sequence
from mining.core.errors import ConfigError, Problem, RequestError
from mining.core.events import VisitLabel

HEAD = "name: Test\ndemand: a need\nscope: run\n"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse_reference(text, "test.yaml")
    return caught.value.problems


def problem(stream: str) -> Problem:
    (only,) = problems(f"{HEAD}stream:\n  - engage\n  - {stream}\n")
    assert (only.file, only.line) == ("test.yaml", 6)
    return only


def test_the_whole_language() -> None:
    text = HEAD + (
        "note: an example\n"
        "stream:\n"
        "  - engage\n"
        "  - repeat: [deliver_and_support, {optional: [engage: ask]}]\n"
        "    at_most: 3\n"
        "  - optional: [engage: survey, optional: [improve, value]]\n"
        "  - one_of: [plan, [improve, value]]\n"
        "  - in_any_order: [plan, {repeat: value, at_least: 2}]\n"
    )
    read = parse_reference(text, "test.yaml")
    assert (read.name, read.demand, read.scope, read.note) == ("Test", "a need", "run", "an example")
    ask, survey = Named("engage:ask", 7), Named("engage:survey", 9)
    assert read.stream == Sequence(
        (
            Named("engage", 6),
            Repeat(Sequence((Named("deliver_and_support", 7), Optional(ask, 7)), 7), 1, 3, 7),
            Optional(Sequence((survey, Optional(Sequence((Named("improve", 9), Named("value", 9)), 9), 9)), 9), 9),
            OneOf((Named("plan", 10), Sequence((Named("improve", 10), Named("value", 10)), 10)), 10),
            InAnyOrder((Named("plan", 11), Repeat(Named("value", 11), 2, None, 11)), 11),
        ),
        5,
    )


@pytest.mark.parametrize(
    ("part", "text", "todo"),
    [
        ("enage", "no part of a stream", "did you mean engage?"),
        ("{enage: ask}", "no part of a stream", "did you mean engage?"),
        ("{option: engage}", "no part of a stream", "did you mean optional?"),
        ("engage:ask", "no part of a stream", "write a step as {engage: ask}"),
        ("7", "no part of a stream", None),
        ("", "no part of a stream", None),
        ("[]", "nothing in this list", None),
        ("{}", "exactly one name", None),
        ("{engage: ask, plan: budget}", "exactly one name", None),
        ("{optional: engage, at_most: 2}", "exactly one name", None),
        ("{engage: 7}", "a step of engage is a word", "put it in quotes"),
        ("{engage: on}", "a step of engage is a word", "put it in quotes"),
        ("{engage: }", "a step of engage is a word", None),
        ("{engage: [ask]}", "a step of engage is a word", None),
        ("{value: claimed}", "value has no steps", "write `value` alone"),
        ("{optional: []}", "nothing in this list", None),
        ("{one_of: [engage]}", "`one_of` needs a list of 2 parts or more", None),
        ("{in_any_order: engage}", "`in_any_order` needs a list of 2 parts or more", None),
        ("{repeat: engage, at_least: 3, at_most: 2}", "`at_most` is smaller than `at_least`", None),
        ("{repeat: engage, at_least: 0, at_most: 0}", "`at_most` leaves nothing", None),
        ("{repeat: engage, at_least: -1}", "`at_least` is a whole number", None),
        ("{repeat: engage, at_least: two}", "`at_least` is a whole number", None),
        ("{repeat: engage, at_most: yes}", "`at_most` is a whole number", None),
    ],
)
def test_a_wrong_part_is_named_with_its_line(part: str, text: str, todo: str | None) -> None:
    found = problem(part)
    assert text in found.text
    assert found.todo == todo
    assert found.found is not None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "this is no reference stream"),
        ("- engage", 1, "this is no reference stream"),
        (HEAD, 1, "this is no part of a stream"),
        (HEAD + "stream: []", 4, "there is nothing in this list"),
        (HEAD + "stream: [engage]\nstrem: [engage]", 5, "this key is not known here"),
        ("name: Test\ndemand: a need\nscope: runn\nstream: [engage]", 3, "`scope` says"),
        ("name: ''\ndemand: a need\nscope: run\nstream: [engage]", 1, "`name` is missing"),
        ("name: Test\nscope: run\nstream: [engage]", 1, "`demand` is missing"),
        (HEAD + "note: 3\nstream: [engage]", 4, "`note` is missing or is no text"),
        (HEAD + "stream: [engage\n", 5, "this is not YAML"),
        (HEAD + "stream: " + "[" * 90 + "engage" + "]" * 90, 4, "nested too deeply"),
        (HEAD + "stream: " + "[" * 5000 + "engage" + "]" * 5000, 4, "nested too deeply"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(text: str, line: int | None, said: str) -> None:
    (only,) = problems(text)
    assert said in only.text
    assert only.line == line


def test_a_sub_stream_stands_for_its_parts() -> None:
    text = HEAD + (
        "stream: [engage, {sub_stream: approval}, {repeat: {sub_stream: build}}, value]\n"
        "sub_streams:\n"
        "  approval: [plan, {engage: decide}]\n"
        "  build: [obtain_build, {optional: {sub_stream: approval}}]\n"
    )
    read, spelled_out = parse_reference(text, "test.yaml"), "[plan, {engage: decide}]"
    whole = f"[engage, {spelled_out}, {{repeat: [obtain_build, {{optional: {spelled_out}}}]}}, value]"
    assert outline(read) == outline(reference(whole))


@pytest.mark.parametrize(
    ("stream", "sub_streams", "line", "said"),
    [
        ("{sub_stream: aproval}", "{approval: [plan]}", 4, "there is no such sub-stream"),
        ("{sub_stream: a}", "{a: [plan, {sub_stream: b}], b: {optional: {sub_stream: a}}}", 5, "holds itself"),
        ("engage", "{a: [plan, {sub_stream: a}]}", 5, "holds itself"),
        ("engage", "{a: [plan, enage]}", 5, "no part of a stream"),
        ("engage", "[plan]", 5, "holds parts by their names"),
        ("engage", "{7: plan}", 5, "holds parts by their names"),
        ("{sub_stream: }", "{a: plan}", 4, "there is no such sub-stream"),
    ],
)
def test_a_wrong_sub_stream_is_named_with_its_line(stream: str, sub_streams: str, line: int, said: str) -> None:
    (only,) = problems(f"{HEAD}stream: {stream}\nsub_streams: {sub_streams}\n")
    assert said in only.text
    assert only.line == line


def test_a_circle_of_sub_streams_is_shown() -> None:
    text = f"{HEAD}stream: {{sub_stream: a}}\nsub_streams: {{a: [plan, {{sub_stream: b}}], b: {{sub_stream: a}}}}\n"
    (only, *_) = problems(text)
    assert only.found == "a → b → a"


def test_sub_streams_that_unfold_without_end_are_refused() -> None:
    levels = "".join(f"  s{i}: [{{sub_stream: s{i + 1}}}, {{sub_stream: s{i + 1}}}]\n" for i in range(30))
    (only,) = problems(f"{HEAD}stream: {{sub_stream: s0}}\nsub_streams:\n{levels}  s30: plan\n")
    assert "more than 5,000 parts" in only.text


@pytest.mark.parametrize(
    "stream",
    ["[value, engage]", "[engage, value, value]", "[{optional: value}, value]", "{repeat: value, at_least: 2}"],
)
def test_what_no_stream_could_ever_fulfil_is_refused(stream: str) -> None:
    (only,) = problems(f"{HEAD}stream: {stream}\n")
    assert "no stream could ever fulfil this" in only.text
    assert only.line == 4


@pytest.mark.parametrize("stream", ["[{optional: value}, engage]", "[engage, value, {repeat: value, at_least: 0}]"])
def test_what_some_stream_can_fulfil_is_not(stream: str) -> None:
    assert parse_reference(f"{HEAD}stream: {stream}\n", "test.yaml").stream


def test_all_problems_are_told_at_once() -> None:
    found = problems("name: Test\nscope: runs\nstream: [enage, {one_of: [plan]}, {repeat: egage, at_most: 0}]\n")
    assert len(found) == 6


def test_a_name_that_is_none_gets_the_near_ones() -> None:
    with pytest.raises(RequestError) as caught:
        load_reference("incidnet")
    (found,) = caught.value.problems
    assert found.todo is not None
    assert "incident" in found.todo
    assert found.expected is not None
    assert "new_service" in found.expected


def test_a_missing_file_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        load_reference(str(tmp_path / "none.yaml"))
    with pytest.raises(RequestError, match="cannot be read"):
        load_reference(str(tmp_path))


def test_a_file_is_read_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ours").write_text(HEAD + "stream: [engage, value]\n", encoding="utf-8")
    assert load_reference(str(tmp_path / "ours")).name == "Test"
    monkeypatch.chdir(tmp_path)
    assert load_reference("ours").name == "Test"


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("[deliver_and_support, deliver_and_support, value]", "this part has no effect: Deliver and support directly"),
        ("[engage, {optional: engage}, value]", "this part has no effect: Engage directly after Engage"),
        ("[{repeat: engage}, value]", "repeating this has no effect: Engage"),
        ("[{repeat: [engage, value], at_most: 1}]", "this part comes exactly once"),
        ("[{one_of: [engage, engage]}, value]", "two parts of this `one_of` are the same"),
        ("[engage, {optional: {optional: plan}}, value]", "`optional` inside `optional`"),
        ("[{optional: [engage, value]}]", "every part can be left out"),
        ("[engage, plan]", "value is never realised here"),
    ],
)
def test_what_will_not_do_what_it_says_is_warned_of(stream: str, said: str) -> None:
    (warning,) = check_reference(reference(stream))
    assert said in warning.text
    assert (warning.file, warning.line) == ("test.yaml", 4)
    assert warning.todo


@pytest.mark.parametrize("stream", ["[engage, value, engage, value]", "[{engage: ask}, engage, value]"])
def test_what_can_be_told_apart_is_not_warned_of(stream: str) -> None:
    assert check_reference(reference(stream)) == []


def test_nothing_is_to_be_said_of_what_ships() -> None:
    assert {name: said for name, one in list_references().items() if (said := check_reference(one))} == {}


def test_what_a_reference_stream_applies_to() -> None:
    text = HEAD + "stream: [engage, value]\napplies_to: {type: [normal, standard], ticket type: change, vip: true}\n"
    assert parse_reference(text, "test.yaml").applies_to == (
        ("ticket type", ("change",)),
        ("type", ("normal", "standard")),
        ("vip", ("true",)),
    )
    (found,) = problems(HEAD + "stream: [engage, value]\napplies_to: changes\n")
    assert (found.line, found.text) == (5, "`applies_to` names attributes and their values")


def test_the_stream_of_the_guide_can_be_used() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "reference-streams.md"
    _, _, rest = guide.read_text(encoding="utf-8").partition("```yaml\n")
    assert check_reference(parse_reference(rest.partition("```")[0], "guide.yaml")) == []


def test_parts_that_a_mapping_never_shows_are_named_with_what_is_near() -> None:
    """One is misspelt; confirming is told by no rule; an activity without a step is shown by any of its steps."""
    labels = [
        VisitLabel(symbol.activity, symbol.step, None, symbol.value) for symbol in symbols("E:contact S:resolve!")
    ]
    agreed = reference("[engage, {deliver_and_support: rezolve}, {optional: [{improve: article}]}, value]")
    warnings = [(one.line, one.text, one.expected) for one in unseen_parts(agreed, labels)]
    assert warnings == [
        (
            4,
            "no rule of the mapping makes this: Deliver and support (rezolve)",
            "such as Deliver and support (resolve)",
        ),
        (4, "no rule of the mapping makes this: Improve (article)", None),
    ]
