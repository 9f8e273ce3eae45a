"""Every colour of the style sheet is legible on its ground, in both themes."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from mining.core.activities import Activity

CSS = (files("mining.report") / "assets" / "report.css").read_text(encoding="utf-8")
PALETTE = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
}
ACTIVITIES = [activity.value.replace("_", "-") for activity in Activity]

TEXTS = [
    *((ink, ground) for ink in ("ink", "soft", "muted", "link", "good", "bad") for ground in ("card", "page")),
    *((f"curve-{name}", "card") for name in ("claimed", "held", "closed")),
    *((f"on-{activity}", activity) for activity in ACTIVITIES),
    ("on-node", "node"),
    ("on-outside", "outside"),
    ("ink", "here"),
    ("soft", "here"),
    ("ink", "heat-low"),
    ("ink", "heat-high"),
]
MARKS = [
    *((f"time-{number}", "card") for number in range(6)),
    *((name, "card") for name in ("untimed", "wait", "calm", "bad", "node-edge", "outside", "muted", *ACTIVITIES)),
    *((f"mark-{activity}", "node") for activity in ACTIVITIES),
]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_text_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(PALETTE[ink][theme], PALETTE[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_told_from_their_ground(mark: str, ground: str, theme: int) -> None:
    assert contrast(PALETTE[mark][theme], PALETTE[ground][theme]) >= 3


def test_every_colour_that_is_used_is_in_the_palette() -> None:
    sources = [CSS, (files("mining.report") / "assets" / "boot.js").read_text(encoding="utf-8")]
    used = set(re.findall(r"var\(--([a-z0-9-]{2,})\)", CSS))
    used |= set(re.findall(r'colour\("([a-z0-9-]+)"\)', "".join(sources)))
    assert used <= set(PALETTE)


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
