from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.report.formats import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    cut,
    date,
    duration,
    glued,
    harmless,
    many,
    percent,
    plotly_text,
    share,
    whole_percent,
)


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (45 * SECOND, "45 s"),
        (12 * MINUTE, "12 min"),
        (int(13.9 * HOUR), "13.9 h"),
        (int(145.9 * HOUR), "6.1 d"),
        (243 * HOUR, "10.1 d"),
        (1234 * DAY, "1,234 d"),
        (-2 * HOUR, "−2.0 h"),
    ],
)
def test_a_duration_has_the_unit_in_which_people_think_of_it(microseconds: int | None, text: str) -> None:
    assert duration(microseconds) == text


@given(st.integers(min_value=0, max_value=100 * 365 * DAY))
def test_every_duration_has_a_unit(microseconds: int) -> None:
    assert duration(microseconds).split()[-1] in ("s", "min", "h", "d")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_nothing_reads_zero_and_only_all_reads_hundred(part: int, rest: int) -> None:
    for said in (percent(share(part, part + rest)), whole_percent(part / (part + rest))):
        assert (said == "0 %") == (part == 0)
        assert said != "100 %"


def test_one_is_not_many() -> None:
    assert [many(number, "stream") for number in (0, 1, 1200)] == ["0 streams", "1 stream", "1,200 streams"]


def test_what_is_shared_out_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
    assert percent(None) == "–"


@given(st.text())
def test_no_name_of_the_log_keeps_control_or_direction_characters(name: str) -> None:
    left = set(harmless(name)) - {"\u200c", "\u200d"}
    assert not {character for character in left if unicodedata.category(character) in ("Cc", "Cf", "Cs")}
    harmless(name).encode("utf-8")


def test_letters_of_other_scripts_and_emoji_stay() -> None:
    assert harmless("تذكرة 👩‍💻 façade") == "تذكرة 👩‍💻 façade"


@given(st.text(max_size=300))
def test_plotly_reads_no_markup_in_a_name(name: str) -> None:
    escaped = plotly_text(name)
    assert "<" not in escaped
    assert ">" not in escaped
    assert html.unescape(escaped) == html.unescape(html.escape(cut(harmless(name)), quote=False))


def test_a_long_name_is_cut() -> None:
    assert cut("x" * 200) == "x" * 79 + "…"
    assert cut("short") == "short"


def test_a_number_is_glued_to_its_unit() -> None:
    assert glued("within 13.9 h, 15 % of 3 days") == "within 13.9\u00a0h, 15\u00a0% of 3 days"


def test_dates_are_read_in_english() -> None:
    assert date(1_456_708_560_000_000) == "29 Feb 2016"
    assert date(10**30) == "–"
