"""Every text of the report as its code has it: what a catalogue has to translate.

`make texts` brings the catalogues up to date with it: new texts come in without a translation, and those that the
report no longer has go. `test_languages.py` fails while a text is not translated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import mining
from mining.core.acceptances import Standing
from mining.core.activities import HAND_OFFS, Activity, State, Value
from mining.core.audit import GateStatus
from mining.core.cohorts import Effect, Size
from mining.core.desk import Period
from mining.core.results import DeviationKind
from mining.mapping import conditions
from mining.report.catalogues import COUNT, TOLD
from mining.report.language import CONDITION, _Texts

PACKAGE = Path(mining.__file__).parent
REPORT = PACKAGE / "report"
LANGUAGES = REPORT / "languages"

_TEXTS = {"t": (0,), "Column": (0,), "table": (1, 4), "more": (2,), "_figure": (0, 2)}
"""Calls in the report, and which of their arguments are texts."""
_NOUNS = {"many": 1, "in_streams": 1, "counted": 1}

_UNITS = {"group", "hour", "minute", "week", "month", "year", "working day", "working hour"}
_SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("audit/agreed.py", ("in_words", "_name")),
    ("audit/causes.py", ()),
    ("audit/concluding.py", ("_notes",)),
    ("audit/gates.py", ()),
    ("audit/judging.py", ("judged", "_verdict", "_many")),
    ("audit/plan.py", ("__str__",)),
    ("audit/xmr.py", ("RULES",)),
    ("choosing.py", ("begins", "concluded", "_judge")),
    ("conformance/checking.py", ("_notes", "WITHOUT_VALUE", "BEYOND_CAP")),
    ("conformance/large.py", ("align_large",)),
    ("conformance/limits.py", ("sentence", "_deviation")),
    ("conformance/outline.py", ()),
    ("conformance/sentences.py", ("sentence", "_missed", "_SENTENCES", "_ABOUT_VALUE")),
    ("conformance/waiting.py", ("TOO_LONG", "NO_TIME_LEFT", "FAILED")),
    ("core/catalogue.py", ("note",)),
    ("mapping/contradictions.py", ("note",)),
    ("mapping/filtered.py", ("concluded",)),
    ("mapping/ledger.py", ("_notes",)),
    ("mapping/link_table.py", ("notes_on_links",)),
    ("mapping/one_number.py", ("note_on_numbers", "note_on_spellings")),
    ("mapping/several.py", ("_notes",)),
    ("measures/improve.py", ("UNDATED", "BY_ITSELF", "FEW", "NO_COMPARISON", "improvement", "_effect")),
    ("measures/ripple.py", ("FEW", "ripple")),
    ("measures/selection.py", ()),
    ("measures/timing.py", ()),
    ("notes.py", ("notes_of",)),
    ("sources/csv_mend.py", ("_wrong_width",)),
    ("sources/put_clocks.py", ("_of",)),
    ("sources/rejects.py", ("_ticket_reasons", "_no_ticket", "_bad_time", "expectation", "_NUMBERS")),
    ("sources/time_words.py", ("century", "as_elsewhere")),
)
"""Where the analysis makes sentences that the report shows: modules, and the functions and constants in them; none
named: all."""

_WORDS = ("above", "arrivals", "backlog", "below", "none", "once", "optional", "rows", "streams")
"""What counts as a sentence though it is one word."""
_PUT_TOGETHER = (
    "No mapping was named; the export was recognised. {0}",
    "all {0} cells fit, and no other form that is known here does",
    "at least {0}",
    "at least {0} and at most {1}",
    "at most {0}",
    "the base line: {0}",
    "the median of the last {0} runs: {1}",
    "cannot be taken apart into cells: {0}",
    "in every cell the day has the number of the month",
    "the run before: {0}",
    "{0}: all {1} columns that it needs, all with usual names.",
    "{0}: all {1} columns that it needs, all with usual names; {2} others fit less.",
    "{0}: all {1} columns that it needs, among them {2}.",
    "{0}: all {1} columns that it needs, among them {2}; {3} others fit less.",
    "{0} has {1} of hours that the clocks of {2} show twice: the second was meant, by the rule here",
    "{0} has {1} of hours that the clocks of {2} skip: read as if the clocks had not been put forward yet",
    "{0} of {1} cells can only be {2}, for example {3}",
    "{0} of {1} cells can only be {2}, for example {3}; {4} can only be {5} and were set aside",
    "{0} of {1} cells fit, and no other form that is known here does",
    '{0}: the mapping names no format for column "{1}", and its times were read as {2}: {3}',
    '{0}: times in column "{1}" name no zone, and the mapping names none: UTC was assumed',
    "{0} to {1}",
    "{0} to {1}.",
)
"""Sentences, or parts of them, that are joined from what no extraction sees together."""
_SEVERAL = re.compile(r"(?<=[.!?]) (?=[A-Z{])|(?<=\}) (?=[A-Z])")


def texts() -> set[str]:
    """Texts, without the sentences of the analysis."""
    found = {text for path in sorted(REPORT.glob("*.py")) for text in _of_module(path)}
    found |= {text for path in sorted((REPORT / "templates").glob("*.j2")) for text in _of_template(path)[0]}
    found |= set(_of_text_modules()) | set(_vocabulary())
    return {
        text for text in found if "“" in text or re.search(r"[A-Za-z]{2}|\b[a-z]\b", re.sub(r"\{[^}]*\}", "", text))
    }


def nouns() -> set[str]:
    """Nouns that are counted."""
    found = {noun for path in sorted(REPORT.glob("*.py")) for noun in _nouns_of(path)}
    return found | {noun for path in (REPORT / "templates").glob("*.j2") for noun in _of_template(path)[1]} | _UNITS


def senses() -> set[tuple[str, str]]:
    """Texts of several meanings, each with its sense."""
    found = {(sense, text) for path in sorted(REPORT.glob("*.py")) for sense, text in _senses_of(path)}
    found |= {(CONDITION, text) for text in words_of_conditions()}
    return found | {("waiting on", party) for party in waited_on()}


def words_of_conditions() -> set[str]:
    """What conditions of rules are put together from."""
    made = {text for name, text in vars(conditions).items() if name.isupper() and isinstance(text, str)}
    return {text for text in made if re.search(r"[a-z]", text)}


def waited_on() -> set[str]:
    """Whom the mappings that ship say is waited on."""
    folder = PACKAGE.parent / "mappings" / "exports"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml")))
    return set(re.findall(r"^\s*waiting: *([a-z][a-z ]*?)\s*(?:#.*)?$", text, re.MULTILINE)) - {"unknown"}


def sentences() -> set[str]:
    """Sentences that come ready from the analysis, their values numbered."""
    made = (text for path, named in _SENTENCES for text in _of_sentences(PACKAGE / path, named))
    plain = (re.sub(r"\{(\w+):[^}]*\}", r"{\1}", text) for text in made)
    found = {part for text in plain for part in _SEVERAL.split(text) if _says(part)}
    found |= set(_PUT_TOGETHER)
    return {_renumbered(part.strip() if part.strip()[0].isupper() else part) for part in found}


def _renumbered(text: str) -> str:
    """Gaps with numbers count from 0."""
    numbers = iter(range(99))
    return re.sub(r"\{\d+\}", lambda _: f"{{{next(numbers)}}}", text)


def _says(part: str) -> bool:
    own = re.sub(r"\{\w*\}", "", part)
    return part in _WORDS or (
        " " in part.strip() and re.search(r"[A-Za-z]{2}", own) is not None and "=" not in own[1:4]
    )


# ---------------------------------------------------------------------------------------------------------- modules


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield node, name


def _of_module(path: Path) -> Iterator[str]:
    for function in [_tree(path)]:
        known = _constants(function)
        for call, name in _calls(function):
            for place in _TEXTS.get(name, ()):
                if place < len(call.args) and not any(word.arg == "sense" for word in call.keywords):
                    yield from _strings(call.args[place], known)


def _senses_of(path: Path) -> Iterator[tuple[str, str]]:
    for call, name in _calls(_tree(path)):
        said = {word.arg: word.value for word in call.keywords}
        if name == "Column" and (sense := said.get("sense")):
            yield from ((one, text) for one in _strings(sense, {}) for text in _strings(call.args[0], {}))
        elif name == "meant":
            yield from ((one, text) for one in _strings(call.args[0], {}) for text in _strings(call.args[1], {}))


def _constants(tree: ast.AST) -> dict[str, list[str]]:
    """Names that a text was given to in the module."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).extend(_strings(node.value, {}))
    return found


