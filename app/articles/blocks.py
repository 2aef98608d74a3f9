"""A body as a list of blocks, which joined are the body, byte for byte; and the ids that blocks keep. Pure.

A block is an element of the top level that parts paragraphs (``html.BLOCKS``), or a run of text and inline elements
between two of them. White space alone belongs to the block before it, at the very beginning to the first. In Markdown
it is what stands between blank lines. Ids are kept beside the text, never in it; who makes a block makes its id.
``static/js/editor/document/blocks.js`` splits in the same way.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from app.articles.aligning import align
from app.html import BLOCKS
from app.html_tree import VOID

Pair = tuple[str, str]
"""A block: its id, its text."""

SPACE = " \t\n\r\f"
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
LENGTH = 8
_ID = re.compile(r"[a-z0-9]{8}")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)[^<>]*+>")
_WORD = re.compile(f"[^{SPACE}]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def split(body: str, body_format: str = "html") -> list[str]:
    """The blocks of a body, in order. HTML is split well as ``html.clean`` writes it, and somehow in any case."""
    return list(_split(body, body_format))


@lru_cache(maxsize=4)
def _split(body: str, body_format: str) -> tuple[str, ...]:
    """One save asks for the blocks of the same two or three texts again and again."""
    starts = [0, *(_markdown_starts(body) if body_format == "markdown" else _html_starts(body)), len(body)]
    return tuple(body[start:end] for start, end in pairwise(starts) if end > start)


def pairs(body: str, ids: Sequence[str], body_format: str = "html") -> list[Pair]:
    """The blocks of a stored body with the ids stored beside it; with made ones where these do not fit."""
    texts = split(body, body_format)
    fitting = ids if len(ids) == len(texts) and are_ids(ids) else made_ids(texts)
    return list(zip(fitting, texts, strict=True))


def join(blocks: Sequence[Pair]) -> str:
    """The body of these blocks."""
    return "".join(text for _, text in blocks)


def are_ids(ids: Sequence[object]) -> bool:
    """Whether these can be the ids of one text: well made, and each once."""
    return all(isinstance(item, str) and _ID.fullmatch(item) for item in ids) and len(set(ids)) == len(ids)


def new_id() -> str:
    """An id that no other block has."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def made_ids(texts: Sequence[str]) -> list[str]:
    """Ids from place and content: the same each time the same text is opened, so that opening need not store them."""
    found: dict[str, None] = {}
    for place, text in enumerate(texts):
        number = 0
        while (made := _hashed(f"{place} {number} {text}")) in found:
            number += 1
        found[made] = None
    return list(found)


def named(texts: Sequence[str], ids: Sequence[object], *, former: Sequence[Pair]) -> list[Pair]:
    """Blocks with the ids that were sent with them.

    Where these do not fit, what is unchanged or alike keeps the id it had in ``former``, and the rest gets new ones.
    """
    if len(ids) == len(texts) and are_ids(ids):
        return [(str(item), text) for item, text in zip(ids, texts, strict=True)]
    places = align([core(text) for _, text in former], [core(text) for text in texts])
    return [(new_id() if place is None else former[place][0], text) for place, text in zip(places, texts, strict=True)]


def settled(blocks: Sequence[Pair], body_format: str = "html") -> list[Pair]:
    """The blocks of the joined text. Where these are others, each has the id of the one that its first word was in."""
    texts = split(join(blocks), body_format)
    if [text for _, text in blocks] == texts and are_ids([item for item, _ in blocks]):
        return list(blocks)
    starts, at = [], 0
    for item, text in blocks:
        starts.append((at, item))
        at += len(text)
    found: dict[str, str] = {}
    at, reached = 0, 0
    for text in texts:
        first = _WORD.search(text)
        word = at + (first.start() if first else 0)
        while reached + 1 < len(starts) and starts[reached + 1][0] <= word:
            reached += 1
        wanted = starts[reached][1]
        found[wanted if wanted not in found and _ID.fullmatch(wanted) else new_id()] = text
        at += len(text)
    return list(found.items())


def core(text: str) -> str:
    """A block without the white space around it."""
    return text.strip(SPACE)


def around(text: str) -> tuple[str, str]:
    """The white space before and after a block; all of it is after where there is nothing else."""
    inside = core(text)
    if not inside:
        return "", text
    before, _, after = text.partition(inside)
    return before, after


def is_run(text: str) -> bool:
    """Whether a block is text and inline elements, so that it would flow into another such block beside it."""
    first = _TAG.match(core(text))
    return first is None or first[2].lower() not in BLOCKS


def _html_starts(body: str) -> Iterator[int]:
    """Where a block begins, but for the first."""
    depth, at, kind = 0, 0, ""
    for tag in _TAG.finditer(body):
        if depth == 0 and _WORD.search(body, at, tag.start()):
            if kind == "block":
                yield at
            kind = "run"
        at, name = tag.end(), tag[2].lower()
        if tag[1]:
            depth = max(0, depth - 1)
            continue
        if depth == 0 and (name in BLOCKS or kind != "run"):
            if kind:
                yield tag.start()
            kind = "block" if name in BLOCKS else "run"
        if name not in VOID:
            depth += 1
    if depth == 0 and kind == "block" and _WORD.search(body, at):
        yield at


def _markdown_starts(body: str) -> Iterator[int]:
    """The first line with words after an empty one."""
    is_begun = is_parted = False
    for line in _LINE.finditer(body):
        if _WORD.search(line[0]):
            if is_begun and is_parted:
                yield line.start()
            is_begun, is_parted = True, False
        else:
            is_parted = True


def _hashed(text: str) -> str:
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(digits)
