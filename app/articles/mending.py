"""Elements in places where HTML does not allow them, put right without losing a word.

Pasted and imported text is full of them: lists in lists, blocks in <b>, <li> without a list, headings without words.
"""

from collections.abc import Callable

from app.articles.mending_media import Nodes, mend_picture, mend_player, mend_source
from app.html_tree import Element, names

HEADINGS = names("h1 h2 h3 h4 h5 h6")
BLOCKS = HEADINGS | names(
    "address article aside blockquote dd details div dl dt figcaption figure footer header hr li ol p pre section table"
    " ul summary"
)
INSIDE_TABLES = names("caption col colgroup tbody td tfoot th thead tr")
TRANSPARENT = names("a del ins")
PUSHED_INTO = HEADINGS | {"p"}
PHRASING = names("abbr b bdi bdo cite code dfn em i kbd mark q rp rt ruby s samp small span strong sub sup time u var")


def mend(tree: Element) -> None:
    """Put right everything below ``tree``."""
    _mend_below(tree, parent="", in_link=False)


def _mend_below(element: Element, *, parent: str, in_link: bool) -> None:
    """Mend the children, then group those that need a parent of their own kind."""
    mended: Nodes = []
    for child in element.children:
        if isinstance(child, str):
            mended.append(child)
            continue
        if child.name == "a" and in_link:
            child.name = "span"
            child.attributes = {name: child.attributes[name] for name in ("id", "lang") if name in child.attributes}
        _mend_below(child, parent=element.name, in_link=in_link or child.name == "a")
        mended += _mended(child, element.name)
    if element.name not in ("ul", "ol"):
        mended = _grouped(mended, names("li"), "ul")
    if element.name != "dl" and (element.name, parent) != ("div", "dl"):
        mended = _grouped(mended, names("dt dd"), "dl")
        for child in mended:
            if isinstance(child, Element) and child.name == "dl":
                _mend_definitions(child, "")
    element.children = mended
    for child in mended:
        if isinstance(child, Element):
            child.parent = element


def _mended(element: Element, parent: str) -> Nodes:
    """What to put in the place of an element whose inside is mended already."""
    mender = MENDERS.get(element.name)
    if mender:
        return mender(element, parent)
    if element.name in PHRASING and any(map(_is_block, element.children)):
        return _pushed_down(element)
    return [element]


def _is_block(node: Element | str) -> bool:
    if isinstance(node, str):
        return False
    return node.name in BLOCKS or (node.name in TRANSPARENT and any(map(_is_block, node.children)))


def _has_content(element: Element) -> bool:
    return bool(element.words().strip()) or any(
        below.name in ("img", "audio", "video") or "id" in below.attributes for below in element.elements()
    )


def _made(name: str, children: Nodes, attributes: dict[str, str] | None = None) -> Element:
    made = Element(name, attributes=attributes)
    made.children = children
    return made


def _grouped(nodes: Nodes, wanted: frozenset[str], around: str) -> Nodes:
    """Runs of ``wanted`` elements get a list around them."""
    grouped: Nodes = []
    run: Element | None = None
    for node in nodes:
        if isinstance(node, Element) and node.name in wanted:
            if run is None:
                run = _made(around, [])
                grouped.append(run)
            run.children.append(node)
            node.parent = run
        elif run is not None and isinstance(node, str) and not node.strip():
            run.children.append(node)
        else:
            run = None
            grouped.append(node)
    return grouped


def _pushed_down(element: Element) -> Nodes:
    """``<b><p>x</p>y</b>`` as ``<p><b>x</b></p><b>y</b>``."""
    placed: Nodes = []
    attributes = dict(element.attributes)
    run: Nodes = []

    def flush() -> None:
        if any(isinstance(node, Element) or node.strip() for node in run):
            placed.append(_made(element.name, list(run), dict(attributes)))
            attributes.pop("id", None)
        else:
            placed.extend(run)
        run.clear()

    for child in element.children:
        if not _is_block(child):
            run.append(child)
            continue
        flush()
        assert isinstance(child, Element)
        # Only plain text takes the formatting along: in layers of it every layer would be written again and again.
        if child.name in PUSHED_INTO and not any(map(_is_layered, child.children)):
            child.children = [_made(element.name, child.children, dict(attributes))]
            attributes.pop("id", None)
        placed.append(child)
    flush()
    return placed


def _is_layered(node: Element | str) -> bool:
    layers = 0
    while isinstance(node, Element) and node.name in PHRASING and len(node.children) == 1:
        node, layers = node.children[0], layers + 1
    return layers > 4


def _inline(nodes: Nodes, between: str) -> Nodes:
    """The nodes without the blocks around them."""
    flat: Nodes = []
    for node in nodes:
        if isinstance(node, Element) and (_is_block(node) or node.name in INSIDE_TABLES):
            flat += [between, *_inline(node.children, between), between]
        else:
            flat.append(node)
    return flat


