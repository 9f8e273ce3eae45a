"""BPMN files as reference streams: what can be read, and what is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance_helpers import reference
from hypothesis import HealthCheck, assume, given, settings
from reference_strategies import merged_words, nodes

from mining.conformance import check_reference, load_reference, outline, to_tree
from mining.conformance.automaton import compile_stream
from mining.conformance.tree import Node
from mining.conformance.trees import from_tree
from mining.core.errors import ConfigError, Problem, RequestError
from mining.discovery import bpmn
from mining.pm4py_adapter import Tree

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="Our incident">\n'
TAIL = "</process></definitions>\n"


def flowchart(*elements: str, flows: str) -> str:
    """`element`s a line; `flows` as "a>b b>c"."""
    pairs = [flow.split(">") for flow in flows.split()]
    lines = [
        *elements,
        *(f'<sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(pairs)),
    ]
    return HEAD + "\n".join(lines) + "\n" + TAIL


START, END = '<startEvent id="s" name="somebody calls"/>', '<endEvent id="e"/>'
A = '<task id="a" name="Engage"/>'
B = '<userTask id="b" name="Deliver and support: resolve"/>'
V = '<task id="v" name="Value"/>'
X, Y = '<exclusiveGateway id="x" name="again?"/>', '<exclusiveGateway id="y"/>'
P, Q = '<parallelGateway id="p1"/>', '<parallelGateway id="p2" name="both"/>'


def written(folder: Path, text: str, name: str = "ours.bpmn") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def problem(folder: Path, text: str) -> Problem:
    with pytest.raises(ConfigError) as caught:
        load_reference(written(folder, text))
    return caught.value.problems[0]


def test_a_process_in_a_row(tmp_path: Path) -> None:
    read = load_reference(written(tmp_path, flowchart(START, A, B, V, END, flows="s>a a>b b>v v>e")))
    assert (read.name, read.demand) == ("Our incident", "somebody calls")
    assert outline(read) == ("Engage", "Deliver and support (resolve)", "value")


def test_branches_and_a_way_back(tmp_path: Path) -> None:
    text = flowchart(START, A, B, V, X, Y, END, flows="s>y y>a a>b b>x x>y x>v v>e")
    assert outline(load_reference(written(tmp_path, text))) == (
        "once or more",
        "  Engage",
        "  Deliver and support (resolve)",
        "value",
    )
    text = flowchart(START, A, B, V, X, Y, END, flows="s>x x>a x>y a>y y>b b>v v>e")
    assert outline(load_reference(written(tmp_path, text)))[0] == "optional: Engage"
    text = flowchart(START, A, B, V, P, Q, END, flows="s>p1 p1>a p1>b a>p2 b>p2 p2>v v>e")
    assert outline(load_reference(written(tmp_path, text)))[0] == "in any order"


@pytest.mark.parametrize(
    "label", ["Engage: confirm", "engage:confirm", "Engage (confirm)", " ENGAGE :  confirm ", "Engage\n(confirm)"]
)
def test_labels_as_people_write_them(tmp_path: Path, label: str) -> None:
    task = f'<task id="a" name="{label}"/>'
    text = flowchart(START, task, V, END, flows="s>a a>v v>e")
    assert outline(load_reference(written(tmp_path, text)))[0] == "Engage (confirm)"


@pytest.mark.parametrize(
    ("text", "line", "said", "found"),
    [
        (flowchart(START, '<task id="a" name="Enage"/>', END, flows="s>a a>e"), 3, "no activity", '"Enage" (a)'),
        (flowchart(START, '<task id="a"/>', END, flows="s>a a>e"), 3, "no activity", "a"),
        (flowchart(START, A, '<subProcess id="u" name="Sub"/>', END, flows="s>a a>e"), 4, "a subProcess", '"Sub" (u)'),
        (flowchart(START, A, '<inclusiveGateway id="o"/>', END, flows="s>a a>e"), 4, "a inclusiveGateway", "o"),
        (
            flowchart(START, A, '<boundaryEvent id="t" attachedToRef="a"/>', END, flows="s>a a>e"),
            4,
            "a boundaryEvent",
            "t",
        ),
        (
            flowchart('<startEvent id="s"><timerEventDefinition id="d"/></startEvent>', A, END, flows="s>a a>e"),
            2,
            "a timerEventDefinition in an event",
            "d",
        ),
        (
            flowchart(
                START,
                '<task id="a" name="Plan"><multiInstanceLoopCharacteristics id="m"/></task>',
                END,
                flows="s>a a>e",
            ),
            3,
            "a multiInstanceLoopCharacteristics in an event or a task",
            "m",
        ),
        (flowchart(START, A, B, END, flows="s>a s>b a>e b>e"), 2, "without a gateway", '"somebody calls" (s)'),
        (
            flowchart(START, A, B, END, flows="s>a a>e"),
            4,
            "does not lie on a way",
            '"Deliver and support: resolve" (b)',
        ),
        (
            flowchart(START, A, B, X, Q, END, flows="s>x x>a x>b a>p2 b>p2 p2>e"),
            5,
            "no exclusive gateway closes",
            '"again?" (x)',
        ),
        (flowchart(START, A, B, P, Y, END, flows="s>p1 p1>a p1>b a>y b>y y>e"), 5, "no parallel gateway closes", "p1"),
        (flowchart(START, END, flows="s>e"), 2, "nothing happens", '"somebody calls" (s)'),
        (
            flowchart(START, A, END, '<endEvent id="e2"/>', flows="s>a a>e"),
            5,
            "one end event, and this process has 2",
            "e2",
        ),
        (flowchart(A, END, flows="a>e"), None, "one start event, and this process has 0", None),
        (flowchart(START, A, END, flows="s>a a>gone"), None, '"gone", which is no element', None),
        (HEAD, 2, "this is no XML", None),
        ("<a/>", None, "holds no process", None),
        (HEAD + '</process><process id="q">' + TAIL, None, "holds several processes", None),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + HEAD + TAIL, 1, "a document type is not read here", None),
        ("", 1, "this is no XML", None),
    ],
)
def test_what_cannot_be_read_is_named_with_its_element(
    tmp_path: Path, text: str, line: int | None, said: str, found: str | None
) -> None:
    one = problem(tmp_path, text)
    assert said in one.text
    assert (one.line, one.found) == (line, found)


def test_a_missing_file_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        load_reference(str(tmp_path / "none.bpmn"))


def test_lanes_annotations_and_drawings_say_nothing(tmp_path: Path) -> None:
    extra = '<laneSet id="l"><lane id="m"><flowNodeRef>a</flowNodeRef></lane></laneSet><textAnnotation id="t"/>'
    text = flowchart(START, A, V, END, extra, flows="s>a a>v v>e")
    assert outline(load_reference(written(tmp_path, text))) == ("Engage", "value")


@given(nodes)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_drawn_is_read_as_the_same(tmp_path: Path, node: Node) -> None:
    assume(compile_stream(node, lambda _: True).names != ("",))
    read = load_reference(written(tmp_path, bpmn(to_tree(node))))
    assert merged_words(read.stream, 3) == merged_words(node, 3)


@pytest.mark.slow
@given(nodes)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pm4py_reads_the_same_from_it(tmp_path: Path, node: Node) -> None:
    """The oracle: pm4py's reader, its net, and its process tree."""
    import pm4py

    from mining import pm4py_adapter

    assume(to_tree(node).operator is not None)  # of a process with a single task pm4py makes no tree
    path = written(tmp_path, bpmn(to_tree(node)))
    tree = pm4py.convert_to_process_tree(*pm4py.convert_to_petri_net(pm4py.read_bpmn(path)))
    names = {shown: name for name in NAMES for shown in [bpmn_label(name)]}
    theirs = from_tree(renamed(pm4py_adapter._tree(tree), names))
    assert theirs is not None
    assert merged_words(theirs, 3) == merged_words(load_reference(path).stream, 3)


def renamed(tree: Tree, names: dict[str, str]) -> Tree:
    label = None if tree.label is None else names[tree.label]
    return Tree(tree.operator, tuple(renamed(child, names) for child in tree.children), label)


NAMES = ("engage", "engage:ask", "plan", "deliver_and_support", "deliver_and_support:resolve", "value")


def bpmn_label(name: str) -> str:
    from mining.discovery.bpmn import display

    return display(name)


def test_a_file_that_was_read_can_be_checked_like_any_other(tmp_path: Path) -> None:
    text = bpmn(to_tree(reference("[engage, engage, value]").stream))
    (warning,) = check_reference(load_reference(written(tmp_path, text)))
    assert "this part has no effect" in warning.text
    assert warning.line is not None
