"""Names of months and weekdays, and the words for before and after noon, in the languages of CLDR."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mining.core.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babel import Locale

# The languages that are tried where a mapping names none; it may name any of CLDR's.
# fmt: off
USUAL = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "ru", "uk", "el",
    "tr", "sv", "nb", "da", "fi", "is", "et", "lv", "lt", "sl", "hr", "sr", "bs", "mk", "sq", "ca",
    "gl", "eu", "id", "vi", "ar", "he", "fa", "hi",
)
# fmt: on

_WIDTHS = ("wide", "abbreviated", "short")
_MORE = {"de": {"mrz": 3}, "en": {"sept": 9}}
_BLANKS = str.maketrans("", "", " \u00a0\u202f.")


@dataclass(frozen=True, slots=True)
class Names:
    """What a language calls the months (a name → 1 to 12), the weekdays, and before and after noon.

    The names are as CLDR has them, and without accents as well; `plain` is what they are compared by.
    """

    months: dict[str, int]
    weekdays: frozenset[str]
    am: frozenset[str]
    pm: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every name."""
        return frozenset(self.months) | self.weekdays | self.am | self.pm


def plain(name: str) -> str:
    """A name as names are compared: in small letters, without blanks and dots."""
    return name.lower().translate(_BLANKS)


def is_language(language: str) -> bool:
    """Whether CLDR knows this language, as de, pt_BR or sr-Latn."""
    from babel import localedata

    name = language.replace("-", "_")
    return bool(localedata.exists(name)) and name != "root"


def languages_near(language: str) -> list[str]:
    """Codes of languages that look like `language`, which may be a name in English, as German."""
    from babel import Locale, localedata

    if len(language) <= 3:
        codes = [code for code in localedata.locale_identifiers() if "_" not in code]
        return nearest(language, codes)
    english = Locale("en").languages
    by_name = {english[code]: code for code in USUAL if code in english}
    return [by_name[name] for name in nearest(language, by_name)]


@cache
def names_of(language: str) -> Names:
    """The names of one language, with those of its countries where the language is named alone."""
    from babel import Locale, localedata

    name = language.replace("-", "_")
    locales = [Locale.parse(name)]
    if "_" not in name:
        others = sorted(each for each in localedata.locale_identifiers() if each.startswith(f"{name}_"))
        locales += [locale for each in others if (locale := Locale.parse(each)).script in (None, locales[0].script)]
    months: dict[str, int] = dict(_MORE.get(locales[0].language, {}))
    doubtful: set[str] = set()
    for locale in locales:
        for number, month in _all(locale.months, range(1, 13)):
            for written in _variants(month):
                if months.setdefault(written, number) != number:
                    doubtful.add(written)
    weekdays = {each for locale in locales for _, day in _all(locale.days, range(7)) for each in _variants(day)}
    noon = {key: {each for locale in locales for each in _noon(locale, key)} for key in ("am", "pm")}
    return Names(
        {month: number for month, number in months.items() if month not in doubtful},
        frozenset(weekdays),
        frozenset(noon["am"] - noon["pm"]),
        frozenset(noon["pm"] - noon["am"]),
    )


def _all(widths: Any, keys: Iterable[int]) -> list[tuple[int, str]]:
    """(number, name) in every width, as CLDR writes it inside a date and alone."""
    of_contexts = [widths[context] for context in ("format", "stand-alone") if context in widths]
    found = [of[width] for of in of_contexts for width in _WIDTHS if width in of]
    return [(key, names[key]) for names in found for key in keys if key in names]


def _noon(locale: Locale, key: str) -> set[str]:
    periods = locale.day_periods.get("format", {})
    said = [periods[width][key] for width in _WIDTHS if key in periods.get(width, {})]
    return {each for word in (key, *said) for each in _variants(word)}


def _variants(name: str) -> set[str]:
    small = plain(unicodedata.normalize("NFC", name))
    bare = "".join(c for c in unicodedata.normalize("NFD", small) if not unicodedata.combining(c))
    return {each for each in (small, bare) if each}
