"""What figures are counted by, apart from the inputs: mappings, reference stream, options; with their texts, so that an
earlier set-up can be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mining.audit.history.chain import canonical
from mining.audit.plan import Plan
from mining.core.analysis import Options
from mining.core.catalogue import Kind, catalogue, own_mappings
from mining.core.errors import Problem, RequestError
from mining.core.links import CasesBy
from mining.core.yamlio import parse_yaml


@dataclass(frozen=True, slots=True)
class Text:
    """A mapping or a reference stream: the name of its file, its bytes, and who signed it off. `pattern` says which
    exports a mapping reads, where it says so."""

    file: str
    content: bytes
    owner: str | None
    pattern: str | None = None

    @property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Setup:
    """What figures are counted by."""

    mappings: tuple[Text, ...]
    reference: Text | None
    noise: float
    max_variants: int
    cases: str | None
    calendar: Text | None = None
    where: tuple[str, ...] = ()
    split_by: str | None = None
    compare: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the history; the texts themselves are documents there."""
        reference = self.reference
        return {
            "mappings": [
                {"file": one.file, "sha256": one.sha256, "owner": one.owner, "pattern": one.pattern}
                for one in self.mappings
            ],
            "reference": None if reference is None else {"file": reference.file, "sha256": reference.sha256},
            "options": {
                "noise": self.noise,
                "max_variants": self.max_variants,
                "cases": self.cases,
                "where": list(self.where),
                "split_by": self.split_by,
                "compare": None if self.compare is None else list(self.compare),
            },
            "calendar": None if self.calendar is None else {"file": self.calendar.file, "sha256": self.calendar.sha256},
        }

    @property
    def sha256(self) -> str:
        """Of all of it: two runs with the same one can be compared. Who signed is no part of it, nor are names of
        files."""
        parts = self.as_dict()
        counted = {
            "mappings": [(one["sha256"], one["pattern"]) for one in parts["mappings"]],
            "reference": parts["reference"] and parts["reference"]["sha256"],
            "options": parts["options"],
            "calendar": parts["calendar"] and parts["calendar"]["sha256"],
        }
        return hashlib.sha256(canonical(counted).encode()).hexdigest()

    @property
    def documents(self) -> dict[str, bytes]:
        """The texts by their SHA-256."""
        texts = (*self.mappings, self.reference, self.calendar)
        return {text.sha256: text.content for text in texts if text is not None}


def setup_of(plan: Plan) -> Setup:
    """The set-up that an audit names now. Raises RequestError where a file of it is not there or cannot be read."""
    with own_mappings(plan.mappings_dir):
        mappings = tuple(_text(Kind.EXPORTS, *_with_pattern(name)) for name in plan.mappings)
        reference = None if plan.reference is None else _text(Kind.STREAMS, plan.reference)
    options = plan.options
    cases = None if options.cases is None else options.cases.value
    calendar = None if options.calendar is None else _read(options.calendar, str(options.calendar))
    where = (options.where,) if isinstance(options.where, str) else options.where
    return Setup(
        mappings,
        reference,
        options.noise,
        options.max_variants,
        cases,
        calendar=calendar,
        where=where,
        split_by=options.split_by,
        compare=options.compare,
    )


def earlier_setup(said: Mapping[str, Any], document: Callable[[str], bytes]) -> Setup:
    """A set-up as the history has it."""
    mappings = tuple(
        Text(one["file"], document(one["sha256"]), one["owner"], one["pattern"]) for one in said["mappings"]
    )
    reference, calendar = (
        None if one is None else Text(one["file"], document(one["sha256"]), None)
        for one in (said["reference"], said.get("calendar"))
    )
    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said["options"].items()
    }
    return Setup(mappings=mappings, reference=reference, calendar=calendar, **options)


@contextmanager
def as_files(setup: Setup, options: Options) -> Iterator[tuple[list[str], str | None, Options]]:
    """For the time of the block: mappings, reference and options as `pipeline.analyse` takes them."""
    with TemporaryDirectory(prefix="vsm-audit-") as folder:
        names = []
        for i, text in enumerate(setup.mappings):
            path = Path(folder) / str(i) / text.file
            path.parent.mkdir()
            path.write_bytes(text.content)
            names.append(f"{path}={text.pattern}" if text.pattern else str(path))
        reference = None
        if setup.reference is not None:
            reference = str(Path(folder) / setup.reference.file)
            Path(reference).write_bytes(setup.reference.content)
        calendar = None
        if setup.calendar is not None:
            calendar = Path(folder) / "calendar" / setup.calendar.file
            calendar.parent.mkdir()
            calendar.write_bytes(setup.calendar.content)
        yield names, reference, _with(options, setup, calendar)


def _with(options: Options, setup: Setup, calendar: Path | None) -> Options:
    return replace(
        options,
        noise=setup.noise,
        max_variants=setup.max_variants,
        cases=None if setup.cases is None else CasesBy(setup.cases),
        calendar=calendar,
        where=setup.where,
        split_by=setup.split_by,
        compare=setup.compare,
    )


def _with_pattern(name: str) -> tuple[str, str | None]:
    if "=" not in name or Path(name).is_file():
        return name, None
    bare, _, pattern = name.rpartition("=")
    return bare, pattern or None


def _text(kind: Kind, name: str, pattern: str | None = None) -> Text:
    known = catalogue(kind)
    path = known[name].path if name in known and not name.endswith((".yaml", ".yml")) else Path(name)
    return _read(path, name, pattern)


def _read(path: Path, name: str, pattern: str | None = None) -> Text:
    try:
        content = path.read_bytes()
    except OSError as error:
        todo = "vsm mapping list and vsm reference list show the names; or give the path of a file"
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=name, todo=todo)) from error
    data = parse_yaml(content.decode("utf-8-sig", errors="replace"), str(path)).data
    owner = data.get("owner") if isinstance(data, dict) else None
    suffix = path.suffix if path.suffix in (".yaml", ".yml") else ".yaml"
    return Text(path.stem + suffix, content, owner if isinstance(owner, str) else None, pattern)
