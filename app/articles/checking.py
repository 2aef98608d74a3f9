"""Looking through an article before it is published: what readers would miss or stumble over.

It advises and never forbids. ``look_through`` is pure and finds what the text shows by itself; where links lead is for
``checking_links`` to ask.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.articles.blocks import pairs
from app.articles.commonmark import to_html
from app.articles.models import Draft
from app.html_tree import Element, parse
from app.text import shorten

MOST = 100
"""Pieces of advice: whoever needs more begins with these."""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NUMBERED = re.compile(r"-[0-9]+$")
_TELLING = re.compile(r"<(?:a|audio|h[1-6]|hr|img|table|video)\b|\sid=", re.IGNORECASE)
"""What advice can be about: a block without it, as most are, need not be read."""
_MARKUP = re.compile("<[^<>]*>")


@dataclass(frozen=True)
class Advice:
    """One thing to look at, in a sentence, and where it is: a field of the form, and in the text the block."""

    kind: str
    """alt, link, excerpt, heading, footnote, text or title."""
    sentence: str
    field: str = "body"
    block_id: str = ""


@dataclass(frozen=True)
class Link:
    """A link of the text: its address, its words, and the block it stands in."""

    href: str
    words: str
    block_id: str

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return f"The link “{self.words}”" if self.words else f"The link to “{shorten(self.href, 60)}”"


@dataclass(frozen=True)
class Looked:
    """What was found, and what is to be asked about."""

    advice: list[Advice]
    links: list[Link]
    """All links with words and an address, those to places of the same text left out."""


def look_through(draft: Draft) -> Looked:
    """Look through a working copy. Raises ``TooIntricate`` for a text that cannot be read."""
    found = _Found()
    for block_id, text in _blocks(draft):
        if not _TELLING.search(text) and (found.has_content or _has_words(text)):
            found.has_content = True
        else:
            found.read(block_id, parse(text))
    advice = [*_about_fields(draft), *found.advice, *found.about_places()]
    if not found.has_content:
        advice.insert(0, Advice("text", "There is no text yet."))
    return Looked(advice[:MOST], found.links)


def _has_words(text: str) -> bool:
    """Whether a block without entities has words; with them only reading it tells."""
    return "&" not in text and bool(_MARKUP.sub("", text).strip())


def _about_fields(draft: Draft) -> Iterator[Advice]:
    if draft.title.strip().casefold() in ("untitled", "a title", "title"):
        yield Advice("title", f"The title is still “{draft.title.strip()}”.", "title")
    if not draft.excerpt.strip():
        sentence = "There is no excerpt: lists, feeds and search engines show the beginning of the text."
        yield Advice("excerpt", sentence, "excerpt")
    if draft.cover_url and not draft.cover_alt.strip():
        yield Advice("alt", "The cover image has no description in words.", "cover_alt")


def _blocks(draft: Draft) -> list[tuple[str, str]]:
    if draft.body_format == "markdown":
        return [("", to_html(draft.body))]
    return pairs(draft.body, draft.block_ids or [], draft.body_format)


class _Found:
    """What reading a text block by block has brought so far."""

    def __init__(self) -> None:
        self.advice: list[Advice] = []
        self.links: list[Link] = []
        self.has_content = False
        self.level = 1
        self.ids: set[str] = set()
        self.notes: dict[str, str] = {}
        """Ids of footnotes, with their block."""
        self.places: list[tuple[Link, bool]] = []
        """Links to places of the same text, and whether they are references to footnotes."""

    def read(self, block_id: str, tree: Element) -> None:
        """Look through one block."""
        self.has_content = self.has_content or bool(tree.words().strip())
        self._walk(tree, block_id, in_reference=False, in_notes=False)

    def about_places(self) -> Iterator[Advice]:
        """What could be known only at the end: links to places, and footnotes without a counterpart."""
        referred = set()
        for link, is_reference in self.places:
            place = unquote(link.href[1:])
            referred.add(place)
            if place in self.ids or _NUMBERED.sub("", place) in self.ids or place in ("", "top"):
                continue
            if is_reference:
                yield Advice("footnote", f"Footnote {link.words or place} has no note.", block_id=link.block_id)
            else:
                sentence = f"{link.name} leads to a place of this text that is not there: {link.href}"
                yield Advice("link", sentence, block_id=link.block_id)
        for note, block_id in self.notes.items():
            if note not in referred:
                yield Advice("footnote", f"The note “{note}” has no reference in the text.", block_id=block_id)

    def _walk(self, element: Element, block_id: str, *, in_reference: bool, in_notes: bool) -> None:
        for child in element.children:
            if isinstance(child, str):
                continue
            classes = child.attributes.get("class", "").split()
            is_notes = in_notes or "footnotes" in classes
            self._note_ids(child, block_id, in_notes=in_notes)
            if child.name in ("img", "video", "audio", "hr", "table"):
                self.has_content = True
            if child.name == "img":
                self._read_image(child, block_id)
            elif child.name in HEADINGS:
                self._read_heading(child, block_id)
            elif child.name == "a" and "href" in child.attributes and "footnote-backref" not in classes:
                self._read_link(child, block_id, is_reference=in_reference or "footnote-ref" in classes)
            inside = in_reference or "footnote-ref" in classes
            self._walk(child, block_id, in_reference=inside, in_notes=is_notes)

    def _note_ids(self, element: Element, block_id: str, *, in_notes: bool) -> None:
        place = element.attributes.get("id", "")
        if place:
            self.ids.add(place)
            if in_notes and element.name == "li":
                self.notes[place] = block_id

    def _read_image(self, image: Element, block_id: str) -> None:
        if image.attributes.get("alt", "").strip() or image.attributes.get("title", "").strip():
            return
        name = unquote(urlsplit(image.attributes.get("src", "").split(",")[0]).path.rpartition("/")[2])
        sentence = f"The image “{shorten(name, 60)}” has no alternative text. If it only decorates, leave it so."
        self.advice.append(Advice("alt", sentence, block_id=block_id))

    def _read_heading(self, heading: Element, block_id: str) -> None:
        level, words = int(heading.name[1]), " ".join(heading.words().split())
        self.ids.add("-".join(re.sub(r"[^\w\s-]", "", heading.words().lower()).split())[:80])
        if not words:
            self.advice.append(Advice("heading", "A heading has no words.", block_id=block_id))
        elif level > self.level + 1:
            above = f"after one of level {self.level}" if self.level > 1 else "at the beginning"
            sentence = f"The heading “{shorten(words, 60)}” is of level {level} {above}: a level is left out."
            self.advice.append(Advice("heading", sentence, block_id=block_id))
        self.level = level

    def _read_link(self, link: Element, block_id: str, *, is_reference: bool) -> None:
        href, words = link.attributes["href"].strip(), shorten(" ".join(link.words().split()), 60)
        has_picture = any(below.name in ("img", "video", "audio") for below in link.elements())
        found = Link(href, words, block_id)
        if not words and not has_picture:
            self.advice.append(Advice("link", f"A link to “{shorten(href, 60)}” has no words.", block_id=block_id))
        elif href in ("", "#"):
            self.advice.append(Advice("link", f"The link “{words}” leads nowhere.", block_id=block_id))
        elif href.startswith("#"):
            self.places.append((found, is_reference))
        else:
            self.links.append(found)
