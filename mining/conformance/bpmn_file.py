"""A BPMN 2.0 file as a reference stream: what stands in it, element by element.

Only what a reference stream can say is read: start and end events, tasks, exclusive and parallel gateways, and the
flows between them. Anything else that takes part in the flow is refused by its name, since to leave it out would change
what was agreed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from mining.conformance.tree import VALUE
from mining.core.activities import Activity
from mining.core.errors import ConfigError, Problem, RequestError, nearest
from mining.core.yamlio import MAX_BYTES

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_TASKS = frozenset(
    f"{kind}ask" for kind in ("t", "userT", "manualT", "serviceT", "sendT", "receiveT", "scriptT", "businessRuleT")
)
_GATEWAYS = {"exclusiveGateway": "exclusive", "parallelGateway": "parallel"}
_EVENTS = frozenset({"startEvent", "endEvent"})
_ASIDE = (
    *(
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
    ),
    *("dataObject", "dataObjectReference", "dataStoreReference", "property", "ioSpecification", "auditing"),
    *("dataInputAssociation", "dataOutputAssociation", "monitoring"),
)
_SILENT = frozenset(_ASIDE)
"""What takes no part in the flow."""

_NAMES = {activity.display.lower(): activity for activity in Activity} | {one.value: one for one in Activity}
_LABEL = re.compile(r"\s*(?P<activity>[^:(]+?)\s*(?:[:(]\s*(?P<step>[^)]+?)\s*\)?)?\s*")


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the flow. `kind` is "start", "end", "task", "exclusive" or "parallel"; `label` is the name of a
    visit or a mark, of tasks only."""

    id: str
    kind: str
    name: str
    line: int
    label: str | None = None

    def __str__(self) -> str:
        return f'"{self.name}" ({self.id})' if self.name else self.id


@dataclass(slots=True)
class Flowchart:
    """The elements by their ids, and the flows between them as pairs of ids, in the order of the file."""

    file: str
    name: str = ""
    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[tuple[str, str]] = field(default_factory=list)

    def problem(self, element: Element | None, text: str, **more: str | None) -> Problem:
        """A problem with an element, which it names."""
        line = None if element is None else element.line
        found = None if element is None else str(element)
        return Problem(text, file=self.file, line=line, **{"found": found, **more})  # type: ignore[arg-type]


def read_flowchart(path: Path) -> Flowchart:
    """Read a BPMN file.

    Raises RequestError where it cannot be read, ConfigError with every problem, each with its line and the element,
    where it is no XML, holds no process or several, or something that a reference stream cannot say.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RequestError(Problem("this file is too large to be a reference stream", file=str(path)))
        data = path.read_bytes()
    except OSError as error:
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from error
    reader = _Reader(str(path))
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        problem = Problem(f"this is no XML: {expat.ErrorString(error.code)}", file=str(path), line=error.lineno)
        raise ConfigError(problem) from error
    return reader.result()


class _Reader:
    def __init__(self, file: str) -> None:
        self.chart = Flowchart(file)
        self.problems: list[Problem] = []
        self.processes = 0
        self.path: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = lambda _: self.path.pop()
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_: object) -> None:
        raise ConfigError(
            Problem("a document type is not read here", file=self.chart.file, line=self.parser.CurrentLineNumber)
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        parent = self.path[-1] if self.path else ""
        self.path.append(name if space == _BPMN else "")
        if space != _BPMN:
            return
        if name == "process":
            self.processes += 1
            self.chart.name = attributes.get("name", "")
        elif parent == "process":
            self.element(name, attributes)
        elif parent in (_EVENTS | _TASKS) and name not in _SILENT:
            self.wrong(name, attributes, f"a {name} in an event or a task")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if name == "sequenceFlow":
            self.chart.flows.append((attributes.get("sourceRef", ""), attributes.get("targetRef", "")))
            return
        if name in _SILENT:
            return
        kind = _GATEWAYS.get(name) or ("task" if name in _TASKS else name[:-5] if name in _EVENTS else None)
        if kind is None:
            self.wrong(name, attributes, f"a {name}")
            return
        one = Element(attributes.get("id", ""), kind, " ".join(attributes.get("name", "").split()), line)
        if kind == "task":
            one = Element(one.id, kind, one.name, line, self.label(one))
        self.chart.elements[one.id] = one

    def label(self, task: Element) -> str | None:
        found = _LABEL.fullmatch(task.name)
        said = found["activity"].lower() if found else ""
        if said == VALUE and found and found["step"] is None:
            return VALUE
        activity = _NAMES.get(said)
        if found is None or activity is None:
            near = nearest(said, [*(one.display for one in Activity), VALUE]) if said else []
            todo = f"did you mean {' or '.join(near)}?" if near else "such as `Engage` or `Engage: confirm`, or `Value`"
            text = "the label of this task is no activity, with or without a step"
            self.problems.append(self.chart.problem(task, text, todo=todo))
            return None
        return activity.value if found["step"] is None else f"{activity.value}:{found['step']}"

    def wrong(self, name: str, attributes: dict[str, str], what: str) -> None:
        line = self.parser.CurrentLineNumber
        element = Element(attributes.get("id", name), name, " ".join(attributes.get("name", "").split()), line)
        expected = "start and end events, tasks, exclusive and parallel gateways"
        self.problems.append(self.chart.problem(element, f"{what} cannot be read as a stream", expected=expected))

    def result(self) -> Flowchart:
        if self.processes != 1:
            text = "this file holds no process" if not self.processes else "this file holds several processes"
            todo = "a reference stream is one BPMN 2.0 process"
            raise ConfigError(Problem(text, file=self.chart.file, todo=todo))
        for source, target in self.chart.flows:
            for one in (source, target):
                if one not in self.chart.elements and not self.problems:
                    text = f'a flow leads from or to "{one}", which is no element of the process'
                    self.problems.append(self.chart.problem(None, text))
        if self.problems:
            raise ConfigError(*self.problems)
        return self.chart
