"""From what was written (HTML or Markdown) to what is shown. Pure, and slow: never inside a transaction."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app import html
from app.articles.commonmark import to_html
from app.articles.finishing import finish
from app.articles.finishing_code import highlight
from app.articles.finishing_images import offer_sizes
from app.articles.finishing_inserts import decorate, is_card
from app.html_tree import Element, parse, serialise
from app.media.addresses import Picture
from app.text import clean_block, shorten

RENDERER = 4
"""Grows when ``render`` changes what it makes; ``articles render --all`` then remakes the live pages."""
Pictures = Mapping[int, Picture]
"""The library's pictures by id, as far as a text mentions them: ``showing.list_shown`` finds them."""
NO_PICTURES: Pictures = {}
MAX_BODY = 1_000_000
SUMMARY_LENGTH = 200
UNSUMMED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "figure", "sup"})
"""What says little at the beginning of a text, out of its place."""
INLINE = frozenset(
    {"a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "mark", "q", "s", "small", "strong", "u"}
)
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
# People read about two Chinese or Japanese characters, or five letters of scripts without spaces, for a word.
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WORD = re.compile(r"\w+(?:['’‑-]\w+)*")


@dataclass(frozen=True)
class Body:
    """A body ready to be stored: cleaned HTML or Markdown as typed, and what cleaning took out."""

    source: str
    format: str
    as_typed: str | None = None
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A live body: HTML with heading anchors, its words, and the beginning of it as plain text."""

    html: str
    words: int
    summary: str


def prepare(typed: str, body_format: str, *, is_typed: bool = True) -> Body:
    """Make what was typed storable. Raises ``html.TooIntricate``.

    ``is_typed`` False: HTML that a program wrote, never a person's plain text.

    Markdown is stored as typed and cleaned whenever it is shown; ``removed`` says what will not be.
    """
    return _prepare(typed, body_format, is_typed=is_typed)[0]


def prepare_and_render(
    typed: str, body_format: str, *, excerpt: str = "", pictures: Pictures = NO_PICTURES
) -> tuple[Body, Rendered]:
    """``prepare`` and ``render`` in half the time of both: for what is stored and published at once."""
    body, cleaned = _prepare(typed, body_format)
    return body, _finish(cleaned, excerpt, pictures)


def _prepare(typed: str, body_format: str, *, is_typed: bool = True) -> tuple[Body, html.Cleaned]:
    typed = clean_block(typed.replace("\x0c", " "))  # a form feed is white space in HTML
    as_html = to_html if body_format == "markdown" else as_paragraphs if is_typed else str
    cleaned = html.clean(as_html(typed))
    if body_format == "markdown":
        return Body(typed, body_format, None, cleaned.removed), cleaned
    return Body(cleaned.html, body_format, typed if cleaned.removed else None, cleaned.removed), cleaned


def render(source: str, body_format: str, *, excerpt: str = "", pictures: Pictures = NO_PICTURES) -> Rendered:
    """The HTML to show for a stored body; without an excerpt its first paragraph is marked as the lead.

    Raises ``html.TooIntricate``, which ``prepare`` has ruled out for what it has seen.
    """
    return _finish(html.clean(to_html(source) if body_format == "markdown" else source), excerpt, pictures)


def _finish(cleaned: html.Cleaned, excerpt: str, pictures: Pictures) -> Rendered:
    tree = cleaned.tree or parse(cleaned.html)
    finish(tree, mark_lead=not excerpt.strip())
    words = html.text_of(tree)
    count, summary = count_words(words), excerpt.strip() or summarise(tree, words)
    # What follows is not the author's: it is neither counted nor summed up.
    decorate(tree)
    highlight(tree)
    offer_sizes(tree, pictures)
    return Rendered(serialise(tree.children), count, summary)


def as_paragraphs(typed: str) -> str:
    """HTML as typed; but what has no markup beyond inline elements is text of somebody who writes none.

    Blank lines then part paragraphs and line ends end lines, as they did where it was typed.
    """
    if "<!" in typed or "<?" in typed or not {name.lower() for name in _TAG.findall(typed)} <= INLINE:
        return typed
    blocks = [block.strip() for block in _BLANK_LINES.split(typed) if block.strip()]
    return "\n".join("<p>{}</p>".format(block.replace("\n", "<br>\n")) for block in blocks)


def count_words(text: str) -> int:
    """How many words a reader has to read, in any script."""
    ideographs = len(_IDEOGRAPHS.findall(text))
    unspaced = len(_UNSPACED.findall(text))
    rest = _UNSPACED.sub(" ", _IDEOGRAPHS.sub(" ", text))
    return len(_WORD.findall(rest)) + (ideographs + 1) // 2 + (unspaced + 4) // 5


def summarise(tree: Element, words: str) -> str:
    """The beginning of a text, about 200 characters of its paragraphs (of all its words, if it has none)."""
    found: list[str] = []
    for element in tree.elements():
        if "footnotes" in element.attributes.get("class", "").split():
            break
        if element.name == "p" and not is_card(element) and sum(map(len, found)) < SUMMARY_LENGTH:
            telling = Element("p")
            telling.children = _telling(element)
            found += html.text_of(telling).split()
    return shorten(" ".join(found or words.split()), SUMMARY_LENGTH)


def _telling(element: Element) -> list[Element | str]:
    return [child for child in element.children if isinstance(child, str) or child.name not in UNSUMMED]
