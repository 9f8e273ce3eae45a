"""The figures of `result.json` by their names: "conformance.fitness", "measures.waiting.by[on=user].share".

A name is the way to the figure, its keys joined by dots. After a list stands which of its parts is meant: by the value
of one of its keys, or by its position from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from mining.core.errors import nearest

_KEY = re.compile(r"([A-Za-z0-9_ ]+)((?:\[[^\[\]]+\])*)")
_SELECTOR = re.compile(r"\[([^\[\]]+)\]")
_LEFT_OUT = frozenset({"run", "summary", "files", "mapping", "schema_version", "notes", "audit"})
"""Parts of a result that hold no figures, or such as differ from run to run."""


def parts(figure: str) -> list[str] | None:
    """The name taken apart, selectors as parts of their own ("[on=user]"); None where it is no name of a figure."""
    found: list[str] = []
    for piece in re.split(r"\.(?![^\[]*\])", figure):
        matched = _KEY.fullmatch(piece)
        if matched is None:
            return None
        found += [matched[1], *(f"[{one}]" for one in _SELECTOR.findall(matched[2]))]
    return found


def value(result: Mapping[str, Any], figure: str) -> float | None:
    """The figure in a result; None where the result has no such part, or it is null."""
    here: Any = result
    for part in parts(figure) or [figure]:
        if part.startswith("["):
            here = _selected(here, part[1:-1])
        else:
            here = here.get(part) if isinstance(here, Mapping) else None
        if here is None:
            return None
    return here if isinstance(here, int | float) and not isinstance(here, bool) else None


def _selected(here: Any, wanted: str) -> Any:
    if not isinstance(here, list):
        return None
    if "=" not in wanted:
        return here[int(wanted)] if wanted.isdigit() and int(wanted) < len(here) else None
    key, _, text = wanted.partition("=")
    return next((one for one in here if isinstance(one, Mapping) and _text(one.get(key.strip())) == text.strip()), None)


def _text(found: Any) -> str:
    return "null" if found is None else str(found)


def headline(result: Mapping[str, Any], named: Iterable[str]) -> dict[str, float]:
    """Every single figure of a result by its name, in the order of the names, and those that are named."""
    found: dict[str, float] = {}
    _gather(result, "", found)
    for one in result.get("further_conformance", ()):
        _gather(one, f"further_conformance[reference={one['reference']}]", found)
    for figure in named:
        number = value(result, figure)
        if number is not None:
            found[figure] = number
    return dict(sorted(found.items()))


def _gather(here: Any, name: str, found: dict[str, float]) -> None:
    if isinstance(here, Mapping):
        for key, part in here.items():
            if name or key not in _LEFT_OUT:
                _gather(part, f"{name}.{key}" if name else key, found)
    elif isinstance(here, int | float) and not isinstance(here, bool):
        found[name] = here


@cache
def known() -> tuple[str, ...]:
    """The names of all figures by the schema of `result.json`; a list is "[]" there."""
    from mining import pipeline

    schema = pipeline.result_schema()
    found: set[str] = set()
    for key, part in schema["properties"].items():
        if key not in _LEFT_OUT:
            _walk(part, key, schema, found)
    return tuple(sorted(found))


def _referred(pointer: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What a pointer such as "#/$defs/quantiles" leads to."""
    for key in pointer.removeprefix("#/").split("/"):
        schema = schema[key]
    return schema


def _walk(part: dict[str, Any], name: str, schema: dict[str, Any], found: set[str]) -> None:
    if "$ref" in part:
        part = {**_referred(part["$ref"], schema), **{k: v for k, v in part.items() if k != "$ref"}}
    for alternative in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        _walk(alternative, name, schema, found)
    types = part.get("type", [])
    if {"number", "integer"} & set([types] if isinstance(types, str) else types):
        found.add(name)
    for key, inner in part.get("properties", {}).items():
        _walk(inner, f"{name}.{key}", schema, found)
    if isinstance(part.get("additionalProperties"), dict):
        _walk(part["additionalProperties"], f"{name}.*", schema, found)
    if isinstance(part.get("items"), dict):
        _walk(part["items"], f"{name}[]", schema, found)


def is_known(figure: str, names: Iterable[str]) -> bool:
    """Whether the schema has this figure."""
    taken = parts(figure)
    if taken is None:
        return False
    path = "".join("[]" if part.startswith("[") else f".{part}" for part in taken).lstrip(".")
    any_key = path.rpartition(".")[0] + ".*"
    names = set(names)
    return path in names or any_key in names


def near(figure: str) -> list[str]:
    """The names of figures that look most like this one."""
    return nearest(figure, known())
