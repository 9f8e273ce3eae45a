"""How figures and names look on the page: numbers with units, dates, and names of the log made harmless."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mining.core.streams import Quantiles
from mining.report.language import ENGLISH, counted, local, spoken, t

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NOTHING = "–"
"""Stands where there is no figure."""

LONGEST = 80
"""Names of the log are cut here; the whole name stands in the title."""

IN_A_SENTENCE = 60
"""In a sentence names are shorter still, so that it can be read."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # wanted: emoji and some scripts are written with them
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def count(number: int | None) -> str:
    """1234567 → "1,234,567"."""
    return NOTHING if number is None else local(f"{number:,}")


def many(number: int, noun: str) -> str:
    """A count with its noun: "1 stream", "1,200 streams"."""
    return counted(number, noun)


def in_streams(number: int, noun: str, streams: int) -> str:
    """How often, and in how many streams: "3 visits in 2 streams"."""
    return t("{what} in {streams}", what=many(number, noun), streams=many(streams, "stream"))


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`; None where there is no whole. The one place where a share is divided."""
    return part / whole if whole else None


def percent(ratio: float | None) -> str:
    """0.2153 → "21.5 %"; what is not nothing never reads "0 %", and what is not all never "100 %"."""
    if ratio is None:
        return NOTHING
    if 0 < ratio < 0.001:
        return local("< 0.1 %")
    if 0.999 < ratio < 1:
        return local("> 99.9 %")
    return f"{ratio * 100:.0f} %" if ratio in (0, 1) else local(f"{ratio * 100:.1f} %")


def whole_percent(ratio: float) -> str:
    """0.2153 → "22 %", for sentences; near nothing and near all it says so."""
    rounded = round(ratio * 100)
    if (rounded == 0 and ratio > 0) or (rounded == 100 and ratio < 1):
        return percent(ratio)
    return f"{rounded} %"


def duration(microseconds: int | None) -> str:
    """A duration in the unit in which people think of it: "45 s", "12 min", "13.9 h", "6.1 d"."""
    if microseconds is None:
        return NOTHING
    if microseconds < 0:
        return f"−{duration(-microseconds)}"
    for unit, size, until in (("s", SECOND, MINUTE), ("min", MINUTE, HOUR), ("h", HOUR, 2 * DAY)):
        if microseconds < until:
            return f"{_short(microseconds / size, whole=unit in ('s', 'min'))} {unit}"
    return f"{_short(microseconds / DAY, whole=False)} d"


def hours(microseconds: int | None) -> str:
    """Working time, whose days are not of 24 hours: "45 min", "4.5 h", "62.4 h", "1,204 h"."""
    if microseconds is None or abs(microseconds) < HOUR:
        return duration(microseconds)
    return f"{_short(microseconds / HOUR, whole=False)} h"


def _short(number: float, *, whole: bool) -> str:
    return local(f"{number:,.0f}" if whole or number >= 100 or number == 0 else f"{number:,.1f}")


def money(hundredths: int) -> str:
    """1234567 → "12,345.67"."""
    return local(f"{hundredths // 100:,}.{hundredths % 100:02d}")


def rate(millionths: int) -> str:
    """72500000 → "72.50"; as many decimals as it has, two at least."""
    whole, rest = divmod(millionths, 1_000_000)
    decimals = f"{rest:06d}".rstrip("0")
    return local(f"{whole:,}.{decimals:<02}")


def quantiles(times: Quantiles, form: Callable[[int], str] = duration) -> str:
    """Quantiles in one line; of working time with the `form` `hours`."""
    return t(
        "median {median}, 85 % within {p85}, 95 % within {p95}",
        median=form(times.median),
        p85=form(times.p85),
        p95=form(times.p95),
    )


def date(microseconds: int) -> str:
    """Microseconds since 1970-01-01 UTC → "29 Feb 2016"."""
    try:
        day = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return NOTHING
    return _day(day)


def moment(when: datetime) -> str:
    """A time stamp → "23 Nov 2026, 14:05 UTC"."""
    utc = when.astimezone(UTC)
    return f"{_day(utc)}, {utc:%H:%M} UTC"


def _day(when: datetime) -> str:
    if spoken() == ENGLISH:
        return f"{when.day} {when:%b %Y}"
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMd", when, locale=spoken()))


def in_numbers(written: str) -> str:
    """A day as 2016-02-29 in the figures of the language of the moment; English keeps it as it is."""
    if spoken() == ENGLISH:
        return written
    from babel.dates import format_date

    try:
        return str(format_date(datetime.fromisoformat(written[:10]), "medium", locale=spoken()))
    except ValueError:
        return written


def decimal(number: float, places: int) -> str:
    """1234.5678 with three places → "1,234.568"."""
    return local(f"{number:,.{places}f}")


def harmless(text: str) -> str:
    """A name of the log without what could change the page around it.

    Control characters, overrides of the writing direction and lone surrogates become a visible replacement mark;
    letters of every script, emoji and spaces stay.
    """
    if text.isascii() and text.isprintable():  # most names, and there are thousands
        return text
    return "".join(_harmless(character) for character in text)


def _harmless(character: str) -> str:
    if character in "\t\n\r\u2028\u2029":
        return " "
    if character in _BIDI or (character not in _JOINERS and unicodedata.category(character) in ("Cc", "Cf", "Cs")):
        return "\ufffd"
    return character


def begun(text: str) -> str:
    """`text` as a sentence begins: its first letter is a capital, and the others stay."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """A noun within a sentence: English ones are written small there, whatever they are in a heading."""
    return text.lower() if spoken() == ENGLISH else text


def cut(text: str, longest: int = LONGEST) -> str:
    """`text`, at most `longest` characters of it."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plotly_text(text: str, longest: int = LONGEST) -> str:
    """A name of the log as Plotly may be given it: Plotly reads a little HTML in every text, so it is escaped."""
    return html.escape(cut(harmless(text), longest), quote=False)


def css_text(text: str) -> str:
    """`text` within quotes of a style sheet, in which nothing of it can end the text, the rule or the style sheet."""
    return "".join(one if one.isalnum() or one == " " else f"\\{ord(one):x} " for one in text)


_UNIT = re.compile(r"(?<=\d) (?=(?:%|s|min|h|d)(?!\w))")


def glued(text: str) -> str:
    """`text` with each number glued to its unit, so that no line breaks between them."""
    return _UNIT.sub("\u00a0", text)


def day(microseconds: int) -> str:
    """Microseconds since 1970-01-01 UTC → "2016-02-29"."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds):%Y-%m-%d}"
