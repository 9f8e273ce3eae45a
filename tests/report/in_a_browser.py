"""What tests of several pages do in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

Visit = Callable[..., "Page"]


def faults(page: Page, within: str = "html") -> list[str]:
    """What axe finds wrong within a selector."""
    from axe_playwright_python.base import AXE_FILE_PATH

    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    found = page.evaluate("async ([within, rules]) => await axe.run(within, {runOnly: rules})", [within, AXE_RULES])
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
