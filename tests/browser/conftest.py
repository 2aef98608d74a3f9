"""Browser tests: one Chromium for the whole run, a fresh context a test, the app served on loopback."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python import sync_playwright as axe_playwright
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import missing

FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Axe = Callable[[Page, str], list[str]]
WAIT = 30_000
"""Milliseconds a page may take for a step; a test that needs longer is broken."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The machine's Chromium (CHROMIUM names another), or the one Playwright has installed."""
    path = find_chromium()
    if path is None:
        missing("Chromium")
    playwright: Playwright = request.getfixturevalue("playwright")
    # A sandbox cannot be made by root, who runs the tests in containers.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    browser = playwright.chromium.launch(executable_path=path, args=flags)
    yield browser
    browser.close()


def find_chromium() -> str | None:
    """Where Chromium is, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    installed = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(installed[-1]) if installed else None


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own: no cookies of another test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab. ``page.emulate_media(color_scheme="dark")`` and ``page.set_viewport_size`` change its look."""
    return context.new_page()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address (no trailing slash) at which the test's ``app`` answers on loopback, for a browser.

    Commit before opening a page: the server reads on threads of its own.
    """
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def axe() -> Axe:
    """``axe(page, "where")``: what axe-core objects to in a page as it is now, with the element; [] is clean."""
    return violations


def violations(page: Page, where: str) -> list[str]:
    """What axe objects to, with the element."""
    answer = axe_playwright.Axe().run(page, options=AXE)
    return [
        f"{where} {violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for violation in answer.response["violations"]
        for node in violation["nodes"]
    ]
