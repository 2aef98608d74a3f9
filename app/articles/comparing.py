"""A readable difference between two texts: their formatted blocks, with the words that were added and removed. Pure.

The result is made of elements that the cleaner allows, so it is as safe as the texts are; their ids are left out. It
can be read without colours and without eyes: what only strokes would say is also said in hidden words. Work is
bounded: where texts are too intricate or too different, larger pieces are told as replaced.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from app import html
from app.articles.commonmark import to_html
from app.articles.comparing_blocks import Block, Numbering, Run
from app.articles.comparing_notes import note, tell_attributes, tell_kind
from app.articles.comparing_pairing import Op, align, find_moved
from app.articles.comparing_sequences import Budget, compare_sequences
from app.articles.comparing_words import Nodes, Tally, compare_runs, marked, without_ids
from app.html_tree import VOID, Element, names, serialise

INSIDE_TABLES = names("col colgroup tbody tfoot thead tr")
"""Between these no words can stand."""
HOLD_WORDS = names("caption dd dt figcaption li summary td th")
"""Beside these no words can stand, but in them."""
AROUND = 1
"""How many unchanged blocks are shown before and after a change."""
FOLDED_FROM = 3


@dataclass(frozen=True)
class Comparison:
    """What leads from one text to another. ``html`` is safe to print."""

    html: str
    added: int
    """Words."""
    removed: int
    is_same: bool
    """Whether readers would see no difference."""


@dataclass(frozen=True)
class Entry:
    """A top-level block of the result, and whether it is the same in both."""

    nodes: Nodes
    is_same: bool


def compare_bodies(old: str, new: str, *, old_format: str = "html", new_format: str = "html") -> Comparison:
    """Compare two stored bodies."""
    try:
        before, after = _read(old, old_format), _read(new, new_format)
    except html.TooIntricate:
        before, after = _as_lines(old), _as_lines(new)
    tally = Tally()
    entries = _Comparing(tally).compare_top(before.children, after.children)
    if not tally.changes:
        return Comparison("", 0, 0, True)
    return Comparison(serialise(_folded(entries)), tally.added, tally.removed, False)


def show_body(source: str, body_format: str) -> str:
    """A stored body as HTML that is safe to print on a page of the staff. Raises ``html.TooIntricate``."""
    return serialise(_copied(Block(Run(_read(source, body_format).children), 0, False)))


def compare_lines(old: str, new: str) -> Comparison:
    """Compare two plain texts, such as titles, word by word."""
    tally = Tally()
    nodes = compare_runs([old] if old else [], [new] if new else [], tally, preformatted=True)
    return Comparison(serialise(nodes), tally.added, tally.removed, not tally.changes)


def compare_lists(old: list[str], new: list[str]) -> Comparison:
    """Compare two lists of names; another order is told as well."""
    nodes: Nodes = []
    for piece in compare_sequences(old, new, Budget()):
        names = (
            old[piece.old.start : piece.old.stop] if piece.kind == "removed" else new[piece.new.start : piece.new.stop]
        )
        for name in names:
            nodes += [", "] * bool(nodes) + [marked(name, piece.kind)]
    return Comparison(serialise(nodes), 0, 0, old == new)


def compare_values(old: str, new: str) -> Comparison:
    """Compare two values that are something as a whole, such as addresses."""
    return compare_lists([old] if old else [], [new] if new else [])


def _read(source: str, body_format: str) -> Element:
    if body_format == "markdown":
        cleaned = html.clean(to_html(source))
        return cleaned.tree or html.allowed(cleaned.html)
    return html.allowed(source)


def _as_lines(source: str) -> Element:
    tree = Element("#fragment")
    for line in html.text(source).split("\n"):
        paragraph = Element("p")
        paragraph.children = [line]
        tree.appendChild(paragraph)
    return tree


class _Comparing:
    """One comparison: walks the blocks of two texts and writes those of a third."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.numbering = Numbering()
        self.notes: list[Element] = []
        """What is to be said about parts of a table, in front of it."""

    def compare_top(self, old: Nodes, new: Nodes) -> list[Entry]:
        """All blocks of both texts; one that only changed its place is said to have moved."""
        ops = align(self.numbering.blocks_of(old), self.numbering.blocks_of(new), self.tally.budget)
        moved = find_moved(ops)
        entries = []
        for op in ops:
            before = self.tally.changes
            if op in moved:
                self.tally.changes += 1
                nodes = _tell_move(op, moved[op])
            else:
                nodes = self._nodes(op)
            entries.append(Entry(nodes, self.tally.changes == before))
        return entries

    def _compare(self, old: Nodes, new: Nodes) -> Nodes:
        ops = align(self.numbering.blocks_of(old), self.numbering.blocks_of(new), self.tally.budget)
        return [node for op in ops for node in self._nodes(op)]

    def _nodes(self, op: Op) -> Nodes:
        if op.kind == "same":
            return _copied(op.block)
        if op.old is not None and op.new is not None:
            return self._pair(op.old, op.new)
        return self._alone(op.block, op.kind)

    def _pair(self, old: Block, new: Block) -> Nodes:
        """A block that was changed."""
        if old.is_leaf and new.is_leaf:
            nodes = compare_runs(old.inside, new.inside, self.tally, preformatted=new.name == "pre")
        else:
            nodes = self._compare(old.inside, new.inside)
        if isinstance(new.node, Run):
            return nodes
        element = _copy(new.node)
        element.children = nodes
        if not old.name:
            return [element]
        told = (tell_kind(old.name, new.name), tell_attributes(old.attributes, new.attributes))
        sentence = "; ".join(part for part in told if part)
        self.tally.changes += bool(sentence)
        return self._say(element, sentence, is_leaf=new.is_leaf)

    def _say(self, element: Element, sentence: str, *, is_leaf: bool) -> Nodes:
        """An element, and what is to be said about it where words can stand."""
        before: Nodes = []
        if sentence and element.name in INSIDE_TABLES:
            self.notes.append(note(sentence, name="p"))
        elif sentence and (is_leaf or element.name in HOLD_WORDS) and element.name not in VOID:
            element.appendChild(note(sentence))
        elif sentence:
            before.append(note(sentence, name="p"))
        if element.name not in INSIDE_TABLES | HOLD_WORDS and self.notes:
            before += self.notes
            self.notes = []
        return [*before, element]

    def _alone(self, block: Block, kind: str) -> Nodes:
        """A block that only one of the texts has."""
        old, new = (block.inside, []) if kind == "removed" else ([], block.inside)
        if block.is_leaf:
            nodes = compare_runs(old, new, self.tally, preformatted=block.name == "pre")
        else:
            nodes = [node for part in self.numbering.blocks_of(block.inside) for node in self._alone(part, kind)]
        if isinstance(block.node, Run):
            return nodes
        element = _copy(block.node)
        element.attributes["class"] = f"{element.attributes.get('class', '')} difference-{kind}".strip()
        element.children = nodes
        if block.bag or element.name in INSIDE_TABLES | HOLD_WORDS:
            return [element]
        self.tally.changes += 1
        return [note(f"{kind} {'dividing line' if element.name == 'hr' else 'empty block'}", name="p"), element]


