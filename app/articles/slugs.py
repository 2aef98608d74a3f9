"""Slugs: the last segment of an article's address. Made from the title in any script, or typed."""

import re
import unicodedata

from app.slugging import slugify

__all__ = ["RESERVED", "SlugInvalid", "SlugReserved", "check_slug", "is_reserved", "slugify"]

MAX_SLUG = 200
# fmt: off
RESERVED = frozenset({
    ".well-known", "admin", "api", "archive", "articles", "author", "authors", "categories", "category", "comment",
    "comments", "confirm-address", "favicon.ico", "favicon.svg", "feed", "feed.json", "feed.xml", "feeds",
    "healthz", "how-we-count", "index.html", "invitation", "login", "logout", "media", "member", "members",
    "newsletter", "page", "pages", "pageviews", "preview", "readyz", "rescue", "reset", "robots.txt", "rss", "rss.xml",
    "search", "section", "sections", "setup", "sitemap", "sitemap.xml", "sitemaps", "static", "subscribe", "tag",
    "tags", "unsubscribe", "webhook", "webhooks", "webmention", "welcome",
})
# fmt: on
"""First segments that belong to the site itself, now or in a planned part; no article gets one."""

# Below this one only numbers are the site's own: other sites had their articles there, and redirects must keep them.
_NUMBERED = re.compile(r"articles/(?![0-9]+$).")
# What a path segment can hold in any script without being escaped or misread.
_TYPED = re.compile(r"[^\W_](?:[\w.~-]*[\w~-])?")


class SlugInvalid(Exception):
    """An address has letters and digits of any script, hyphens, dots, underscores; a letter or digit comes first."""


class SlugReserved(Exception):
    """This address belongs to the site itself; please choose another."""


def check_slug(typed: str) -> str:
    """A slug as an editor typed it, in NFC and lower case. Raises ``SlugInvalid`` or ``SlugReserved``."""
    slug = unicodedata.normalize("NFC", typed).strip().strip("/").lower()
    if len(slug) > MAX_SLUG or not _TYPED.fullmatch(slug):
        raise SlugInvalid(slug)
    if slug in RESERVED:
        raise SlugReserved(slug)
    return slug


def is_reserved(path: str) -> bool:
    """Whether a path of one or more segments, without the leading slash, belongs to the site itself."""
    return path.split("/", 1)[0] in RESERVED and not _NUMBERED.match(path)
