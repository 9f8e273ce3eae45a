"""Columns with few different words, which the engine holds as numbers.

Ten million cells of which each says one of eight groups take a byte each so, not the text ten million times: the table
fits into memory, and all that is made of it is smaller. Which words a column has is guessed from the first rows. A word
that the guess lacks is not lost: the column is then held as text after all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mining.engine.scans import literal, quoted

if TYPE_CHECKING:
    import pyarrow as pa

REST = "~rest"
"""The column with the words that no number was foreseen for. There only while rows are added."""

_SAMPLE = 20_000  # rows
_SEEN_BY = 0.75  # of them, within which every word has to have come up: a column that goes on to bring new ones is text
_MOST_WORDS = 200
_MOST_BYTES = 20_000  # all words of a column together

Ask = Callable[[str], list[tuple[Any, ...]]]


def sample_of(query: str, columns: Sequence[str]) -> str:
    """The query for the first rows by which `words_of` judges."""
    return f"SELECT {', '.join(map(quoted, columns))} FROM ({query}) LIMIT {_SAMPLE}"  # noqa: S608  names are quoted


def words_of(sample: pa.Table) -> dict[str, list[str]]:
    """The words of those columns that have few; in the order of texts, so that what is put in order by such a column
    comes as it would by text."""
    if sample.num_rows < _SAMPLE:
        return {}
    words = {}
    for name in sample.column_names:
        here = sample[name].unique().drop_null().to_pylist()
        early = sample[name].slice(0, round(_SAMPLE * _SEEN_BY)).unique().drop_null()
        few = 0 < len(here) <= _MOST_WORDS and sum(map(len, here)) <= _MOST_BYTES
        can_be_named = not any("\x00" in word for word in here)  # in a statement
        if few and can_be_named and len(early) == len(here):
            words[name] = sorted(here, key=str.encode)
    return words


def as_numbers(words: Sequence[str]) -> str:
    """The type of a column with these words."""
    return f"ENUM({', '.join(map(literal, words))})"


def packed(query: str, types: Mapping[str, str]) -> str:
    """`query` with the columns of `types` as these, and what does not fit beside, as `REST`."""
    cast = ", ".join(f"TRY_CAST({quoted(name)} AS {kind}) AS {quoted(f'~{name}')}" for name, kind in types.items())
    unfit = {
        name: f"CASE WHEN {quoted(f'~{name}')} IS NULL THEN {quoted(name)} END"  # null cells are null either way
        for name in types
    }
    any_unfit = f"COALESCE({', '.join(unfit.values())}) IS NOT NULL"
    rest = f"CASE WHEN {any_unfit} THEN to_json([{', '.join(unfit.values())}])::VARCHAR END"
    fit = ", ".join(f"{quoted(f'~{name}')} AS {quoted(name)}" for name in types)
    others = ", ".join(quoted(name) for name in (*types, *(f"~{name}" for name in types)))
    return f"SELECT * EXCLUDE ({others}), {fit}, {rest} AS {quoted(REST)} FROM (SELECT *, {cast} FROM ({query}))"  # noqa: S608


def unfit_columns(ask: Ask, table: str, types: Mapping[str, str]) -> dict[str, str]:
    """The columns of `types` with words that did not fit, each with the expression for its cells as text."""
    cells = {name: f"json_extract_string({quoted(REST)}, '$[{i}]')" for i, name in enumerate(types)}
    told = ", ".join(f"count({cell})" for cell in cells.values())
    (found,) = ask(f"SELECT {told} FROM {table} WHERE {quoted(REST)} IS NOT NULL")  # noqa: S608  names are quoted
    return {
        name: f"COALESCE({quoted(name)}::VARCHAR, {cells[name]})"
        for name, unfit in zip(types, found, strict=True)
        if unfit
    }
