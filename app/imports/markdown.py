"""One file of Markdown (or HTML) with front matter, read as a post. Pure: text in, ``Post`` out.

Knows the conventions of Jekyll, Hugo, Zola and Eleventy; where two differ, what the file says wins over
what its name says.
"""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from app import text
from app.imports import fields, frontmatter, moments, shortcodes

MAX_TITLE = 300
_HEADING = re.compile(r"\s*#[ \t]+(?P<title>[^\n]+?)[ \t]*#*[ \t]*(?:\{[^{}\n]*\})?[ \t]*(?:\n|$)")
_UNDERLINED = re.compile(r"\s*(?P<title>[^\n#>|`*+\-=\s][^\n]*)\n=+[ \t]*(?:\n|$)")
_IMAGE = re.compile(r"!\[[^\]\n]*\]\(\s*<?([^)>\s]+)|<img\b[^<>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.I)
_LANGUAGE_ENDING = re.compile(r"\.([a-z]{2}(?:-[A-Za-z]{2,4})?)$")
_DATED_NAME = re.compile(r"(\d{4})[-_](\d{1,2})[-_](\d{1,2})[-_]?")
_ADDRESS_FIELDS = ("path", "permalink", "url")
_FORMER_FIELDS = ("redirect_from", "aliases", "alias")


class NotAPost(Exception):
    """The file is no post; the message is the reason."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """What a file says about one article. Moments are aware; addresses are paths without leading slash."""

    source_path: str
    title: str
    slug: str
    """What its address should be made from: may hold any characters."""
    has_own_slug: bool = False
    """Whether the file gives the slug, or an address that ends in it; else its name does."""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    withdraw_at: datetime | None = None
    is_draft: bool = False
    """Whether it must stay unpublished: the file says so, or it has no date."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    excerpt: str = ""
    is_featured: bool = False
    cover_url: str = ""
    cover_alt: str = ""
    canonical_url: str = ""
    views: int | None = None
    addresses: tuple[str, ...] = ()
    """Where it was on the old site: these redirect to it."""
    redirect: str | None = None
    """The file is nothing but a redirect to this target."""
    body: str = ""
    body_format: str = "markdown"
    images: tuple[str, ...] = ()
    """The images of the body and the cover that lie beside the text or in the old site."""
    notes: tuple[str, ...] = ()
    """What was not taken over, a sentence each."""


def read_post(source: str, *, path: str, zone: tzinfo, needs_front_matter: bool = True) -> Post:
    """Read a file. ``path`` is where it lies in the imported tree; moments without a zone are in ``zone``.

    Raises ``frontmatter.Broken`` and ``NotAPost``, each with the reason.
    """
    parts = frontmatter.split(text.clean_block(source))
    if parts is None:
        if needs_front_matter:
            raise NotAPost("it has no front matter, so nothing says that it is a post.")
        parts = frontmatter.Parts({}, text.clean_block(source))
    given = {name.strip().lower(): value for name, value in parts.fields.items()}
    if not given.get("title") and "redirect" not in given and PurePosixPath(path).stem == "_index":
        raise NotAPost("it is the page of a section, not a post.")
    redirect = _redirect(given, parts.body, path)
    return redirect or _article(given, parts.body, path, zone)


def _redirect(given: dict[str, object], body: str, path: str) -> Post | None:
    wanted = given.get("redirect") or given.get("redirect_to")
    if not wanted or not text.is_blank(body):
        return None
    target = fields.target(wanted[0] if isinstance(wanted, list) else wanted)
    if target is None:
        raise NotAPost("it is a redirect, but to nothing that is a web address.")
    own, former = _addresses(given)
    slug = _slug(given, own, path)
    return Post(source_path=path, title=fields.plain(given.get("title")), slug=slug, redirect=target,
                addresses=tuple(dict.fromkeys([*own, *former])))  # fmt: skip


def _article(given: dict[str, object], body: str, path: str, zone: tzinfo) -> Post:
    notes: list[str] = []
    is_html = path.lower().endswith((".html", ".htm"))
    translation = shortcodes.translate(body, fields=given, in_html=is_html)
    if translation.unknown:
        notes.append("unknown shortcodes stay as text: " + ", ".join(translation.unknown[:10]) + ".")
    if given.get("redirect"):
        notes.append("its redirect is left out: it has a text of its own.")
    title, body = _title(given, translation.text, path, has_headings=not is_html)
    own, former = _addresses(given)
    published_at = _published_at(given, own, path, zone, notes)
    cover_url, cover_alt = _cover(given)
    says_draft = _says_draft(given) or "_drafts" in PurePosixPath(path).parts
    if says_draft is False and published_at is None:
        notes.append("it has no date in its front matter, name or address: it stays a draft.")
    return Post(
        source_path=path,
        title=_short_title(title, notes),
        slug=_slug(given, own, path),
        has_own_slug=bool(own or fields.line(given.get("slug"))),
        published_at=published_at,
        updated_at=_moment(given, ("updated", "lastmod", "last_modified_at", "modified", "updated_at"), zone, notes),
        withdraw_at=_moment(given, ("expirydate", "expiry_date", "unpublishdate"), zone, notes),
        is_draft=says_draft or published_at is None,
        authors=fields.authors(given),
        tags=fields.tags(given),
        language=_language(given, path),
        excerpt=_excerpt(given),
        is_featured=fields.flag(given.get("featured")) or fields.flag(given.get("pinned")) or False,
        cover_url=cover_url,
        cover_alt=cover_alt,
        canonical_url=_canonical(given),
        views=_views(given, notes),
        addresses=tuple(dict.fromkeys([*own, *former, *_usual_addresses(own, path)])),
        body=body,
        body_format="html" if is_html else "markdown",
        images=_local_images(body, cover_url),
        notes=tuple(notes),
    )


# Title and address


def _title(given: dict[str, object], body: str, path: str, *, has_headings: bool) -> tuple[str, str]:
    """The title, and the body without a first heading that says the same."""
    title = fields.plain(given.get("title"))
    heading = (_HEADING.match(body) or _UNDERLINED.match(body)) if has_headings else None
    if heading is None:
        return (title if not text.is_blank(title) else _title_from_name(path)), body
    shown = fields.plain(heading["title"])
    if text.is_blank(title) or shown.casefold() == title.casefold():
        return shown, body[heading.end() :].lstrip("\n")
    return title, body


def _title_from_name(path: str) -> str:
    words = _DATED_NAME.sub("", _stem(path)).replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or "Untitled"


def _short_title(title: str, notes: list[str]) -> str:
    if len(title) > MAX_TITLE:
        notes.append(f"its title is cut to {MAX_TITLE} characters.")
    return text.shorten(title, MAX_TITLE)


def _stem(path: str) -> str:
    """The telling part of a path: the file's name without endings; of ``x/index.fr.md`` it is ``x``."""
    whole = PurePosixPath(path)
    stem = re.sub(r"\.(?:md|markdown|mdown|mkd|html?)$", "", whole.name, flags=re.I)
    stem = _LANGUAGE_ENDING.sub("", stem)
    return whole.parent.name if stem.lower() in {"index", "_index"} and whole.parent.name else stem


def _slug(given: dict[str, object], own: list[str], path: str) -> str:
    slug = fields.line(given.get("slug"))
    if slug and "{" not in slug:
        return slug.strip("/").rpartition("/")[2]
    if own:
        return re.sub(r"\.html?$", "", own[0].rpartition("/")[2])
    stem = _stem(path)
    return _DATED_NAME.sub("", stem, count=1) or stem


def _addresses(given: dict[str, object]) -> tuple[list[str], list[str]]:
    """The paths it had itself, and the older ones that led to it."""
    own = [path for name in _ADDRESS_FIELDS for value in fields.listed(given.get(name)) if (path := _path(value))]
    former = [
        path for name in _FORMER_FIELDS for value in fields.listed(given.get(name)) if (path := fields.path(value))
    ]
    return own, former


def _path(value: str) -> str | None:
    path = fields.path(value)
    # Jekyll's names of whole patterns, and words that switch the page off.
    words = {"pretty", "date", "ordinal", "none", "weekdate", "true", "false"}
    return None if path is None or (value.strip() in words) else path


def _usual_addresses(own: list[str], path: str) -> list[str]:
    """Where Jekyll and its kin show ``2015-12-30-title.md`` unless told otherwise: links in texts say so."""
    dated = _DATED_NAME.match(_stem(path))
    if own or dated is None or not _stem(path)[dated.end() :]:
        return []
    usual = f"{dated[1]}/{int(dated[2]):02}/{int(dated[3]):02}/{_stem(path)[dated.end() :]}"
    return [usual, f"{usual}.html"]


# Dates


def _published_at(
    given: dict[str, object], own: list[str], path: str, zone: tzinfo, notes: list[str]
) -> datetime | None:
    found = _moment(given, ("publishdate", "date", "published_at", "pubdate", "created"), zone, notes)
    if found is None and isinstance(given.get("published"), str):
        found = moments.read(given["published"], zone=zone)
    for place in (path, *own):
        found = found or moments.in_path(place, zone=zone)
    return found


def _moment(given: dict[str, object], names: tuple[str, ...], zone: tzinfo, notes: list[str]) -> datetime | None:
    for name in names:
        value = given.get(name)
        if value in (None, ""):
            continue
        found = moments.read(value, zone=zone)
        if found is not None:
            return found
        notes.append(f"its {name} “{fields.line(value)[:40]}” cannot be read as a date.")
    return None


def _says_draft(given: dict[str, object]) -> bool:
    return fields.flag(given.get("draft")) is True or fields.flag(given.get("published")) is False


# The rest


def _excerpt(given: dict[str, object]) -> str:
    extra = given.get("extra")
    sources = [given.get(name) for name in ("excerpt", "description", "summary", "subtitle")]
    if isinstance(extra, dict):
        sources.append(extra.get("description"))
    written = next((value for value in sources if isinstance(value, str) and not text.is_blank(value)), "")
    return text.shorten(fields.description(shortcodes.translate(written).text), 1000)


def _language(given: dict[str, object], path: str) -> str:
    for name in ("lang", "language", "locale"):
        if code := fields.language(given.get(name)):
            return code
    name = re.sub(r"\.(?:md|markdown|html?)$", "", PurePosixPath(path).name, flags=re.I)
    ending = _LANGUAGE_ENDING.search(name)
    return ending[1] if ending else ""


def _cover(given: dict[str, object]) -> tuple[str, str]:
    for name in ("image", "cover", "featured_image", "feature_image", "thumbnail", "images"):
        value = given.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        alt = fields.line(given.get(f"{name}_alt"))
        if isinstance(value, dict):
            alt = alt or fields.line(value.get("alt"))
            value = next((value[key] for key in ("src", "url", "path", "image") if value.get(key)), None)
        if address := fields.web_address(value):
            return address, text.shorten(fields.plain(alt), 500)
    return "", ""


def _canonical(given: dict[str, object]) -> str:
    for name in ("canonical_url", "canonical", "canonicalurl"):
        address = fields.web_address(given.get(name))
        if address.startswith(("https://", "http://")):
            return address
    return ""


def _views(given: dict[str, object], notes: list[str]) -> int | None:
    if given.get("views") is None:
        return None
    views = fields.views(given["views"])
    if views is None:
        notes.append("its views are no number: the count begins at 0.")
    return views


def _local_images(body: str, cover_url: str) -> tuple[str, ...]:
    found = [one or other for one, other in _IMAGE.findall(body)] + ([cover_url] if cover_url else [])
    local = [address for address in found if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#", address)]
    return tuple(dict.fromkeys(local))
