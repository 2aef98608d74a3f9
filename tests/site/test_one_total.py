"""One article's number, asked for at every place that says it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import publishing, writing
from app.articles.listing import Filter, list_articles
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.pageviews import reading, statistics
from app.pageviews.correcting import correct, undo
from app.pageviews.periods import Period, period_named
from app.pageviews.thinning import thin
from app.pageviews.writing import set_starting
from tests.servers import FIREFOX

READS = {"User-Agent": FIREFOX}


def publish(session: Session, title: str) -> int:
    content = Content(title=title, body=prepare("<p>Words.</p>", "html"), authors=["Jhon Lennon"])
    article = writing.create(session, content, by_id=None)
    publishing.publish(session, article, by_id=None)
    session.commit()
    return article.id


class Site:
    """Reads pages, changes counts, and asks everywhere."""

    def __init__(self, app: Flask, session: Session, staff: FlaskClient) -> None:
        self.app, self.session, self.staff = app, session, staff
        self.database, self.counter = app.extensions["typecase.db"], app.extensions["typecase.counter"]

    def read(self, slug: str, times: int) -> None:
        for _ in range(times):
            assert self.app.test_client().get(f"/{slug}", headers=READS).status_code == 200
        self.counter.fold()

    def correct(self, article_id: int, views: int | None = None) -> int:
        today = statistics.get_today(self.session)
        made_id = correct(
            self.session, article_id, first=(today, 0), last=(today, 23), views=views,
            reason="a bot", by=None, by_name="",
        ).id  # fmt: skip
        self.session.commit()
        return made_id

    def answers(self, article_id: int, slug: str) -> dict[str, int]:
        """The number as each place says it; a page that is not kept says the number before the next view."""
        session = self.session
        session.rollback()
        today = statistics.get_today(session)
        week = statistics.summarize(session, article_id, period_named("7d", today))
        said = {
            "total": statistics.get_totals(session, article_id).shown,
            "list": reading.list_totals(session, [article_id])[article_id],
            "live": self.counter.shown(session, article_id),
            "days": self.of_days(article_id, Period(date(2020, 1, 1), today)),
            "summary": self.starting(article_id) + week.views,
        }
        session.rollback()
        shown = self.app.test_cli_runner().invoke(args=["pageviews", "show", slug])
        said["command"] = int(shown.stdout.splitlines()[0])
        cell = rf'/admin/articles/{article_id}".*?data-label="Views"[^>]*>(?:<a[^>]*>)?([\d,]+)<'
        row = re.search(cell, self.staff.get("/admin/articles").text, re.DOTALL)
        assert row is not None
        said["staff"] = int(row[1].replace(",", ""))
        exported = self.staff.get(f"/admin/statistics/articles/{article_id}/export.json").get_json()
        said["exported"] = exported["all_time"]["shown"]
        said["exported days"] = self.starting(article_id) + sum(row["views"] for row in exported["time"])
        session.rollback()
        page = self.staff.get(f"/{slug}", headers=READS).text  # staff's own views do not count
        shown_to_readers = re.search(r'<data class="pageviews" value="(\d+)"', page)
        assert shown_to_readers is not None
        said["public"] = int(shown_to_readers[1])
        return said

    def of_days(self, article_id: int, period: Period) -> int:
        days = statistics.list_days(self.session, article_id, period)
        return self.starting(article_id) + sum(day.views for day in days)

    def starting(self, article_id: int) -> int:
        return statistics.get_totals(self.session, article_id).starting

    def order(self) -> list[int]:
        ids = [article.id for article in list_articles(self.session, Filter(sort="views")).items]
        self.session.rollback()
        return ids


@pytest.fixture
def site(app: Flask, session: Session, bob: Account, client_of: Callable[[Account], FlaskClient]) -> Site:
    return Site(app, session, client_of(bob))


def test_every_place_says_the_same_number(site: Site, session: Session) -> None:
    first, second = publish(session, "Cease fire"), publish(session, "A truce")
    set_starting(session, first, views=44)
    session.commit()

    def expect(one: int, two: int, order: list[int]) -> None:
        for article_id, slug, number in ((first, "cease-fire", one), (second, "a-truce", two)):
            said = site.answers(article_id, slug)
            assert said == dict.fromkeys(said, number)
        assert statistics.get_totals(session, None).shown == one + two
        assert site.order() == order

    site.read("cease-fire", 5)
    site.read("a-truce", 50)
    expect(49, 50, [second, first])
    part = site.correct(second, 30)
    expect(49, 20, [first, second])
    of_all = site.correct(0)
    expect(44, 0, [first, second])
    site.read("a-truce", 3)
    for _ in thin(site.database):
        pass
    expect(44, 3, [first, second])
    undo(session, part, by=None, by_name="")
    session.commit()
    expect(44, 33, [first, second])
    undo(session, of_all, by=None, by_name="")
    session.commit()
    expect(49, 53, [second, first])
