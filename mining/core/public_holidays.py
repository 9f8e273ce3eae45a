"""Public holidays by country and part of a country, from the package holidays."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from mining.core.errors import nearest

if TYPE_CHECKING:
    from holidays import HolidayBase


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """The parts of every country whose public holidays are known, by the country's code of two letters."""
    import holidays

    return {code: tuple(parts) for code, parts in holidays.list_supported_countries(include_aliases=False).items()}


def countries_near(word: str) -> list[str]:
    """Codes of countries that `word` may mean, the best first: it may be the English name of one, or misspelt."""
    from babel import Locale

    names = Locale("en").territories
    by_name = {names[code]: code for code in countries() if code in names}
    found = [by_name[name] for name in nearest(word, by_name)] if len(word) > 3 else []
    return found or nearest(word, countries())


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str | None, first_year: int, last_year: int) -> frozenset[date]:
    """The public holidays of these years, those included that are observed on another day than they fall on.

    Only of the years that the package knows; `known_years` says which.
    """
    return frozenset(_of(country, subdivision, first_year, last_year))


@lru_cache(maxsize=64)
def known_years(country: str) -> tuple[int, int]:
    """The first and the last year whose public holidays the package knows of a country."""
    of_country = _of(country, None, 2000, 2000)
    return of_country.start_year, of_country.end_year


def _of(country: str, subdivision: str | None, first_year: int, last_year: int) -> HolidayBase:
    import holidays

    years = range(max(first_year, 1), min(last_year, 9999) + 1)
    return holidays.country_holidays(country, subdiv=subdivision, years=years, expand=False)
