"""From what was written (HTML or Markdown) to what is shown. Pure, and slow: never inside a transaction."""

from dataclasses import dataclass

from app import html

RENDERER = 1
"""Grows when ``render`` changes what it makes; ``articles render --all`` then remakes the live pages."""
MAX_BODY = 1_000_000


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


def prepare(typed: str, body_format: str) -> Body:
    """Make what was typed storable. Raises ``html.TooDeep``."""
    if body_format == "markdown":
        return Body(typed, body_format)
    cleaned = html.clean(typed)
    return Body(cleaned.html, body_format, typed if cleaned.removed else None, cleaned.removed)


def render(source: str, body_format: str, *, excerpt: str = "") -> Rendered:
    """The HTML to show for a stored body; without an excerpt its first paragraph is marked as the lead."""
    shown = html.clean(source).html
    words = html.text(shown)
    return Rendered(shown, len(words.split()), excerpt or words[:200])
