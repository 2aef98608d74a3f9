"""Markdown to HTML: CommonMark with tables, strike-through, footnotes, definition and task lists. Not yet clean."""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.articles.metering import metered
from app.html import TooMuch

DEEPEST = 110
"""Deeper text is dropped by markdown-it: deeper than what ``html.clean`` refuses with a sentence."""
LONGEST_HTML = 3_000_000
_BOX = re.compile(r"\[([ xX])\](?=\s)")
_KEY = re.compile(r"[\w-]+:(\s|$)")


def to_html(markdown: str) -> str:
    """The HTML that some Markdown stands for, raw HTML included as typed. Raises ``html.TooMuch``."""
    reader = metered(_reader())
    env: dict[str, Any] = {}
    tokens = reader.parse(_without_front_matter(markdown), env)
    # A definition of a link may be long, and used often.
    if sum(map(_length, tokens)) > LONGEST_HTML:
        raise TooMuch
    return str(reader.renderer.render(tokens, reader.options, env))


def _length(token: Token) -> int:
    attributes = sum(len(str(value)) for value in token.attrs.values())
    return attributes + len(token.content) + sum(map(_length, token.children or ()))


def _reader() -> MarkdownIt:
    # A new one each time: it is not known to be safe between threads, and costs a tenth of a millisecond.
    reader = MarkdownIt("commonmark", {"maxNesting": DEEPEST, "linkify": True})
    reader.enable(["table", "strikethrough", "linkify"]).use(footnote_plugin).use(deflist_plugin)
    if reader.linkify is not None:
        # Whole addresses become links; "example.org" and "readme.md" stay words.
        reader.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    reader.core.ruler.push("task_boxes", _task_boxes)
    return reader


def _task_boxes(state: StateCore) -> None:
    """``- [x] done`` is a ticked box: a character, because a form control without a label helps nobody."""
    for before, paragraph, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if before.type != "list_item_open" or paragraph.type != "paragraph_open" or not token.children:
            continue
        first = token.children[0]
        if first.type == "text" and (box := _BOX.match(first.content)):
            first.content = ("☐" if box[1] == " " else "☑") + first.content[box.end() :]


def _without_front_matter(markdown: str) -> str:
    """The text behind a leading block of ``key: value`` lines between lines of ``---``."""
    lines = markdown.split("\n")
    if lines[0].rstrip() != "---":
        return markdown
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[number + 1 :]) if any(_KEY.match(held) for held in lines[1:number]) else markdown
        if line.strip() and not (_KEY.match(line) or line.startswith((" ", "\t", "-", "#"))):
            return markdown
    return markdown
