"""What a page adds to an author's words: labels of callouts, hosts of linked sites, the way back from a footnote.

Works on a finished tree, in place. What is made here counts neither as words nor for the summary.
"""

import re
from html import unescape
from urllib.parse import unquote, urlsplit

from app.html_tree import Element

LABELS = {
    "callout-note": "Note", "callout-tip": "Tip", "callout-important": "Important",
    "callout-warning": "Warning", "callout-caution": "Caution",
}  # fmt: skip
CARD = "link-card"
NO_CARDS_IN = frozenset({"aside", "blockquote", "dd", "figcaption", "figure", "footer", "li", "td", "th"})
_ATTRIBUTES = r'((?:\s[^\s="<>]+="[^"]*")*)'
# Text as our serialiser writes it.
_CARD = re.compile(
    rf'<p{_ATTRIBUTES}>\s*<a{_ATTRIBUTES}><span class="link-card-title">(.*?)</span>'
    r' <span class="link-card-host">[^<]*</span></a>',
    re.DOTALL,
)
_HREF = re.compile(r'\shref="([^"]*)"')
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:[0-9]{1,5})?")


def mark_cards(tree: Element) -> None:
    """A link to another site, alone in its paragraph, is a card."""
    for child in tree.children:
        if not isinstance(child, Element) or child.name in NO_CARDS_IN or "footnotes" in _classes(child):
            continue
        if child.name == "p" and _lone_link(child):
            child.attributes["class"] = " ".join([*_classes(child), CARD])
        else:
            mark_cards(child)


def is_card(element: Element) -> bool:
    """Whether a paragraph has been marked as a card."""
    return CARD in _classes(element)


def decorate(tree: Element) -> None:
    """Add what is not the author's: after words have been counted."""
    for element in list(tree.elements()):
        if is_card(element):
            _show_host(element)
        elif element.name in ("aside", "blockquote", "div", "section") and "callout" in _classes(element):
            _label(element)
    _tie_footnotes(tree)


def without_own_cards(rendered: str, address: str) -> str:
    """The same HTML, where a card of this very site is a link. For each page: the site's address may change.

    ``address`` is the site's, without a slash at its end.
    """
    host = urlsplit(address).netloc.lower()

    def plain(found: re.Match[str]) -> str:
        of_paragraph, of_link, title = found.groups()
        href = _HREF.search(of_link)
        if href is None or urlsplit(unescape(href[1])).netloc.lower() != host:
            return found[0]
        others = of_paragraph.replace(CARD, "").replace(' class=""', "")
        return f"<p{others}><a{of_link}>{title}</a>"

    return _CARD.sub(plain, rendered) if CARD in rendered and host in rendered.lower() else rendered


def _classes(element: Element) -> list[str]:
    return element.attributes.get("class", "").split()


def _lone_link(paragraph: Element) -> Element | None:
    inside = [child for child in paragraph.children if isinstance(child, Element) or child.strip()]
    if len(inside) != 1 or not isinstance(inside[0], Element) or inside[0].name != "a":
        return None
    link = inside[0]
    is_text = not any(below.name in ("img", "picture", "br", "audio", "video") for below in link.elements())
    return link if is_text and link.words().strip() and _host_of(link) else None


def _host_of(link: Element) -> str:
    """The host a browser would ask, as people know it; nothing, where the address is not plainly one."""
    try:
        parts = urlsplit(link.attributes.get("href", ""))
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removeprefix("www.") if parts.scheme in ("http", "https") and _HOST.fullmatch(host) else ""


def _show_host(paragraph: Element) -> None:
    link = _lone_link(paragraph)
    if link is None:
        return
    title = Element("span", attributes={"class": "link-card-title"})
    link.reparentChildren(title)
    host = Element("span", attributes={"class": "link-card-host"})
    host.children = [_host_of(link)]
    link.children = [title, " ", host]


def _label(callout: Element) -> None:
    words = next((LABELS[name] for name in _classes(callout) if name in LABELS), "")
    if not words:
        return
    if callout.name == "aside":
        # An aside is a landmark of its own; a remark within the text is a note.
        callout.attributes["role"] = "note"
    label = Element("p", attributes={"class": "callout-label"})
    label.children = [words]
    callout.children.insert(0, label)


def _tie_footnotes(tree: Element) -> None:
    """Each reference leads to its note, and each note back to all its references; what leads nowhere is no link."""
    ids = {element.attributes["id"] for element in tree.elements() if "id" in element.attributes}
    sections = [element for element in tree.elements() if "footnotes" in _classes(element)]
    for section in sections:
        if section.name == "section":
            section.attributes |= {"role": "doc-endnotes", "aria-label": "Footnotes"}
    notes = [
        item for section in sections for item in section.elements() if item.name == "li" and "id" in item.attributes
    ]
    references: dict[str, list[Element]] = {}
    for mark in [element for element in tree.elements() if "footnote-ref" in _classes(element)]:
        for link in [mark] if mark.name == "a" else mark.elements():
            if link.name == "a" and link.attributes.get("href", "").startswith("#"):
                references.setdefault(_target(link), []).append(link)
    known = {note.attributes["id"] for note in notes}
    for target, links in references.items():
        for link in links:
            if target in known:
                link.attributes["role"] = "doc-noteref"
                link.attributes.setdefault("id", _free(f"fnref-{target.removeprefix('fn-')}", ids))
            elif target not in ids:
                link.name = "span"
                del link.attributes["href"]
    for number, note in enumerate(notes, 1):
        _lead_back(note, references.get(note.attributes["id"], []), number)


def _lead_back(note: Element, references: list[Element], number: int) -> None:
    """Back links at the end of the note, in place of those it came with."""
    for parent in [note, *note.elements()]:
        parent.children = [
            child
            for child in parent.children
            if isinstance(child, str) or child.name != "a" or "footnote-backref" not in _classes(child)
        ]
    last = next((child for child in reversed(note.children) if isinstance(child, Element) or child.strip()), None)
    place = last if isinstance(last, Element) and last.name == "p" else note
    while references and place.children and isinstance(place.children[-1], str) and not place.children[-1].strip():
        place.children.pop()
    for at, reference in enumerate(references, 1):
        again = f", mention {at}" if len(references) > 1 else ""
        back = Element("a", attributes={"href": f"#{reference.attributes['id']}", "class": "footnote-backref"})
        back.attributes |= {"role": "doc-backlink", "aria-label": f"Back to the text of note {number}{again}"}
        back.children = ["↩\ufe0e"]
        place.children += [" ", back]


def _target(link: Element) -> str:
    return unquote(link.attributes["href"][1:])


def _free(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found