def _strings(node: ast.expr, known: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*_strings(node.body, known), *_strings(node.orelse, known)]
    if isinstance(node, ast.Name):
        return known.get(node.id, [])
    return []


def _nouns_of(path: Path) -> Iterator[str]:
    tree = _tree(path)
    for call, name in _calls(tree):
        place = _NOUNS.get(name)
        if place is not None and place < len(call.args):
            yield from _strings(call.args[place], {})


def text_modules() -> list[ModuleType]:
    """Modules whose constants are read in the language of the moment."""
    made = [import_module(f"mining.report.{path.stem}") for path in sorted(REPORT.glob("*.py"))]
    return [one for one in made if isinstance(one, _Texts)]


def _of_text_modules() -> Iterator[str]:
    for module in text_modules():
        for name, value in vars(module).items():
            if name.isupper() and name[0] != "_" and name not in ("ENGLISH", *module.__dict__["_no_texts"]):
                yield from _deep(value, named=name in module.__dict__["_named_tables"])


def _deep(value: Any, *, named: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _deep(part[1:] if named else part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _deep(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _deep(getattr(value, one.name))


def _vocabulary() -> Iterator[str]:
    """Words of the analysis that the report translates where it shows them."""
    from mining.report import curves, names, sections

    yield from (activity.display for activity in Activity)
    yield from (activity.purpose for activity in Activity)
    yield from (passing for passed in HAND_OFFS.values() for passing in passed)
    yield from names._SHORT.values()
    yield from (name for _, name in names.TIME_CLASSES)
    yield names.LAST_TIME_CLASS
    yield from (name for _, name in curves.TICKS)
    for group, parts in sections.GROUPS:
        yield from (group, *(text for section in parts.values() for text in section))
    for kinds in (Standing, State, Value, GateStatus, Size, DeviationKind, Effect):
        yield from (kind.value for kind in kinds)
    yield from ("rising", "falling", "no trend", "cannot be told")
    yield from ("new", "gone", "grown", "shrunk", "late", "early", "value", "demand")
    for period in (*Period, "quarter"):
        yield from (f"{period} of", f"{period.capitalize()} of", f"{period.capitalize()} from")
        yield f"{period} of the streams' ends"
    for what in ("tickets", "streams"):
        yield from (what.capitalize(), f"How {what} ended", f"{{share}} of the {what} were closed by a timer")
        yield f"{{n}} of {{all}} ended {what}; a timer is no confirmation"
    yield from ("mapping", "reference", "mapping and reference")


# -------------------------------------------------------------------------------------------------------- templates


def _of_template(path: Path) -> tuple[set[str], set[str]]:
    """Texts, and nouns that are counted."""
    from jinja2 import nodes

    from mining.report.page_shell import templates

    tree = templates().parse(path.read_text(encoding="utf-8"))
    said, counted = set(), set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const):
            said.add(call.args[0].value)
    for used in tree.find_all(nodes.Filter):
        if used.name == "many":
            counted.add(used.args[0].value)
    return said, counted


# -------------------------------------------------------------------------------------------------------- sentences


def _of_sentences(path: Path, named: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if not isinstance(node, ast.FunctionDef | ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        name = node.name if isinstance(node, ast.FunctionDef) else getattr(target, "id", "")
        if (named and name not in named) or (
            not named and not isinstance(node, ast.FunctionDef) and not name.isupper()
        ):
            continue
        yield from _templates_in(node)


def _templates_in(node: ast.AST) -> Iterator[str]:
    inside: set[int] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            inside |= {id(one) for one in ast.walk(part)} - {id(part)}
    documented = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Expr)}
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            yield _numbered(part)
            for gap in part.values:
                if isinstance(gap, ast.FormattedValue):
                    yield from _templates_in_gap(gap.value)
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add) and id(part) not in inside:
            inside |= {id(one) for one in ast.walk(part)} - {id(part)}
            yield _summed(part)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and not {id(part)} & (inside | documented):
            yield part.value


def _templates_in_gap(node: ast.expr) -> Iterator[str]:
    """Texts of which one is chosen inside a gap."""
    for part in ast.walk(node):
        if isinstance(part, ast.IfExp):
            for one in (part.body, part.orelse):
                if isinstance(one, ast.JoinedStr):
                    yield _numbered(one)
                elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value


def _summed(made: ast.BinOp) -> str:
    """Texts and values that are added up, as a text with numbered gaps."""
    parts: list[ast.expr] = [made]
    while isinstance(parts[0], ast.BinOp):
        first = parts.pop(0)
        parts = [first.left, first.right, *parts] if isinstance(first, ast.BinOp) else parts
    number, said = 0, []
    for part in parts:
        text = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
        said.append(f"{{{number}}}" if text is None else text)
        number += text is None
    return "".join(said)


def _numbered(made: ast.JoinedStr) -> str:
    """An f-string as a text with numbered gaps."""
    number, parts = 0, []
    for part in made.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{number}}}")
            number += 1
    return "".join(parts)


