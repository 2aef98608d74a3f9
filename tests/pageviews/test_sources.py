"""Where readers come from."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.pageviews.sources import SPAM, Campaign, Source, find_campaign, find_source

OWN = "blog.example.org"


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("", Source("direct")),
        ("about:blank", Source("direct")),
        ("file:///home/me/page.html", Source("direct")),
        ("no address", Source("direct")),
        ("https://", Source("direct")),
        ("https://blog.example.org/", Source("own", "", "/")),
        ("https://BLOG.example.org:8443/some-article?q=1#part", Source("own", "", "/some-article")),
        ("https://www.blog.example.org", Source("own", "", "/")),
        ("https://www.google.com/", Source("search", "Google")),
        ("https://www.google.co.uk/search?q=secret", Source("search", "Google")),
        ("https://google.evil.example/", Source("site", "google.evil.example", "/")),
        ("https://notgoogle.com/", Source("site", "notgoogle.com", "/")),
        ("https://mail.google.com/mail/u/0/", Source("site", "mail.google.com", "/mail/u/0/")),
        ("https://gemini.google.com/app", Source("assistant", "Gemini")),
        ("https://de.search.yahoo.com/x", Source("search", "Yahoo")),
        ("https://chatgpt.com/", Source("assistant", "ChatGPT")),
        ("https://l.facebook.com/l.php?u=x", Source("social", "Facebook")),
        ("https://old.reddit.com/r/news", Source("social", "Reddit")),
        ("android-app://com.google.android.googlequicksearchbox/", Source("search", "Google")),
        ("android-app://com.google.android.gm", Source("site", "com.google.android.gm")),
        ("https://www.Example.NET/a/path?private=1#here", Source("site", "example.net", "/a/path")),
        ("https://me:secret@example.net/", Source("site", "example.net", "/")),
        ("https://bücher.example/".encode().decode("latin-1"), Source("site", "xn--bcher-kva.example", "/")),
        ("https://example.net/grün".encode().decode("latin-1"), Source("site", "example.net", "/grün")),
        ("https://example.net/a\x00b\x1b[31m", Source("site", "example.net", "/ab[31m")),
        ("https://<script>.example/", Source("direct")),
        ("https://free-share-buttons.example/", Source("site", SPAM)),
    ],
)
def test_a_referrer_is_sorted_cut_and_cleaned(referrer: str, expected: Source) -> None:
    assert find_source(referrer, host=OWN) == expected
    assert find_source(referrer, host=f"{OWN}:8000") == expected


@given(st.text(), st.text())
def test_no_text_is_an_accident(referrer: str, host: str) -> None:
    for written in (referrer, f"https://{referrer}", f"http://example.net/{referrer}", f"android-app://{referrer}"):
        source = find_source(written, host=host)
        assert len(source.label) <= 100
        assert len(source.detail) <= 300
        assert "\0" not in "".join(source)
    campaign = find_campaign(f"utm_source={referrer}&utm_medium={host}")
    assert max(map(len, campaign)) <= 100
    assert not any(character in "".join(campaign) for character in "\0\t\n")


def test_long_ones_are_cut() -> None:
    source = find_source("https://" + "a" * 500 + ".example/" + "b" * 5000, host=OWN)
    assert source == Source("site", "a" * 100, source.detail)
    assert len(find_source("https://example.net/" + "b" * 5000, host=OWN).detail) == 300


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Campaign()),
        ("page=2", Campaign()),
        ("utm_source=newsletter&utm_medium=email&utm_campaign=May+2026", Campaign("newsletter", "email", "May 2026")),
        ("ref=friends", Campaign("friends")),
        ("source=friends&utm_medium=x", Campaign("friends", "x")),
        ("ref=friends&utm_source=newsletter", Campaign("newsletter")),
        ("utm_source=a&utm_source=b", Campaign("a")),
        ("utm_source=%C3%A4%09%00%0Ab", Campaign("ä b")),
        ("utm_source=%FF%ZZ", Campaign("�%ZZ")),
        ("utm_campaign=" + "x" * 999, Campaign("", "", "x" * 100)),
    ],
)
def test_a_campaign_is_read_from_the_address(query: str, expected: Campaign) -> None:
    assert find_campaign(query) == expected


def hosts(path: Path) -> list[str]:
    """All hosts of a list of the corpus; "{}" stands for any country."""
    named = yaml.safe_load(path.read_text()).values()
    written = [
        url for entries in named for entry in entries for url in (entry["urls"] if isinstance(entry, dict) else [entry])
    ]
    return [
        url.replace("{}", ending)
        for url in written
        for ending in ("com", "de", "co.uk")
        if "{}" in url or ending == "com"
    ]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "dimension", "share"),
    [("SearchEngines.yml", "search", 0.55), ("Socials.yml", "social", 0.9), ("AIAssistants.yml", "assistant", 0.9)],
)
def test_most_of_the_known_hosts_are_known_here(corpus: Path, name: str, dimension: str, share: float) -> None:
    """The lists hold many that went away years ago; ours is made for those that send readers today."""
    listed = hosts(corpus / "bots" / "referrers" / name)
    missed = [host for host in listed if find_source(f"https://{host}/", host=OWN).dimension != dimension]
    assert len(missed) <= (1 - share) * len(listed), missed[:50]


@pytest.mark.corpus
def test_spam_is_known_by_its_name_where_no_doubt_is(corpus: Path) -> None:
    """Most of them are named like any other site, and stay one: a wrong mark would hide a source that is real."""
    folder = corpus / "bots" / "referrers"
    spam = (folder / "spammers.txt").read_text().split()
    caught = [host for host in spam if find_source(f"https://{host}/", host=OWN).label == SPAM]
    assert len(caught) >= 0.12 * len(spam)
    for name in ("SearchEngines.yml", "Socials.yml", "AIAssistants.yml"):
        assert [host for host in hosts(folder / name) if find_source(f"https://{host}/", host=OWN).label == SPAM] == []
