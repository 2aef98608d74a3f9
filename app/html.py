"""HTML from people: cleaned on the way in, read on the way out. All of bleach is here; pure.

``clean`` reads like a browser, keeps what the lists below allow, and asks bleach about the result: what bleach
would change is not let through. See docs/decisions/0004-cleaning-html.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import bleach

from app.html_limits import DEEPEST, TooDeep, TooIntricate, TooMuch
from app.html_tree import HTML, VOID, Element, escape, names, parse, serialise, start_tag

__all__ = ["Cleaned", "TooDeep", "TooIntricate", "TooMuch", "allowed", "clean", "text"]

PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})

ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"class", "dir", "id", "lang", "title"}),
    "a": frozenset({"href", "hreflang", "rel"}),
    "audio": frozenset({"controls", "src"}),
    "blockquote": frozenset({"cite"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "del": frozenset({"cite", "datetime"}),
    "details": frozenset({"open"}),
    "img": frozenset({"alt", "height", "loading", "sizes", "src", "srcset", "width"}),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"reversed", "start", "type"}),
    "q": frozenset({"cite"}),
    "source": frozenset({"height", "media", "sizes", "src", "srcset", "type", "width"}),
    "td": frozenset({"colspan", "headers", "rowspan"}),
    "th": frozenset({"abbr", "colspan", "headers", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
    "track": frozenset({"default", "kind", "label", "src", "srclang"}),
    "video": frozenset({"controls", "height", "poster", "src", "width"}),
}
TAGS = frozenset(ATTRIBUTES) - {"*"} | names(
    "abbr address article aside b bdi bdo br caption cite code dd dfn div dl dt em figcaption figure footer"
    " h1 h2 h3 h4 h5 h6 header hr i kbd mark p picture pre rp rt ruby s samp section small span strong sub summary"
    " sup table tbody tfoot thead tr u ul var wbr"
)
GONE_WITH_CONTENTS = names("iframe noembed noframes script style template title annotation")
"""What no reader ever sees the inside of."""
RENAMED = {
    "acronym": "abbr", "center": "div", "dialog": "div", "dir": "ul", "fieldset": "div", "form": "div",
    "hgroup": "div", "legend": "p", "listing": "pre", "main": "div", "menu": "ul", "nav": "div", "plaintext": "pre",
    "search": "div", "strike": "s", "tt": "code", "xmp": "pre",
}  # fmt: skip
"""Elements that have a plain equivalent, so that blocks stay blocks."""
CLASSES = re.compile(
    r"align-(left|center|right|justify)|size-(small|wide|full)|language-[\w+#.-]{1,40}"
    r"|footnote(s|s-sep|s-list|-ref|-item|-backref)|task-(list|box)|callout(-(note|tip|important|warning|caution))?"
    r"|pullquote|verse"
)
ALIGN = re.compile(r"(?:^|;)\s*text-align\s*:\s*(left|center|right|justify)\b", re.IGNORECASE)
SCHEME = re.compile(r"[A-Za-z0-9+.-]+:")
LANGUAGE = "[a-z]{2,8}(-[a-z0-9]{1,8})*"
RELATIONS = names("author bookmark external help license me nofollow noopener noreferrer sponsored tag ugc")
NEED_SOURCE = frozenset({"img", "source", "track"})
UNREAD = GONE_WITH_CONTENTS | {"rp"}
BLOCKS = names(
    "address article aside blockquote caption dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr legend li main nav ol p pre section summary table tbody tfoot thead tr ul"
    " center dir listing menu plaintext search xmp"
)
ROUNDS = 8
PIECE = 16_000


def _matching(pattern: str) -> Callable[[str], str | None]:
    """A check that keeps a value, without the space around it, if the pattern matches all of it."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: value.strip() if compiled.fullmatch(value.strip()) else None


def _anything(value: str) -> str | None:
    return value


def _nothing(_value: str) -> str | None:
    return ""


def _address(value: str) -> str | None:
    """An address a link may have. Browsers ignore tabs and line breaks in one; bleach ignores still more."""
    value = re.sub("[\t\r\n]", "", value).strip()
    bare = re.sub(r"[`\x00-\x20\x7f-\xa0\s]+|[^\x00-\x7f]", "", value)
    try:
        urlsplit(bare)
    except ValueError:
        return None
    schemes = (match[0][:-1].lower() for match in (SCHEME.match(value), SCHEME.match(bare)) if match)
    return value if all(scheme in PROTOCOLS for scheme in schemes) else None


