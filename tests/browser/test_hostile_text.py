"""Hostile bodies in a real browser: nothing runs, and nothing a reader could see is lost.

The pages are served without any Content-Security-Policy, so that the cleaning alone is on trial.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from app import html
from app.articles.commonmark import to_html
from app.articles.rendering import render
from app.html_tree import escape, parse, serialise

pytestmark = [pytest.mark.corpus, pytest.mark.browser]

BATCH = 200
SCRIPTING = {"script", "fetch", "xhr", "websocket", "eventsource", "object", "manifest", "other"}

# What a payload would call, and what its event attributes wait for.
CANARIES = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'XSS', 'log', 'javascript', 'pwn', 'f'])
  window[name] = (...given) => { window.ran.push(name + '(' + given.join() + ')'); };
window.addEventListener('error', event => { if (event.error) window.ran.push('' + event.error); });
"""
LOOK = """() => {
  const found = [...window.ran];
  for (const element of document.body.querySelectorAll('*')) {
    const where = element.closest('[data-case]').dataset.case + ': ' + element.tagName;
    if (/^(script|style|iframe|object|embed|base|meta|link|form|svg|math|template)$/i.test(element.tagName))
      found.push(where);
    for (const {name, value} of element.attributes) {
      if (/^on/i.test(name) || name === 'style' || name === 'srcdoc') found.push(where + ' ' + name);
      if (/^(href|src|cite|poster|action|formaction|data|background|xlink:href)$/i.test(name)) {
        let scheme = 'unreadable:';
        try { scheme = new URL(value, document.baseURI).protocol; } catch { continue; }
        if (!/^(https?|mailto|tel):$/.test(scheme)) found.push(where + ' ' + name + '=' + value);
      }
    }
  }
  return found;
}"""
INSIDE = "() => [...document.querySelectorAll('[data-case]')].map(element => element.innerHTML)"
# A sandboxed frame without allow-scripts shows a text as a browser with scripts switched off would.
VISIBLE = """async texts => {
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-same-origin';
  document.body.append(frame);
  const seen = [];
  for (const text of texts) {
    await new Promise(done => { frame.onload = done; frame.srcdoc = '<!doctype html><body><div>' + text; });
    seen.push(frame.contentDocument.body.innerText);
  }
  return seen;
}"""

Pages = Callable[[str], str]


