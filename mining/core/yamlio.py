"""YAML with line numbers: so that each complaint about a file can say where in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mining.core.errors import ConfigError, Problem, RequestError

MAX_BYTES = 2_000_000
"""A configuration larger than this is no configuration."""

MAX_DEPTH = 100
"""Nor is one that goes deeper."""

Key = str | int
At = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a YAML file holds (plain dicts, lists and scalars), and on which line each part begins.

    `lines` maps the path of a part, such as `("rules", 2, "when")`, to its line, counted from 1.
    """

    name: str
    data: Any
    lines: dict[At, int]

    def line(self, at: At) -> int:
        """The line of the part at `at`, or of the nearest part around it that has one."""
        while at not in self.lines and at:
            at = at[:-1]
        return self.lines.get(at, 1)

    def problem(self, at: At, text: str, **more: str | None) -> Problem:
        """A problem with the part at `at`, with this file's name and that part's line."""
        return Problem(text, file=self.name, line=self.line(at), **more)  # type: ignore[arg-type]


def read_yaml(path: Path) -> YamlFile:
    """Read `path` with the safe loader.

    Raises RequestError where the file cannot be read, ConfigError (with the line) where it is no YAML, uses an
    alias, or names a key twice.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RequestError(Problem("this file is too large to be a configuration", file=str(path)))
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from error
    except UnicodeDecodeError as error:
        todo = "save the file as UTF-8"
        raise RequestError(Problem("is not UTF-8 text", file=str(path), todo=todo)) from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> YamlFile:
    """Like `read_yaml`, from `text`; `name` is what the problems call the file."""
    lines: dict[At, int] = {}
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            refused = None
            if isinstance(event, yaml.AliasEvent):  # a few lines of aliases can unfold into gigabytes
                refused = "aliases (*name) are not read here"
            elif depth > MAX_DEPTH:  # the time to read brackets grows with the square of how deep they go
                refused = f"this is nested too deeply: at most {MAX_DEPTH} lists and groups in one another"
            if refused is not None:
                mark = event.start_mark
                raise ConfigError(Problem(refused, file=name, line=mark.line + 1 if mark else None))
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = None if root is None else _plain(root, (), lines, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        said = error.problem or error.context or "is no YAML"
        problem = Problem(f"this is not YAML: {said}", file=name, line=line, todo="mind the indentation and the quotes")
        raise ConfigError(problem) from error
    except yaml.YAMLError as error:
        raise ConfigError(Problem(f"this is not YAML: {error}", file=name)) from error
    except RecursionError as error:
        raise ConfigError(Problem("is nested too deeply, or refers to itself", file=name)) from error
    return YamlFile(name, data, lines)


def _plain(node: yaml.Node, at: At, lines: dict[At, int], name: str) -> Any:
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*at, i), lines, name) for i, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(node, name)
    found: dict[Key, Any] = {}
    for key_node, child in node.value:
        key = _scalar(key_node, name)
        line = key_node.start_mark.line + 1
        if isinstance(key, list | dict):
            raise ConfigError(Problem("a key must be a plain word", file=name, line=line))
        if key in found:
            raise ConfigError(Problem(f'the key "{key}" stands here a second time', file=name, line=line))
        lines[(*at, key)] = line
        found[key] = _plain(child, (*at, key), lines, name)
    return found


def _scalar(node: yaml.Node, name: str) -> Any:
    """A value or a key. What looks like a date, or is called a number, need not be one: 2024-13-01."""
    try:
        return _whole_characters(yaml.SafeLoader("").construct_object(node, deep=True))
    except UnicodeDecodeError as error:
        todo = "write the character itself"
        line = node.start_mark.line + 1
        raise ConfigError(Problem("half a character is written here", file=name, line=line, todo=todo)) from error
    except ValueError as error:
        raise ConfigError(
            Problem(
                f"this looks like a date or a number, and is none: {error}",
                file=name,
                line=node.start_mark.line + 1,
                found=str(node.value),
                todo="correct it, or put it in quotes where a text is meant",
            )
        ) from error


def _whole_characters(value: Any) -> Any:
    """JSON writes a character such as an emoji as two escapes, which YAML takes for two characters: made one again.
    Raises UnicodeDecodeError where only one of the two is there."""
    if not isinstance(value, str) or not any("\ud800" <= character <= "\udfff" for character in value):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16")
