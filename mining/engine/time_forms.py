"""Times that are numbers, and times with the words of a language, as expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis

from mining.core.languages import Names, names_of
from mining.core.time_forms import EPOCH_MILLISECONDS, directives
from mining.engine import duckdb_functions as duckdb_

if TYPE_CHECKING:
    import ibis.expr.types as ir

_DAY = 86_400_000  # milliseconds
_FROM_1899_12_30 = 25_569  # days to 1970-01-01
_LAST_SERIAL = 2_958_466  # 10000-01-01, which a spreadsheet does not know any more

_BLANK = r"[\s\x{a0}\x{202f}]"
_DIGITS = {"Y": r"\d{4}", "f": r"\d{1,9}", "z": r"[+-]\d{2}(?::?\d{2})?|Z", "Z": r"[A-Za-z][A-Za-z_/+\-0-9]*"}
_TWO_DIGITS = r"\d{1,2}"
_BETWEEN = "|"
_MONTH, _WEEKDAY, _NOON = "bB", "aA", "p"


def epoch_time(text: ir.StringValue, format: str) -> ir.IntegerValue:
    """Seconds (with decimals) or milliseconds since 1970 as microseconds; null where the text is no such number."""
    factor = 1_000 if format == EPOCH_MILLISECONDS else 1_000_000
    number = _number(text).try_cast("decimal(20, 6)") * factor
    micros: ir.IntegerValue = number.round().cast("int64")
    return micros


def excel_local(text: ir.StringValue) -> ir.IntegerValue:
    """A spreadsheet's serial days as microseconds of local time, to the millisecond; null where there is no such day.

    Serial 60 is 1900-02-29, a day that never was: spreadsheets count it, so serials below stand a day later.
    """
    days = _number(text.replace(",", ".")).try_cast("float64")
    days = ibis.cases(((days >= 1) & (days < 60), days + 1), ((days >= 61) & (days < _LAST_SERIAL), days))
    micros: ir.IntegerValue = ((days - _FROM_1899_12_30) * _DAY).round().cast("int64") * 1_000
    return micros


def _number(text: ir.StringValue) -> ir.StringValue:
    """The text where it is a plain number; 1e9, inf and the like are none."""
    plain: ir.StringValue = duckdb_.regexp_full_match(text, r"-?[0-9]{1,14}(\.[0-9]+)?").ifelse(
        text, ibis.null("string")
    )
    return plain


def has_words(format: str) -> bool:
    """Whether a format has names of months or weekdays, or words for before and after noon."""
    return any(letter and letter in _MONTH + _WEEKDAY + _NOON for letter, _ in directives(format))


def spoken(text: ir.StringValue, format: str, language: str) -> tuple[ir.StringValue, str]:
    """The text with months as numbers and AM or PM for the words of `language`, and the format that it has then.

    The parts are taken from their places by one regular expression and stand between bars afterwards. Weekdays are
    only left out. What does not fit has no bar, so that no format reads it.
    """
    names = names_of(language)
    parts = directives(format)
    pattern = "(?i)" + "".join(_pattern(letter, literal, names) for letter, literal in parts)
    letters = [letter for letter, _ in parts if letter]
    numbers = [(i, letter) for i, letter in enumerate(letters, 1) if letter not in _MONTH + _WEEKDAY + _NOON]
    parted = duckdb_.regexp_replace(text, f"^{_BLANK}*{pattern}{_BLANK}*$", _BETWEEN.join(f"\\{i}" for i, _ in numbers))
    plain = _BETWEEN.join(f"%{letter}" for _, letter in numbers)
    for i, letter in enumerate(letters, 1):
        if letter in _MONTH + _NOON:
            word = duckdb_.regexp_extract(text, f"^{_BLANK}*{pattern}{_BLANK}*$", i)
            word = duckdb_.regexp_replace_all(word.lower(), f"{_BLANK}|\\.", "", "g")
            parted = parted + _BETWEEN + word.substitute(_meanings(letter, names), else_=ibis.null("string"))
            plain += f"{_BETWEEN}%{'m' if letter in _MONTH else 'p'}"
    return parted, plain


def _pattern(letter: str, literal: str, names: Names) -> str:
    if not letter:
        return "".join(
            f"{_BLANK}+" if each.isspace() else re.escape(each) for each in re.split(r"(?<=\s)|(?=\s)", literal) if each
        )
    words = {_MONTH: names.months, _WEEKDAY: names.weekdays, _NOON: names.am | names.pm}
    known = next((of for letters, of in words.items() if letter in letters), None)
    if known is None:
        return f"({_DIGITS.get(letter, _TWO_DIGITS)})"
    longest_first = sorted(known, key=lambda name: (-len(name), name))
    return f"((?:{'|'.join(map(_loosely, longest_first))})\\.?)"


def _loosely(name: str) -> str:
    """A name, with blanks and dots between its letters where somebody writes them: a.m., a. m."""
    if len(name) > 3:
        return re.escape(name)
    return rf"(?:{_BLANK}|\.)*".join(map(re.escape, name))


def _meanings(letter: str, names: Names) -> dict[str, str]:
    if letter in _MONTH:
        return {name: str(number) for name, number in sorted(names.months.items())}
    return dict.fromkeys(sorted(names.am), "AM") | dict.fromkeys(sorted(names.pm), "PM")
