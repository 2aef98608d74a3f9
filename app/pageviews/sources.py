"""Where a reader came from: the Referer and the campaign in the address, cut and cleaned. Pure; never raises.

Of another site's address only host and path are kept: what stands behind "?" may be about a person.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from app.text import clean_line

LONGEST = 1024
"""Of a referrer and of a query only so much is looked at, so that the memos are bounded in bytes as well."""
SPAM = "(spam)"
"""The label of sites that send made-up referrers in order to be found in statistics; no host is named so."""


class Source(NamedTuple):
    """Where somebody came from. What each means: ``models.PageviewDetail``."""

    dimension: str
    label: str = ""
    detail: str = ""


DIRECT = Source("direct")


class Campaign(NamedTuple):
    """What the publisher of a link wrote into its address."""

    source: str = ""
    medium: str = ""
    name: str = ""


def find_source(referrer: str, *, host: str) -> Source:
    """The source that a Referer header (as WSGI gives it) tells to the site at ``host``."""
    return _find_source(referrer[:LONGEST], host[:255]) if referrer else DIRECT


def find_campaign(query: str) -> Campaign:
    """The campaign in a query string: utm_source, utm_medium, utm_campaign; else ``ref`` or ``source``."""
    return _find_campaign(query[:LONGEST]) if "=" in query else Campaign()


@lru_cache(maxsize=2048)
def _find_source(referrer: str, own: str) -> Source:
    address = _ADDRESS.match(_decode(referrer.strip()))
    if address is None:
        return DIRECT  # about:blank, a file, an extension, no address at all: nothing was told
    scheme, written, path = address[1].lower(), address[2], address[3]
    host = _clean_host(written)
    if not host:
        return DIRECT
    if scheme == "android-app":
        kind, name = _look_up(written.lower()) or ("site", "")
        return Source("site", host) if kind == "site" else Source(kind, name)
    if host == _clean_host(own.partition(":")[0]):
        return Source("own", "", _clean_path(path))
    kind, name = _look_up(host) or ("site", "")
    if kind != "site":
        return Source(kind, name)
    if _SPAM.search(host):
        return Source("site", SPAM)
    return Source("site", host, _clean_path(path))


# Scheme, host without name, password and port, path without what is behind it.
_ADDRESS = re.compile(
    r"(https?|android-app)://(?:[^/?#@\s]*@)?([^/?#@:\s]+)(?::\d*)?(?=[/?#]|$)([^?#]*)", re.IGNORECASE
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")


def _decode(text: str) -> str:
    """WSGI's strings hold bytes; browsers write UTF-8 into them."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def _clean_host(written: str) -> str:
    host = written[:253].lower().rstrip(".").removeprefix("www.")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    return host[:100] if _HOST.fullmatch(host[:100]) else ""


def _clean_path(path: str) -> str:
    return clean_line(path)[:300] or "/"


@lru_cache(maxsize=2048)
def _find_campaign(query: str) -> Campaign:
    said: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in _PARAMETERS and value and name not in said:
            said[name] = clean_line(unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace"))[:100]
    source = said.get("utm_source") or said.get("ref") or said.get("source") or ""
    return Campaign(source, said.get("utm_medium", ""), said.get("utm_campaign", ""))


_PARAMETERS = frozenset({"utm_source", "utm_medium", "utm_campaign", "ref", "source"})


def _look_up(host: str) -> tuple[str, str] | None:
    """Kind and name of a host or of the nearest domain above it."""
    known, labels = _known(), host.split(".")[-8:]
    for start in range(len(labels) - 1):
        domain = labels[start:]
        found = known.get(".".join(domain))
        if found is None and len(domain) >= 2 and len(domain[-1]) <= 3:
            found = known.get(".".join(domain[:-1]) + ".{}")
            if found is None and len(domain) >= 3 and domain[-2] in _SECOND_LEVEL:
                found = known.get(".".join(domain[:-2]) + ".{}")
        if found is not None:
            return found
    return None


_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "ne", "or", "gob", "gov", "off"})


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Kind and name by host, from the list beside this file."""
    known = {}
    for line in Path(__file__).with_name("known_sources.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            heading, _, hosts = line.rpartition(": ")
            kind, _, name = heading.partition(" ")
            known.update(dict.fromkeys(hosts.split(), (kind, name)))
    return known


# Few and plain: what a rule takes for spam is hidden from the statistics, so a doubtful host stays a site.
_SPAM = re.compile(
    r"semalt|darodar|ilovevitaly|econom\.co$|share-?buttons?|social-?buttons?|buttons?-for-|for-your-?website"
    r"|(?:^|[.-])(?:seo|backlinks?|traffic|visitors|hits)-|-(?:seo|backlinks?|traffic)(?:\.|-)|seo\.(?:com|net|org|top|xyz)$"
    r"|(?:free|buy|cheap|get|best|top|rank|100dollars?)-?(?:seo|traffic|backlinks?|visitors|website-traffic)"
    r"|traffic2|2(?:cash|money)|1x-?(?:bet|slots?|casino)|casino|slots?-|porn|xxx|viagra|cialis|kamagra|escort|sex-"
    r"|make-?money|get-?rich|copyrightclaims|trafficmonetiz|adcash|eu-cookie-law|cookie-law-enforcement|site-?audit"
    r"|ranksonic|rankings-analytics|cazino|law-enforcement|-compliance\.|bottraffic|-kabinet|zerkalo|-analytics\.(?:com|xyz|top|ru)$|responsive-test|webmonetizer|hundejo|hydra(?:ruz|onion|market|\d)|\bhol\.es$"
)
