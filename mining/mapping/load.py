"""Reading a mapping file: found by name or path, checked whole, every problem told at once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from mining.core.analysis import MappingInfo
from mining.core.catalogue import Kind, catalogue
from mining.core.errors import ConfigError, Problem, RequestError, nearest, shown
from mining.core.export import ExportSpec
from mining.core.facts import Fact
from mining.core.yamlio import YamlFile, parse_yaml, read_yaml
from mining.mapping.model import Example, Mapping, Rule
from mining.mapping.outcomes import UNMAPPED
from mining.mapping.read_calendar import check_groups, read_calendars
from mining.mapping.read_examples import read_example
from mining.mapping.read_export import read_demand, read_export, read_roles
from mining.mapping.read_lines import read_support_lines
from mining.mapping.read_links import read_cases
from mining.mapping.read_outcome import read_otherwise, read_outcome
from mining.mapping.read_rates import read_rates, read_rework_after
from mining.mapping.read_shape import check_keys
from mining.mapping.read_ticket_link import read_ticket_link
from mining.mapping.read_when import WhenReader
from mining.mapping.reader import Reader
from mining.mapping.structure import read_structure


def load_mapping(name_or_path: str) -> Mapping:
    """The mapping with this name in the catalogue (`core.catalogue`), or in the file with this path.

    Raises RequestError where there is none (with the names near it), ConfigError with every problem of the file, each
    with its line.
    """
    path = _find(name_or_path)
    yaml = read_yaml(path)
    return _assemble(yaml, shown(path), hashlib.sha256(path.read_bytes()).hexdigest())


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """Like `load_mapping`, from the text of a mapping file; `name` is what the problems call it."""
    return _assemble(parse_yaml(text, name), shown(name), hashlib.sha256(text.encode()).hexdigest())


def _find(name_or_path: str) -> Path:
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    names = catalogue(Kind.EXPORTS)
    if name_or_path in names:
        return names[name_or_path].path
    if len(path.parts) > 1 or path.is_file():
        return path
    near = nearest(name_or_path, names) or names
    raise RequestError(
        Problem(
            "there is no such mapping",
            found=name_or_path,
            expected=", ".join(near),
            todo="name one of these, or give the path of a mapping file (.yaml)",
        )
    )


def _assemble(yaml: YamlFile, file_name: str, sha256: str) -> Mapping:
    reader = Reader(yaml)
    file = read_structure(reader)
    data = yaml.data if isinstance(yaml.data, dict) else {}
    check_keys(reader, data)
    roles = read_roles(data)
    when = WhenReader(reader, roles)
    rules = _read_rules(when, data.get("rules"))
    otherwise = read_otherwise(reader, ("otherwise",), data["otherwise"]) if "otherwise" in data else UNMAPPED
    demand = read_demand(reader, data.get("demand"))
    export = None if file is None else read_export(reader, file, rules, roles)
    examples = _read_examples(when, data.get("examples"), export)
    cases = None if file is None else read_cases(reader, file.cases)
    support_lines = () if file is None else read_support_lines(reader, file)
    made = [label for outcome in (*(rule.outcome for rule in rules), otherwise) if outcome for label in outcome.events]
    labels = None if reader.problems else made if demand is None else [*made, demand]  # else some would be missing
    rates = None if file is None else read_rates(reader, file.rates, labels, tells_groups=_tells_groups(export))
    rework_after = read_rework_after(reader, data.get("rework_after"), labels)
    ticket_link = None if file is None else read_ticket_link(reader, file.ticket_link)
    calendars = None
    if file is not None and file.calendar is not None:
        calendars = read_calendars(reader, ("calendar",), file.calendar)
        check_groups(reader, calendars, export)
    if reader.problems or file is None or export is None or otherwise is None:
        raise ConfigError(*reader.in_order())
    return Mapping(
        name=file.name,
        info=MappingInfo(
            file.name, file_name, sha256, file.owner, tuple(file.cannot_show), export, ticket_links=_alone(ticket_link)
        ),
        rules=rules,
        otherwise=otherwise,
        examples=examples,
        demand=demand,
        system_actors=roles.system_actors,
        initial=tuple(file.export.initial),
        cases=cases,
        scope=file.scope,
        support_lines=support_lines,
        rates=rates,
        rework_after=rework_after,
        calendars=calendars,
        lines={key: yaml.line((key,)) for key in yaml.data},
    )


def _alone(ticket_link: str | None) -> tuple[tuple[str, str], ...]:
    """Of one mapping alone cases are called as the tickets are, without a type before them."""
    return () if ticket_link is None else (("", ticket_link),)


def _tells_groups(export: ExportSpec | None) -> bool:
    """Whether the mapping says which group has a ticket; taken for true where its export is wrong already."""
    return export is None or export.group is not None or any(fact.fact is Fact.GROUP for fact in export.facts)


def _read_rules(reader: WhenReader, data: Any) -> tuple[Rule, ...]:
    rules = []
    for i, rule in enumerate(data if isinstance(data, list) else []):
        if not isinstance(rule, dict):
            continue  # the structure is told already
        at = ("rules", i)
        when = reader.when((*at, "when"), rule["when"]) if "when" in rule else None
        outcome = read_outcome(reader.reader, at, rule)
        if when is not None and outcome is not None:
            rules.append(Rule(i + 1, reader.reader.yaml.line(at), when, outcome))
    return tuple(rules)


def _read_examples(when: WhenReader, data: Any, export: ExportSpec | None) -> tuple[Example, ...]:
    looked_at = () if export is None or when.reader.problems else export.used
    examples = data if isinstance(data, list) else []
    read = [read_example(when, i + 1, example, looked_at) for i, example in enumerate(examples)]
    return tuple(example for example in read if example is not None)
