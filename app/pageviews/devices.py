"""What kind of device a User-Agent speaks of. Pure.

An iPad that asks for desktop pages says that it is a Macintosh, and is counted as one: the request alone tells.
"""

import re
from functools import lru_cache

OTHER, DESKTOP, PHONE, TABLET = "other", "desktop", "phone", "tablet"
LONGEST = 512
"""Of a User-Agent only this much is looked at, so that the memo is bounded in bytes as well."""


def device_of(user_agent: str) -> str:
    """``phone``, ``tablet``, ``desktop``, or ``other`` for televisions, consoles, cars and the unknown."""
    return _device_of(user_agent[:LONGEST])


@lru_cache(maxsize=2048)
def _device_of(user_agent: str) -> str:
    return next((device for device, pattern in _RULES if pattern.search(user_agent)), OTHER)


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


# The first that fits: a television runs Android, a tablet says that it is not mobile by not saying "Mobile".
_RULES = (
    (OTHER, _pattern(
        r"\b(?:smart-?tv|hbbtv|google ?tv|apple ?tv|android ?tv|netcast|web0s|webos\.tv|tizen.*\btv|bravia|roku"
        r"|crkey|aft[a-z]{1,4} build|viera|philipstv|opera tv|playstation|nintendo|xbox|quest \d|oculus"
        r"|tesla|carplay|automotive|watch ?os|wear ?os)\b"
    )),
    (TABLET, _pattern(
        r"ipad|tablet(?! ?pc)|kindle|\bsilk/(?!.*mobile)|playbook|nexus (?:7|9|10)\b|\bsm-[tpx]\d|galaxy tab|\bxoom\b"
        r"|android(?!.*mobile)(?!.*\bcros\b)"
    )),
    (PHONE, _pattern(
        r"iphone|ipod|android.*mobile|windows phone|iemobile|blackberry|\bbb10\b|opera mini|opera mobi|symbian"
        r"|series ?60|\bs60\b|nokia|kaios|fennec|maemo|meego|\bmobile\b|j2me|midp|bada|palm|web0?os/|openharmony"
    )),
    (DESKTOP, _pattern(
        r"windows|macintosh|mac_|mac os|\bx11\b|\bcros\b|linux|ubuntu|freebsd|openbsd|netbsd|solaris|sunos|haiku|beos"
        r"|amiga|os/2|morphos|risc ?os|\bwin(?:9x|nt|32|64)\b|darwin|irix|\bhp-ux\b|\baix\b"
    )),
)  # fmt: skip
