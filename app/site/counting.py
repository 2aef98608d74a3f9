"""Counting a reader's view: journaled before the answer, shown in it."""

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pageviews.classes import PURPOSE_HEADERS, ViewClass, classify
from app.pageviews.counter import Counter
from app.pageviews.journal import pack
from app.pageviews.live import NotLearnt

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PURPOSES = ["HTTP_" + name.upper().replace("-", "_") for name in PURPOSE_HEADERS]


def count(counter: Counter, session: Session, article_id: int, environ: "WSGIEnvironment", *, is_staff: bool) -> int:
    """Journal this request by its class, and the number to show: this very view is in it if it counts."""
    counter.count(article_id, describe(environ, is_staff=is_staff))
    return counter.shown(session, article_id)


def describe(environ: "WSGIEnvironment", *, is_staff: bool) -> ViewClass:
    """What a request says of the view that it is."""
    return classify(
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        purpose=" ".join(environ.get(name, "") for name in _PURPOSES).strip(),
        is_staff=is_staff,
        method=environ["REQUEST_METHOD"],
    )


def record(article_id: int, view: ViewClass) -> bytes:
    """The journal's record of a view, now."""
    return pack(article_id, view.code, clock.now())


class Counting:
    """Counts the views of kept pages. While the database is away the number goes on from the last one known."""

    def __init__(self, counter: Counter, database: Database) -> None:
        self.counter = counter
        self.database = database

    def __call__(self, environ: "WSGIEnvironment", article_id: int, *, is_away: bool) -> int:
        view, counter = describe(environ, is_staff=False), self.counter
        # Without the counter's thread nothing is learnt again.
        if not is_away and (counter.live(article_id) is None or counter.fold_seconds is None):
            self._learn(article_id)
        try:
            return counter.note(article_id, record(article_id, view))
        except NotLearnt:
            counter.count(article_id, view)
            return int(view is ViewClass.BROWSER)

    def _learn(self, article_id: int) -> None:
        try:
            with self.database.reader() as session:
                self.counter.learn(session, [article_id])
        except SQLAlchemyError:
            pass  # away: the number goes on from what was learnt before
