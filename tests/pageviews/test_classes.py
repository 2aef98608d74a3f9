"""Who counts: the request alone decides."""

import json
import re
from pathlib import Path

import pytest
import yaml
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from app.pageviews import classes
from app.pageviews.classes import ViewClass, classify

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)


def of(user_agent: str | None, **said: object) -> ViewClass:
    request = {"purpose": "", "is_staff": False} | said
    return classify(user_agent=user_agent, **request)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "user_agent", [FIREFOX, CHROME, IPHONE, CHROME.replace("X11; Linux x86_64", "Linux; CUBOT X30")]
)
def test_people_count(user_agent: str) -> None:
    assert of(user_agent) is ViewClass.BROWSER


@pytest.mark.parametrize(
    "user_agent",
    [
        None,
        "",
        "  ",
        "curl/8.14.1",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        CHROME.replace("Chrome", "HeadlessChrome"),
        CHROME + " SomethingNewBot/0.1",
        "Mozilla/5.0 (compatible; nobody-knows-it; mail us@example.org)",
        "WhatsApp/2.23.20.0",
        "x" * 100_000,
    ],
)
def test_programs_do_not(user_agent: str | None) -> None:
    assert of(user_agent) is ViewClass.BOT


@pytest.mark.parametrize(
    "purpose", ["prefetch", "prefetch;prerender", "Prerender", "  preview ", "prefetch;anonymous-client-ip"]
)
def test_nor_does_what_nobody_looks_at_yet(purpose: str) -> None:
    assert of(FIREFOX, purpose=purpose) is ViewClass.PREFETCH


def test_nor_do_staff_and_head() -> None:
    assert of(FIREFOX, is_staff=True, purpose="prefetch") is ViewClass.STAFF
    assert of(FIREFOX, method="HEAD") is ViewClass.BOT


@pytest.mark.parametrize(
    "user_agent",
    [
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
        "FreshRSS/1.20.1 (Linux; https://freshrss.org)",
        "Liferea/1.10.6 (Linux; en_US.UTF8; http://liferea.sf.net/)",
        "NetNewsWire/4.0.0 (Mac OS X; http://netnewswireapp.com/mac/; gzip-happy)",
        "Tiny Tiny RSS/21.09 (https://tt-rss.org/)",
    ],
)
def test_feed_readers_are_counted_apart_from_other_programs(user_agent: str) -> None:
    assert of(user_agent) is ViewClass.FEED
    assert of(user_agent, method="HEAD") is ViewClass.BOT


def test_who_reads_in_the_window_of_a_feed_reader_counts() -> None:
    window = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_2) AppleWebKit/537.74.9 (KHTML, like Gecko) NetNewsWire/3.3.2"
    assert of(window) is ViewClass.BROWSER


def test_codes_are_for_good() -> None:
    assert {view_class.value: view_class.code for view_class in ViewClass} == {
        "browser": 1, "bot": 2, "prefetch": 3, "staff": 4, "preview": 5, "feed": 6,
    }  # fmt: skip
    assert classes.name_of(2) == "bot"
    assert classes.name_of(77) == "class-77"


def test_the_memo_is_bounded() -> None:
    for number in range(2 * classes.MEMO):
        classes.class_of(f"curl/{number}")
    assert classes.class_of.cache_info().currsize <= classes.MEMO


def crawlers_in(corpus: Path) -> list[str]:
    listed = json.loads((corpus / "bots" / "crawler-user-agents.json").read_text())
    return [user_agent for entry in listed for user_agent in entry.get("instances", [])]


@pytest.mark.corpus
def test_known_crawlers_are_excluded_and_browsers_are_not(corpus: Path) -> None:
    crawlers = crawlers_in(corpus)
    missed = [user_agent for user_agent in crawlers if of(user_agent) is ViewClass.BROWSER]
    assert len(crawlers) > 2000
    assert len(missed) <= 0.01 * len(crawlers), missed[:20]
    browsers = []
    for name in ("desktop.yml", "smartphone-43.yml"):
        entries = yaml.safe_load((corpus / "bots" / "device-detector" / name).read_text())
        browsers += [entry["user_agent"] for entry in entries if (entry.get("client") or {}).get("type") == "browser"]
    excluded = [user_agent for user_agent in browsers if of(user_agent) is not ViewClass.BROWSER]
    assert len(browsers) > 400
    assert len(excluded) <= 0.005 * len(browsers), excluded


@pytest.mark.corpus
@pytest.mark.parametrize("half", [0, 1])
def test_without_half_of_the_list_our_own_rules_know_most_of_what_it_stood_for(corpus: Path, half: int) -> None:
    patterns = [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA]
    taken_out, left = (re.compile("|".join(patterns[start::2])) for start in (half, 1 - half))
    stood_for = [
        user_agent for user_agent in crawlers_in(corpus) if taken_out.search(user_agent) and not left.search(user_agent)
    ]
    missed = [user_agent for user_agent in stood_for if not classes._ours().search(user_agent[: classes.LONGEST])]
    assert len(stood_for) > 500
    assert len(missed) <= 0.2 * len(stood_for), missed[:20]


def test_grouping_the_patterns_changes_no_verdict() -> None:
    patterns = [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA if entry["pattern"] not in classes._PEOPLE]
    one_by_one = [re.compile(pattern) for pattern in patterns]
    agents = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry.get("instances", [])[:2]]
    agents += [FIREFOX, CHROME, IPHONE, ""]
    assert len(agents) > 500
    for agent in agents:
        assert bool(classes._known().search(agent)) is any(pattern.search(agent) for pattern in one_by_one), agent
