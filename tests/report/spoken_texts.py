"""What a page says to its reader, and which words of it are English."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from html.parser import HTMLParser
from typing import Any

from babel.messages.pofile import read_po
from report_texts import LANGUAGES

_SPOKEN_ATTRIBUTES = {
    "alt",
    "aria-label",
    "data-dark",
    "data-every",
    "data-failed",
    "data-light",
    "data-shown",
    "data-some",
    "data-text",
    "title",
}
_SPOKEN_KEYS = {"hovertext", "name", "text", "ticktext"}
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß][a-zäöüß]{2,}(?![\w./_-])")
_SENTENCES = {
    "evidence",
    "not_checked",
    "not_shown",
    "not_survival",
    "notes",
    "reason",
    "reference_outline",
    "said",
    "sentence",
    "verdict",
    "without",
}
"""Fields of an analysis that hold sentences of the analysis; the others hold names of the log and of its mapping."""


def said(page: str) -> list[str]:
    """The texts of a page, its charts included, in their order."""
    reader = _Reader()
    reader.feed(page)
    return [text for text in (" ".join(one.split()) for one in reader.texts) if re.search(r"[^\W\d_]", text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._within, self._script = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in ("script", "style"):
            self._within = tag
            self._script = known.get("id") or ""
        self.texts += [value for name, value in attrs if name in _SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within, self._script = "", ""

    def handle_data(self, data: str) -> None:
        if self._script in ("figures-packed", "parts-packed"):
            data = gzip.decompress(base64.b64decode(data)).decode()
        if self._script.startswith("figure"):
            self.texts += (re.sub(r"<[^>]*>", " ", text) for text in _of_figure(json.loads(data)))
        elif self._script in ("parts-packed", "examples"):
            self.texts += (re.sub(r"<[^>]*>", " ", text) for text in _strings(json.loads(data)))
        elif not self._within:
            self.texts.append(data)


def _of_figure(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if key in _SPOKEN_KEYS and not value.startswith("rank-"):
            yield value
    elif isinstance(value, list):
        for part in value:
            yield from _of_figure(part, key)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _of_figure(part, name)


def _strings(value: Any) -> Iterator[str]:
    """Texts of several words; what is one is a colour or a name of a table."""
    if isinstance(value, str):
        if " " in value.strip():
            yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def words(text: str) -> set[str]:
    """The words of a text, in small letters; names of gaps, files and figures are none."""
    return {word.lower() for word in _WORD.findall(re.sub(r"\{[^}]*\}|\S*[._\[]\w\S*", " ", text))}


@cache
def english_words(language: str) -> set[str]:
    """Words that texts of the report have in English and none has in `language`."""
    with (LANGUAGES / f"{language}.po").open("rb") as file:
        catalogue = list(read_po(file, locale=language))
    asked, said = set(), set()
    for message in catalogue:
        one, other = (part if isinstance(part, list | tuple) else (part,) for part in (message.id, message.string))
        asked |= {word for part in one for word in words(part or "")}
        said |= {word for part in other for word in words(part or "")}
    return asked - said


def names_in(value: Any, key: str = "") -> Iterator[str]:
    """Every name of the log and of its mapping in an analysis: what no catalogue translates."""
    if key in _SENTENCES:
        return
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from names_in(getattr(value, field.name), field.name)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from names_in(name, key)
            yield from names_in(part, key)
    elif isinstance(value, list | tuple | frozenset | set):
        for part in value:
            yield from names_in(part, key)


def left_over(page: str, language: str, names: set[str]) -> dict[str, str]:
    """English words on a page, each with a text that it stands in. What the `names` say is left out."""
    english = english_words(language)
    found: dict[str, str] = {}
    known = sorted({" ".join(name.split()) for name in names if re.search(r"[^\W\d_]", name)}, key=len, reverse=True)
    for text in dict.fromkeys(said(page)):
        if not words(text) & english:
            continue
        bare = text
        for name in known:
            if name in bare:
                bare = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", bare)
        for word in words(bare) & english:
            found.setdefault(word, text)
    return found
