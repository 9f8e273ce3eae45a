"""The keys and types of a mapping file, checked by pydantic, with its complaints put into our words and lines."""

from __future__ import annotations

import types
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mining.core.yamlio import At
from mining.mapping.reader import Reader, how_to_quote, shortly
from mining.mapping.schema import MappingFile

_M = TypeVar("_M", bound=BaseModel)

_EXPECTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a group of keys",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
    "bool_type": "true or false",
    "string_too_short": "text that says something",
    "string_too_long": "a single character",
    "too_short": "at least one entry",
}


def read_structure(reader: Reader) -> MappingFile | None:
    """The file as pydantic's model; None where it is wrong, with every problem noted in `reader`."""
    return read_model(reader, MappingFile)


def read_model(reader: Reader, model: type[_M]) -> _M | None:
    """The file as any such model; None where it is wrong, with every problem noted in `reader`."""
    try:
        return model.model_validate(reader.yaml.data)
    except ValidationError as error:
        for detail in error.errors():
            _note(reader, detail, model)
    return None


def _note(reader: Reader, detail: ErrorDetails, model: type[BaseModel]) -> None:
    at: At = tuple(part for part in detail["loc"] if part != "[key]")
    found = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            known = _keys_at(at[:-1], model)
            reader.unknown(at, f'there is no key "{at[-1]}" here', at[-1], known)
        case "missing":
            reader.complain(at[:-1], f'the key "{at[-1]}" is missing here')
        case "enum":
            known = [part.strip("' ") for part in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
            reader.unknown(at, f"unknown {at[-1]}", found, known)
        case kind:
            todo = how_to_quote(found) if kind == "string_type" and found is not None else None
            expected = _EXPECTED.get(kind, detail["msg"])
            if kind == "model_type" and at and (known := _keys_at(at, model)):
                expected += f", of {', '.join(known)}"
                if "column" in known and isinstance(found, str):
                    todo = f"write {at[-1]}: {{column: {found}}}"
            reader.complain(at, "this is not what is expected here", found=shortly(found), expected=expected, todo=todo)


def _keys_at(at: At, model: type[BaseModel]) -> list[str]:
    """The keys that are known at a place of the file, the whole of which is of that model."""
    named = False
    for key in at:
        if isinstance(key, int) or named:  # a key that the file's author made up
            named = False
            continue
        field = next((f for name, f in model.model_fields.items() if (f.alias or name) == key), None)
        inner = None if field is None else _model_in(field.annotation)
        if field is None or inner is None:
            return []
        model, named = inner, typing.get_origin(field.annotation) is dict
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field's annotation holds: itself, in a list, or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        for part in typing.get_args(annotation):
            if (model := _model_in(part)) is not None:
                return model
    return None
