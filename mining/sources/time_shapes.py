"""Which formats a time may be written in, judged by its shape: where digits, words and marks stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations

from mining.core.time_forms import EPOCH_MILLISECONDS, EPOCH_SECONDS, EXCEL

_SHAPES = 5
"""So many shapes of a column are looked at, the most frequent first: a bad cell must not hide the others."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_TIME = re.compile(
    r"(?P<between>T|,? +|, ?| - )"
    r"(?:(?P<before>[^\W\d_]+) ?(?=\d))?"  # 午後 2:32
    r"(?P<time>\d{1,2}(?:(?::\d\d){1,2}|(?:\.\d\d){1,2}))(?P<fraction>[.,]\d{1,6})?"
    r"(?P<noon>\s?[^\W\d_][^\d+]*?)?"
    r"(?P<zone> ?(?:Z|[+-]\d\d:?\d\d|[+-]\d\d))?$"
)
_PARTS = re.compile(r"\d+|[^\W\d_]+|[\W_]")
_MOST_WORDS = 4
_O_CLOCK = ("uhr", "h", "hrs")


def formats_like(texts: Sequence[str]) -> list[str]:
    """The formats that some of `texts` may be written in, without double ones. None of them has been tried."""
    shapes = Counter(_shape(text.strip()) for text in texts)
    one_of_each = {_shape(text.strip()): text.strip() for text in reversed(texts)}
    found = (form for shape, _ in shapes.most_common(_SHAPES) for form in _formats(one_of_each[shape]))
    return list(dict.fromkeys(found))


def _shape(text: str) -> str:
    """What is alike in times that are written alike."""
    text = re.sub(r"\d+", lambda digits: "4" if len(digits[0]) == 4 else "2" if len(digits[0]) < 3 else "9", text)
    return re.sub(r"[^\W\d_]+\.?", "w", text)


def _formats(text: str) -> Iterator[str]:
    if _NUMBER.fullmatch(text):
        yield from (EPOCH_SECONDS, EPOCH_MILLISECONDS, EXCEL)
        if len(text) in _COMPACT:
            yield _COMPACT[len(text)]
        return
    time = _TIME.search(text)
    if time is not None:
        times = list(_time_formats(time))
        for date in _date_formats(text[: time.start()]):
            yield from (date + time for time in times)
    yield from _date_formats(text)  # in "Mo, 03.02.2024" only looks like a time


def _time_formats(found: re.Match[str]) -> Iterator[str]:
    mark = ":" if ":" in found["time"] else "."
    parts = found["time"].count(mark) + 1
    fraction = f"{found['fraction'][0]}%f" if found["fraction"] else ""
    zone = " %z" if (found["zone"] or "").startswith(" ") else "%z" if found["zone"] else ""
    blank = " " if (found["noon"] or "x")[0].isspace() else ""
    of_twelve = mark.join(("%I", "%M", "%S")[:parts]) + fraction
    of_day = mark.join(("%H", "%M", "%S")[:parts]) + fraction
    if found["before"]:
        yield f"{found['between']}%p {of_twelve}{zone}"
    elif found["noon"]:
        yield f"{found['between']}{of_twelve}{blank}%p{zone}"
        yield f"{found['between']}{of_day}{blank}%Z{zone}"
        if found["noon"].strip().lower() in _O_CLOCK:
            yield f"{found['between']}{of_day}{_literal(found['noon'])}{zone}"
    else:
        yield f"{found['between']}{of_day}{zone}"


def _date_formats(text: str) -> Iterator[str]:
    """Three numbers, perhaps after a weekday; or two and the name of a month."""
    parts = _PARTS.findall(text.strip())
    numbers = [i for i, part in enumerate(parts) if part.isdecimal()]
    words = [i for i, part in enumerate(parts) if part[0].isalpha()][:_MOST_WORDS]
    if len(numbers) == 3:
        for order in _orders(*(len(parts[i]) for i in numbers)):
            yield from _written(parts, dict(zip(numbers, order, strict=True)), numbers[0], words)
    elif len(numbers) == 2:
        for month, order in ((m, o) for m in words for o in _orders_beside_month(*(len(parts[i]) for i in numbers))):
            signs = dict(zip(numbers, order, strict=True))
            for sign in ("%b", "%B"):
                yield from _written(parts, {**signs, month: sign}, min(month, numbers[0]), words)


def _written(parts: list[str], signs: dict[int, str], first: int, words: list[int]) -> Iterator[str]:
    """The format; a word before the date may be a weekday, one inside it stands as it is."""
    weekday = next((i for i in words if i < first and i not in signs), None)
    for sign in ("%a", "%A") if weekday is not None else ("",):
        known = signs if weekday is None else {**signs, weekday: sign}
        yield "".join(known.get(i, _literal(part)) for i, part in enumerate(parts))
        dotted = {i + 1 for i, sign in known.items() if sign[1] in "abAB" and parts[i + 1 : i + 2] == ["."]}
        if dotted:  # the dot belongs to the word: 3 févr. 2024
            yield "".join(known.get(i, _literal(part)) for i, part in enumerate(parts) if i not in dotted)


def _orders(*lengths: int) -> list[tuple[str, ...]]:
    """Of three numbers with so many digits. A year of two digits is only looked for at the end."""
    if lengths[0] == 4:
        return [("%Y", "%m", "%d")]
    year = "%Y" if lengths[2] == 4 else "%y"
    return [(*both, year) for both in permutations(("%d", "%m"))] if max(lengths[:2]) <= 2 else []


def _orders_beside_month(*lengths: int) -> list[tuple[str, str]]:
    if lengths[0] == 4:
        return [("%Y", "%d")]
    return [("%d", "%Y" if lengths[1] == 4 else "%y")]


def _literal(text: str) -> str:
    return text.replace("%", "%%")
