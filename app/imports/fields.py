"""Single values of front matter, as written by hand in many ways, to what an article needs. Pure."""

import html
import re
from urllib.parse import unquote, urlsplit

from app import text
from app.articles.models import MAX_PATH

MOST = 50  # tags, authors, addresses of one file
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_PAIRED_ELEMENT = re.compile(r"<(a|b|i|u|p|em|strong|code|span|div|small|sup|sub|mark|q|cite|br)\b[^<>]*/?>", re.I)
_CLOSING_ELEMENT = re.compile(r"</(?:a|b|i|u|p|em|strong|code|span|div|small|sup|sub|mark|q|cite)\s*>", re.I)
_EMPHASIS = re.compile(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*_])")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,10}|#\d{1,6}|#x[0-9A-Fa-f]{1,6});")
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1", "y"}), frozenset({"false", "no", "off", "0", "n", "never"})
_NOT_NAMES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "phd", "ph.d.", "md", "m.d.", "esq", "esq."})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def line(value: object) -> str:
    """A scalar as one line of text; '' for lists, mappings and nothing."""
    if value is None or isinstance(value, (list, dict, bool)):
        return ""
    return text.clean_line(str(value))


def flag(value: object) -> bool | None:
    """Yes, no, or None if it says neither."""
    if isinstance(value, bool):
        return value
    word = line(value).lower()
    return True if word in _TRUE else False if word in _FALSE else None


def plain(value: object) -> str:
    """Text without markup: a title or a description may hold paired HTML elements, links, entities."""
    written = line(value) if not isinstance(value, str) else text.clean_block(value).strip()
    written = _MARKDOWN_LINK.sub(r"\1", written)
    if _CLOSING_ELEMENT.search(written) or "<br" in written:
        written = _CLOSING_ELEMENT.sub("", _PAIRED_ELEMENT.sub(" " if "<br" in written else "", written))
    return " ".join(_ENTITY.sub(lambda found: html.unescape(found[0]), written).split())


def description(value: object) -> str:
    """An excerpt as plain text: as ``plain``, without Markdown's emphasis."""
    return _EMPHASIS.sub(r"\2", plain(value))


def views(value: object) -> int | None:
    """A number of views; thousands may be parted (``1,234``). None if it is no number."""
    digits = re.sub(r"(?<=\d)[,_ .](?=\d{3}\b)", "", line(value))
    return int(digits) if re.fullmatch(r"[0-9]{1,15}", digits) else None


def language(value: object) -> str:
    """A language tag like ``pt-BR``, or ''."""
    code = line(value)
    return code.replace("_", "-")[:35] if _LANGUAGE.fullmatch(code) else ""


def tags(fields: dict[str, object]) -> tuple[str, ...]:
    """The tags and categories, each once, in their order."""
    found: list[str] = []
    taxonomies = fields.get("taxonomies")
    for source in (fields, taxonomies if isinstance(taxonomies, dict) else {}):
        for name in ("tags", "tag", "categories", "category"):
            found += _tag_names(source.get(name), is_plural=name in {"tags", "categories"})
    return _once(found)


def _tag_names(value: object, *, is_plural: bool) -> list[str]:
    if isinstance(value, list):
        return [line(item) for item in value[:MOST]]
    written = line(value)
    if "," in written:
        return written.split(",")[:MOST]
    # Jekyll parts the words of `tags: a b`, not those of `category: a b`.
    return written.split()[:MOST] if is_plural else [written]


def authors(fields: dict[str, object]) -> tuple[str, ...]:
    """The names of who wrote it, each once, in their order."""
    found: list[str] = []
    for name in ("author", "authors", "by", "byline"):
        found += _author_names(fields.get(name))
    extra = fields.get("extra")
    if not found and isinstance(extra, dict):
        found = _author_names(extra.get("author")) + _author_names(extra.get("authors"))
    return _once(found)


def _author_names(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:MOST] for name in _author_names(item if not isinstance(item, list) else None)]
    if isinstance(value, dict):
        named = next((value[key] for key in ("name", "display_name", "title", "login") if line(value.get(key))), None)
        return [_person(line(named))] if named is not None else []
    return _people(line(value))


def _people(written: str) -> list[str]:
    """``A, B and C`` are three; ``The Language and Library Team`` and ``A, Director of B`` are one."""
    if re.search(r"\]\([^)]*\)", written):
        # "[A](…) (Company) and [B](…)": what a link shows is the name; what stands around it is not.
        return [_person(name) for name in re.findall(r"\[([^\[\]]+)\]\([^()]*\)", written)]
    written = re.sub(r"\s*<[^<>]*>", "", written)
    if re.match(r"the\s", written, re.I) or "(" in written:
        return [_person(written)]
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*[;&]\s*", written)
    is_one = any(part.lower() in _NOT_NAMES or len(part.split()) > 4 for part in parts)
    if is_one or ("," in written and any(" of " in part or " at " in part for part in parts)):
        parts = [written]
    return [_person(part) for part in parts]


def _person(name: str) -> str:
    return plain(name).removeprefix("@").strip()


def _once(names: list[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        shown = text.shorten(text.clean_line(name), 300)
        if not text.is_blank(shown):
            seen.setdefault(shown.casefold(), shown)
    return tuple(seen.values())[:MOST]


def listed(value: object) -> list[str]:
    """One text or a list of them, as a list."""
    items = value[:MOST] if isinstance(value, list) else [value]
    return [line(item) for item in items if line(item)]


def path(value: str) -> str | None:
    """An address of the old site as a path below ours, without slashes at its ends; None if it is none.

    Patterns (``/:year/:title``, ``pretty``) and templates (``{{ … }}``) say nothing about one article.
    """
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    written = unquote(parts.path)
    if parts.scheme not in {"", "http", "https"} or any(sign in written for sign in ("{", "}", "\\", ":")):
        return None
    segments = [segment for segment in text.clean_line(written).split("/") if segment]
    if segments and segments[-1] in {"index.html", "index.htm"}:
        segments.pop()
    if not segments or any(segment in {".", ".."} for segment in segments):
        return None
    joined = "/".join(segments)
    return joined if len(joined) <= MAX_PATH else None


def target(value: object) -> str | None:
    """Where a redirect leads: a full web address, or a path of this site; None if it is neither."""
    written = line(value)
    if not written or len(written) > 2000 or "\\" in written:
        return None
    try:
        parts = urlsplit(written)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return written if parts.scheme in {"http", "https"} and parts.netloc else None
    return "/" + written.lstrip("/")


def web_address(value: object) -> str:
    """A full web address or a path, of at most 2,000 characters; else ''."""
    written = line(value)
    try:
        parts = urlsplit(written)
    except ValueError:
        return ""
    if len(written) > 2000 or parts.scheme not in {"", "http", "https"}:
        return ""
    return written
