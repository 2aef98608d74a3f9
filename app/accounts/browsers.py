"""A browser in words, from the User-Agent it sends: so that somebody knows theirs in a list. Pure.

It is what the browser says of itself, and good for nothing but reading.
"""

import re

_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/(\d+)")),
    ("Opera", re.compile(r"\b(?:OPR|Opera)/(\d+)")),
    ("Vivaldi", re.compile(r"\bVivaldi/(\d+)")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS|Chromium|HeadlessChrome)/(\d+)")),
    ("Safari", re.compile(r"\bVersion/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/")),
    ("curl", re.compile(r"^curl/(\d+)")),
)
_SYSTEMS = (
    ("an iPhone", re.compile(r"\biPhone\b")),
    ("an iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("a Mac", re.compile(r"\b(?:Macintosh|Mac OS X)\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Linux", re.compile(r"\b(?:Linux|X11)\b")),
)


def describe_browser(user_agent: str) -> str:
    """Like "Firefox 140 on Linux"; "An unknown browser" where it says nothing that is known."""
    found = ((name, pattern.search(user_agent)) for name, pattern in _BROWSERS)
    browser = next((f"{name} {match[1]}" for name, match in found if match), "")
    system = next((name for name, pattern in _SYSTEMS if pattern.search(user_agent)), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "An unknown browser")
