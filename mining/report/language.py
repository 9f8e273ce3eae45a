"""The language that the report speaks: English, or what the catalogue of another language says instead.

An English text is its own key. `t` gives what is said in the language of the moment, which `speaking` sets for a while;
outside of it that is English, so whatever is made for programs stays English. Other languages: `catalogues.py`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeVar

from mining.core.errors import Problem, RequestError, nearest
from mining.core.wording import Wording
from mining.report.catalogues import FOLDER, KINDS, Catalogue, catalogue_of

ENGLISH = "en"
_Any = TypeVar("_Any")
CONDITION = "condition"
"""The context of what conditions of rules are put together from."""

_SPOKEN: ContextVar[str] = ContextVar("the language of the report", default=ENGLISH)
_NUMBERED = re.compile(r"([0-9,]+) ([a-z][a-z -]*?)s?")
_LONGEST = 800
"""Longer sentences stay English: names of the log could keep patterns with several gaps busy for minutes."""
_BETWEEN = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_INDENT = re.compile(r"((?: |- )*)(.*)", re.DOTALL)
_FIGURE = re.compile(r"[<>≥≤~ ]*[+−-]?\d[\d,]*(?:\.\d+)?(?: ?(?:%|s|min|h|d))?")


def languages() -> tuple[str, ...]:
    """The languages that there are, English first."""
    return (ENGLISH, *sorted(one.name.removesuffix(".po") for one in FOLDER.iterdir() if one.name.endswith(".po")))


def check(language: str) -> str:
    """`language`, where the report can be had in it. Raises RequestError where it cannot."""
    there = languages()
    if language in there:
        return language
    near = nearest(language, there)
    todo = f"did you mean {near[0]}?" if near else "docs/languages.md says how to add a language"
    raise RequestError(Problem("--language: no such language", found=language, expected=", ".join(there), todo=todo))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """In here texts and figures are in `language`. Raises RequestError where there is no such language."""
    before = _SPOKEN.set(check(language))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """The language of the moment."""
    return _SPOKEN.get()


# --------------------------------------------------------------------------------------------------------- texts


def t(text: str, /, **values: object) -> str:
    """`text` in the language of the moment, its gaps filled in; a text that the catalogue does not have stays as it is.

    A gap may name a case, as in "{streams:dat}": then a counted noun stands in it. Where a value is safe HTML, the
    whole is, and the rest of it is escaped.
    """
    language = _SPOKEN.get()
    if language != ENGLISH:
        text = catalogue_of(language).texts.get(text) or text
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        from markupsafe import Markup, escape

        return Markup(escape(text)).format(**values)  # noqa: S704 - its text is escaped just here
    return text.format(**values)


def meant(sense: str, text: str) -> str:
    """`text` as `t` gives it, where it has several meanings: `sense`, its context in the catalogue, says which."""
    language = _SPOKEN.get()
    return text if language == ENGLISH else catalogue_of(language).texts.get(f"{sense}\x04{text}") or t(text)


def told(sentence: str) -> str:
    """A sentence that comes ready from the analysis, in the language of the moment: known by its pattern."""
    language = _SPOKEN.get()
    if language == ENGLISH or not sentence:
        return sentence
    return _told(sentence, language)


def worded(said: Wording) -> str:
    """A condition of a rule, its words in the language of the moment, the names and texts in it as they are."""
    template = meant(CONDITION, said.template)
    return template.format(*(worded(one) if isinstance(one, Wording) else one for one in said.values))


@lru_cache(maxsize=4_096)
def _told(sentence: str, language: str) -> str:
    catalogue = catalogue_of(language)
    if sentence in catalogue.told:
        return catalogue.told[sentence]
    indent, bare = _INDENT.fullmatch(sentence).groups()  # type: ignore[union-attr]
    said = catalogue.told.get(bare) or catalogue.texts.get(bare)
    parts = texts_of_sentences(bare)
    if not said and len(parts) > 1:
        each = [_matched(part, catalogue) for part in parts]
        said = " ".join(filter(None, each)) if all(each) else None
    return f"{indent}{said or _matched(bare, catalogue) or bare}"


def _matched(sentence: str, catalogue: Catalogue) -> str | None:
    """One sentence by its pattern; the one with the most letters of its own counts."""
    said = catalogue.told.get(sentence) or _counted_again(sentence, "", catalogue)
    if said:
        return said
    if len(sentence) > _LONGEST:
        return None
    for pattern, names, template in catalogue.patterns:
        found = pattern.fullmatch(sentence)
        if found:
            caught = [_Caught(value) for value in found.groups()]
            return template.format(*caught, **dict(zip(names, caught, strict=True)))
    return None


def _counted_again(text: str, case: str, catalogue: Catalogue) -> str | None:
    """A number with its noun, "5 streams", where the noun is known."""
    found = _NUMBERED.fullmatch(text)
    if found is None or ("", found[2]) not in catalogue.nouns:
        return None
    return _number_and_noun(int(found[1].replace(",", "")), found[2], case)


def texts_of_sentences(text: str) -> list[str]:
    """A text of several sentences one by one."""
    return [part for part in _BETWEEN.split(text) if part]


class _Caught(str):
    """What stood in a gap of a sentence. Its case says what it is: a figure or a name, a text, a sentence, a list."""

    __slots__ = ()

    def __format__(self, case: str) -> str:
        if case in ("told", "weight", "side"):
            said = told(str(self))
            return said if said != self else format(self)
        if case == "text":
            return t(str(self))
        if case == "name":
            return _named(str(self))
        if case == "drop":
            return ""
        if case and case not in KINDS:  # a case of a counted noun
            return _counted_again(str(self), case, catalogue_of(_SPOKEN.get())) or str(self)
        return local(str(self)) if _FIGURE.fullmatch(self) else str(self)


def _named(text: str) -> str:
    """Where a stream is, as the conformance room calls it: "Engage (confirm)", "Value"."""
    if text.endswith(","):
        return told(text)
    name, bracket, step = text.partition(" (")
    return f"{t(name)}{bracket}{step}"


# ------------------------------------------------------------------------------------------- figures and counted nouns


def local(figure: str) -> str:
    """A figure as English writes it, "1,234.5", as the language of the moment does."""
    language = _SPOKEN.get()
    if language == ENGLISH:
        return figure
    catalogue = catalogue_of(language)
    return figure.translate({ord("."): catalogue.point, ord(","): catalogue.thousands})


def separators() -> str:
    """The decimal mark and the mark of thousands, as Plotly asks for them."""
    return local(".") + local(",")


class Counted(str):
    """A number with its noun, "5 streams"; a text of another language can ask for a case of it."""

    __slots__ = ("_noun", "_number")
    _noun: str
    _number: int

    def __new__(cls, number: int, noun: str, said: str) -> Counted:
        """`said` is the text where no case is asked for."""
        made = super().__new__(cls, said)
        made._noun, made._number = noun, number
        return made

    def __format__(self, case: str) -> str:
        return _number_and_noun(self._number, self._noun, case) if case.isalpha() else super().__format__(case)


def counted(number: int, noun: str) -> str:
    """A count with its noun, "1 stream", "1,200 streams"; `noun` is the singular."""
    if _SPOKEN.get() == ENGLISH:
        return f"{number:,} {noun}{'' if number == 1 else 's'}"
    return Counted(number, noun, _number_and_noun(number, noun, ""))


def _number_and_noun(number: int, noun: str, case: str) -> str:
    catalogue = catalogue_of(_SPOKEN.get())
    forms = catalogue.nouns.get((case, noun)) or catalogue.nouns.get(("", noun))
    name = forms[catalogue.which(number)] if forms else f"{noun}{'' if number == 1 else 's'}"
    return f"{local(f'{number:,}')} {name}"


# ------------------------------------------------------------------------------------------------- modules of texts


class _Texts(ModuleType):
    """A module whose texts are read in the language of the moment."""

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name[0] == "_" or not name.isupper() or _SPOKEN.get() == ENGLISH:
            return value
        if name in super().__getattribute__("_no_texts"):
            return value
        return _deep(value, named=name in super().__getattribute__("_named_tables"))


def texts(module: str, named: tuple[str, ...] = (), skip: tuple[str, ...] = ()) -> None:
    """Let the constants of `module` be read in the language of the moment; they are written in capitals.

    `named` are tables in whose lines the first is a name for the program, and no text; `skip` hold no texts at all.
    """
    made = sys.modules[module]
    made.__dict__["_named_tables"], made.__dict__["_no_texts"] = named, skip
    made.__class__ = _Texts


def said(value: _Any) -> _Any:
    """`value` with whatever texts are in it in the language of the moment."""
    made: _Any = value if _SPOKEN.get() == ENGLISH else _deep(value, named=False)
    return made


def _deep(value: Any, *, named: bool) -> Any:
    if isinstance(value, str):
        return t(value)
    if isinstance(value, tuple):
        if named:
            return tuple((line[0], *(_deep(part, named=False) for part in line[1:])) for line in value)
        return tuple(_deep(part, named=False) for part in value)
    if isinstance(value, dict):
        return {key: _deep(part, named=False) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _deep(getattr(value, one.name), named=False) for one in fields(value)})
    return value


def read(language: str) -> None:
    """Have the catalogue of `language` at hand; in English nothing has to be."""
    if language != ENGLISH:
        catalogue_of(language)
