"""What labels and columns usually mean."""

from __future__ import annotations

import pytest

from mining.mapping.propose_columns import nested, no_event, time_event, within
from mining.mapping.propose_text import flow, scalar
from mining.mapping.vocabulary import Sure, meaning_of, meanings, plain, role_words, speaks_for, table


@pytest.mark.parametrize(
    ("label", "meaning", "sure"),
    [
        ("Resolved", "resolve", Sure.SURE),
        ("gelöst", "resolve", Sure.SURE),
        ("Résolu", "resolve", Sure.SURE),
        ("En espera", "wait", Sure.SURE),
        ("In behandeling", "investigate", Sure.SURE),
        ("Geschlossen", "close", Sure.SURE),
        ("Wait - Vendor", "await vendor", Sure.SURE),
        ("WAITING_FOR_CUSTOMER", "ask the user", Sure.SURE),
        ("Won't Fix", "rejected", Sure.SURE),
        ("Closed as duplicate by agent", "duplicate", Sure.LIKELY),
        ("Not resolved", "resolve", Sure.UNSURE),
        ("Cancelation", "cancelled", Sure.SURE),
        ("Asigned", "assign", Sure.UNSURE),
        ("Reopened after closing", "reopen", Sure.LIKELY),
    ],
)
def test_labels(label: str, meaning: str, sure: Sure) -> None:
    found = meaning_of(label, {})
    assert found is not None
    assert (found.meaning.name, found.sure) == (meaning, sure)


def test_what_is_in_no_vocabulary_means_nothing() -> None:
    assert meaning_of("Zzyzx", {}) is None
    assert meaning_of("-100", {}) is None


def test_a_label_of_a_shipped_mapping() -> None:
    shipped = {"frobbed": (meanings()["inform"], "some_mapping")}
    found = meaning_of("Frobbed", shipped)
    assert found is not None
    assert found.reason == "as in the mapping some_mapping"


def test_the_tables_are_written_as_labels_are_looked_up() -> None:
    for entry in table("labels"):
        words = [word for each in entry["words"] for word in (each if isinstance(each, list) else [each])]
        assert [word for word in words if plain(word) != word.replace("~", "")] == []
    for role in ("ticket", "time", "event", "state", "group", "actor", "order", "demand", "keep", "never"):
        assert [word for word in role_words(role) if plain(word) != word] == []


def test_columns() -> None:
    assert speaks_for("Issue key", role_words("ticket")) > speaks_for("sys_id", role_words("ticket")) > 0
    assert speaks_for("resolvedAt", ("resolved at",)) == 1.0
    assert time_event("erstellt am")[1] == "created"
    assert time_event("resolutiondate")[1] == "resolved"
    assert no_event("sys_updated_on")
    assert no_event("Due date")
    assert not no_event("Closed at")


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "7",
        "a, b",
        "it's",
        "{x}",
        "#",
        "- a",
        "é\u2028",
        "null",
        " ",
        "a: b",
        "0?",
        "?",
        "a?",
        "x:",
        "%a",
        "@",
        "`",
        "Won't Fix",
        "a'",
        "0x1F",
        "1_000",
        "2024-01-01",
        "~",
        "=",
        "<<",
        "off",
        "\\",
        '"',
    ],
)
def test_any_text_survives_yaml(text: str) -> None:
    import yaml

    assert yaml.safe_load(scalar(text)) == text
    assert yaml.safe_load(flow({"a": [text, {"b": text}]})) == {"a": [text, {"b": text}]}


def test_of_flattened_json_the_lists_of_changed_fields_are_found() -> None:
    inside = "changelog.histories.items"
    columns = ["key", "fields.created", "changelog.histories.created", f"{inside}.field", f"{inside}.toString"]
    assert nested(columns) == inside
    assert [column for column in columns if within(inside, column)] == columns[2:]
    assert nested(["key", "fields.created"]) is None
    assert time_event("data.fields.created")[1] == "created"
