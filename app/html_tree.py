"""Reading HTML the way a browser does, into a small tree, and writing the tree as a browser would.

html5lib does the reading. What is added here keeps hostile text linear and short: no more than ``DEEPEST`` open
elements, a bound on the work, bounded names and attributes. Knows nothing of what is safe.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from html5lib import HTMLParser
from html5lib._tokenizer import HTMLTokenizer
from html5lib.constants import namespaces, tokenTypes
from html5lib.treebuilders.base import Node, TreeBuilder

from app.html_limits import DEEPEST, LONGEST_ATTRIBUTE, MOST_ATTRIBUTES, MOST_WORK, STEPS, TooDeep, TooMuch, endable
from app.text import clean_block


def names(listed: str) -> frozenset[str]:
    """A set of the names in a line of them."""
    return frozenset(listed.split())


HTML = namespaces["html"]
VOID = names("area base br col embed hr img input link meta param source track wbr")
BOOLEAN = {("details", "open"), ("video", "controls"), ("audio", "controls")}
"""What html5lib, and so bleach, writes without a value."""
KNOWN = names(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body"
    " br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em"
    " embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i"
    " iframe image img input ins kbd keygen label legend li link listing main map mark marquee math menu menuitem meta"
    " meter multicol nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext pre"
    " progress q rb rp rt rtc ruby s samp script search section select slot small source spacer span strike strong"
    " style sub summary sup svg table tbody td template textarea tfoot th thead time title tr"
    " track tt u ul var video wbr xmp"
)
"""Element names a browser knows, outside drawings and formulas; another one is most likely text: ``List<String>``."""
NAMESPACED = re.compile(r"[a-z][a-z0-9]*:[a-z]|[a-z][a-z0-9.]*-", re.IGNORECASE)


class Element(Node):
    """An element: ``name``, ``attributes``, and ``children``, which are elements and strings."""

    def __init__(self, name: str, namespace: str | None = HTML, attributes: dict[str, str] | None = None) -> None:
        self.name = name
        self.namespace = namespace
        self.nameTuple = (namespace, name)
        self.parent: Element | None = None
        self.attributes: dict[str, str] = attributes or {}
        self.children: list[Element | str] = []

    def appendChild(self, node: "Element") -> None:  # noqa: N802 (html5lib's names, here and below)
        self.children.append(node)
        node.parent = self

    def insertText(self, data: str, insertBefore: "Element | None" = None) -> None:  # noqa: N802, N803
        # Pieces are joined at the end: adding to a string over and over would be quadratic.
        if insertBefore is None:
            self.children.append(data)
        else:
            self.children.insert(self._index(insertBefore), data)

    def insertBefore(self, node: "Element", refNode: "Element") -> None:  # noqa: N802, N803
        self.children.insert(self._index(refNode), node)
        node.parent = self

    def removeChild(self, node: "Element") -> None:  # noqa: N802
        del self.children[self._index(node)]
        node.parent = None

    def reparentChildren(self, newParent: "Element") -> None:  # noqa: N802, N803
        for child in self.children:
            if isinstance(child, Element):
                child.parent = newParent
        newParent.children += self.children
        self.children = []

    def cloneNode(self) -> "Element":  # type: ignore[override]  # noqa: N802
        return Element(self.name, self.namespace, dict(self.attributes))

    def hasContent(self) -> bool:  # type: ignore[override]  # noqa: N802
        return bool(self.children)

    def _index(self, node: "Element") -> int:
        # From the end: what html5lib looks for was added last.
        for index in range(len(self.children) - 1, -1, -1):
            if self.children[index] is node:
                return index
        raise ValueError(f"{node.name} is no child of {self.name}")

    def elements(self) -> "Iterator[Element]":
        """All elements below this one, in the order of the text."""
        stack = [iter(self.children)]
        while stack:
            for child in stack[-1]:
                if isinstance(child, Element):
                    yield child
                    stack.append(iter(child.children))
                    break
            else:
                stack.pop()

    def words(self) -> str:
        """All the text below, as it stands."""
        pieces: list[str] = []
        for child in self.children:
            pieces.append(child if isinstance(child, str) else child.words())
        return "".join(pieces)


def parse(source: str) -> Element:
    """Read a fragment as a browser with scripts switched off would (so <noscript> counts). Raises ``TooIntricate``."""
    parser = _Parser(_Builder)
    fragment: Element = parser.parseFragment(endable(clean_block(source.replace("\x0c", " "))))
    _join_strings(fragment)
    return fragment


def serialise(nodes: "Iterable[Element | str]") -> str:
    """Write nodes as HTML. ``parse`` reads the same tree again, if the tree is one that a text can stand for."""
    pieces: list[str] = []
    stack: list[tuple[Iterator[Element | str], str]] = [(iter(nodes), "")]
    while stack:
        children, end = stack[-1]
        for child in children:
            if isinstance(child, str):
                pieces.append(escape(child))
                continue
            pieces.append(start_tag(child))
            if child.name not in VOID:
                stack.append((iter(child.children), f"</{child.name}>"))
                break
        else:
            pieces.append(end)
            stack.pop()
    return "".join(pieces)


def start_tag(element: Element) -> str:
    """The opening tag of an element."""
    pieces = [element.name]
    for name, value in element.attributes.items():
        quoted = escape(value).replace('"', "&quot;")
        pieces.append(name if (element.name, name) in BOOLEAN else f'{name}="{quoted}"')
    return f"<{' '.join(pieces)}>"


def escape(text: str) -> str:
    """Text as HTML source."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")


