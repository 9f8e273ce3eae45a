"""What labels and columns of ticketing tools usually mean: two tables, and how a text is looked up in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from mining.core.activities import Activity, End, Value

_TYPO = 86.0  # how alike two texts must be, of 100, to be taken for one with a slip of the pen
_SHORTEST_TYPO = 5
_DEEPEST = 6  # parts of a dotted path
_NOT = {"not", "no", "nicht", "kein", "keine", "non", "pas", "sin", "niet", "geen"}


class Sure(StrEnum):
    """How sure a proposal is."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label means: the outcome of its rule, under a name that people choose it by."""

    name: str
    activity: Activity | None = None
    step: str | None = None
    waiting: str | None = None
    value: Value | None = None
    end: End | None = None

    @property
    def resolves(self) -> bool:
        """Whether value is realised."""
        return self.value in (Value.CLAIMED, Value.CONFIRMED)

    @property
    def only_ends(self) -> bool:
        """Whether it ends the ticket and says nothing else."""
        return self.activity is None


@dataclass(frozen=True, slots=True)
class Meant:
    """A label, what it means, how sure that is and why."""

    label: str
    meaning: Meaning
    sure: Sure
    reason: str


def plain(text: str) -> str:
    """`text` in small letters without accents, every other sign a blank: as the tables write their words."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    letters = unicodedata.normalize("NFKD", spaced.casefold())
    bare = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(bare.split())


@cache
def table(name: str) -> Any:
    """One of the two tables, as YAML has it."""
    return yaml.safe_load((files(__package__) / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def meanings() -> dict[str, Meaning]:
    """What a label can mean, by the names that people choose by."""
    found = {}
    for entry in table("labels"):
        does = entry["does"]
        found[entry["name"]] = Meaning(
            name=entry["name"],
            activity=Activity(does["activity"]) if "activity" in does else None,
            step=does.get("step"),
            waiting=does.get("waiting"),
            value=Value(does["value"]) if "value" in does else None,
            end=End(does["end"]) if "end" in does else None,
        )
    return found


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Phrase, the pattern that finds it, and the name of its meaning; the longest first."""
    found = []
    for entry in table("labels"):
        for phrase in _flat(entry["words"]):
            ending = r"\w*" if phrase.endswith("~") else ""
            words = r"\w* ".join(map(re.escape, phrase.rstrip("~").split("~ ")))
            found.append((phrase.rstrip("~"), re.compile(rf"\b{words}{ending}\b"), entry["name"]))
    return tuple(sorted(found, key=lambda each: -len(each[0])))


def meaning_of(label: str, shipped: dict[str, tuple[Meaning, str]]) -> Meant | None:
    """What a label means; None where nothing like it is known.

    `shipped` holds what labels mean in the mappings that ship: plain label → meaning, and the mapping's name.
    """
    text = plain(label)
    found = [(match[0], name) for _, pattern, name in _phrases() if (match := pattern.search(text)) is not None]
    found.sort(key=lambda each: -len(each[0]))
    whole = next((name for words, name in found if words == text), None)
    if whole is not None:
        return Meant(label, meanings()[whole], Sure.SURE, f"the usual word for: {whole}")
    if text in shipped:
        meaning, mapping = shipped[text]
        return Meant(label, meaning, Sure.SURE, f"as in the mapping {mapping}")
    if found:
        words, name = found[0]
        rest = set(text.split()) - set(words.split())
        sure = Sure.UNSURE if rest & _NOT or len(rest) > 4 else Sure.LIKELY
        return Meant(label, meanings()[name], sure, f'it holds "{words}"')
    return _nearly(label, text, shipped)


def _nearly(label: str, text: str, shipped: dict[str, tuple[Meaning, str]]) -> Meant | None:
    from rapidfuzz import fuzz, process

    if len(text) < _SHORTEST_TYPO:
        return None
    known = {phrase: meanings()[name] for phrase, _, name in reversed(_phrases())}
    known |= {text: meaning for text, (meaning, _) in shipped.items() if text not in known}
    best = process.extractOne(text, list(known), scorer=fuzz.token_sort_ratio, score_cutoff=_TYPO)
    if best is None:
        return None
    return Meant(label, known[best[0]], Sure.UNSURE, f'it looks like "{best[0]}"')


@cache
def role_words(role: str) -> tuple[str, ...]:
    """The words that speak for a role of a column, the likeliest first."""
    return tuple(_flat(table("columns")[role]))


def speaks_for(column: str, words: tuple[str, ...]) -> float:
    """How much a column's name speaks for `words`, from 0 to 1: whole it is one of them, or it ends or begins so.

    Of a dotted path its end may speak alone, the less the more is left out before it.
    """
    parts = column.split(".")
    ends = (".".join(parts[i:]) for i in range(min(len(parts), _DEEPEST)))
    return max(_says(end, words) - 0.02 * i for i, end in enumerate(ends))


def _says(name: str, words: tuple[str, ...]) -> float:
    text = plain(name)
    if text in words:
        return 1.0 - 0.3 * words.index(text) / len(words)
    tokens = text.split()
    for word in words:
        parts = word.split()
        if len(parts) < len(tokens) and parts in (tokens[-len(parts) :], tokens[: len(parts)]):
            return 0.5 - 0.2 * words.index(word) / len(words)
    return 0.0


def holds_word(column: str, words: tuple[str, ...]) -> bool:
    """Whether one of `words` stands anywhere in a column's name, as whole words."""
    text = f" {plain(column)} "
    return any(f" {word} " in text for word in words)


def _flat(words: Any) -> Iterable[str]:
    if isinstance(words, str):
        yield words
        return
    for each in words:
        yield from _flat(each)
