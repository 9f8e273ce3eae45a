"""Reads an audit file and tells everything that is wrong with it, each with its line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mining.audit import figures, quantities, schema
from mining.audit.plan import Against, Alert, CachePlace, Fetch, Gate, Inputs, Plan, Schedule
from mining.core.analysis import Options
from mining.core.audit import Severity, Unit
from mining.core.errors import ConfigError, Problem, nearest
from mining.core.links import CasesBy
from mining.core.sizes import bytes_in
from mining.core.yamlio import At, YamlFile, read_yaml
from mining.core.zones import known_zones, zones_near

_MOST_SECONDS = 86_400
_SECONDS = "seconds, more than 0 and at most a day"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def load_plan(path: str | Path) -> Plan:
    """The audit in this file. Paths in it count from the folder of the file.

    Raises RequestError where it cannot be read, ConfigError with every problem of it, each with its line.
    """
    file = Path(path)
    yaml = read_yaml(file)
    reader = _Reader(yaml)
    part = reader.structure()
    if part is None:
        raise ConfigError(*reader.in_order())
    plan = reader.plan(part, file.resolve())
    if reader.problems:
        raise ConfigError(*reader.in_order())
    return plan


@dataclass(slots=True)
class _Reader:
    yaml: YamlFile
    problems: list[Problem] = field(default_factory=list)

    def complain(self, at: At, text: str, **more: str | None) -> None:
        self.problems.append(self.yaml.problem(at, text, **more))

    def in_order(self) -> list[Problem]:
        return list(dict.fromkeys(sorted(self.problems, key=lambda problem: problem.line or 0)))

    # ------------------------------------------------------------------------------------------------- structure

    def structure(self) -> schema.AuditPart | None:
        """The file as pydantic's model; None where keys or types are wrong."""
        try:
            return schema.AuditPart.model_validate(self.yaml.data if self.yaml.data is not None else {})
        except ValidationError as error:
            for detail in error.errors():
                self._note(detail)
        return None

    def _note(self, detail: ErrorDetails) -> None:
        at, parent = self._place(detail["loc"])
        match detail["type"]:
            case "extra_forbidden":
                known = _keys(parent)
                near = nearest(str(at[-1]), known)
                todo = f'did you mean "{near[0]}"?' if near else None
                self.complain(at, f'there is no key "{at[-1]}" here', expected=", ".join(known), todo=todo)
            case "missing":
                self.complain(at[:-1], f'the key "{at[-1]}" is missing here')
            case "model_type":
                self._no_keys(at, detail["input"])
            case _:
                found = detail["input"]
                shown = "nothing" if found is None else str(found)[:80]
                said = detail["msg"].removeprefix("Input should be ").replace("'", '"')
                self.complain(at, "this is not what is expected here", found=shown, expected=said)

    def _no_keys(self, at: At, found: object) -> None:
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
        self.complain(at, "keys are expected here", found=shown, expected=", ".join(known) or None, todo=todo)

    def _place(self, loc: tuple[int | str, ...]) -> tuple[At, tuple[str, ...]]:
        """Where in the file pydantic means: without the names of alternatives, which it puts in between."""
        at: list[int | str] = []
        data = self.yaml.data
        for key in loc:
            if isinstance(data, dict) and (key in data or key == loc[-1]):
                data = data.get(key)
            elif isinstance(data, list) and isinstance(key, int) and key < len(data):
                data = data[key]
            elif at:
                continue
            at.append(key)
        return tuple(at), tuple(key for key in at[:-1] if isinstance(key, str))

    # ------------------------------------------------------------------------------------------------------ parts

    def plan(self, part: schema.AuditPart, file: Path) -> Plan:
        """The whole, each part read further; what is wrong is noted."""
        folder = file.parent
        return Plan(
            name=part.name,
            file=file,
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            inputs=self.inputs(part.inputs, folder),
            mappings=tuple(self.named(name, folder) for name in _listed(part.mapping)),
            mappings_dir=None if part.mappings is None else folder / part.mappings,
            references=tuple(self.named(name, folder) for name in _listed(part.reference or [])),
            options=self.options(part, folder),
            brand=None if part.brand is None else folder / part.brand,
            language=self.language(part.language),
            gates=self.gates(part.gates),
            reports=folder / part.reports,
            history=str(folder / (part.history.file or "")),
            history_from=self.history_from(part.history),
            base_line=part.base_line,
            trend=tuple(self.figure(("trend", i), figure) for i, figure in enumerate(part.trend)),
            alerts=tuple(self.alert(("alerts", i), alert) for i, alert in enumerate(part.alerts)),
            keep_reports=None if part.retention is None else part.retention.reports,
            cache=None if part.cache is None else self.cache(part, part.cache, folder),
            schedule=None if part.schedule is None else self.schedule(part.schedule),
        )

    def language(self, named: str) -> str:
        from mining import pipeline

        there = pipeline.report_languages()
        if named not in there:
            self.complain(
                ("language",), "the report cannot be had in this language", found=named, expected=", ".join(there)
            )
        return named

    @staticmethod
    def named(name: str, folder: Path) -> str:
        """A name of the catalogue as it is, a path from the folder of the audit file."""
        bare, sign, pattern = name.partition("=")
        is_path = bare.endswith((".yaml", ".yml", ".bpmn")) or len(Path(bare).parts) > 1
        return f"{folder / bare}{sign}{pattern}" if is_path else name

    def inputs(self, part: schema.InputsPart, folder: Path) -> Inputs:
        given = [key for key in ("files", "newest", "folder") if getattr(part, key) is not None]
        if len(given) != 1:
            found = ", ".join(given) or "none of them"
            self.complain(("inputs",), "one of files, newest and folder says where exports are", found=found)
        fetch = part.fetch
        return Inputs(
            files=tuple(str(folder / one) for one in part.files or ()),
            newest=None if part.newest is None else str(folder / part.newest),
            folder=None if part.folder is None else str(folder / part.folder),
            fetch=None
            if fetch is None
            else Fetch(tuple(fetch.command), self.span(("inputs", "fetch", "timeout"), fetch.timeout)),
            wait=self.span(("inputs", "wait"), part.wait or "0 s"),
            settled=self.span(("inputs", "settled"), part.settled or "0 s"),
            not_older_than=None
            if part.not_older_than is None
            else self.span(("inputs", "not_older_than"), part.not_older_than),
            watch=part.watch,
        )

    def options(self, whole: schema.AuditPart, folder: Path) -> Options:
        part = whole.options
        if whole.acceptances is not None and whole.reference is None:
            todo = "name the agreed stream with reference"
            self.complain(("acceptances",), "acceptances without a reference stream say nothing", todo=todo)
        rejected = quantities.limit(part.max_rejected, Unit.SHARE)
        if rejected is None:
            at = ("options", "max_rejected")
            self.complain(at, "this is no share", found=str(part.max_rejected), expected="a share such as 1 % or 0.01")
        if not 0 <= part.noise <= 1:
            self.complain(("options", "noise"), "this is no share", found=str(part.noise), expected="from 0 to 1")
        if not 0 < part.align_seconds <= _MOST_SECONDS:
            found = str(part.align_seconds)
            self.complain(("options", "align_seconds"), "this is no time for aligning", found=found, expected=_SECONDS)
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

    def history_from(self, part: schema.HistoryPart) -> str | None:
        if (part.file is None) == (part.url_from is None):
            todo = "write file: history.db, or url_from: and the name of an environment variable that holds the URL"
            self.complain(("history",), "one of file and url_from says where the history is", todo=todo)
        return None if part.url_from is None else self.variable(("history", "url_from"), part.url_from)

    def cache(self, whole: schema.AuditPart, part: schema.CachePart, folder: Path) -> CachePlace:
        used = {folder, folder / whole.reports, folder / (whole.inputs.folder or "")}
        if (folder / part.folder).resolve() in {one.resolve() for one in used}:
            todo = "give it a folder of its own, such as cache"
            self.complain(("cache", "folder"), "this folder is used for something else", found=part.folder, todo=todo)
        size = bytes_in(part.at_most)
        if not size:
            self.complain(("cache", "at_most"), "this is no size", found=part.at_most, expected="such as 500MB or 2GB")
        return CachePlace(folder / part.folder, size or 0, self.span(("cache", "unused_for"), part.unused_for))

    def alert(self, at: At, part: schema.AlertPart) -> Alert:
        variable = self.variable((*at, "address_from"), part.address_from)
        return Alert(part.name, variable, tuple(part.about), self.span((*at, "timeout"), part.timeout))

    def variable(self, at: At, name: str) -> str:
        if not name.replace("_", "a").isalnum():
            todo = "put the address into an environment variable, and write the variable's name here"
            self.complain(
                at, "this is no name of an environment variable", todo=todo
            )  # never shown: it may be a secret
        return name

    def span(self, at: At, text: str) -> timedelta:
        found = quantities.span(text)
        if found is None:
            self.complain(at, "this is no duration", found=text, expected="such as 30 s, 10 min, 2 h or 8 days")
        return found or timedelta(0)

    # ------------------------------------------------------------------------------------------------------ gates

    def gates(self, parts: list[schema.GatePart]) -> tuple[Gate, ...]:
        found: list[Gate] = []
        for i, part in enumerate(parts):
            gate = self.gate(("gates", i), part)
            if gate.name in {one.name for one in found}:
                todo = "give each gate a name of its own"
                self.complain(("gates", i), "there are two gates of this name", found=gate.name, todo=todo)
            found.append(gate)
        return tuple(found)

    def gate(self, at: At, part: schema.GatePart) -> Gate:
        figure, unit = self.figure((*at, "figure"), part.figure), quantities.unit_of(part.figure)
        absolute = [key for key in ("at_least", "at_most") if getattr(part, key) is not None]
        relative = [key for key in ("at_most_below", "at_most_above") if getattr(part, key) is not None]
        if bool(absolute) == bool(relative):
            todo = "write at_least or at_most; or against, and at_most_below or at_most_above"
            self.complain(at, "a gate says either a bound or a distance from earlier runs", todo=todo)
        elif bool(relative) != (part.against is not None):
            todo = "write against: {median_of_last: 8}, last run, or base line"
            self.complain(at, "a distance needs what it counts from, and only a distance does", todo=todo)
        bounds: dict[str, Any] = {}
        for key in (*absolute, *relative):
            read, said = (
                (quantities.limit, quantities.expected_limit)
                if key in absolute
                else (quantities.distance, quantities.expected_distance)
            )
            bounds[key] = read(getattr(part, key), unit)
            if bounds[key] is None:
                text = f"this is no bound for {figure}"
                self.complain((*at, key), text, found=str(getattr(part, key)), expected=said(unit))
        words = " and ".join(f"{key.replace('_', ' ')} {getattr(part, key)}" for key in (*absolute, *relative))
        return Gate(
            name=part.name or f"{figure} {words}",
            figure=figure,
            unit=unit,
            line=self.yaml.line(at),
            severity=Severity(part.severity),
            grace=part.grace,
            against=_against(part.against),
            because=part.because,
            **bounds,
        )

    def figure(self, at: At, figure: str) -> str:
        known = figures.known()
        if not figures.is_known(figure, known):
            near = nearest(figure, known) or ["conformance.fitness", "ledger.rows_unmapped_share"]
            todo = "vsm analyse … --json shows all figures by their names"
            self.complain(at, "result.json has no such figure", found=figure, expected=", ".join(near), todo=todo)
        return figure

    # --------------------------------------------------------------------------------------------------- schedule

    def schedule(self, part: schema.SchedulePart) -> Schedule:
        if part.zone not in known_zones():
            near = ", ".join(zones_near(part.zone)) or "an IANA name such as Europe/Berlin"
            self.complain(("schedule", "zone"), "unknown time zone", found=part.zone, expected=near)
        times = []
        for text in _listed(part.at):
            try:
                times.append(time.fromisoformat(text))
            except ValueError:
                self.complain(("schedule", "at"), "this is no time of day", found=text, expected='such as "07:00"')
        if any(one.tzinfo is not None for one in times):
            self.complain(("schedule", "at"), "a time of day has no offset here", todo="the zone says it")
        days = list(part.days["days_of_month"]) if isinstance(part.days, dict) else []
        if isinstance(part.days, dict) and (not days or not all(1 <= day <= 31 for day in days)):
            self.complain(("schedule", "days"), "days of the month are numbers from 1 to 31", found=str(days))
        weekdays = [_WEEKDAYS.index(day) for day in part.days] if isinstance(part.days, list) else []
        return Schedule(part.zone, tuple(sorted(set(times))), tuple(sorted(set(weekdays))), tuple(sorted(set(days))))


def _against(part: schema.AgainstPart | str | None) -> Against | None:
    if part is None:
        return None
    if isinstance(part, str):
        return Against(0 if part == "base line" else 1)
    return Against(part.median_of_last)


def _listed(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


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
