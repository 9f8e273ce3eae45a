"""A run of whole traces of an XES log, taken apart at its quotation marks, without a call of Python per element.

Most logs are written in one plain form: `<trace>`, `<event>` and attributes `<KIND key="KEY" value="VALUE"/>`, none of
them nested. Split at the quotation marks, each attribute of it is four texts: what stands before the key (a handful of
different texts in a whole log), the key, ` value=`, the value. NumPy finds the marks, Arrow tells the texts apart, and
only what differs is looked at one by one.

Nothing is taken on trust: whatever is not exactly of that form is left to expat. A block that is of that form is well
formed by that alone, and expat would find the same in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

CASE = "case:"
_Numbers = npt.NDArray[np.int64]

_BETWEEN = re.compile(
    r"(?:[ \t\r\n]*(/)>)?[ \t\r\n]*(</event>)?[ \t\r\n]*(</trace>)?[ \t\r\n]*(<trace>)?[ \t\r\n]*(<event>)?[ \t\r\n]*"
    r"<([A-Za-z]+)[ \t\r\n]+key="
)
_END = re.compile(rb"[ \t\r\n]*/>[ \t\r\n]*(</event>)?[ \t\r\n]*</trace>[ \t\r\n]*")
_CONTROLS = bytes(set(range(32)) - set(b"\t\r\n"))
_OTHER_REFERENCE = re.compile(rb"&(?!(?:lt|gt|quot|apos|amp);)")
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}  # the last one last
_MOST_BETWEEN = 1_000  # different texts between attributes; more of them are quicker read by expat
_ANY, _IN_LOG, _IN_TRACE, _IN_EVENT = -1, 0, 1, 2


@dataclass(frozen=True, slots=True)
class Block:
    """The events of one run of traces: the wanted columns as text, all keys, and those of them that hold dates."""

    table: pa.Table
    keys: set[str]
    dates: set[str]


@dataclass(frozen=True, slots=True)
class _Between:
    """What a text between two attributes says."""

    after_attribute: bool
    needs: int  # where one must be before it
    leads: int  # where one is after it; _ANY: still there
    trace: bool  # a trace begins
    event: bool
    kind: str  # of the attribute that follows
    blanks: int
    tags: int


def plain_block(block: bytes, wanted: list[str]) -> Block | None:
    """The events of `block`, which is UTF-8 and begins with a trace; None where it is not in the plain form."""
    if not _may_be_plain(block):
        return None
    quotes = np.flatnonzero(np.frombuffer(block, np.uint8) == ord('"'))
    count, odd = divmod(len(quotes), 4)
    if odd or not count:
        return None
    texts = _texts(block, quotes)
    between, keys, equals = (_told_apart(texts, count, nth) for nth in range(3))
    if equals[1] != [" value="] or len(between[1]) > _MOST_BETWEEN or any("&" in key for key in keys[1]):
        return None
    end = block[int(quotes[-1]) + 1 :]
    kinds = [kind for text in between[1] if (kind := _between(text)) is not None]
    if len(kinds) < len(between[1]) or _hides_markup(block, between[0], kinds, end):
        return None
    places = _places(between[0], kinds, end)
    if places is None:
        return None
    return _Reader(_Values(texts, *keys, references=b"&" in block), between[0], kinds, places).block(wanted)


def _may_be_plain(block: bytes) -> bool:
    """Whether every character may stand in XML, and no reference needs expat."""
    if len(block.translate(None, _CONTROLS)) != len(block):
        return False
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return False
        if b"\xef\xbf\xbe" in block or b"\xef\xbf\xbf" in block:
            return False
    return b"&" not in block or _OTHER_REFERENCE.search(block) is None


def _texts(block: bytes, quotes: _Numbers) -> pa.StringArray:
    """What stands between quotation marks, at even places, without a copy; at odd ones the marks."""
    ends = np.empty(2 * len(quotes) + 2, np.int32)
    ends[0], ends[-1] = 0, len(block)
    ends[1:-1:2], ends[2:-1:2] = quotes, quotes + 1
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(block))


def _told_apart(texts: pa.StringArray, count: int, nth: int) -> tuple[_Numbers, list[str]]:
    """The `nth` text of each attribute as a number, and what the numbers mean."""
    found = texts.take(pa.array(np.arange(count) * 8 + 2 * nth)).dictionary_encode()
    return found.indices.to_numpy(), found.dictionary.to_pylist()


def _between(text: str) -> _Between | None:
    found = _BETWEEN.fullmatch(text)
    if found is None or found[6] in {"event", "trace"}:
        return None
    closed, event_ends, trace_ends, trace, event, kind = found.groups()
    needs = _ANY
    if event_ends:
        needs = _IN_EVENT
    elif trace_ends:
        needs = _IN_TRACE
    elif trace:
        needs = _IN_LOG
    elif event:
        needs = _IN_TRACE
    if bool(trace) != bool(trace_ends) and needs != _IN_LOG:  # an event or an attribute outside of traces, or nested
        return None
    leads = _IN_EVENT if event else _IN_TRACE if needs != _ANY else _ANY
    blanks = sum(text.count(blank) for blank in "\t\r\n")
    return _Between(bool(closed), needs, leads, bool(trace), bool(event), kind, blanks, text.count("<"))


def _places(codes: _Numbers, kinds: list[_Between], end: bytes) -> _Numbers | None:
    """Where each attribute stands, in a trace or in an event; None where the elements do not fit into each other."""
    after = np.array([kind.after_attribute for kind in kinds])[codes]
    if after[0] or not after[1:].all():
        return None
    leads = np.array([kind.leads for kind in kinds])[codes]
    known = np.maximum.accumulate(np.where(leads == _ANY, 0, np.arange(len(leads))))
    places: _Numbers = leads[known]
    needs = np.array([kind.needs for kind in kinds])[codes]
    ended = _END.fullmatch(end)
    if needs[0] != _IN_LOG or ended is None or places[-1] != (_IN_EVENT if ended[1] else _IN_TRACE):
        return None
    return places if ((needs[1:] == _ANY) | (needs[1:] == places[:-1])).all() else None


def _hides_markup(block: bytes, codes: _Numbers, kinds: list[_Between], end: bytes) -> bool:
    """Whether a key or a value has a `<`, which is an error, or a blank that expat would turn into a space."""
    often = np.bincount(codes, minlength=len(kinds))
    tags = sum(int(n) * kind.tags for n, kind in zip(often, kinds, strict=True)) + end.count(b"<")
    blanks = sum(int(n) * kind.blanks for n, kind in zip(often, kinds, strict=True))
    blanks += sum(end.count(blank) for blank in (b"\t", b"\r", b"\n"))
    return tags != block.count(b"<") or blanks != sum(block.count(blank) for blank in (b"\t", b"\r", b"\n"))


@dataclass(frozen=True, slots=True)
class _Values:
    """The texts of a block, and for each attribute the number of its key among `names`."""

    texts: pa.StringArray
    keys: _Numbers
    names: list[str]
    references: bool

    def at(self, attributes: _Numbers) -> pa.Array:
        """The values of those attributes; nothing for -1."""
        found = self.texts.take(pa.array(attributes * 8 + 6, mask=attributes < 0))
        for reference, character in _REFERENCES.items() if self.references else ():
            found = pc.replace_substring(found, reference, character)
        return found


class _Reader:
    """Puts the values of a block that is known to be plain into columns."""

    def __init__(self, values: _Values, between: _Numbers, kinds: list[_Between], places: _Numbers) -> None:
        self._values = values
        self._in_event = places == _IN_EVENT
        begins = np.array([kind.event for kind in kinds])[between]
        traces = np.cumsum(np.array([kind.trace for kind in kinds])[between]) - 1
        self._event_of = np.cumsum(begins) - 1
        self._trace_of, self._trace_of_event = traces, traces[begins]
        names = values.names
        pairs = np.unique((between.astype(np.int64) * len(names) + values.keys) * 2 + self._in_event)
        self._found = [
            ((names[n // 2 % len(names)], n % 2 == 1), kinds[n // 2 // len(names)].kind) for n in pairs.tolist()
        ]

    def block(self, wanted: list[str]) -> Block:
        """The wanted columns, and what there is."""
        keys = {_name(*key) for key, _ in self._found}
        dates = {_name(*key) for key, kind in self._found if kind == "date"}
        return Block(pa.table([self._column(name) for name in wanted], names=wanted), keys, dates)

    def _column(self, name: str) -> pa.Array:
        of_event = not name.startswith(CASE)
        key = name if of_event else name.removeprefix(CASE)
        if (key, of_event) not in {found for found, _ in self._found}:
            return pa.nulls(len(self._trace_of_event), pa.string())
        known = self._values.keys == self._values.names.index(key)
        at = np.flatnonzero(known & (self._in_event == of_event))
        owners = self._event_of if of_event else self._trace_of
        held = np.full(int(owners[-1]) + 1, -1)
        held[owners[at]] = at  # of a key that stands twice the last one counts, as with expat
        return self._values.at(held if of_event else held[self._trace_of_event])


def _name(key: str, of_event: bool) -> str:
    return key if of_event else CASE + key