def _source(value: str) -> str | None:
    """An address a picture may have."""
    found = _address(value)
    return None if not found or re.match("(mailto|tel):", found, re.IGNORECASE) else found


def _sources(value: str) -> str | None:
    """Several pictures to choose from, each with a width or density."""
    kept = []
    for candidate in re.split(r"(?<=[0-9][wx]),\s*|,\s+", value.strip(" ,\t\r\n")):
        address, _, size = candidate.strip().partition(" ")
        if not _source(address) or not re.fullmatch(r"(\s*[0-9]{1,5}(\.[0-9]{1,4})?[wx])?", size):
            return None
        kept.append(f"{address} {size.strip()}".strip())
    return ", ".join(kept)


def _relations(value: str) -> str | None:
    return " ".join(word for word in value.lower().split() if word in RELATIONS) or None


_number = _matching("[0-9]{1,5}")
_count = _matching("[1-9][0-9]{0,2}")
VALUES: dict[str, Callable[[str], str | None]] = {
    "abbr": _anything, "alt": _anything, "cite": _address, "colspan": _count, "controls": _nothing,
    "datetime": _matching(r"[0-9PT][0-9:.+\-TZWPYMDHS ]{0,40}"), "default": _nothing,
    "dir": _matching("ltr|rtl|auto"), "headers": _anything, "height": _number, "href": _address,
    "hreflang": _matching(LANGUAGE), "id": _matching(r"\S{1,100}"),
    "kind": _matching("subtitles|captions|descriptions|chapters|metadata"), "label": _anything,
    "lang": _matching(LANGUAGE), "loading": _matching("lazy|eager"), "media": _anything, "open": _nothing,
    "rel": _relations, "reversed": _nothing, "rowspan": _count, "scope": _matching("col|row|colgroup|rowgroup"),
    "sizes": _anything, "span": _count, "src": _source, "srcset": _sources, "srclang": _matching(LANGUAGE),
    "start": _matching("-?[0-9]{1,6}"), "title": _anything, "type": _matching(r"[1aAiI]|[\w.+-]{1,40}/[\w.+-]{1,60}"),
    "value": _matching("-?[0-9]{1,6}"), "poster": _source, "width": _number,
}  # fmt: skip


@dataclass(frozen=True)
class Cleaned:
    """Safe HTML as a browser serialises it, and what had to be taken out (element and attribute names)."""

    html: str
    removed: tuple[str, ...] = ()
    tree: Element | None = field(default=None, compare=False, repr=False)
    """``html``, read: for whoever goes on working with it. None where it has to be read again."""


def clean(source: str) -> Cleaned:
    """Make ``source`` safe to show. Cleaning twice changes nothing. Raises ``TooIntricate``."""
    removed: dict[str, None] = {}
    html = source
    for _ in range(ROUNDS):
        tree = parse(html)
        tree.children = _kept(tree, removed)
        before, html = html, serialise(tree.children)
        if html == before:
            break
    else:
        return _as_text(source, removed)
    try:
        _ask(["#fragment"], _is_bleached(tree, []).removeprefix("<#fragment>").removesuffix("</#fragment>"))
    except _Disagreement:
        return _as_text(source, removed)
    return Cleaned(html, tuple(removed), tree)


def allowed(source: str) -> Element:
    """The tree of HTML that ``clean`` made, with only what today's lists allow. Raises ``TooIntricate``.

    For showing a stored text in other surroundings, in a sixth of the time: bleach was asked when it was stored.
    """
    tree = parse(source)
    tree.children = _kept(tree, {})
    return tree


def text(source: str) -> str:
    """The words of some HTML, blocks apart by line breaks, entities decoded."""
    try:
        tree = parse(source)
    except TooIntricate:
        return re.sub("<[^<>]*>", " ", source).strip()
    return text_of(tree)


def text_of(tree: Element) -> str:
    """``text`` of a tree that has been read already."""
    pieces: list[str] = []
    _read(tree, pieces, preformatted=False)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _read(node: Element, pieces: list[str], *, preformatted: bool) -> None:
    for child in node.children:
        if isinstance(child, str):
            pieces.append(child if preformatted else child.replace("\n", " "))
        elif child.name == "br":
            pieces.append("\n")
        elif child.name not in UNREAD:
            around = "\n" if child.name in BLOCKS else " " if child.name in ("td", "th", "option") else ""
            pieces.append(around)
            _read(child, pieces, preformatted=preformatted or child.name == "pre")
            pieces.append(around)


