"""One Chromium for all tests of a page: without a network, and a test fails by what the page complains of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from in_a_browser import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WATCH_POLICY = (
    "document.addEventListener('securitypolicyviolation',"
    "e => console.error('policy ' + e.violatedDirective + ' ' + e.blockedURI))"
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser; Playwright allows one at a time in a process, so no test opens its own."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens a file; at the end of the test there was no request, no complaint of the console, no policy broken."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def request_of(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            complaints.append(f"request {request.url}")

    def said(message: Any) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type} {message.text}")

    def open_page(path: Path, *, width: int = 1360, fragment: str = "", scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            offline=True,
            reduced_motion="reduce",
            color_scheme=scheme,  # type: ignore[arg-type]
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", request_of)
        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(f"error {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.add_init_script(WATCH_POLICY)
        page.goto(path.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
