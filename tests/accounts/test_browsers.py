"""A browser in words: enough that somebody knows theirs in a list, and never an accident."""

import pytest

from app.accounts.browsers import describe_browser

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome 140 on Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge 140 on Windows",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.5 Safari/605.1.15",
            "Safari 18 on a Mac",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18 on an iPhone",
        ),
        (
            f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {WEBKIT} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1",
            "Chrome 140 on an iPad",
        ),
        (f"Mozilla/5.0 (Linux; Android 10; K) {BLINK} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome 140 on Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome 140 on ChromeOS"),
        ("Mozilla/5.0 (Windows NT 10.0) something new", "A browser on Windows"),
        ("curl/8.14.1", "curl 8"),
        ("", "An unknown browser"),
        ("\x00\ud800<script>", "An unknown browser"),
    ],
)
def test_a_browser_in_words(user_agent: str, words: str) -> None:
    assert describe_browser(user_agent) == words