def _kept(node: Element, removed: dict[str, None], depth: int = 0) -> list[Element | str]:
    """The children of ``node`` with what is not allowed taken out; its text stays."""
    if depth > 2 * DEEPEST:
        raise TooDeep
    kept: list[Element | str] = []
    for child in node.children:
        if isinstance(child, str):
            kept.append(child)
        elif child.name in GONE_WITH_CONTENTS:
            removed[child.name] = None
        else:
            kept += _kept_element(child, removed, depth)
    return kept


def _kept_element(element: Element, removed: dict[str, None], depth: int) -> list[Element | str]:
    name = RENAMED.get(element.name, element.name)
    children = _kept(element, removed, depth + 1)
    if name not in TAGS or element.namespace != HTML:
        removed[element.name[:40]] = None
        return [*children, " "] if name == "option" else children
    new = Element(name, HTML, _kept_attributes(element, name, removed))
    new.children = children
    if element.name == "center":
        new.attributes.setdefault("class", "align-center")
    if name == "pre" and children and isinstance(children[0], str):
        # The parser drops the first line break of a <pre>: one more each time.
        children[0] = children[0].lstrip("\n")
    if name in NEED_SOURCE and not {"src", "srcset"} & new.attributes.keys():
        return [new.attributes["alt"]] if new.attributes.get("alt") else []
    if name in ("audio", "video"):
        new.attributes["controls"] = ""
    return [new]


def _kept_attributes(element: Element, name: str, removed: dict[str, None]) -> dict[str, str]:
    allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(name, frozenset())
    kept: dict[str, str] = {}
    classes = element.attributes.get("class", "").split()
    for attribute, typed in element.attributes.items():
        if attribute == "class":
            continue
        if attribute in ("style", "align"):
            aligned = ALIGN.search(typed if attribute == "style" else f"text-align:{typed}")
            if aligned:
                classes.append(f"align-{aligned[1].lower()}")
                if not ALIGN.sub("", typed, count=1).strip(" ;") or attribute == "align":
                    continue
        value = VALUES[attribute](typed) if attribute in allowed else None
        if value is None:
            removed[f"{attribute if isinstance(attribute, str) else attribute[1]}"[:40] + f" of {element.name}"] = None
        else:
            kept[attribute] = value
    if safe := [item for item in dict.fromkeys(classes) if CLASSES.fullmatch(item)]:
        kept["class"] = " ".join(safe)
    return kept


def _as_text(source: str, removed: dict[str, None]) -> Cleaned:
    """The last resort, for markup that reads differently each time: its words."""
    return Cleaned(f"<p>{escape(text(source))}</p>", (*removed, "markup"))


def _is_bleached(element: Element, path: list[str]) -> str:
    """Ask bleach about everything below ``element``, in pieces; what is left over is for the caller to ask about.

    In pieces, each in its bare ancestors, because bleach takes time quadratic in siblings and in entities.
    Raises ``_Disagreement``.
    """
    run: list[str] = []
    size = 0
    path.append(element.name)
    for child in element.children:
        if isinstance(child, str):
            parts = [escape(child[at : at + PIECE]) for at in range(0, len(child), PIECE)]
        else:
            parts = [_is_bleached(child, path)]
        for part in parts:
            run.append(part)
            size += len(part)
            if size > PIECE:
                _ask(path, "".join(run))
                run = ["x"] if element.name == "pre" else []
                size = 0
    path.pop()
    end = "" if element.name in VOID else f"</{element.name}>"
    return f"{start_tag(element)}{''.join(run)}{end}"


def _ask(path: list[str], html: str) -> None:
    before = "".join(f"<{name}>" for name in path[1:])
    after = "".join(f"</{name}>" for name in reversed(path[1:]))
    asked = f"{before}{html}{after}"
    answer = bleach.clean(
        asked, tags=TAGS, attributes={tag: list(names) for tag, names in ATTRIBUTES.items()}, protocols=PROTOCOLS,
        strip=True,
    )  # fmt: skip
    # html5lib does not know that <wbr> has no end tag.
    if answer.replace("</wbr>", "") != asked:
        raise _Disagreement


class _Disagreement(Exception):
    """bleach would change what the lists above let through."""
