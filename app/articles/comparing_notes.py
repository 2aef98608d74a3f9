"""What a comparison says in words where nothing is added or removed: attributes, formatting, kinds of blocks. Pure."""

from collections.abc import Mapping

from app.html_tree import Element
from app.text import shorten

LONGEST_VALUE = 300
BLOCK_NAMES = {
    "aside": "callout", "blockquote": "quote", "dl": "list of definitions", "li": "item", "ol": "numbered list",
    "p": "paragraph", "pre": "code block", "td": "cell", "th": "header cell", "ul": "list with bullets",
    **{f"h{level}": f"heading {level}" for level in range(1, 7)},
}  # fmt: skip
FORMAT_NAMES = {
    "a": "a link", "b": "bold", "code": "code", "del": "deleted", "em": "italic", "i": "italic", "ins": "inserted",
    "kbd": "a key", "mark": "highlighted", "q": "quoted", "s": "struck through", "small": "small", "strong": "bold",
    "sub": "lowered", "sup": "raised", "u": "underlined",
}  # fmt: skip
ATTRIBUTE_NAMES = {
    "alt": "alternative text", "cite": "source", "class": "style", "colspan": "columns", "datetime": "time",
    "dir": "direction", "href": "address", "hreflang": "language of the target", "id": "anchor", "lang": "language",
    "rel": "relation", "rowspan": "rows", "src": "file", "srcset": "files", "start": "first number", "title": "title",
}  # fmt: skip
ATOM_NAMES = {"img": "image", "picture": "image", "audio": "audio", "video": "video"}

Mark = tuple[str, tuple[tuple[str, str], ...]]
"""An inline element around some words: its name and its attributes."""


def note(sentence: str, *, name: str = "span") -> Element:
    """Some words of ours between the article's."""
    element = Element(name, attributes={"class": "difference-note"})
    element.children = [f" [{sentence}]"]
    return element


def hidden(words: str) -> Element:
    """Words for those who hear or copy the text; for others strokes and colours say it."""
    element = Element("span", attributes={"class": "visually-hidden"})
    element.children = [words]
    return element


def tell_attributes(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What differs between the attributes of two elements; empty if nothing does."""
    told = []
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before != after:
            told.append(f"{ATTRIBUTE_NAMES.get(name, name)}: was {_value(before)}, now {_value(after)}")
    return "; ".join(told)


def tell_kind(old: str, new: str) -> str:
    """That a block became one of another kind; empty if it did not."""
    return "" if old == new else f"was: {BLOCK_NAMES.get(old, old)}, now: {BLOCK_NAMES.get(new, new)}"


def tell_format(old: tuple[Mark, ...], new: tuple[Mark, ...]) -> str:
    """What became of the formatting of words that stayed the same."""
    gone = [mark for mark in old if mark not in new]
    come = [mark for mark in new if mark not in old]
    told = []
    for name, attributes in list(gone):
        other = next((mark for mark in come if mark[0] == name), None)
        if other is not None:
            gone.remove((name, attributes))
            come.remove(other)
            told.append(tell_attributes(dict(attributes), dict(other[1])))
    told += [f"now {_format(mark)}" for mark in come] + [f"no longer {_format(mark)}" for mark in gone]
    return "; ".join(sentence for sentence in told if sentence)


def _format(mark: Mark) -> str:
    name, attributes = mark
    address = dict(attributes).get("href", "")
    return FORMAT_NAMES.get(name, name) + (f" to {_value(address)}" if address else "")


def _value(value: str | None) -> str:
    if value is None:
        return "none"
    return f"“{shorten(value, LONGEST_VALUE)}”" if value else "empty"
