from __future__ import annotations

from report_builders import INCIDENTS, analysis, barely_linked, linked

from mining.report import tables


def test_every_variant_is_in_the_table_the_most_frequent_first() -> None:
    found = tables(analysis())["variants"].to_pylist()
    assert [row["number"] for row in found] == list(range(1, 13))
    assert [row["streams"] for row in found] == sorted((trail.streams for trail in INCIDENTS), reverse=True)
    assert found[0]["symbols"] == [
        "engage:log",
        "deliver_and_support:investigate",
        "deliver_and_support:resolve [claimed]",
    ]
    assert found[0]["conforms"] is True
    assert found[0]["median_us"] == 4_608_000_000
    assert found[4]["deviations"] == [
        {"kind": "repeated", "label": "deliver_and_support:route", "instead_of": None, "moves": 1}
    ]


def test_a_variant_that_was_not_checked_has_no_verdict() -> None:
    found = tables(analysis())["variants"].to_pylist()
    assert found[-1]["state"] == "cancelled"
    assert found[-1]["conforms"] is None
    assert found[-1]["deviations"] is None


def test_hand_offs_of_both_levels_with_the_ends_named() -> None:
    found = tables(analysis())["hand_offs"].to_pylist()
    first = next(row for row in found if row["source"] == "demand")
    assert (first["level"], first["target"], first["count"]) == ("activity", "engage", 23073)
    assert any(row["target"] == "value" for row in found)
    assert {row["level"] for row in found} == {"activity", "step"}


def test_an_analysis_without_streams_gives_empty_tables_of_the_same_shape() -> None:
    full, empty = tables(analysis()), tables(analysis(()))
    for name in ("variants", "hand_offs"):
        assert empty[name].num_rows == 0
        assert empty[name].schema == full[name].schema


def test_every_column_of_links_is_in_a_table_of_its_own() -> None:
    found = tables(linked())["links"].to_pylist()
    assert [row["column"] for row in found] == ["problem_id", "rfc", "close_notes", "parent_incident"]
    assert (found[0]["type"], found[0]["other"], found[0]["strength"]) == ("incident", "problem", "explicit")
    assert (found[0]["tickets"], found[0]["tickets_of_type"]) == (6_120, 23_102)
    assert found[0]["tickets_share"] == 6_120 / 23_102
    assert (found[3]["onwards"], found[3]["to_itself"]) == (False, 3)


def test_a_share_without_a_whole_is_null() -> None:
    found = tables(barely_linked())["links"].to_pylist()
    assert (found[0]["tickets_of_type"], found[0]["tickets_share"], found[0]["absent_share"]) == (None, None, None)


def test_without_links_there_is_no_table_of_them() -> None:
    assert set(tables(analysis())) == {"variants", "hand_offs", "breakdown"}
