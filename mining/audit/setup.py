"""What figures are counted by, apart from the inputs: mappings, reference streams, acceptances, options; with their
texts, so that an earlier set-up can be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mining.audit.agreed import Acceptances, earlier_acceptances, read_acceptances
from mining.audit.history.chain import canonical
from mining.audit.plan import Plan
from mining.core.analysis import Options
from mining.core.catalogue import Kind, catalogue, own_mappings
from mining.core.errors import Problem, RequestError
from mining.core.links import CasesBy
from mining.core.yamlio import parse_yaml

_ALIGN_SECONDS = Options().align_seconds


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
    references: tuple[Text, ...]
    noise: float
    max_variants: int
    cases: str | None
    calendar: Text | None = None
    where: tuple[str, ...] = ()
    split_by: str | None = None
    compare: tuple[str, str] | None = None
    acceptances: Acceptances | None = None
    align_seconds: float = _ALIGN_SECONDS

    def as_dict(self) -> dict[str, Any]:
        """For the history; the texts themselves are documents there."""
        # What was not told by earlier versions is only told where it is not as it always was: the hash stays the same.
        more = {} if self.align_seconds == _ALIGN_SECONDS else {"align_seconds": self.align_seconds}
        return {
            "mappings": [
                {"file": one.file, "sha256": one.sha256, "owner": one.owner, "pattern": one.pattern}
                for one in self.mappings
            ],
            "references": [{"file": one.file, "sha256": one.sha256} for one in self.references],
            "acceptances": None if self.acceptances is None else self.acceptances.as_dict(),
            "options": {
                "noise": self.noise,
                "max_variants": self.max_variants,
                "cases": self.cases,
                "where": list(self.where),
                "split_by": self.split_by,
                "compare": None if self.compare is None else list(self.compare),
                **more,
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
            "references": [one["sha256"] for one in parts["references"]],
            "acceptances": self.acceptances and self.acceptances.counted,
            "options": parts["options"],
            "calendar": parts["calendar"] and parts["calendar"]["sha256"],
        }
        return hashlib.sha256(canonical(counted).encode()).hexdigest()

    @property
    def documents(self) -> dict[str, bytes]:
        """The texts by their SHA-256; without acceptances that name tickets."""
        texts = (*self.mappings, *self.references, self.calendar)
        kept = {} if self.acceptances is None else self.acceptances.document
        return {text.sha256: text.content for text in texts if text is not None} | kept


def setup_of(plan: Plan, today: date) -> Setup:
    """The set-up that an audit names now; `today` decides which acceptances hold.

    Raises RequestError where a file of it is not there or cannot be read.
    """
    with own_mappings(plan.mappings_dir):
        mappings = tuple(_text(Kind.EXPORTS, *_with_pattern(name)) for name in plan.mappings)
        references = tuple(_text(Kind.STREAMS, name) for name in plan.references)
    options = plan.options
    cases = None if options.cases is None else options.cases.value
    calendar = None if options.calendar is None else _read(options.calendar, str(options.calendar))
    where = (options.where,) if isinstance(options.where, str) else options.where
    return Setup(
        mappings,
        references,
        options.noise,
        options.max_variants,
        cases,
        calendar=calendar,
        where=where,
        split_by=options.split_by,
        compare=options.compare,
        align_seconds=options.align_seconds,
        acceptances=None if options.acceptances is None else read_acceptances(options.acceptances, today),
    )


def earlier_setup(said: Mapping[str, Any], document: Callable[[str], bytes], now: Setup | None = None) -> Setup:
    """A set-up as the history has it. Acceptances that name tickets are not there: their text is that of `now`, where
    it is the same file."""
    mappings = tuple(
        Text(one["file"], document(one["sha256"]), one["owner"], one["pattern"]) for one in said["mappings"]
    )
    references = tuple(Text(one["file"], document(one["sha256"]), None) for one in said["references"])
    calendar = said["calendar"]
    if calendar is not None:
        calendar = Text(calendar["file"], document(calendar["sha256"]), None)
    acceptances = said["acceptances"]
    if acceptances is not None:
        here = None if now is None else now.acceptances
        if not acceptances["names_tickets"]:
            content: bytes | None = document(acceptances["sha256"])
        else:
            content = here.content if here is not None and here.sha256 == acceptances["sha256"] else None
        acceptances = earlier_acceptances(acceptances, content)
    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said["options"].items()
    }
    return Setup(mappings=mappings, references=references, calendar=calendar, acceptances=acceptances, **options)


@contextmanager
def as_files(setup: Setup, options: Options) -> Iterator[tuple[list[str], list[str], Options]]:
    """For the time of the block: mappings, references and options as `pipeline.analyse` takes them."""
    with TemporaryDirectory(prefix="vsm-audit-") as folder:
        names = []
        for i, text in enumerate(setup.mappings):
            path = _written(text, Path(folder) / f"mapping{i}")
            names.append(f"{path}={text.pattern}" if text.pattern else str(path))
        references = [str(_written(text, Path(folder) / f"reference{i}")) for i, text in enumerate(setup.references)]
        calendar = None if setup.calendar is None else _written(setup.calendar, Path(folder) / "calendar")
        acceptances = None
        if setup.acceptances is not None and setup.acceptances.content is not None:
            acceptances = Path(folder) / setup.acceptances.file
            acceptances.write_bytes(setup.acceptances.content)
        yield names, references, _with(options, setup, calendar, acceptances)


def _written(text: Text, folder: Path) -> Path:
    folder.mkdir()
    path = folder / text.file
    path.write_bytes(text.content)
    return path


def _with(options: Options, setup: Setup, calendar: Path | None, acceptances: Path | None) -> Options:
    return replace(
        options,
        acceptances=acceptances,
        noise=setup.noise,
        max_variants=setup.max_variants,
        cases=None if setup.cases is None else CasesBy(setup.cases),
        calendar=calendar,
        where=setup.where,
        split_by=setup.split_by,
        compare=setup.compare,
        align_seconds=setup.align_seconds,
    )


def _with_pattern(name: str) -> tuple[str, str | None]:
    if "=" not in name or Path(name).is_file():
        return name, None
    bare, _, pattern = name.rpartition("=")
    return bare, pattern or None


def _text(kind: Kind, name: str, pattern: str | None = None) -> Text:
    known = catalogue(kind)
    path = known[name].path if name in known and not name.endswith((".yaml", ".yml", ".bpmn")) else Path(name)
    return _read(path, name, pattern)


def _read(path: Path, name: str, pattern: str | None = None) -> Text:
    try:
        content = path.read_bytes()
    except OSError as error:
        todo = "vsm mapping list and vsm reference list show the names; or give the path of a file"
        raise RequestError(Problem(f"cannot be read: {error.strerror}", file=name, todo=todo)) from error
    if path.suffix.lower() == ".bpmn":
        return Text(path.name, content, None, pattern)
    data = parse_yaml(content.decode("utf-8-sig", errors="replace"), str(path)).data
    owner = data.get("owner") if isinstance(data, dict) else None
    suffix = path.suffix if path.suffix in (".yaml", ".yml") else ".yaml"
    return Text(path.stem + suffix, content, owner if isinstance(owner, str) else None, pattern)
