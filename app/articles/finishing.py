"""A cleaned body made fit for the page: valid, reachable by keyboard, with anchors. Works on the tree, in place.

Nothing here is about safety: it comes after the cleaner, removes, and adds only attributes from this file
and those beside it.
"""

import re
from urllib.parse import unquote, urlsplit

from app.articles.finishing_inserts import is_card, mark_cards
from app.articles.mending import mend
from app.html_tree import Element

PAGE_IDS = frozenset(
    [
        "main", "content", "top", "nav", "navigation", "menu", "header", "footer", "search", "q", "title", "article",
        "tags", "authors", "comments", "newer", "older", "skip", "site", "page", "body",
    ]
)  # fmt: skip
"""Ids that belong to the page around the body: an anchor of that name gets a number."""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ILLEGAL = re.compile(r"[^\w-]+")
_MACHINE_TIME = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)
_UNSAFE_IN_ADDRESS = re.compile(r"[\s\"<>\\^`{|}]")


def finish(tree: Element, *, mark_lead: bool) -> None:
    """Make a cleaned tree what the article page shows."""
    mend(tree)
    _level_headings(tree)
    _give_anchors(tree)
    for element in list(tree.elements()):
        finisher = FINISHERS.get(element.name)
        if finisher:
            finisher(element)
        for name in ("href", "src", "cite", "poster"):
            if name in element.attributes:
                element.attributes[name] = _quoted(element.attributes[name])
    _wrap_tables(tree)
    mark_cards(tree)
    if mark_lead:
        _mark_lead(tree)


def _level_headings(tree: Element) -> None:
    """The title is the page's h1: the body's headings begin at h2 and go down one at a time."""
    above: list[str] = []
    for element in tree.elements():
        if element.name in HEADINGS:
            while above and above[-1] >= element.name:
                above.pop()
            above.append(element.name)
            element.name = f"h{min(6, 1 + len(above))}"


def _give_anchors(tree: Element) -> None:
    """Each heading an id made of its words; each id once, valid, and none of the page's own."""
    taken = dict.fromkeys(PAGE_IDS, 0)
    renamed: dict[str, str] = {}
    for element in tree.elements():
        typed = element.attributes.pop("id", "")
        if typed and typed not in renamed:
            element.attributes["id"] = renamed[typed] = _free(typed, taken)
    for element in tree.elements():
        if element.name in HEADINGS and "id" not in element.attributes:
            words = re.sub(r"[^\w\s-]", "", element.words().lower())
            element.attributes["id"] = _free("-".join(words.split())[:80], taken)
        target = element.attributes.get("href", "")
        if target.startswith("#"):
            new = renamed.get(target[1:]) or renamed.get(unquote(target[1:]))
            element.attributes["href"] = f"#{new}" if new else target


def _free(wanted: str, taken: dict[str, int]) -> str:
    """A valid id like the one wanted; ``taken`` says which there are and the last number given to each."""
    base = _ILLEGAL.sub("-", wanted).strip("-") or "section"
    if not base[0].isalpha():
        base = f"s-{base}"
    found = base
    while found in taken:
        taken[base] += 1
        found = f"{base}-{taken[base]}"
    taken[found] = 0
    return found


def _finish_image(image: Element) -> None:
    attributes = image.attributes
    attributes.setdefault("alt", "")
    if not attributes["alt"].strip():
        # A title without an alternative text is one.
        attributes["alt"] = attributes.pop("title", "")
    if "src" not in attributes:
        attributes["src"] = attributes["srcset"].split()[0].rstrip(",")
    if re.search("[0-9]w", attributes.get("srcset", "")):
        attributes.setdefault("sizes", "100vw")
    attributes.setdefault("loading", "lazy")
    attributes["decoding"] = "async"


def _finish_link(link: Element) -> None:
    """A link that says nothing: the picture in it gets a name, an empty one is no link."""
    if "href" not in link.attributes or link.words().strip():
        return
    pictures = [element for element in link.elements() if element.name == "img"]
    if not pictures:
        link.name = "span"
        for name in ("href", "rel", "hreflang"):
            link.attributes.pop(name, None)
    elif not any(picture.attributes.get("alt", "").strip() for picture in pictures):
        pictures[0].attributes["alt"] = pictures[0].attributes.pop("title", "") or _name_of(link.attributes["href"])


def _name_of(address: str) -> str:
    parts = urlsplit(address)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc or address


def _finish_row(row: Element) -> None:
    """Header cells say what they are the header of; an empty one is no header."""
    cells = [child for child in row.children if isinstance(child, Element)]
    in_head = row.parent is not None and row.parent.name == "thead"
    only_headers = len(cells) > 1 and all(cell.name == "th" for cell in cells)
    for cell in cells:
        cell.attributes.pop("headers", None)
        if cell.name == "th" and cell.words().strip():
            cell.attributes.setdefault("scope", "col" if in_head or only_headers else "row")
        elif cell.name == "th":
            cell.name = "td"
            cell.attributes.pop("scope", None)
            cell.attributes.pop("abbr", None)


def _finish_time(time: Element) -> None:
    if not _MACHINE_TIME.fullmatch(time.attributes.get("datetime", time.words()).strip()):
        time.name = "span"
        time.attributes.pop("datetime", None)


def _finish_pre(pre: Element) -> None:
    """What scrolls sideways must be reachable by keyboard."""
    pre.attributes["tabindex"] = "0"


def _finish_item(item: Element) -> None:
    if item.parent is None or item.parent.name != "ol":
        item.attributes.pop("value", None)


FINISHERS = {
    "img": _finish_image, "a": _finish_link, "tr": _finish_row, "time": _finish_time,
    "pre": _finish_pre, "li": _finish_item,
}  # fmt: skip


def _quoted(address: str) -> str:
    return _UNSAFE_IN_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), address)


def _wrap_tables(element: Element, number: int = 0) -> int:
    """Wide tables scroll inside a group that has a name and takes the focus. Gives the number of tables so far."""
    for at, child in enumerate(element.children):
        if isinstance(child, Element) and child.name == "table":
            number += 1
            element.children[at] = _region(child, number)
        elif isinstance(child, Element):
            number = _wrap_tables(child, number)
    return number


def _region(table: Element, number: int) -> Element:
    captions = [child.words().strip() for child in table.children if isinstance(child, Element)][:1]
    is_captioned = any(isinstance(child, Element) and child.name == "caption" for child in table.children[:2])
    label = captions[0][:200] if is_captioned and captions else ""
    region = Element("div", attributes={"class": "table-scroll", "role": "group", "tabindex": "0"})
    region.attributes["aria-label"] = label or f"Table {number}"
    region.appendChild(table)
    return region


def _mark_lead(tree: Element) -> None:
    """The first paragraph of the article itself, if it stands before the first heading."""
    for child in tree.children:
        if not isinstance(child, Element):
            continue
        if child.name in HEADINGS or any(below.name in HEADINGS for below in child.elements()):
            return
        if child.name == "p" and child.words().strip() and not is_card(child):
            held = child.attributes.get("class", "")
            child.attributes["class"] = f"{held} lead p-summary".strip()
            return
