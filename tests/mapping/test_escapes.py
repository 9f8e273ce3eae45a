"""Characters that are written as escapes in a mapping file, as programs write them that make JSON."""

from __future__ import annotations

import pytest

from mining.core.errors import ConfigError
from mining.core.yamlio import parse_yaml


def test_two_halves_of_a_character_are_one() -> None:
    assert parse_yaml('team: "\\ud83d\\udd25 fire"', "mine.yaml").data == {"team": "\U0001f525 fire"}


def test_half_a_character_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError) as raised:
        parse_yaml('name: x\nteam: "\\ud83d fire"', "mine.yaml")
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.text) == ("mine.yaml", 2, "half a character is written here")