@pytest.fixture
def put() -> Iterator[Pages]:
    """Put a page on a loopback server that sends no security headers; gives its address."""
    pages: list[str] = []

    def answer(environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"].strip("/")
        known = path.isdecimal() and int(path) < len(pages)
        response = Response(pages[int(path)] if known else "", 200 if known else 404, content_type="text/html")
        return response(environ, start)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def put_page(page: str) -> str:
        pages.append(page)
        return f"http://127.0.0.1:{server.server_port}/{len(pages) - 1}"

    yield put_page
    server.shutdown()
    thread.join()
    server.server_close()


class Watch:
    """What a page did that a page of text must not do."""

    def __init__(self, context: BrowserContext) -> None:
        self.seen: list[str] = []
        context.add_init_script(CANARIES)
        context.route("**/*", self._route)
        self.page = context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("popup", lambda popup: self.seen.append(f"popup {popup.url}"))
        self.allowed = ""

    def _dialog(self, dialog: Any) -> None:
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _route(self, route: Route, request: Request) -> None:
        if request.url == self.allowed:
            route.continue_()
            return
        if request.resource_type in SCRIPTING or request.is_navigation_request():
            self.seen.append(f"{request.resource_type} {request.url}")
        route.abort()


@pytest.fixture
def watch(context: BrowserContext) -> Watch:
    return Watch(context)


def payloads(corpus: Path) -> list[str]:
    """Every text of every file: inputs, and the outputs other cleaners were content with."""
    found: dict[str, None] = {(corpus / "sanitizer" / "msword-paste.html").read_text(): None}
    for path in sorted((corpus / "sanitizer").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            record = json.loads(line)
            for field in ("payload", "expected", "markdown", "html"):
                if isinstance(record.get(field), str):
                    found[record[field]] = None
    assert len(found) > 2000
    return list(found)


def naughty_strings(corpus: Path) -> list[str]:
    strings: list[str] = json.loads((corpus / "unicode" / "blns.json").read_text())
    assert len(strings) > 400
    return strings


def open_all(bodies: list[str], watch: Watch, put: Pages) -> None:
    """Open rendered bodies, many a page, and check that none does anything and each is read as it was written."""
    for start in range(0, len(bodies), BATCH):
        batch = bodies[start : start + BATCH]
        cases = "".join(f'<div data-case="{start + at}">{body}</div>' for at, body in enumerate(batch))
        watch.allowed = put(f"<!doctype html><meta charset=utf-8><title>Bodies</title><body>{cases}")
        watch.page.goto(watch.allowed)
        assert watch.page.evaluate(LOOK) == []
        assert watch.seen == []
        for at, read in enumerate(watch.page.evaluate(INSIDE)):
            assert serialise(parse(read).children) == batch[at]


@pytest.mark.parametrize("body_format", ["html", "markdown"])
def test_no_payload_runs(body_format: str, corpus: Path, watch: Watch, put: Pages) -> None:
    bodies = [render(payload, body_format).html for payload in payloads(corpus)]
    open_all(bodies, watch, put)


@pytest.mark.parametrize("body_format", ["html", "markdown"])
def test_naughty_strings_as_bodies_run_nothing(body_format: str, corpus: Path, watch: Watch, put: Pages) -> None:
    bodies = [render(string, body_format).html for string in naughty_strings(corpus)]
    open_all(bodies, watch, put)


def test_the_watch_sees_what_it_is_there_for(watch: Watch, put: Pages) -> None:
    """Each way of being hostile is noticed, or the tests above would prove nothing."""
    hostile = {
        "<script>alert(1)</script>": "alert(1)",
        "<img src=x onerror=alert(2)>": "onerror",
        '<a href="java\tscript:alert(3)">x</a>': "href=",
        "<script src=/evil.js></script>": "evil.js",
        "<iframe src=/evil></iframe>": "IFRAME",
        "<svg><rect></svg>": "svg",
    }
    for body, sign in hostile.items():
        watch.seen.clear()
        watch.allowed = put(f'<!doctype html><body><div data-case="0">{body}</div>')
        watch.page.goto(watch.allowed)
        assert sign in "\n".join([*watch.page.evaluate(LOOK), *watch.seen]), body


@pytest.mark.parametrize("body_format", ["html", "markdown"])
def test_no_visible_text_is_lost(body_format: str, corpus: Path, watch: Watch, put: Pages) -> None:
    texts = naughty_strings(corpus)
    if os.environ.get("WHOLE_CORPUS"):
        texts += payloads(corpus)
    # No text is stored with a NUL: what is compared is what is read, so a script with one in its name is a script.
    texts = [text.replace("\x00", "") for text in texts]
    as_typed = [to_html(typed) if body_format == "markdown" else typed for typed in texts]
    shown = [render(typed, body_format).html for typed in texts]
    watch.allowed = put("<!doctype html><title>Compare</title><body>")
    watch.page.goto(watch.allowed)
    before, after = _visible(watch.page, as_typed), _visible(watch.page, shown)
    lost = [
        (typed, seen, left)
        for typed, seen, left in zip(texts, before, after, strict=True)
        if not is_within(letters(seen), letters(left))
    ]
    assert lost == []


def _visible(page: Page, texts: list[str]) -> list[str]:
    page.set_default_timeout(120_000)
    seen: list[str] = page.evaluate(VISIBLE, texts)
    return seen


def letters(text: str) -> str:
    """What is compared: no white space, nothing that cannot be seen."""
    return "".join(html.text(escape(text)).split())


def is_within(part: str, whole: str) -> bool:
    """Whether all characters of ``part`` stand in ``whole`` in their order."""
    rest = iter(whole)
    return all(character in rest for character in part)
