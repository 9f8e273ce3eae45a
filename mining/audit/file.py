"""Reads an audit file and tells everything that is wrong with it, each with its line."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mining.audit import quantities, schema
from mining.audit.plan import Alert, CachePlace, Fetch, Inputs, Plan
from mining.audit.read_gates import read_gates
from mining.audit.read_schedule import read_schedule
from mining.audit.reader import Reader
from mining.audit.structure import read_structure
from mining.core.analysis import Options
from mining.core.audit import Unit
from mining.core.errors import ConfigError
from mining.core.links import CasesBy
from mining.core.sizes import bytes_in
from mining.core.yamlio import At, read_yaml

_MOST_SECONDS = 86_400
_SECONDS = "seconds, more than 0 and at most a day"


def load_plan(path: str | Path) -> Plan:
    """The audit in this file. Paths in it count from the folder of the file.

    Raises RequestError where it cannot be read, ConfigError with every problem of it, each with its line.
    """
    file = Path(path)
    yaml = read_yaml(file)
    reader = Reader(yaml)
    part = read_structure(reader)
    if part is None:
        raise ConfigError(*reader.in_order())
    plan = _plan(reader, part, file.resolve())
    if reader.problems:
        raise ConfigError(*reader.in_order())
    return plan


def _plan(reader: Reader, part: schema.AuditPart, file: Path) -> Plan:
    """The whole, each part read further; what is wrong is noted."""
    folder = file.parent
    return Plan(
        name=part.name,
        file=file,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        inputs=_inputs(reader, part.inputs, folder),
        mappings=tuple(_named(name, folder) for name in _listed(part.mapping)),
        mappings_dir=None if part.mappings is None else folder / part.mappings,
        references=tuple(_named(name, folder) for name in _listed(part.reference or [])),
        options=_options(reader, part, folder),
        brand=None if part.brand is None else folder / part.brand,
        language=_language(reader, part.language),
        gates=read_gates(reader, part.gates),
        reports=folder / part.reports,
        history=str(folder / (part.history.file or "")),
        history_from=_history_from(reader, part.history),
        base_line=part.base_line,
        trend=tuple(reader.figure(("trend", i), figure) for i, figure in enumerate(part.trend)),
        alerts=tuple(_alert(reader, ("alerts", i), alert) for i, alert in enumerate(part.alerts)),
        keep_reports=None if part.retention is None else part.retention.reports,
        cache=None if part.cache is None else _cache(reader, part, part.cache, folder),
        schedule=None if part.schedule is None else read_schedule(reader, part.schedule),
    )


def _language(reader: Reader, named: str) -> str:
    from mining import pipeline

    there = pipeline.report_languages()
    if named not in there:
        reader.complain(
            ("language",), "the report cannot be had in this language", found=named, expected=", ".join(there)
        )
    return named


def _named(name: str, folder: Path) -> str:
    """A name of the catalogue as it is, a path from the folder of the audit file."""
    bare, sign, pattern = name.partition("=")
    is_path = bare.endswith((".yaml", ".yml", ".bpmn")) or len(Path(bare).parts) > 1
    return f"{folder / bare}{sign}{pattern}" if is_path else name


def _inputs(reader: Reader, part: schema.InputsPart, folder: Path) -> Inputs:
    given = [key for key in ("files", "newest", "folder") if getattr(part, key) is not None]
    if len(given) != 1:
        found = ", ".join(given) or "none of them"
        reader.complain(("inputs",), "one of files, newest and folder says where exports are", found=found)
    fetch = part.fetch
    return Inputs(
        files=tuple(str(folder / one) for one in part.files or ()),
        newest=None if part.newest is None else str(folder / part.newest),
        folder=None if part.folder is None else str(folder / part.folder),
        fetch=None
        if fetch is None
        else Fetch(tuple(fetch.command), reader.span(("inputs", "fetch", "timeout"), fetch.timeout)),
        wait=reader.span(("inputs", "wait"), part.wait or "0 s"),
        settled=reader.span(("inputs", "settled"), part.settled or "0 s"),
        not_older_than=None
        if part.not_older_than is None
        else reader.span(("inputs", "not_older_than"), part.not_older_than),
        watch=part.watch,
    )


def _options(reader: Reader, whole: schema.AuditPart, folder: Path) -> Options:
    part = whole.options
    if whole.acceptances is not None and whole.reference is None:
        todo = "name the agreed stream with reference"
        reader.complain(("acceptances",), "acceptances without a reference stream say nothing", todo=todo)
    rejected = quantities.limit(part.max_rejected, Unit.SHARE)
    if rejected is None:
        at = ("options", "max_rejected")
        reader.complain(at, "this is no share", found=str(part.max_rejected), expected="a share such as 1 % or 0.01")
    if not 0 <= part.noise <= 1:
        reader.complain(("options", "noise"), "this is no share", found=str(part.noise), expected="from 0 to 1")
    if not 0 < part.align_seconds <= _MOST_SECONDS:
        found = str(part.align_seconds)
        reader.complain(("options", "align_seconds"), "this is no time for aligning", found=found, expected=_SECONDS)
    return Options(
        memory_limit=part.memory_limit,
        threads=part.threads,
        temp=None if part.temp is None else folder / part.temp,
        noise=float(part.noise),
        max_variants=part.max_variants,
        max_rejected=0.01 if rejected is None else rejected.value,
        max_unpacked=part.max_unpacked,
        align_seconds=float(part.align_seconds),
        cases=None if part.cases is None else CasesBy(part.cases),
        calendar=None if part.calendar is None else folder / part.calendar,
        acceptances=None if whole.acceptances is None else folder / whole.acceptances,
        where=tuple(part.where),
        split_by=part.split_by,
        compare=None if part.compare is None else (part.compare[0], part.compare[1]),
    )


def _history_from(reader: Reader, part: schema.HistoryPart) -> str | None:
    if (part.file is None) == (part.url_from is None):
        todo = "write file: history.db, or url_from: and the name of an environment variable that holds the URL"
        reader.complain(("history",), "one of file and url_from says where the history is", todo=todo)
    return None if part.url_from is None else reader.variable(("history", "url_from"), part.url_from)


def _cache(reader: Reader, whole: schema.AuditPart, part: schema.CachePart, folder: Path) -> CachePlace:
    used = {folder, folder / whole.reports, folder / (whole.inputs.folder or "")}
    if (folder / part.folder).resolve() in {one.resolve() for one in used}:
        todo = "give it a folder of its own, such as cache"
        reader.complain(("cache", "folder"), "this folder is used for something else", found=part.folder, todo=todo)
    size = bytes_in(part.at_most)
    if not size:
        reader.complain(("cache", "at_most"), "this is no size", found=part.at_most, expected="such as 500MB or 2GB")
    return CachePlace(folder / part.folder, size or 0, reader.span(("cache", "unused_for"), part.unused_for))


def _alert(reader: Reader, at: At, part: schema.AlertPart) -> Alert:
    variable = reader.variable((*at, "address_from"), part.address_from)
    return Alert(part.name, variable, tuple(part.about), reader.span((*at, "timeout"), part.timeout))


def _listed(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given
