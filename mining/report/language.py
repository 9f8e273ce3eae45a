"""The language that the report speaks: English, or what the catalogue of another language says instead.

An English text is its own key. `t` gives what is said in the language of the moment, which `speaking` sets for a while;
outside of it that is English, so whatever is made for programs stays English. Catalogues are `languages/<code>.po`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

from mining.core.errors import Problem, RequestError, nearest

ENGLISH = "en"
TOLD = "told"
"""The context of sentences that come ready from the analysis; their values are numbered, as in "{0} of {1}"."""

_SPOKEN: ContextVar[str] = ContextVar("the language of the report", default=ENGLISH)
_FOLDER = files("mining.report") / "languages"
_GAP = re.compile(r"\{([A-Za-z0-9_]*)(?::[a-z]+)?\}")
_FIGURE = re.compile(r"[<>≥≤~ ]*[+−-]?\d[\d,]*(?:\.\d+)?(?: ?(?:%|s|min|h|d))?")


@dataclass(slots=True)
class _Catalogue:
    """What a language says: of texts, of nouns that are counted (by case and noun), and of sentences told."""

    texts: dict[str, str] = field(default_factory=dict)
    nouns: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    which: Callable[[int], int] = field(default=lambda number: int(number != 1))
    point: str = "."
    thousands: str = ","


def languages() -> tuple[str, ...]:
    """The languages that there are, English first."""
    return (ENGLISH, *sorted(one.name.removesuffix(".po") for one in _FOLDER.iterdir() if one.name.endswith(".po")))


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
        text = _catalogue(language).texts.get(text) or text
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        from markupsafe import Markup, escape

        return Markup(escape(text)).format(**values)  # noqa: S704 - its text is escaped just here
    return text.format(**values)


def told(sentence: str) -> str:
    """A sentence that comes ready from the analysis, in the language of the moment: known by its pattern."""
    language = _SPOKEN.get()
    if language == ENGLISH or not sentence:
        return sentence
    return _told(sentence, language)


@cache
def _told(sentence: str, language: str) -> str:
    catalogue = _catalogue(language)
    said = catalogue.told.get(sentence) or catalogue.texts.get(sentence)
    if said:
        return said
    for pattern, template in catalogue.patterns:
        found = pattern.fullmatch(sentence)
        if found:
            return template.format(*map(_Caught, found.groups()))
    return sentence


class _Caught(str):
    """What stood in a gap of a sentence. Its case says what it is: a figure or a name, a text, a sentence, a list."""

    __slots__ = ()

    def __format__(self, case: str) -> str:
        if case == "told":
            return told(str(self))
        if case == "text":
            return t(str(self))
        if case == "list":
            return ", ".join(told(one) for one in self.split(", "))
        return local(str(self)) if _FIGURE.fullmatch(self) else str(self)


# ------------------------------------------------------------------------------------------- figures and counted nouns


def local(figure: str) -> str:
    """A figure as English writes it, "1,234.5", as the language of the moment does."""
    language = _SPOKEN.get()
    if language == ENGLISH:
        return figure
    catalogue = _catalogue(language)
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
    catalogue = _catalogue(_SPOKEN.get())
    forms = catalogue.nouns.get((case, noun)) or catalogue.nouns.get(("", noun))
    name = forms[catalogue.which(number)] if forms else f"{noun}{'' if number == 1 else 's'}"
    return f"{local(f'{number:,}')} {name}"


def plural(noun: str, case: str = "") -> str:
    """The noun for many of it: "streams"."""
    language = _SPOKEN.get()
    forms = None if language == ENGLISH else _catalogue(language).nouns.get((case, noun))
    return forms[_catalogue(language).which(2)] if forms else f"{noun}s"


# ------------------------------------------------------------------------------------------------- modules of texts


class _Texts(ModuleType):
    """A module whose texts are read in the language of the moment."""

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if not name.isupper() or _SPOKEN.get() == ENGLISH:
            return value
        return _deep(value, named=name in super().__getattribute__("_named_tables"))


def texts(module: str, named: tuple[str, ...] = ()) -> None:
    """Let the constants of `module` be read in the language of the moment; they are written in capitals.

    `named` are tables in whose lines the first is a name for the program, and no text.
    """
    made = sys.modules[module]
    made.__dict__["_named_tables"] = named
    made.__class__ = _Texts


def _deep(value: Any, *, named: bool) -> Any:
    if isinstance(value, str):
        return t(value)
    if isinstance(value, tuple):
        if named:
            return tuple((line[0], *(_deep(part, named=False) for part in line[1:])) for line in value)
        return tuple(_deep(part, named=False) for part in value)
    if isinstance(value, dict):
        return {key: _deep(part, named=False) for key, part in value.items()}
    return value


# ------------------------------------------------------------------------------------------------------ catalogues


@cache
def _catalogue(language: str) -> _Catalogue:
    from gettext import c2py

    from babel import Locale
    from babel.messages.pofile import read_po

    made = _Catalogue()
    with (_FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    symbols = Locale.parse(language).number_symbols["latn"]
    made.which, made.point, made.thousands = c2py(read.plural_expr), symbols["decimal"], symbols["group"]
    for message in read:
        said = message.string
        if not message.id or not said or not all(said):
            continue
        if isinstance(message.id, tuple | list):
            made.nouns[message.context or "", message.id[0]] = tuple(said or ())
        elif message.context == TOLD:
            made.told[message.id] = str(said)
        else:
            made.texts[message.id] = str(said)
    order = sorted(made.told.items(), key=lambda item: (-len(_GAP.sub("", item[0])), item[0]))
    made.patterns = [(_pattern(key), said) for key, said in order if _GAP.search(key)]
    return made


def _pattern(key: str) -> re.Pattern[str]:
    """What finds the values of a told sentence again."""
    parts = _GAP.split(key)
    return re.compile("".join("(.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL)


def gaps(text: str) -> list[str]:
    """The names of the gaps of a text, in order of the alphabet."""
    return sorted(_GAP.findall(text))