def _mend_heading(heading: Element, _parent: str) -> Nodes:
    heading.children = _inline(heading.children, " ")
    if heading.words().strip():
        return [heading]
    if _has_content(heading):
        heading.name = "div"
        return [heading]
    return []


def _mend_pre(pre: Element, _parent: str) -> Nodes:
    pre.children = _inline(pre.children, "\n") if any(map(_is_block, pre.children)) else pre.children
    return [pre]


def _mend_paragraph(paragraph: Element, _parent: str) -> Nodes:
    return [paragraph] if paragraph.attributes.get("id") or paragraph.words() or _has_content(paragraph) else []


def _mend_list(listing: Element, _parent: str) -> Nodes:
    items: Nodes = []
    last: Element | None = None
    for child in listing.children:
        if isinstance(child, str) and not child.strip():
            items.append(child)
        elif isinstance(child, Element) and child.name == "li":
            last = child
            items.append(child)
        else:
            if last is None:
                last = _made("li", [])
                items.append(last)
            last.children.append(child)
    listing.children = items
    return [listing] if last is not None else []


def _mend_definitions(listing: Element, _parent: str) -> Nodes:
    kinds = {child.name for child in listing.elements() if child.name in ("dt", "dd")}
    if kinds == {"dt", "dd"} or not listing.children:
        parts: Nodes = []
        last: Element | None = None
        for child in listing.children:
            if isinstance(child, Element) and child.name in ("dt", "dd", "div"):
                last = child
                parts.append(child)
            elif isinstance(child, str) and not child.strip():
                parts.append(child)
            elif last is not None:
                last.children.append(child)
            else:
                last = _made("dt", [child])
                parts.append(last)
        listing.children = parts
        return [listing] if last is not None else []
    # Terms without explanations, or explanations of nothing, are no definitions.
    listing.name = "div"
    for below in listing.elements():
        if below.name in ("dt", "dd"):
            below.name = "div"
    return [listing]


def _mend_term(cell: Element, _parent: str) -> Nodes:
    """Terms and header cells hold no headings."""
    for below in cell.elements():
        if below.name in HEADINGS:
            below.name = "p"
    return [cell]


def _mend_figure(figure: Element, _parent: str) -> Nodes:
    inside = [child for child in figure.children if isinstance(child, Element)]
    captions = [child for child in inside if child.name == "figcaption"]
    for caption in captions:
        if caption is not captions[0] or (caption is not inside[0] and caption is not inside[-1]):
            caption.name = "div"
    return [figure]


def _only_in(allowed: str, instead: str) -> Callable[[Element, str], Nodes]:
    """A mender for what belongs into one kind of element; elsewhere it becomes ``instead`` (or just its content)."""

    def mend_it(element: Element, parent: str) -> Nodes:
        if parent not in names(allowed):
            if not instead:
                return element.children
            element.name = instead
        return [element]

    return mend_it


def _mend_summary(summary: Element, parent: str) -> Nodes:
    if parent != "details":
        summary.name = "div"
    elif any(map(_is_block, summary.children)):
        summary.children = _inline(summary.children, " ")
    return [summary]


def _mend_details(details: Element, _parent: str) -> Nodes:
    summary: Element | None = None
    rest: Nodes = []
    for child in details.children:
        if isinstance(child, Element) and child.name == "summary":
            if summary is None and child.words().strip():
                summary = child
                continue
            child.name = "div"
        rest.append(child)
    details.children = [summary or _made("summary", ["Details"]), *rest]
    return [details]


def _mend_ruby(ruby: Element, _parent: str) -> Nodes:
    if not any(isinstance(child, Element) and child.name == "rt" for child in ruby.children):
        ruby.name = "span"
    return [ruby]


def _mend_direction(bdo: Element, _parent: str) -> Nodes:
    if "dir" not in bdo.attributes:
        bdo.name = "span"
    return [bdo]


MENDERS: dict[str, Callable[[Element, str], Nodes]] = {
    **dict.fromkeys(HEADINGS, _mend_heading),
    "audio": mend_player, "bdo": _mend_direction, "details": _mend_details, "dl": _mend_definitions,
    "dt": _mend_term, "figcaption": _only_in("figure", "div"), "figure": _mend_figure, "ol": _mend_list,
    "p": _mend_paragraph, "picture": mend_picture, "pre": _mend_pre, "rp": _only_in("ruby", ""),
    "rt": _only_in("ruby", ""), "ruby": _mend_ruby, "source": mend_source, "summary": _mend_summary,
    "th": _mend_term, "track": _only_in("audio video", "span"), "ul": _mend_list, "video": mend_player,
}  # fmt: skip
