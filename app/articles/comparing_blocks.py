"""The blocks of a text, numbered so that equal ones are known at once. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.articles.comparing_words import Nodes, read_tokens
from app.html import BLOCKS
from app.html_tree import Element, names
from app.text import shorten

BLOCKISH = BLOCKS | names("col colgroup td th")
MOST_NODES, LONGEST_NODE = 800, 2000
"""How much of a block is looked at to find its like."""


@dataclass(frozen=True)
class Run:
    """Words and inline elements that stand between blocks."""

    nodes: Nodes


@dataclass(eq=False)
class Block:
    """A block, or a run: equal ones have the same number."""

    node: Element | Run
    number: int
    is_leaf: bool
    """Whether there are no blocks in it."""
    _bag: Counter[str] | None = None

    @property
    def name(self) -> str:
        return "" if isinstance(self.node, Run) else self.node.name

    @property
    def attributes(self) -> dict[str, str]:
        return {} if isinstance(self.node, Run) else self.node.attributes

    @property
    def inside(self) -> Nodes:
        """What stands in it: the nodes of a run, the children of an element."""
        return self.node.nodes if isinstance(self.node, Run) else self.node.children

    @property
    def bag(self) -> Counter[str]:
        """Its first words and pictures, and how often each occurs."""
        if self._bag is None:
            tokens = read_tokens(_beginning(self.inside), preformatted=False)
            self._bag = Counter(token.key for token in tokens if token.key != " ")
        return self._bag

    def first_words(self) -> str:
        """To name it by."""
        tokens = read_tokens(_beginning(self.inside), preformatted=False)
        return shorten("".join(token.key for token in tokens if token.atom is None), 60)


class Numbering:
    """Gives equal nodes of both texts the same number, in one pass over each."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}
        self.known: dict[int, tuple[int, bool]] = {}
        """By an element's identity: its number, and whether it is a block or holds one."""

    def blocks_of(self, nodes: Nodes) -> list[Block]:
        """The blocks and runs among some nodes, without the white space between them."""
        found: list[Block] = []
        run: Nodes = []
        for node in [*nodes, None]:
            if isinstance(node, str) or (node is not None and not self._look(node, preformatted=False)[1]):
                run.append(node)
                continue
            if any(not isinstance(part, str) or part.strip(" \t\r\n\f") for part in run):
                found.append(Block(Run(run), self._number(("", *self._numbers(run, preformatted=False))), True))
            run = []
            if node is not None:
                is_leaf = not any(isinstance(child, Element) and self.known[id(child)][1] for child in node.children)
                found.append(Block(node, self.known[id(node)][0], is_leaf))
        return found

    def _look(self, element: Element, *, preformatted: bool) -> tuple[int, bool]:
        if id(element) not in self.known:
            preformatted = preformatted or element.name == "pre"
            inside = tuple(self._numbers(element.children, preformatted=preformatted))
            number = self._number((element.name, tuple(sorted(element.attributes.items())), inside))
            holds = any(isinstance(child, Element) and self.known[id(child)][1] for child in element.children)
            self.known[id(element)] = number, holds or element.name in BLOCKISH
        return self.known[id(element)]

    def _numbers(self, nodes: Nodes, *, preformatted: bool) -> Iterator[int]:
        for node in nodes:
            if isinstance(node, Element):
                yield self._look(node, preformatted=preformatted)[0]
            else:
                yield self._number(node if preformatted else " ".join(node.split()))

    def _number(self, key: object) -> int:
        return self.numbers.setdefault(key, len(self.numbers))


def _beginning(nodes: Nodes) -> Nodes:
    """The first nodes, as inline ones: the words of blocks apart by spaces."""
    left = MOST_NODES
    found: Nodes = []
    stack = [iter(nodes)]
    while stack and left:
        left -= 1
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            found.append(" ")
        elif isinstance(node, str):
            found.append(node[:LONGEST_NODE])
        elif node.children:
            stack.append(iter(node.children))
        else:
            found.append(node)
    return found
