"""Who counts. The request alone decides, so that every process decides alike; a rate never does.

Only ``BROWSER`` raises the number readers see; the other classes are counted apart.
"""

import re
from enum import Enum
from functools import cache, lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Where browsers say that nobody is looking yet; join their values with a space for ``classify``."""

MEMO = 4096
LONGEST = 512
"""Of a User-Agent only this much is looked at, so that the memo is bounded in bytes as well."""


class ViewClass(Enum):
    """Who asked for an article: ``code`` is in the journal for good, ``value`` in the database."""

    BROWSER = "browser"
    BOT = "bot"
    PREFETCH = "prefetch"
    STAFF = "staff"
    PREVIEW = "preview"
    FEED = "feed"

    code: int
    """A plain attribute, set below: a property that looks it up takes half a microsecond of each view."""


_CODES = {
    ViewClass.BROWSER: 1,
    ViewClass.BOT: 2,
    ViewClass.PREFETCH: 3,
    ViewClass.STAFF: 4,
    ViewClass.PREVIEW: 5,
    ViewClass.FEED: 6,
}
_NAMES = {code: view_class.value for view_class, code in _CODES.items()}
for _view_class, _code in _CODES.items():
    _view_class.code = _code


def name_of(code: int) -> str:
    """The database's name of a class in the journal, also of one that a newer version wrote."""
    return _NAMES.get(code) or f"class-{code}"


def classify(*, user_agent: str | None, purpose: str, is_staff: bool, method: str = "GET") -> ViewClass:
    """The class of a request for an article's page; ``purpose`` is the joined ``PURPOSE_HEADERS``."""
    if is_staff:
        return ViewClass.STAFF
    if method != "GET":
        return ViewClass.BOT  # a HEAD is a program asking: nobody reads an answer without a page
    if purpose and _EARLY.search(purpose):
        return ViewClass.PREFETCH
    return class_of((user_agent or "")[:LONGEST])


@lru_cache(maxsize=MEMO)
def class_of(user_agent: str) -> ViewClass:
    """Who sends this User-Agent: a browser, a feed reader or another program. Remembered for the last 4,096 of them."""
    if not user_agent.strip():
        return ViewClass.BOT
    if not (_ours().search(user_agent) or _known().search(user_agent)):
        return ViewClass.BROWSER
    return ViewClass.FEED if _FEED_READERS.search(user_agent) else ViewClass.BOT


def prepare() -> None:
    """Compile the patterns now (a third of a second), not in the first reader's request."""
    _ours()
    _known()


_EARLY = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


@cache
def _known() -> re.Pattern[str]:
    """All crawlers of the crawler-user-agents package, as one expression.

    Those that begin with a plain character are grouped by it: at each place of a User-Agent a few dozen
    branches are tried instead of more than a thousand.
    """
    grouped: dict[str, list[str]] = {}
    for entry in CRAWLER_USER_AGENTS_DATA:
        if (pattern := entry["pattern"]) not in _PEOPLE:
            grouped.setdefault(pattern[0] if _BEGINS_PLAINLY.match(pattern) else "", []).append(pattern)
    others = grouped.pop("", [])
    starts = [f"{first}(?:{'|'.join(pattern[1:] for pattern in patterns)})" for first, patterns in grouped.items()]
    return re.compile("|".join(starts + others))


_BEGINS_PLAINLY = re.compile(r"[A-Za-z0-9](?![?*+{])[^|]*\Z")

_PEOPLE = {
    # The package takes these for crawlers, and people read with them: a build of Android 15, the browser
    # inside an app, a browser for the Mac.
    r"AP3A\.240617\.008",
    "MetaIAB Facebook",
    "Fluid",
}


# Of the programs, not of the browsers: a person may read in the window of one, which then says that it is a browser.
_FEED_READERS = re.compile(
    r"akregator|bazqux|feed(?:bin|burner|demon|dler|ly|reader)|freshrss|inoreader|liferea|miniflux"
    r"|netnewswire|news(?:beuter|blur|boat|gator)|omea reader|\brss|apple-pubsub|readkit|reeder/|selfoss|theoldreader"
    r"|tiny tiny rss|tt-rss",
    re.IGNORECASE,
)


@cache
def _ours() -> re.Pattern[str]:
    """What crawlers have in common, for those that no list knows yet."""
    return re.compile("|".join(_OUR_RULES), re.IGNORECASE)


_OUR_RULES = (
    # They name their trade. Cubot makes telephones.
    r"(?<!cu)bots?(?![a-z])|crawl|spider|scrap[ey]|slurp|archiv|fetcher|indexer|harvest|validator|checker",
    r"monitor(?!/rv)|uptime|pingdom|scanner|inspect|analy[sz]er|aggregator|link ?preview|feed(?:ly|burner|parser)",
    # They say where to complain: an address of the web or of mail. No browser does.
    r"(?<!from: )https?://|\+www\.|[\w.+-]+(?:@|\[at\])[\w-]+\.[a-z]{2,}",
    # Browsers that nobody looks at.
    r"headless|phantomjs|slimerjs|selenium|webdriver|puppeteer|playwright|lighthouse|page ?speed|cypress",
    # Libraries and tools, by the name they give themselves.
    r"^(?:curl|wget|lwp|libwww|python|java|go-http|go ?\d|ruby|perl|php|axios|node|okhttp|apache-httpclient|got|undici"
    r"|deno|bun|httpie|http\.rb|faraday|guzzle|postman|insomnia|reqwest|hyper|aiohttp|httpx|scrapy|mechanize|winhttp"
    r"|typhoeus|restsharp|dart|cfnetwork)\b",
    r"python-|urllib|libcurl|httpclient|http_?request|java/\d|jakarta|node-fetch|mod_pagespeed",
    # A browser's name for itself has more than one word.
    r"^[\w.-]*$|^(?!dillo|links|lynx|w3m)[\w.-]+/v?[\w.-]+$",
)
