"""Columns with few different words are held as numbers; nobody outside the engine can tell."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.engine import packing

ibis = pytest.importorskip("ibis")

WORDS = st.one_of(
    st.none(), st.sampled_from(["New", "Über", "it's", '["x"]', "", "null", "\x00", "Ü", "zz", "a,b"]), st.text()
)


@pytest.fixture
def few_rows_tell(monkeypatch):
    monkeypatch.setattr(packing, "_SAMPLE", 8)


def read(engine, *files: dict[str, list[str | None]]) -> tuple[ibis.Table, list[str]]:
    """What is held of files read one after the other, and which of its columns are held as numbers."""
    kept = engine.begin(ibis.schema(dict.fromkeys(files[0], "string")), "held")
    for i, file in enumerate(files):
        rows = engine.put(pa.table({name: pa.array(cells, pa.string()) for name, cells in file.items()}), "file")
        if i == 0:
            engine.pack(kept, rows)
        assert engine.append(kept, rows) == len(next(iter(file.values())))
    return kept, sorted(engine._packed[kept.op().name])


def cells(engine, table) -> list[list[str | None]]:
    rows = engine.fetch(table.order_by(engine.position(table)), limit=10_000)
    return [column.to_pylist() for column in rows.columns]


@pytest.mark.usefixtures("few_rows_tell")
def test_words_that_the_first_rows_lack_are_kept_as_well(engine):
    state, group = ["New", "Done"] * 4 + ["New", "Reopened", None], ["A"] * 11
    kept, as_numbers = read(engine, {"state": state, "group": group})
    assert cells(engine, kept) == [state, group]
    assert as_numbers == ["group"]  # the other is text again


@pytest.mark.usefixtures("few_rows_tell")
def test_a_column_that_goes_on_to_bring_new_words_stays_text(engine):
    kept, as_numbers = read(engine, {"number": [f"INC{i}" for i in range(9)], "state": ["New"] * 9})
    assert as_numbers == ["state"]
    assert cells(engine, kept)[1] == ["New"] * 9


@pytest.mark.usefixtures("few_rows_tell")
def test_a_later_file_may_lack_the_column_and_bring_another_word(engine):
    first = {"state": ["New", "Done"] * 4, "group": ["A"] * 8}
    kept, _ = read(engine, first, {"group": ["A", "B"]}, {"state": ["Done", "Odd"], "group": ["B", None]})
    assert cells(engine, kept) == [
        [*first["state"], None, None, "Done", "Odd"],
        [*first["group"], "A", "B", "B", None],
    ]


@pytest.mark.usefixtures("few_rows_tell")
def test_words_come_in_the_order_of_texts_and_have_their_fingerprints(engine):
    words = ["b", "Z", "ä", "a"] * 2
    kept, as_numbers = read(engine, {"word": words})
    assert as_numbers == ["word"]
    text = engine.put(pa.table({"word": words}), "text")
    for ask in (
        lambda t: t.order_by("word").select("word"),
        lambda t: t.aggregate(least=t.word.min(), most=t.word.max()),
        lambda t: t.filter(t.word > "a").select("word").order_by("word"),
        lambda t: t.select(hash=engine.fingerprint(t.word)).order_by("hash"),
        lambda t: t.select(hash=engine.fingerprint(t.word, ibis.literal(3))).order_by("hash"),
        lambda t: t.select(twice=t.word + t.word.upper(), known=t.word.isin(["a", "none of them"])).order_by("twice"),
    ):
        assert engine.fetch(ask(kept), limit=9).to_pylist() == engine.fetch(ask(text), limit=9).to_pylist()


@pytest.mark.usefixtures("few_rows_tell")
def test_a_file_that_is_read_once_more_in_another_way_is_looked_at_anew(engine):
    """The first way was refused: nothing was added, and other rows come now."""
    kept = engine.begin(ibis.schema({"state": "string", "group": "string"}), "held")
    refused = engine.put(pa.table({"state": ["New"] * 8, "group": ["A"] * 8}), "refused")
    engine.pack(kept, refused)
    taken = {"state": [f"state {i}" for i in range(9)], "group": ["B"] * 9}
    rows = engine.put(pa.table(taken), "taken")
    engine.pack(kept, rows)
    assert engine.append(kept, rows) == 9
    assert cells(engine, kept) == [*taken.values()]


def test_a_small_file_is_held_as_text(engine):
    assert read(engine, {"state": ["New"] * 100})[1] == []


@settings(max_examples=60, deadline=None)
@given(files=st.lists(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=30), min_size=1, max_size=3))
def test_what_is_held_is_what_was_read(shared_engine, files):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packing, "_SAMPLE", 4)
        columns = [{"a": [a for a, _ in rows], "b": [b for _, b in rows]} for rows in files]
        kept, _ = read(shared_engine, *columns)
        assert cells(shared_engine, kept) == [[cell for file in columns for cell in file[name]] for name in "ab"]
        shared_engine.drop(kept)
