"""How intricate HTML may be: beyond what any person writes, and below what takes seconds to read."""

import re

DEEPEST = 100
LONGEST_ATTRIBUTE = 8_000
MOST_ATTRIBUTES = 100
MOST_WORK = 400_000
"""An element costs 10 and its depth, a step of the tokenizer 2; the largest of a thousand real posts needs a sixth."""
STEPS = 500
_TAG = re.compile(r"<(/?)[^<>]*>")


class TooIntricate(Exception):
    """The text is too intricate to be read in time."""


class TooDeep(TooIntricate):
    """The text nests more than 100 elements; flatten its lists or tables."""


class TooMuch(TooIntricate):
    """The text has too much formatting in one piece; make several articles of it, or shorten its longest paragraphs."""


def endable(source: str) -> str:
    """The text without what has no end: numbers of thousands of digits, and a tag at the very end."""
    return _whole_tail(_short_references(source))


def _short_references(source: str) -> str:
    """Numeric references of thousands of digits make Python's int() raise; they mean no character anyway."""

    def shorten(match: re.Match[str]) -> str:
        digits = match[1].lstrip("0")
        return f"&#{digits or 0}" if len(digits) <= 7 else "&#65533"

    return re.sub(r"&#([0-9]{8,})", shorten, source)


def _whole_tail(source: str) -> str:
    """A tag that never ends would swallow the rest of the text: show it as text."""
    start = source.rfind("<")
    return source if ">" in source[start:] or start < 0 else f"{source[:start]}&lt;{source[start + 1 :]}"


def most_work(source: str) -> int:
    """The most that reading cleaned HTML may cost: more than it does, and found in no time."""
    cost, depth = 0, 1
    for tag in _TAG.finditer(source):
        cost += 2 * (len(tag[0]) + 4)
        if tag[1]:
            depth = max(1, depth - 1)
        else:
            depth += 1
            cost += 10 + depth
    return cost + 2 * STEPS + 8 * source.count("&")
