"""How the values of options are read."""

from __future__ import annotations

import pytest

from mining.cli.options import share
from mining.core.errors import RequestError


@pytest.mark.parametrize(
    ("text", "value"), [("1%", 0.01), ("0.01", 0.01), (" 2.5 % ", 0.025), ("0", 0.0), ("100%", 1.0), ("0%", 0.0)]
)
def test_a_share(text: str, value: float) -> None:
    assert share("--max-rejected", text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1", "5", "101%", "-1%", "one", "", "1e-2", "٣%", "nan", "1 percent"])
def test_what_is_no_share_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(RequestError, match="--max-rejected is no share") as caught:
        share("--max-rejected", text)
    (problem,) = caught.value.problems
    assert problem.found == text
    assert problem.expected is not None
    assert "1%" in problem.expected
