"""What the report says in other languages: the catalogues `languages/<code>.po`, and the patterns by which sentences
that come ready from the analysis are known again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

TOLD = "told"
"""The context of sentences that come ready from the analysis; their values are numbered, as in "{0} of {1}"."""
COUNT = "count"
"""The context of nouns that are counted; "count:dat" is that of their dative."""

FOLDER = files("mining.report") / "languages"
_GAP = re.compile(r"\{([A-Za-z0-9_]*)(?::([a-z]+))?\}")
KINDS = {
    "drop": r"\w*?",
    "figure": r"[a-z_]+\.\S.*?",
    "file": r"none|\S+ \([0-9a-f]{8}\)",
    "number": r"[\d,.]+",
    "one": r"\S+?",
    "rest": r"(?: .*)?",
    "side": r"above|below",
    "weight": r"(?: \([a-z ]+\))?",
}
"""What may stand in a gap of a sentence where its translation says so; anything else where not."""


@dataclass(slots=True)
class Catalogue:
    """What a language says: of texts, of nouns that are counted (by case and noun), and of sentences told."""

    texts: dict[str, str] = field(default_factory=dict)
    nouns: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], list[str], str]] = field(default_factory=list)
    which: Callable[[int], int] = field(default=lambda number: int(number != 1))
    point: str = "."
    thousands: str = ","


@cache
def catalogue_of(language: str) -> Catalogue:
    """The catalogue of a language, by its code; it is read once. There is none of English."""
    from gettext import c2py

    from babel import Locale
    from babel.messages.pofile import read_po

    made = Catalogue()
    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    symbols = Locale.parse(language).number_symbols["latn"]
    made.which, made.point, made.thousands = c2py(read.plural_expr), symbols["decimal"], symbols["group"]
    for message in read:
        said = message.string
        if not message.id or not said or not all(said):
            continue
        if isinstance(message.id, tuple | list):
            case = str(message.context).removeprefix(COUNT).removeprefix(":")
            made.nouns[case, message.id[0]] = tuple(said or ())
        elif message.context == TOLD:
            made.told[message.id] = str(said)
        else:
            sense = f"{message.context}\x04" if message.context else ""
            made.texts[f"{sense}{message.id}"] = str(said)
    order = sorted(made.told.items(), key=lambda item: (-len(_GAP.sub("", item[0])), item[0]))
    made.patterns = [(_pattern(key, said), gaps(key), said) for key, said in order if _GAP.search(key)]
    return made


def _pattern(key: str, said: str) -> re.Pattern[str]:
    """What finds the values of a told sentence again; `said` is its translation."""
    kinds = {name: KINDS.get(case, ".*?") for name, case in _GAP.findall(said)}
    parts = _GAP.split(key)  # own text, name, case, own text, …
    made = [
        f"({kinds.get(part, '.*?')})" if at % 3 == 1 else re.escape(part) for at, part in enumerate(parts) if at % 3 < 2
    ]
    return re.compile("".join(made), re.DOTALL)


def gaps(text: str) -> list[str]:
    """The names of the gaps of a text, in their order."""
    return [name for name, _ in _GAP.findall(text)]