def _tell_move(op: Op, way: str) -> Nodes:
    """A moved block where it is now, and some of its words where it was."""
    if op.kind == "added":
        return [note(f"moved {way} to here", name="p"), *_copied(op.block)]
    return [note(f"moved {way} from here: “{op.block.first_words()}”", name="p")]


def _copied(block: Block) -> Nodes:
    nodes = block.node.nodes if isinstance(block.node, Run) else [block.node]
    return [node if isinstance(node, str) else without_ids(node) for node in nodes]


def _copy(element: Element) -> Element:
    """An element without its children, open if it could be closed over a change."""
    attributes = {name: value for name, value in element.attributes.items() if name != "id"}
    if element.name == "details":
        attributes["open"] = ""
    return Element(element.name, attributes=attributes)


def _folded(entries: list[Entry]) -> Iterator[Element | str]:
    """All blocks; those far from any change are folded away."""
    near = Counter[int]()
    for at, entry in enumerate(entries):
        if not entry.is_same:
            near.update(range(at - AROUND, at + AROUND + 1))
    for is_near, part in groupby(enumerate(entries), key=lambda numbered: numbered[0] in near):
        run = [entry for _, entry in part]
        nodes = [node for entry in run for node in entry.nodes]
        if is_near or len(run) < FOLDED_FROM:
            yield from nodes
        else:
            yield _fold(nodes, len(run))


def _fold(nodes: Nodes, count: int) -> Element:
    fold, summary = Element("details", attributes={"class": "difference-same"}), Element("summary")
    summary.children = [f"{count} paragraphs are the same"]
    fold.children = [summary, *nodes]
    return fold