# ------------------------------------------------------------------------------------------------------- catalogues


def wanted() -> dict[tuple[str | None, str], tuple[str, str] | str]:
    """What a catalogue has to have, by context and text; nouns with their plural."""
    found: dict[tuple[str | None, str], tuple[str, str] | str] = {(None, text): text for text in texts()}
    found |= {(sense, text): text for sense, text in senses()}
    found |= {(COUNT, noun): (noun, f"{noun}s") for noun in nouns()}
    found |= {(TOLD, text): text for text in sentences()}
    return found


def update(path: Path) -> None:
    """Bring a catalogue up to date."""
    with path.open("rb") as file:
        had = read_po(file, locale=path.stem)
    made = Catalog(locale=path.stem, header_comment=had.header_comment, charset="utf-8", fuzzy=False)
    asked = wanted()
    for (context, text), key in sorted(asked.items(), key=lambda item: (item[0][0] or "", item[0][1])):
        old = had.get(text, context)
        made.add(key, old.string if old else None, context=context, user_comments=old.user_comments if old else ())
    for message in had:  # the cases of nouns
        if message.id and str(message.context).startswith(f"{COUNT}:") and (COUNT, message.id[0]) in asked:
            made.add(message.id, message.string, context=message.context, user_comments=message.user_comments)
    written = BytesIO()
    write_po(written, made, width=120)
    lines = written.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(_UNTOLD)), encoding="utf-8")


_UNTOLD = ('"POT-Creation', '"PO-Revision', '"Last-Translator', '"Language-Team', '"Report-Msgid', '"Generated-By')
"""Lines of the head that change from run to run, or say nothing."""


if __name__ == "__main__":
    for one in sorted(LANGUAGES.glob("*.po")):
        update(one)
