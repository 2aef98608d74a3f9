"""The last part of an address, made from a title or a name in any script. Pure."""

import re

from anyascii import anyascii

SLUG_LENGTH = 80
_CONSIDERED = 1000  # characters of the text that are looked at: enough for a slug, quick for a megabyte
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 80 characters; '' if nothing is left of ``text``.

    Other scripts are transliterated; an apostrophe joins (don't: dont), everything else parts words.
    """
    ascii_text = anyascii(_APOSTROPHES.sub("", text[:_CONSIDERED])).lower()
    words = _BETWEEN_WORDS.sub("-", ascii_text.replace("'", "")).strip("-")
    if len(words) <= SLUG_LENGTH:
        return words
    cut = words[: SLUG_LENGTH + 1]
    return cut.rpartition("-")[0] if "-" in cut else words[:SLUG_LENGTH]


def number(slug: str, attempt: int) -> str:
    """The slug to try when ``slug`` is taken: ``attempt`` 1 is the slug itself, 2 ends in -2, and so on."""
    if attempt == 1:
        return slug
    ending = f"-{attempt}"
    return slug[: SLUG_LENGTH - len(ending)].rstrip("-") + ending
