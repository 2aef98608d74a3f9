"""Writing in a long article, in Chromium: how soon it can be typed in, how soon a key is seen, what saving sends."""

import os
import re
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from bench.client import Client
from bench.load import percentile
from bench.report import Row, bar
from bench.run import Run
from bench.stage import TOKEN, Stage, running
from tests.browser.conftest import FLAGS, find_chromium

GROUP = "Editor"
WORDS = 10_000
PICTURES = 50
TEXT = "the harbour lay still and every boat was waiting for the wind to turn before the tide went out again"
PARAGRAPH = 80
"""Words of a paragraph."""
KEYS = 300
KEYS_APART = 33
"""Milliseconds: thirty keys a second."""
OPENED = 2_000.0
PAINTED = 50.0
SENT = 10_000
WATCH = """
window.paints = [];
addEventListener('keydown', (event) => {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => paints.push(performance.now() - event.timeStamp);
    channel.port2.postMessage(0);
  });
}, true);
const look = () => {
  const text = document.querySelector('.ProseMirror[contenteditable=true]');
  if (text && text.children.length > 10) window.ready = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
"""From the key's own time to the first task after the frame in which it was drawn."""


def measure(run: Run) -> None:
    chromium = find_chromium()
    if chromium is None:
        run.report.note("Writing needs Chromium: left out")
        return
    kind = run.kinds[0]
    with run.stage("editor", kind) as stage, running(stage.server(workers=2)) as near, sync_playwright() as playwright:
        path = _write(stage, near.port)
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        address = f"http://127.0.0.1:{near.port}"
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        name, _, value = stage.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address}])
        context.add_init_script(WATCH)
        on = f"{kind}, {WORDS:,} words, {PICTURES} pictures"
        opened = sorted(_open(context.new_page(), address + path) for _ in range(max(3, run.rounds)))
        row = Row(GROUP, "opened, until it can be typed in", on, p50=percentile(opened, 0.5), p99=opened[-1])
        bar(row, f"under {OPENED:,.0f} ms", met=opened[-1] < OPENED)
        run.report.add(row)
        _type(run, context.new_page(), address + path, on)
        browser.close()


def body() -> str:
    """The article: paragraphs, a heading after each tenth, pictures evenly between."""
    words = [
        "the",
        "harbour",
        "lay",
        "still",
        "and",
        "every",
        "boat",
        "was",
        "waiting",
        "for",
        "the",
        "wind",
        "to",
        "turn",
        "before",
        "the",
        "tide",
        "went",
        "out",
        "again",
    ]
    count = WORDS // PARAGRAPH
    blocks = []
    for number in range(count):
        if number % 10 == 0:
            blocks.append(f"<h2>Part {number // 10 + 1}</h2>")
        text = " ".join(words[(number + place) % len(words)] for place in range(PARAGRAPH))
        blocks.append(f"<p>{text[:60]}<em>{text[60:90]}</em>{text[90:]}</p>")
        if number * PICTURES // count != (number + 1) * PICTURES // count:
            image = f'<img src="/static/favicon.svg?n={number}" alt="A boat" width="800" height="600">'
            blocks.append(f"<figure>{image}<figcaption>Picture {number}</figcaption></figure>")
    return "\n".join(blocks)


def _write(stage: Stage, port: int) -> str:
    """Make the article; the path of its form."""
    client = Client(port, stage.cookie)
    token = TOKEN.search(client.get("/admin/articles/new"))
    assert token, "the form has no token"
    client.post("/admin/articles", urlencode({"csrf_token": token[1], "title": "A long one", "body": body()}))
    found = re.match(r"(?:https?://[^/]+)?(/admin/articles/\d+)", client.header("Location"))
    client.close()
    assert found, "no article was made"
    return found[1]


def _open(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.ready")
    took = float(page.evaluate("window.ready"))
    page.close()
    return took


def _type(run: Run, page: Page, address: str, on: str) -> None:
    """Type in the middle, then wait for what is saved."""
    sent: list[int] = []
    page.on(
        "request",
        lambda request: (
            sent.append(len(request.post_data_buffer or b""))
            if request.method == "POST" and "automatic" in (request.post_data or "")
            else None
        ),
    )
    page.goto(address, wait_until="load")
    page.wait_for_function("window.ready")
    page.locator(".ProseMirror > p").nth(60).click()
    page.evaluate("window.paints = []")
    page.keyboard.type("tide and wind " * (KEYS // 14), delay=KEYS_APART)
    page.wait_for_timeout(3_000)
    paints = sorted(page.evaluate("window.paints"))
    at95 = percentile(paints, 0.95)
    row = Row(GROUP, "key to paint, 95th percentile", on, p50=percentile(paints, 0.5), p99=percentile(paints, 0.99))
    row.value, row.unit = round(at95, 1), "ms"
    bar(row, f"under {PAINTED:.0f} ms", met=at95 < PAINTED)
    run.report.add(row)
    if not sent:
        run.report.note("The editor saved nothing by itself while it was measured")
        return
    row = Row(GROUP, "largest automatic save", on, value=max(sent), unit="bytes")
    bar(row, f"under {SENT:,} bytes", met=max(sent) < SENT)
    run.report.add(row)
    page.close()
