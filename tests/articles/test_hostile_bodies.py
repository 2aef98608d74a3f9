"""Bodies made to keep a worker busy: whatever the size, they are soon shown or refused with a sentence."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app import html
from app.articles.rendering import MAX_BODY, prepare, render

AT_MOST = 30
"""CPU seconds; meant are 5, and without bounds each of these takes from 40 seconds to hours."""

MARKDOWN: dict[str, Callable[[int], str]] = {
    "wide table": lambda size: "".join(f"|{cell * (size // 6)}\n" for cell in ("a|", "-|", "b|")),
    "table filled up": lambda size: f"|{'a|' * 200}\n|{'-|' * 200}\n" + "|\n" * (size // 2),
    "long table": lambda size: "|a|b|\n|-|-|\n" + "|c|d|\n" * (size // 6),
    "footnotes": lambda size: "".join(f"[^{at}]: x[^{at + 1}]\n\n" for at in range(size // 22)) + "[^0]",
    "footnotes in the line": lambda size: "^[a] " * (size // 5),
    "footnotes in footnotes": lambda size: "^[" * (size // 2),
    "list": lambda size: "- a\n" * (size // 4),
    "pictures": lambda size: "![" * (size // 2),
    "brackets": lambda size: "[" * (size // 2) + "]" * (size // 2),
    "titles": lambda size: '[a](b "' * (size // 7),
    "layers": lambda size: "*a **b " * (size // 7),
    "emphasis": lambda size: "*_" * (size // 2),
    "definition used often": lambda size: f"[a]: /{'x' * (size // 2)}\n\n" + "[a] " * (size // 8),
    "addresses": lambda size: "a://" * (size // 4),
    "character data": lambda size: "a<![CDATA[" * (size // 10),
    "paragraphs": lambda size: "a\n\n" * (size // 3),
    "code": lambda size: "~~~\na\n" * (size // 6),
}
HTML: dict[str, Callable[[int], str]] = {
    "too deep": lambda size: "<div>" * (size // 5),
    "attributes": lambda size: f"<p {' '.join(f'a{at}=b' for at in range(size // 9))}>",
    "attribute": lambda size: f'<p title="{"x" * size}">',
    "classes": lambda size: f'<p class="{"a " * 3_900}">' * (size // 7_813),
    "elements": lambda size: "<p>x" * (size // 4),
    "unclosed formatting": lambda size: "<b><i><p>" * (size // 9),
    "formatting carried on": lambda size: "<p>" + "".join(f"<b id=b{at}>" for at in range(90)) + "<p>x" * (size // 4),
    "links in links": lambda size: "<a><p>" * (size // 6),
    "ends": lambda size: "</p>" * (size // 4),
    "entities": lambda size: "&amp;" * (size // 5),
    "ampersands": lambda size: "&" * size,
    "entities in an attribute": lambda size: f'<p title="{"&amp;" * (size // 5)}">',
    "text in a table": lambda size: "<table>" + "x<td>" * (size // 5),
    "blocks in layers": lambda size: "<span>" * 95 + "<p>x" * (size // 4),
    "tags that do not end": lambda size: "<a" * (size // 2),
    "sources": lambda size: f'<img srcset="{"a 1x, " * 1_300}">' * (size // 7_815),
}
KINDS = [
    *(("markdown", name, make) for name, make in MARKDOWN.items()),
    *(("html", n, make) for n, make in HTML.items()),
]


@pytest.mark.parametrize(("body_format", "make"), [pytest.param(kind, make, id=name) for kind, name, make in KINDS])
def test_it_is_soon_shown_or_refused(body_format: str, make: Callable[[int], str]) -> None:
    started = time.process_time()
    try:
        render(prepare(make(MAX_BODY), body_format).source, body_format)
    except html.TooIntricate as refusal:
        assert type(refusal).__doc__
    assert time.process_time() - started < AT_MOST


@pytest.mark.parametrize(("body_format", "make"), [pytest.param(kind, make, id=name) for kind, name, make in KINDS])
def test_what_was_let_in_can_be_shown(body_format: str, make: Callable[[int], str]) -> None:
    """Nothing is stored that cannot be published: the two read the same."""
    try:
        stored = prepare(make(500), body_format)
    except html.TooIntricate:
        return
    assert prepare(stored.source, body_format).source == stored.source
    render(stored.source, body_format)


@pytest.mark.parametrize(
    "honest",
    [
        "A line of words that goes on. " * 33_000,
        "A paragraph with *stress* and [a link](https://example.org/).\n\n" * 1_500,
    ],
)
def test_long_honest_texts_are_shown(honest: str) -> None:
    assert render(prepare(honest, "markdown").source, "markdown").words > 10_000


@pytest.mark.corpus
def test_no_real_post_is_refused(corpus: Path) -> None:
    paths = [path for path in (corpus / "markdown").rglob("*") if path.suffix in (".md", ".markdown")]
    assert len(paths) > 1_000
    longest = sorted(paths, key=lambda path: path.stat().st_size)[-100:]
    for path in longest if os.environ.get("WHOLE_CORPUS") else longest[::-4]:
        # Three times over, it is still far from what is refused.
        prepare(path.read_text(encoding="utf-8") * 3, "markdown")