def _join_strings(root: Element) -> None:
    """Make one string of each run of strings; remove invisible characters that came as references."""
    for element in (root, *root.elements()):
        joined: list[Element | str] = []
        run: list[str] = []
        for child in (*element.children, None):
            if isinstance(child, str):
                run.append(child)
                continue
            text = clean_block("".join(run).replace("\x0c", " "))
            if text:
                joined.append(text)
            run.clear()
            if child is not None:
                joined.append(child)
        element.children = joined


class _OpenElements(list[Element]):
    """The stack of open elements. Every element passes it once, so it is also where they are counted."""

    left = MOST_WORK

    def append(self, element: Element) -> None:
        # The fragment's own root is one of them.
        if len(self) > DEEPEST:
            raise TooDeep
        self.spend(10 + len(self))
        super().append(element)

    def spend(self, units: int) -> None:
        """Count some work. Raises ``TooMuch``."""
        self.left -= units
        if self.left < 0:
            raise TooMuch


class _Builder(TreeBuilder):
    elementClass: Any = Element  # noqa: N815

    def reset(self) -> None:
        self.documentClass: Any = lambda: Element("#document")
        self.fragmentClass: Any = lambda: Element("#fragment")
        super().reset()
        self.openElements = _OpenElements()

    def insertComment(self, token: dict[str, Any], parent: Element | None = None) -> None:  # noqa: N802
        """Comments are for the writer, not for the reader."""

    def insertDoctype(self, token: dict[str, Any]) -> None:  # noqa: N802
        """A fragment has none."""


class _Tokenizer(HTMLTokenizer):
    """html5lib's tokenizer, but tags that no browser knows are text, and nothing grows without bound."""

    stream: Any
    currentToken: Any  # noqa: N815
    parser: Any

    def __init__(self, stream: str, parser: "_Parser") -> None:
        super().__init__(stream, parser=parser)
        # All in one chunk, so that an offset in it is an offset in the text.
        self.stream._defaultChunkSize = len(stream) + 1
        self.temporaryBuffer = ""
        self.tag_start = 0

    def __iter__(self) -> Iterator[Any]:
        self.tokenQueue: deque[Any] = deque()
        for step in count(1):
            if not self.state():
                return
            # html5lib adds to strings a character at a time: cut them before that becomes quadratic.
            if step % STEPS == 0:
                self._cut()
                self.parser.tree.openElements.spend(2 * STEPS)
            self.stream.errors.clear()
            while self.tokenQueue:
                token = self.tokenQueue.popleft()
                if token["type"] != tokenTypes["ParseError"]:
                    yield token

    def _cut(self) -> None:
        self.temporaryBuffer = self.temporaryBuffer[:LONGEST_ATTRIBUTE]
        token = self.currentToken
        if not token:
            return
        if token["type"] == tokenTypes["Comment"]:
            token["data"] = ""
        elif token["type"] in (tokenTypes["StartTag"], tokenTypes["EndTag"]):
            token["name"] = token["name"][:LONGEST_ATTRIBUTE]
            attributes = token["data"]
            if not isinstance(attributes, list) or not attributes:
                return
            del attributes[MOST_ATTRIBUTES:-1]
            attributes[-1] = [part[:LONGEST_ATTRIBUTE] for part in attributes[-1]]

    def tagOpenState(self) -> bool:  # noqa: N802
        self.tag_start = self.stream.chunkOffset - 1
        return bool(super().tagOpenState())

    def doctypeState(self) -> bool:  # noqa: N802
        self.state = self.bogusCommentState
        return True

    def emitCurrentToken(self) -> None:  # noqa: N802
        name = self.currentToken["name"]
        if name.lower() in ("p", "br") and self.currentToken["type"] == tokenTypes["EndTag"]:
            self.parser.leave_drawing()
        inside = self.parser.tree.openElements[-1].namespace
        if name.lower() in KNOWN or NAMESPACED.match(name) or inside != HTML:
            super().emitCurrentToken()
            return
        raw = self.stream.chunk[self.tag_start : self.stream.chunkOffset]
        self.tokenQueue.append({"type": tokenTypes["Characters"], "data": raw})
        self.state = self.dataState


class _Parser(HTMLParser):
    def _parse(self, stream: str, innerHTML: bool = False, container: str = "div") -> None:  # noqa: N803
        self.innerHTMLMode = innerHTML
        self.container = container
        self.scripting = False
        self.tokenizer = _Tokenizer(stream, self)
        self.reset()
        self.mainLoop()

    def leave_drawing(self) -> None:
        """</p> and </br> end a drawing or formula in browsers since 2020; html5lib does not know that yet."""
        opened = self.tree.openElements
        while opened[-1].namespace != HTML and not (
            self.isHTMLIntegrationPoint(opened[-1]) or self.isMathMLTextIntegrationPoint(opened[-1])
        ):
            opened.pop()

    def parseError(self, errorcode: str = "", datavars: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Nobody reads them, and finding their line is quadratic."""
