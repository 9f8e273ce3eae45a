"""The keys and types of an audit file, checked by pydantic, with its complaints put into our words and lines."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mining.audit import schema
from mining.audit.reader import Reader
from mining.core.errors import nearest
from mining.core.yamlio import At


def read_structure(reader: Reader) -> schema.AuditPart | None:
    """The file as pydantic's model; None where keys or types are wrong, with every problem noted in `reader`."""
    try:
        return schema.AuditPart.model_validate(reader.yaml.data if reader.yaml.data is not None else {})
    except ValidationError as error:
        for detail in error.errors():
            _note(reader, detail)
    return None


def _note(reader: Reader, detail: ErrorDetails) -> None:
    at, parent = _place(reader, detail["loc"])
    match detail["type"]:
        case "extra_forbidden":
            known = _keys(parent)
            near = nearest(str(at[-1]), known)
            todo = f'did you mean "{near[0]}"?' if near else None
            reader.complain(at, f'there is no key "{at[-1]}" here', expected=", ".join(known), todo=todo)
        case "missing":
            reader.complain(at[:-1], f'the key "{at[-1]}" is missing here')
        case "model_type":
            _no_keys(reader, at, detail["input"])
        case _:
            found = detail["input"]
            shown = "nothing" if found is None else str(found)[:80]
            said = detail["msg"].removeprefix("Input should be ").replace("'", '"')
            reader.complain(at, "this is not what is expected here", found=shown, expected=said)


def _no_keys(reader: Reader, at: At, found: object) -> None:
    """One value stands where keys are expected."""
    known = _keys(tuple(key for key in at if isinstance(key, str)))
    shown, todo = "nothing" if found is None else str(found)[:80], None
    if at == ("history",):
        scheme, is_url, rest = str(found).partition("://")
        file = rest.removeprefix("/") if scheme == "sqlite" else "history.db"
        shown = f"{scheme}://…" if is_url and "@" in rest else shown  # a password may stand in it
        todo = (
            f"write history: {{file: {file}}} for a file of SQLite; of another database write the URL into an "
            "environment variable, and its name here: history: {url_from: VSM_HISTORY}"
        )
    reader.complain(at, "keys are expected here", found=shown, expected=", ".join(known) or None, todo=todo)


def _place(reader: Reader, loc: tuple[int | str, ...]) -> tuple[At, tuple[str, ...]]:
    """Where in the file pydantic means: without the names of alternatives, which it puts in between."""
    at: list[int | str] = []
    data = reader.yaml.data
    for key in loc:
        if isinstance(data, dict) and (key in data or key == loc[-1]):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        elif at:
            continue
        at.append(key)
    return tuple(at), tuple(key for key in at[:-1] if isinstance(key, str))


def _keys(path: tuple[str, ...]) -> list[str]:
    """The keys that are known in a part of the file."""
    parts: dict[tuple[str, ...], type[BaseModel]] = {
        (): schema.AuditPart,
        ("inputs",): schema.InputsPart,
        ("inputs", "fetch"): schema.FetchPart,
        ("options",): schema.OptionsPart,
        ("gates",): schema.GatePart,
        ("gates", "against"): schema.AgainstPart,
        ("history",): schema.HistoryPart,
        ("alerts",): schema.AlertPart,
        ("retention",): schema.RetentionPart,
        ("cache",): schema.CachePart,
        ("schedule",): schema.SchedulePart,
    }
    part = parts.get(path)
    return [] if part is None else list(part.model_fields)
