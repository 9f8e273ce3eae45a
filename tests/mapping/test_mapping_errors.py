"""Every way in which a mapping file can be wrong is told with its line, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mining import mapping as room
from mining.core.errors import ConfigError, ExitCode, MiningError, Problem, RequestError

GOOD = """\
name: Test
export:
  shape: events
  ticket: number
  time: {column: at, format: "%d/%m/%Y %H:%M", zone: Europe/Vienna}
  event: state
  actor: who
  group: team
  final: [closed_at]
system_actors: [timer]
rules:
  - when: {state: New}
    activity: {engage: log}
examples:
  - event: {state: New}
    is: {activity: engage, step: log}
"""


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as raised:
        room.parse_mapping(text, "mine.yaml")
    assert raised.value.exit_code is ExitCode.REQUEST_WRONG
    return raised.value.problems


def test_the_mapping_that_the_others_are_made_from_is_right() -> None:
    assert room.parse_mapping(GOOD, "mine.yaml").name == "Test"


def test_a_column_alone_where_keys_are_expected_is_told_how_to_be_written() -> None:
    text = GOOD.replace('{column: at, format: "%d/%m/%Y %H:%M", zone: Europe/Vienna}', "at")
    (problem,) = problems_of(text)
    assert (problem.line, problem.todo) == (5, "write time: {column: at}")
    assert (problem.expected or "").startswith("a group of keys, of column, until, format, zone")


def test_brackets_without_end_are_refused_before_they_are_read() -> None:
    """Reading them to the end takes minutes: the time grows with the square of their number."""
    (problem,) = problems_of(GOOD.replace("number", "[" * 50_000))
    assert (problem.line, problem.text) == (4, "this is nested too deeply: at most 100 lists and groups in one another")


@pytest.mark.parametrize(
    ("line", "instead", "where", "said"),
    [
        # keys and types
        (1, "nome: Test", 1, ['no key "nome"', 'did you mean "name"?']),
        (1, "owner: Me", 1, ['"name" is missing']),
        (1, "name: 7", 1, ["found: 7", "expected: text", "in quotes"]),
        (3, "  shape: event", 3, ["unknown shape", "found: event", 'did you mean "events"?']),
        (3, "  shap: events", 3, ['no key "shap"', 'did you mean "shape"?']),
        (4, "  colour: red", 2, ['"ticket" is missing']),
        (4, "  ticket: [number]", 4, ["found: a list", "expected: text"]),
        (6, "  keep: [x]", 2, ['"event" is missing', "the shape events needs it"]),
        (6, "  event: state\n  times: [at]", 7, ['"times" makes no sense with the shape events']),
        (3, "  shape: tickets", 6, ['"event" makes no sense with the shape tickets', "under times"]),
        (3, "  shape: tickets", 5, ["several time columns"]),
        (3, "  shape: changes", 2, ['"field" is missing', "the shape changes needs it"]),
        (5, "  time: {zone: UTC}", 5, ['"column" is missing']),
        (5, "  time: at", 5, ["expected: a group of keys"]),
        (5, "  time: {column: at, zonne: UTC}", 5, ['no key "zonne"', 'did you mean "zone"?']),
        (7, "  order_by: counter", 7, ["expected: a list"]),
        (7, "  csv: {delimiter: '||'}", 7, ["a single character"]),
        (7, "  holds: for ever", 7, ["unknown holds", "state, point"]),
        (7, "  links: [{column: problem_id}]", 7, ["needs to", "or from", "not both"]),
        (7, "  links: [{column: a, to: b, from: c}]", 7, ["not both"]),
        (7, "  links: [{column: a, to: b, pattern: '(P)(R)'}]", 7, ["one group at most"]),
        (7, "  links: [{column: a, to: b, pattern: 'P('}]", 7, ["regular expression"]),
        # times
        (5, '  time: {column: at, format: "%d/%m/%Y %Q"}', 5, ['"%Q"', "not known here"]),
        (5, '  time: {column: at, format: "%d/%m %H:%M"}', 5, ["no year"]),
        (5, '  time: {column: at, format: "%d/%m/%Y %d"}', 5, ["names the day twice"]),
        (5, '  time: {column: at, format: "%d/%m/%Y %I:%M"}', 5, ["%I", "%p"]),
        (5, "  time: {column: at, zone: Europe/Wien}", 5, ["unknown time zone", "Europe/Wien"]),
        (5, "  time: {column: at, zone: Vienna}", 5, ['did you mean "Europe/Vienna"?']),
        (5, "  time: {column: at, zone: '+25:00'}", 5, ["unknown time zone", "+02:00"]),
        (5, "  time: {column: at, zone: 2}", 5, ["text is expected", "in quotes"]),
        (5, "  time: {column: at, zone: {colum: tz}}", 5, ["{column: NAME}", "colum"]),
        (5, "  time: {column: at, zone: {column: [tz]}}", 5, ["text is expected", "a list"]),
        (5, "  time: {column: at, zones: [{files: 'emea*', zone: Europe/Wien}]}", 5, ["unknown time zone"]),
        (5, "  time: {column: at, zones: [{file: 'emea*', zone: UTC}]}", 5, ['did you mean "files"?']),
        (5, "  time: {column: at, zone: {column: tz}, zones: [{files: '*', zone: UTC}]}", 5, ["not both"]),
        (5, "  time: {column: at, format: epoch}", 5, ["unknown time format", "epoch s, epoch ms"]),
        (5, "  time: {column: at, format: Excel}", 5, ['did you mean "excel"?']),
        (5, "  time: {column: at, language: german}", 5, ["unknown language", "expected: de"]),
        (5, "  time: {column: at, language: xq}", 5, ["unknown language"]),
        # columns
        (6, "  event: closed_at", 6, ["known only at the end", "event column"]),
        (7, "  actor: closed_at", 7, ["known only at the end", "actor column"]),
        (5, "  time: {column: closed_at}", 5, ["known only at the end", "time column"]),
        (7, "  order_by: [closed_at]", 7, ["known only at the end"]),
        (7, "  aliases: {stat: [Status]}", 7, ['nothing reads "stat"', 'did you mean "state"?']),
        (7, "  optional: [number]", 7, ['"number" cannot be optional']),
        # when
        (12, "  - end: agent", 12, ['"when" is missing']),
        (12, "  - when: {}", 12, ["at least one condition", "otherwise"]),
        (12, "  - when: New", 12, ["at least one condition"]),
        (12, "  - when: {state: }", 12, ["found: nothing", "{missing: true}"]),
        (12, "  - when: {state: 7}", 12, ["found: 7", "in quotes"]),
        (12, "  - when: {state: yes}", 12, ["true or false", "in quotes"]),
        (12, "  - when: {state: 2020-01-01}", 12, ["2020-01-01", "in quotes"]),
        (12, "  - when: {7: New}", 12, ["found: 7"]),
        (12, "  - when: {state: []}", 12, ["the list is empty"]),
        (12, "  - when: {state: [New, 7]}", 12, ["found: 7"]),
        (12, "  - when: {state: {}}", 12, ["a condition is missing"]),
        (12, "  - when: {state: {match: x}}", 12, ['no condition "match"', 'did you mean "matches"?']),
        (12, "  - when: {state: {missing: maybe}}", 12, ["true or false", "found: maybe"]),
        (12, '  - when: {state: ""}', 12, ["{missing: true}"]),
        (12, "  - when: {first: New}", 12, ["true or false"]),
        (12, "  - when: {any: {state: New}}", 12, ["a list of whens"]),
        (12, "  - when: {any: [{state: New}, {}]}", 12, ["at least one condition"]),
        (12, "  - when: {closed_at: {missing: true}}", 12, ["listed under final"]),
        (12, "  - when: {previous.closed_at: x}", 12, ["listed under final"]),
        (12, "  - when: {previous.: x}", 12, ["a column is missing after previous."]),
        (12, "  - when: {state: {differs: New}}", 12, ["differs is true, false or {null: true}"]),
        (12, "  - when: {previous.state: {differs: true}}", 12, ["without previous."]),
        (12, "  - when: {state: {system: true}}", 12, ["goes with the actor's column", "expected: who"]),
        (12, "  - when: {ticket_type: 7}", 12, ["found: 7"]),
        # outcomes
        (13, "    activity: engag", 13, ["unknown activity", "found: engag", 'did you mean "engage"?']),
        (13, "    activity: Deliver and support", 13, ['did you mean "deliver_and_support"?']),
        (13, "    activity: {engag: log}", 13, ["unknown activity", 'did you mean "engage"?']),
        (13, "    activity: {engage: log, plan: x}", 13, ["one activity and its step"]),
        (13, "    activity: {engage: 7}", 13, ["found: 7"]),
        (13, "    activity: {engage: log}\n    step: log", 13, ["named twice"]),
        (13, "    activity: engage\n    step: 7", 14, ["found: 7"]),
        (13, "    activity: engage\n    activities: [plan]", 14, ["not both"]),
        (13, "    activities: engage", 13, ["activities is a list"]),
        (13, "    activities: [engage, {plan: x, until: y}]", 13, ["one activity and its step"]),
        (13, "    activities: [engage, {plan: x, value: y}]", 13, ["unknown value", "claimed, confirmed, withdrawn"]),
        (13, "    activities: [{plan: x, value: claimed}]\n    value: claimed", 14, ["value is named twice"]),
        (13, "    activities: [plan]\n    step: x", 13, ["each names its own step"]),
        (13, f"    activities: [{', '.join(['plan'] * 8)}]", 13, ["at most 7 events"]),
        (13, "    activity: engage\n    value: claim", 14, ["unknown value", 'did you mean "claimed"?']),
        (13, "    activity: engage\n    end: lapse", 14, ["unknown end", 'did you mean "lapsed"?']),
        (13, "    activity: engage\n    waiting: 7", 14, ["found: 7"]),
        (13, "    activity: engage\n    valu: claimed", 14, ['no key "valu"', 'did you mean "value"?']),
        (13, "    end: agent\n    value: claimed", 14, ["value needs an activity"]),
        (13, "    end: agent\n    waiting: user", 14, ["waiting needs an activity"]),
        (13, "    ignore: false", 12, ["says nothing about what becomes of the row"]),
        (13, "    ignore: true\n    end: agent", 12, ["makes nothing", "end"]),
        (13, "    ignore: maybe", 13, ["true or false"]),
        # the rest
        (10, "otherwise: ignored", 10, ["unknown otherwise", 'did you mean "ignore"?']),
        (10, "otherwise: {activty: plan}", 10, ['no key "activty"', 'did you mean "activity"?']),
        (10, "demand: {time: opened}", 10, ['"activity" is missing']),
        (10, "demand: {time: opened, activity: engag}", 10, ["unknown activity"]),
        (10, "demand: {time: closed_at, activity: engage}", 10, ["known only at the end", "demand"]),
        (10, 'demand: {time: opened, activity: engage, format: "%H"}', 10, ["no year"]),
        (11, "rules: []\nrule:", 11, ["at least one entry"]),
        (15, "  - event: {stat: New}", 15, ['no rule looks at "stat"', 'did you mean "state"?']),
        (15, "  - event: {state: 7}", 15, ["found: 7"]),
        (15, "  - event: {state: New, first: true, previous.state: New}", 15, ["has no row before it"]),
        (15, "  - event: {state: New, last: 7}", 15, ["true or false"]),
        (16, "    is: mapped", 16, ["not clear", "found: mapped"]),
        (16, "    is: {activity: engage, stp: log}", 16, ['no key "stp"', 'did you mean "step"?']),
        (16, "    is: [engage, {activity: plan}]", 16, ["a group of keys"]),
        (16, "    is: [{end: agent}, {activity: plan}]", 16, ["only the last event"]),
        (16, "    is: {}", 16, ["says nothing"]),
        (14, "examples: none\nexample:", 14, ["expected: a list"]),
    ],
)
def test_a_fault_is_told_with_its_line(line: int, instead: str, where: int, said: list[str]) -> None:
    lines = GOOD.splitlines()
    lines[line - 1] = instead
    here = [str(problem) for problem in problems_of("\n".join(lines)) if problem.line == where]
    assert here, "no problem on that line"
    assert any(all(words in text for words in said) for text in here), "\n".join(here)
    assert all(text.startswith(f"mine.yaml:{where}") for text in here)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "is not valid"),
        ("a**", "is not valid"),
        ("(?=x)", "looks ahead or behind"),
        ("(?<!x)y", "looks ahead or behind"),
        (r"(a)\\1", "refers back"),
        ("(?P<name>a)", "(?P<"),
        ("(?>a)", "(?>a"),
        ("a(?i)b", "is not valid"),
        ("(?i:a)", "(?i:"),
        ("(?x)a", "(?x)"),
        ("a++", "possessive"),
        ("a{2}+", "possessive"),
        ("a{,3}", "engines read differently"),
        ("a{2000}", "repeats more than"),
        ("a{b", "engines read differently"),
        ("[[:alpha:]]", "is not valid"),
        ("[a[b]", "inside [ ]"),
        ("[]a]", "as the first"),
        ("[^]a]", "as the first"),
        ("[a&&b]", "is not valid"),
        (r"\\A", "not supported"),
        (r"\\Z", "not supported"),
        (r"[\\b]", "inside [ ]"),
        ("x" * 1001, "longer than"),
    ],
)
def test_a_pattern_that_engines_read_differently_is_refused(pattern: str, said: str) -> None:
    text = GOOD.replace("state: New}", f'state: {{matches: "{pattern}"}}}}', 1)
    assert any(said in problem.text and problem.line == 12 for problem in problems_of(text))


@pytest.mark.parametrize(
    "pattern",
    [
        "^a.b$",
        "(?i)x",
        "(?ism)x",
        "(a|b)+?",
        "(?:a){2,3}",
        "a{2,}",
        "[^a-z0-9_-]",
        r"\\d\\s\\w\\b\\.",
        r"[\\]\\[\\^-]",
        r"\\{x\\}",
        "a+b*",
    ],
)
def test_a_pattern_within_the_common_part_is_taken(pattern: str) -> None:
    text = GOOD.replace("state: New}", f'state: {{matches: "{pattern}"}}}}', 1)
    assert room.parse_mapping(text, "mine.yaml").rules


def test_every_problem_is_told_at_once_and_in_the_order_of_the_file() -> None:
    text = GOOD.replace("shape: events", "shape: event").replace("  ticket: number\n", "")
    text = text.replace("{engage: log}", "{engag: log}").replace("state: New}\n    is", "state: 7}\n    is")
    found = problems_of(text)
    lines = [problem.line for problem in found]
    assert lines == sorted(line or 0 for line in lines)
    assert {problem.text for problem in found} >= {
        "unknown shape",
        'the key "ticket" is missing here',
        "unknown activity",
        "text is expected here",
    }


@pytest.mark.parametrize("text", ["", "- a list", "text", "name: [", "name: x\nname: y", "a: &b {}\nc: *b"])
def test_what_is_no_mapping_at_all(text: str) -> None:
    assert problems_of(text)


def test_a_name_that_is_not_known_lists_those_that_look_like_it() -> None:
    with pytest.raises(RequestError, match="servicenow_incident") as raised:
        room.load_mapping("servicenow_incidents")
    assert raised.value.exit_code is ExitCode.REQUEST_WRONG
    with pytest.raises(RequestError, match="generic_events"):
        room.load_mapping("qqqq")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "none"):
        with pytest.raises(MiningError) as raised:
            room.load_mapping(str(path))
        assert raised.value.exit_code is ExitCode.REQUEST_WRONG


def test_a_mapping_is_read_from_a_path_and_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    found = room.load_mapping(str(path))
    assert (found.info.file, len(found.info.sha256)) == ("mine.yaml", 64)
    assert found.export.used == ("state", "team", "who")
    assert found.info.sha256 == room.parse_mapping(GOOD, "other.yaml").info.sha256
