"""Comparing two runs of formatted words: what was added and removed stands in <ins> and <del>. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import NamedTuple

from app.articles.comparing_notes import ATOM_NAMES, Mark, hidden, note, tell_attributes, tell_format
from app.articles.comparing_sequences import Budget, compare_sequences
from app.html_tree import Element, serialise

Nodes = list[Element | str]
MOST_TOKENS = 100_000
"""Words, spaces and marks of one comparison; what comes after them is compared in larger pieces."""
_SPACE = "[ \t\n\r\f]"
_POINTS = "!-/:-@\\[-`{-~\u00a0-\u00bf\u2010-\u2027\u2030-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
# Scripts that write a word in one or two characters, without spaces between words.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = f"[^ \t\n\r\f{_POINTS}{_SIGNS}]+"
_TOKEN = re.compile(f"{_LETTERS}(?:['’‑-]{_LETTERS})*|[{_SIGNS}]|[{_POINTS}]|\n|[ \t\r\f]+")
_LOOSE = re.compile(f"{_LETTERS}(?:['’‑-]{_LETTERS})*|[{_SIGNS}]|[{_POINTS}]|{_SPACE}+")
ADDED: Mark = ("ins", ())
REMOVED: Mark = ("del", ())
REFORMATTED: Mark = ("span", (("class", "difference-format"),))
LABELS = {ADDED: "[added: ", REMOVED: "[removed: "}


@dataclass
class Tally:
    """What a comparison has found so far, and what it may still cost."""

    budget: Budget = field(default_factory=Budget)
    tokens: int = MOST_TOKENS
    added: int = 0
    """Words."""
    removed: int = 0
    changes: int = 0
    """Places where something differs, of any kind."""


class Token(NamedTuple):
    """A word, a space, a mark, or something like an image (``atom``), with the inline elements around it."""

    key: str
    path: tuple[Mark, ...]
    atom: Element | None = None

    @property
    def is_word(self) -> bool:
        return self.atom is None and any(map(str.isalnum, self.key))


def compare_runs(old: Nodes, new: Nodes, tally: Tally, *, preformatted: bool = False) -> Nodes:
    """One run of inline nodes made of two."""
    before = read_tokens(old, preformatted=preformatted, most=tally.tokens // 2)
    after = read_tokens(new, preformatted=preformatted, most=tally.tokens // 2)
    tally.tokens = max(0, tally.tokens - len(before) - len(after))
    writer = _Writer()
    at_old = at_new = 0
    for old_start, old_end, new_start, new_end in _changes(before, after, tally):
        _write_same(writer, before[at_old:old_start], after[at_new:new_start], tally)
        _write_changed(writer, before[old_start:old_end], REMOVED, tally)
        _write_changed(writer, after[new_start:new_end], ADDED, tally)
        at_old, at_new = old_end, new_end
    _write_same(writer, before[at_old:], after[at_new:], tally)
    return writer.finish()


def read_tokens(nodes: Nodes, *, preformatted: bool, most: int = MOST_TOKENS) -> list[Token]:
    """The words of some inline nodes; runs of white space are one space, but where they are preformatted.

    After the first ``most`` words, what stands between two tags is one token.
    """
    found: list[Token] = []
    for token in _tokens(nodes, (), _TOKEN if preformatted else _LOOSE, [most]):
        if token.atom is None and not preformatted and not token.key.strip(" \t\n\r\f"):
            if not found or found[-1].key in (" ", "\0<br>"):
                continue
            token = Token(" ", token.path)
        elif token.key == "\0<br>" and found and found[-1].key == " ":
            found.pop()
        found.append(token)
    while not preformatted and found and found[-1].key == " ":
        found.pop()
    return found


def marked(words: str, kind: str) -> Element | str:
    """Some words as a whole: ``added``, ``removed``, or as they are."""
    mark = {"added": ADDED, "removed": REMOVED}.get(kind)
    if mark is None:
        return words
    element = Element(mark[0])
    element.children = [hidden(LABELS[mark]), words, hidden("]")]
    return element


def mark_of(element: Element) -> Mark:
    return element.name, tuple(sorted(element.attributes.items()))


def is_atom(element: Element) -> bool:
    """Whether it is something of its own, without words: an image, a line break, an empty link."""
    if element.name in {"img", "br", "wbr", "audio", "video", "picture"}:
        return True
    return not element.children


def _tokens(
    nodes: Sequence[Element | str], path: tuple[Mark, ...], pattern: re.Pattern[str], left: list[int]
) -> Iterator[Token]:
    for node in nodes:
        if isinstance(node, str):
            found = pattern.findall(node) if left[0] > 0 else [node]
            if len(found) > left[0] > 0:
                found[left[0] :] = ["".join(found[left[0] :])]
            left[0] -= len(found)
            yield from [Token(key, path) for key in found]
        elif node.name == "img":
            yield Token(f"\0img {node.attributes.get('src', '')}", path, node)
        elif is_atom(node):
            yield Token(f"\0{serialise([node])}", path, node)
        else:
            yield from _tokens(node.children, (*path, mark_of(node)), pattern, left)


def _changes(old: list[Token], new: list[Token], tally: Tally) -> list[tuple[int, int, int, int]]:
    """Where the words differ: start and end in both. A few equal words between two long changes belong to them."""
    old_words, new_words = _counted(old), _counted(new)
    changes: list[tuple[int, int, int, int]] = []
    keys = [token.key for token in old], [token.key for token in new]
    for piece in compare_sequences(*keys, tally.budget):
        if piece.kind == "same":
            continue
        change = piece.old.start, piece.old.stop, piece.new.start, piece.new.stop
        while changes:
            before = changes[-1]
            between = new_words[change[2]] - new_words[before[3]]
            smaller = min(
                max(old_words[end] - old_words[start], new_words[new_end] - new_words[new_start])
                for start, end, new_start, new_end in (before, change)
            )
            touches = before[1] == change[0] and before[3] == change[2]
            if not touches and (2 * between > smaller or _has_atom(new[before[3] : change[2]])):
                break
            changes.pop()
            change = before[0], change[1], before[2], change[3]
        changes.append(change)
    return [_shifted(change, old, new) for change in changes]


def _shifted(change: tuple[int, int, int, int], old: list[Token], new: list[Token]) -> tuple[int, int, int, int]:
    """Of "a[ long] ladder" and "a [long ]ladder", which are the same, the one that begins with the word."""
    start, end, new_start, new_end = change
    if start == end:
        one, first, last = new, new_start, new_end
    elif new_start == new_end:
        one, first, last = old, start, end
    else:
        return change
    if last < len(one) and one[first].key == " " == one[last].key:
        return start + 1, end + 1, new_start + 1, new_end + 1
    return change


def _counted(tokens: list[Token]) -> list[int]:
    """How many words stand before each token, and before the end."""
    return [0, *accumulate(token.is_word for token in tokens)]


def _words(tokens: list[Token]) -> int:
    return sum(token.is_word for token in tokens)


def _has_atom(tokens: list[Token]) -> bool:
    return any(token.atom is not None for token in tokens)


def _write_same(writer: "_Writer", old: list[Token], new: list[Token], tally: Tally) -> None:
    """Equal words as they are now; where their formatting differs, that is said behind them."""
    pairs = zip(old, new, strict=True)
    for (before, after), run in groupby(pairs, key=lambda pair: (pair[0].path, pair[1].path)):
        tokens = list(run)
        differs = before != after and any(token.key.strip() for _, token in tokens)
        for was, token in tokens:
            writer.put((*after, REFORMATTED) if differs else after, token)
            if token.atom is not None and was.atom is not None:
                told = tell_attributes(was.atom.attributes, token.atom.attributes)
                if told:
                    tally.changes += 1
                    writer.put_note(after, note(f"{ATOM_NAMES.get(token.atom.name, token.atom.name)}: {told}"))
        if differs and (told := tell_format(before, after)):
            tally.changes += 1
            writer.put_note(_common(before, after), note(told))


def _write_changed(writer: "_Writer", tokens: list[Token], mark: Mark, tally: Tally) -> None:
    if not tokens:
        return
    tally.changes += 1
    words = _words(tokens)
    tally.added += words if mark == ADDED else 0
    tally.removed += words if mark == REMOVED else 0
    for token in tokens:
        if token.key == "\0<br>":
            writer.put((*token.path, mark), Token("↵", token.path))
        writer.put((*token.path, mark), token)
        if token.atom is not None and token.atom.name in ATOM_NAMES:
            said = "added" if mark == ADDED else "removed"
            writer.put_note((*token.path, mark), note(f"{said} {ATOM_NAMES[token.atom.name]}"))


def _common(one: tuple[Mark, ...], other: tuple[Mark, ...]) -> tuple[Mark, ...]:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


class _Writer:
    """Builds nodes again from words: neighbours share the elements around them."""

    def __init__(self) -> None:
        self.root = Element("#run")
        self.open: list[tuple[Mark, Element]] = []

    def put(self, path: tuple[Mark, ...], token: Token) -> None:
        here = self._go_to(path)
        if token.atom is not None:
            here.appendChild(without_ids(token.atom))
        else:
            here.children.append(token.key)

    def put_note(self, path: tuple[Mark, ...], element: Element) -> None:
        self._go_to(path).appendChild(element)

    def finish(self) -> Nodes:
        self._go_to(())
        return self.root.children

    def _go_to(self, path: tuple[Mark, ...]) -> Element:
        shared = len(_common(tuple(mark for mark, _ in self.open), path))
        while len(self.open) > shared:
            mark, element = self.open.pop()
            if mark in LABELS:
                element.appendChild(hidden("]"))
        for mark in path[shared:]:
            name, attributes = mark
            element = Element(name, attributes={key: value for key, value in attributes if key != "id"})
            (self.open[-1][1] if self.open else self.root).appendChild(element)
            if mark in LABELS:
                element.appendChild(hidden(LABELS[mark]))
            self.open.append((mark, element))
        return self.open[-1][1] if self.open else self.root


def without_ids(element: Element) -> Element:
    """A copy that can stand twice on a page, whatever else is on it."""
    copy = Element(element.name, attributes={key: value for key, value in element.attributes.items() if key != "id"})
    copy.children = [child if isinstance(child, str) else without_ids(child) for child in element.children]
    return copy
