"""A replay of known requests: the same totals by class whoever answers them, and those that were expected."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import func, select

from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from app.pageviews.models import SITE, PageviewDay, PageviewDetail, PageviewHour, PageviewTotal
from tests.servers import FIREFOX, Server, Visitor, wait_for

ARTICLES, REQUESTS, CLIENTS = 5, 800, 4
PASSWORD = "a long password, really"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
BROWSERS = [
    FIREFOX,
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1",
    CHROME.replace("X11; Linux x86_64", "Linux; Android 15; CUBOT X30"),
]
PROGRAMS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.14.1",
    "",
    CHROME.replace("Chrome", "HeadlessChrome"),
    "python-requests/2.32",
]
EARLY = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
]
REFERRERS = [
    {},
    {"Referer": "https://www.google.com/search?q=words"},
    {"Referer": "https://news.example/front/page"},
    {"Referer": "<script>alert(1)</script>"},
]
QUERIES = [
    "",
    "?utm_source=letter&utm_medium=mail&utm_campaign=may",
    "?page=2",
    "?views=1000000",
    "?a=%00&b[]=;",
    "?" + "x" * 3000,
]
# What is no view of an article, however it is asked for.
OTHERS = ["/", "/feed.xml", "/rss.xml", "/feed.json", "/sitemap.xml", "/robots.txt", "/nothing-here", "/archive/",
          "/article-1/", "/article-1%00", "/ARTICLE-1x", "/article-1;x"]  # fmt: skip
ENCODINGS = [{}, {"Accept-Encoding": "gzip, deflate, br"}]


class Asked(NamedTuple):
    """A request, and the article and class of the view that it is; None where it is none."""

    method: str
    target: str
    headers: dict[str, str]
    view: tuple[int, str] | None


def generate(seed: int, staff_cookie: str) -> list[Asked]:
    """So many requests of all kinds; the same ones for the same seed."""
    chance = random.Random(seed)
    asked = []
    for _ in range(REQUESTS):
        article_id = chance.randint(1, ARTICLES)
        target = f"/article-{article_id}{chance.choice(QUERIES)}"
        headers = {"User-Agent": chance.choice(BROWSERS)} | chance.choice(REFERRERS) | chance.choice(ENCODINGS)
        kind = chance.choices(["browser", "bot", "prefetch", "staff", "head", "other", "post"], [10, 5, 3, 2, 2, 4, 1])[
            0
        ]
        match kind:
            case "bot":
                headers["User-Agent"] = chance.choice(PROGRAMS)
            case "prefetch":
                headers |= chance.choice(EARLY)
            case "staff":
                headers["Cookie"] = staff_cookie
            case "browser":
                # Anybody can send a cookie; it makes nobody staff.
                headers |= chance.choice([{}, {}, {"Cookie": "session=forged; _ga=1"}])
                target = chance.choice(["", "", "", "/"]) + target  # a slash too many changes nothing
        method = {"head": "HEAD", "post": "POST"}.get(kind, "GET")
        view_class = {"head": "bot", "other": None, "post": None}.get(kind, kind)
        if kind == "other":
            target = chance.choice(OTHERS)
        asked.append(Asked(method, target, headers, (article_id, view_class) if view_class else None))
    return asked


def replay(server: Server, requests: list[Asked]) -> None:
    """Ask for all of them, over a few connections that are kept."""
    failures: list[str] = []

    def ask(mine: list[Asked]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        for request in mine:
            connection.putrequest(request.method, request.target, skip_accept_encoding=True)
            for name, value in request.headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            answer.read()
            if request.view is not None and answer.status != 200:
                failures.append(f"{request}: {answer.status}")
        connection.close()

    threads = [threading.Thread(target=ask, args=[requests[start::CLIENTS]]) for start in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def counted(database: Database, model: type[PageviewHour] | type[PageviewDay]) -> Counter[tuple[int, str]]:
    """The folded views by article and class."""
    query = select(model.article_id, model.view_class, func.sum(model.count)).group_by(
        model.article_id, model.view_class
    )
    with database.reader() as session:
        return Counter({(article_id, name): int(count) for article_id, name, count in session.execute(query)})


def details(database: Database) -> Counter[tuple[int, str, str, str]]:
    """Where the counted views came from, and on what."""
    columns = (PageviewDetail.article_id, PageviewDetail.dimension, PageviewDetail.label, PageviewDetail.detail)
    with database.reader() as session:
        rows = session.execute(select(*columns, func.sum(PageviewDetail.count)).group_by(*columns))
        return Counter({tuple(row[:4]): int(row[4]) for row in rows})  # type: ignore[misc]


def sign_in(server: Server) -> str:
    """The cookie of somebody who writes here."""
    added = server.flask("people", "add", "bob@example.org", "--name", "Bob", "--role", "editor", "--password-stdin",
                         stdin=PASSWORD + "\n")  # fmt: skip
    assert added.returncode == 0, added.stderr
    bob = Visitor(server)
    bob.sign_in("bob@example.org", PASSWORD)
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in bob.cookies)


def test_a_replay_gives_the_same_totals_with_one_worker_and_with_four(
    start_server: Callable[..., Server], database_url: str
) -> None:
    database = Database(database_url)
    with database.writer() as session:
        for number in range(1, ARTICLES + 1):
            content = Content(title=f"Article {number}", body=prepare("<p>Words.</p>", "html"), authors=["A"])
            publishing.publish(session, writing.create(session, content, by_id=None), by_id=None)
        session.commit()
    expected: Counter[tuple[int, str]] = Counter()
    seen, cookie = [], ""
    for workers in ("1", "4"):
        server = start_server(WEB_CONCURRENCY=workers, SECRET_KEY="the same for both servers")
        cookie = cookie or sign_in(server)
        requests = generate(20, cookie)
        replay(server, requests)
        expected += Counter(request.view for request in requests if request.view is not None)
        of_site: Counter[tuple[int, str]] = Counter()
        for (_, name), count in expected.items():
            of_site[SITE, name] += count
        wait_for(lambda: counted(database, PageviewHour) == expected + of_site,  # noqa: B023
                 lambda: f"{counted(database, PageviewHour)}\n{expected + of_site}")  # fmt: skip  # noqa: B023
        assert counted(database, PageviewDay) == expected + of_site
        seen.append(details(database))
        server.stop()
    assert seen[1] == seen[0] + seen[0]
    read = [request for request in requests if request.view is not None and request.view[1] == "browser"]
    site = Counter({(kind, label): 0 for _, kind, label, _ in seen[0]})
    for (of, kind, label, _), count in seen[0].items():
        site[kind, label] += count if of == SITE else 0
    assert sum(count for (kind, _), count in site.items() if kind == "device") == len(read)
    for device, mark in (("phone", "iPhone"), ("tablet", "Android")):
        assert site["device", device] == sum(mark in request.headers["User-Agent"] for request in read)
    assert site["search", "Google"] == sum("google" in request.headers.get("Referer", "") for request in read)
    assert site["site", "news.example"] == sum("news" in request.headers.get("Referer", "") for request in read)
    assert site["campaign", "letter"] == sum("utm_source=letter" in request.target for request in read)
    with database.reader() as session:
        for row in session.scalars(select(PageviewTotal)):
            assert row.counted == expected[row.article_id, "browser"]
        readers = select(PageviewDay.readers).where(PageviewDay.article_id == SITE, PageviewDay.view_class == "browser")
        assert set(session.scalars(readers)) == {len(BROWSERS)}  # all from one address
    database.close()
