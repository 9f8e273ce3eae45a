"""Reads a reference stream from YAML and says, with file and line, everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from mining.conformance.automaton import TooLarge, compile_stream
from mining.conformance.bpmn_blocks import load_bpmn
from mining.conformance.net import unfold
from mining.conformance.parse_limits import read_limits
from mining.conformance.parse_needs import read_needs
from mining.conformance.scopes import read_scope
from mining.conformance.tree import VALUE, InAnyOrder, Named, Node, OneOf, Optional, Reference, Repeat, Sequence, names
from mining.core.activities import Activity
from mining.core.catalogue import Kind, catalogue
from mining.core.errors import ConfigError, Problem, RequestError, nearest
from mining.core.yamlio import At, YamlFile, parse_yaml, read_yaml

_KEYS = ("name", "demand", "scope", "note", "stream", "sub_streams", "limits", "applies_to", "hand_offs")
_OPERATORS = ("optional", "repeat", "one_of", "in_any_order", "sub_stream")
_ACTIVITIES = tuple(activity.value for activity in Activity)
_PARTS = f"an activity ({', '.join(_ACTIVITIES)}), {VALUE}, or one of {', '.join(_OPERATORS)}"
_DEEPEST = 60
_MOST_PARTS = 5_000
"""Sub-streams within sub-streams unfold to many parts; more than this nobody agreed on."""


def load_reference(name_or_path: str) -> Reference:
    """The reference stream with this name in the catalogue (`core.catalogue`), or the one in this YAML or BPMN file.

    Raises RequestError where there is no such name (the near ones are named) or the file cannot be read, ConfigError
    with every problem, each with file and line, where its content is wrong.
    """
    path = Path(name_or_path)
    if path.suffix.lower() == ".bpmn":
        return load_bpmn(path)
    if path.suffix in (".yaml", ".yml"):
        return _build(read_yaml(path))
    known = catalogue(Kind.STREAMS)
    if name_or_path in known:
        return _build(read_yaml(known[name_or_path].path))
    if len(path.parts) > 1 or path.is_file():
        return _build(read_yaml(path))
    near = nearest(name_or_path, known)
    raise RequestError(
        Problem(
            f'there is no reference stream called "{name_or_path}"',
            expected=f"one of {', '.join(known)}, or a YAML file",
            todo=f"did you mean {' or '.join(near)}?" if near else None,
        )
    )


def list_references() -> dict[str, Reference]:
    """The reference streams of the catalogue, by name, in the order of their names."""
    return {name: load_reference(name) for name in catalogue(Kind.STREAMS)}


def parse_reference(text: str, name: str) -> Reference:
    """Like `load_reference`, from `text`; `name` is what the problems call the file."""
    return _build(parse_yaml(text, name))


def _build(file: YamlFile) -> Reference:
    if not isinstance(file.data, dict):
        todo = "begin with `name:`, `demand:`, `scope:` and `stream:`"
        raise ConfigError(file.problem((), "this is no reference stream", found=_found(file.data), todo=todo))
    reader = Reader(file)
    for key in file.data:
        if key not in _KEYS:
            reader.unknown((key,), key, _KEYS, "this key is not known here", ", ".join(_KEYS))
    name, demand = reader.text("name"), reader.text("demand")
    note = reader.text("note") if "note" in file.data else None
    scope = file.data.get("scope")
    if scope not in ("run", "change"):
        reader.wrong(("scope",), "`scope` says whether the stream runs or changes the business", scope, "run or change")
    reader.check_sub_streams()
    stream = reader.node(file.data.get("stream"), ("stream",))
    limits = () if stream is None else read_limits(reader, names(stream))
    needs = read_needs(reader)
    applies_to = read_scope(file.data.get("applies_to", {}))
    if applies_to is None:
        text, expected = "`applies_to` names attributes and their values", "such as {ticket type: change, type: normal}"
        reader.wrong(("applies_to",), text, file.data["applies_to"], expected)
    if reader.problems or stream is None or scope not in ("run", "change"):
        raise ConfigError(*dict.fromkeys(reader.problems))  # a sub-stream that is used twice is wrong once
    try:
        can_be_shown = _can_be_shown(stream)
    except TooLarge as error:
        todo = "split the stream, or name fewer parts in `in_any_order` and smaller numbers in `repeat`"
        raise ConfigError(file.problem(("stream",), str(error), todo=todo)) from error
    if not can_be_shown:
        todo = "say which visit stands before each `value`"
        text = (
            "no stream could ever fulfil this: value is a mark on a visit, so it neither begins one nor follows itself"
        )
        raise ConfigError(file.problem(("stream",), text, todo=todo))
    return Reference(name, demand, scope, note, stream, file.name, limits, applies_to or (), needs)


def _can_be_shown(stream: Node) -> bool:
    """Whether any stream could ever fulfil it, as far as that is looked at: of one that pm4py has to align nobody asks
    more than that it names a visit. Raises TooLarge where it is too large for that as well."""
    with suppress(TooLarge):
        return compile_stream(stream, lambda _: True).can_be_shown
    unfold(stream, lambda _: True)
    return any(name != VALUE for name in names(stream))


class Reader:
    """Turns YAML into a tree, and gathers every problem on the way."""

    def __init__(self, file: YamlFile) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._within: list[str] = []  # the sub-streams that are being read, the outermost first
        self._circular: set[str] = set()
        self._parts = 0

    def wrong(self, at: At, text: str, found: Any, expected: str | None = None, todo: str | None = None) -> None:
        """Add a problem with the part at `at`."""
        self.problems.append(self.file.problem(at, text, found=_found(found), expected=expected, todo=todo))

    def unknown(self, at: At, word: Any, known: Iterable[str], text: str, expected: str) -> None:
        """Add the problem of a word that is not one of `known`, with the near ones."""
        near = nearest(word, known) if isinstance(word, str) else []
        self.wrong(at, text, word, expected, f"did you mean {' or '.join(near)}?" if near else None)

    def text(self, key: str) -> str:
        """The words at `key` of the file."""
        said = self.file.data.get(key)
        if isinstance(said, str) and said.strip():
            return said.strip()
        self.wrong((key,), f"`{key}` is missing or is no text", said, "some words")
        return ""

    def node(self, data: Any, at: At) -> Node | None:
        """A part of the stream; None where something in it is wrong."""
        if len(at) > _DEEPEST:
            self.wrong(at, "this is nested too deeply", None)
            return None
        self._parts += 1
        if self._parts > _MOST_PARTS:
            if self._parts == _MOST_PARTS + 1:
                self.wrong(at, f"with its sub-streams this stream has more than {_MOST_PARTS:,} parts", None)
            return None
        if isinstance(data, list):
            return self.sequence(data, at)
        if isinstance(data, dict):
            return self.operator(data, at)
        if data in (*_ACTIVITIES, VALUE):
            return Named(data, self.file.line(at))
        if isinstance(data, str) and ":" in data:
            activity, _, step = data.partition(":")
            todo = f"write a step as {{{activity.strip()}: {step.strip()}}}"
            self.wrong(at, "this is no part of a stream", data, _PARTS, todo)
        else:
            self.unknown(at, data, (*_ACTIVITIES, VALUE, *_OPERATORS), "this is no part of a stream", _PARTS)
        return None

    def parts(self, data: Any, at: At, fewest: int, what: str) -> tuple[Node, ...] | None:
        """The parts of a list."""
        if not isinstance(data, list) or len(data) < fewest:
            self.wrong(at, f"{what} needs a list of {fewest} parts or more", data)
            return None
        nodes = [self.node(child, (*at, i)) for i, child in enumerate(data)]
        return None if None in nodes else tuple(node for node in nodes if node is not None)

    def sequence(self, data: list[Any], at: At) -> Node | None:
        """A list: one part after the other."""
        if not data:
            self.wrong(at, "there is nothing in this list", data, _PARTS)
            return None
        parts = self.parts(data, at, 1, "a sequence")
        if parts is None or len(parts) == 1:
            return None if parts is None else parts[0]
        return Sequence(parts, self.file.line(at))

    def operator(self, data: dict[Any, Any], at: At) -> Node | None:
        """A part with a name: an operator, or an activity with its step."""
        bounds = {"at_least", "at_most"} if "repeat" in data else set()
        words = [key for key in data if key not in bounds]
        if len(words) != 1:
            self.wrong(at, "a part has exactly one name", ", ".join(map(str, data)) or "nothing", _PARTS)
            return None
        word, said, inside = words[0], data[words[0]], (*at, words[0])
        line = self.file.line(inside)
        reads: dict[str, Callable[[Any, At], Node | None]] = {
            "sub_stream": self.sub_stream,
            **{activity: partial(self.step, activity) for activity in _ACTIVITIES},
        }
        if word in reads:
            return reads[word](said, inside)
        if word in ("one_of", "in_any_order"):
            parts = self.parts(said, inside, 2, f"`{word}`")
            return None if parts is None else (OneOf if word == "one_of" else InAnyOrder)(parts, line)
        if word == "optional":
            part = self.node(said, inside)
            return None if part is None else Optional(part, line)
        if word == "repeat":
            return self.repeat(data, at)
        if word == VALUE:
            self.wrong(inside, "value has no steps and no parts", said, todo=f"write `{VALUE}` alone")
        else:
            self.unknown(inside, word, (*_OPERATORS, *_ACTIVITIES), "this is no part of a stream", _PARTS)
        return None

    def check_sub_streams(self) -> None:
        """Whether `sub_streams` are named parts, and each of them is one, used or not."""
        said = self.file.data.get("sub_streams", {})
        if not isinstance(said, dict) or not all(isinstance(name, str) for name in said):
            self.wrong(("sub_streams",), "`sub_streams` holds parts by their names", said, "such as `approval: [plan]`")
            return
        for name in said:
            self.sub_stream(name, ("sub_streams", name))

    def sub_stream(self, name: Any, at: At) -> Node | None:
        """The part that is called `name`, read anew at each use."""
        known = self.file.data.get("sub_streams", {})
        known = known if isinstance(known, dict) else {}
        if name not in known:
            self.unknown(at, name, known, "there is no such sub-stream", ", ".join(known) or "a name of `sub_streams`")
            return None
        if name in self._within and name not in self._circular:  # each circle is told once, wherever it is entered
            self._circular.update(self._within[self._within.index(name) :])
            way = " → ".join([*self._within[self._within.index(name) :], name])
            self.wrong(at, "this sub-stream holds itself", way, todo="write a `repeat` for what comes again")
        if name in self._within:
            return None
        self._within.append(name)
        part = self.node(known[name], ("sub_streams", name))
        self._within.pop()
        return part

    def step(self, activity: str, step: Any, at: At) -> Node | None:
        """An activity with its step."""
        if isinstance(step, str) and step.strip():
            return Named(f"{activity}:{step.strip()}", self.file.line(at))
        todo = "put it in quotes" if isinstance(step, bool | int | float) else None
        self.wrong(at, f"a step of {activity} is a word", step, "such as `confirm`", todo)
        return None

    def repeat(self, data: dict[Any, Any], at: At) -> Node | None:
        """A part that comes several times."""
        fine = True
        for key in ("at_least", "at_most"):
            if key in data and (not isinstance(data[key], int) or isinstance(data[key], bool) or data[key] < 0):
                self.wrong((*at, key), f"`{key}` is a whole number", data[key])
                fine = False
        least, most = data.get("at_least", 1), data.get("at_most")
        if fine and most is not None and most < max(least, 1):
            said = "`at_most` is smaller than `at_least`" if most < least else "`at_most` leaves nothing to repeat"
            self.wrong((*at, "at_most"), said, most, f"{max(least, 1)} or more")
            fine = False
        part = self.node(data["repeat"], (*at, "repeat"))
        return Repeat(part, least, most, self.file.line((*at, "repeat"))) if fine and part is not None else None


def _found(data: Any) -> str:
    if data is None:
        return "nothing"
    text = str(data)
    return text if len(text) <= 80 else text[:77] + "…"
