"""Counting a reader's view: journaled before the answer, shown in it."""

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.db import Database
from app.pageviews.classes import PURPOSE_HEADERS, ViewClass, classify
from app.pageviews.counter import Counter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PURPOSES = ["HTTP_" + name.upper().replace("-", "_") for name in PURPOSE_HEADERS]
REMEMBERED = 20_000


def count(counter: Counter, session: Session, article_id: int, environ: "WSGIEnvironment", *, is_staff: bool) -> int:
    """Journal this request by its class, and the number to show: this very view is in it if it counts."""
    note(counter, article_id, environ, is_staff=is_staff)
    return counter.shown(session, article_id)


def note(counter: Counter, article_id: int, environ: "WSGIEnvironment", *, is_staff: bool) -> ViewClass:
    """Journal this request by its class."""
    view_class = classify(
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        purpose=" ".join(environ.get(name, "") for name in _PURPOSES).strip(),
        is_staff=is_staff,
        method=environ["REQUEST_METHOD"],
    )
    counter.count(article_id, view_class)
    return view_class


class Counting:
    """Counts the views of kept pages. While the database is away the number goes on from the last one known."""

    def __init__(self, counter: Counter, database: Database) -> None:
        self.counter = counter
        self.database = database
        self._known: dict[int, int] = {}

    def __call__(self, environ: "WSGIEnvironment", article_id: int, *, is_away: bool) -> int:
        view_class = note(self.counter, article_id, environ, is_staff=False)
        number = None if is_away else self._ask(article_id)
        if number is None:
            number = self._known.get(article_id, 0) + (view_class is ViewClass.BROWSER)
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known[article_id] = number
        return number

    def _ask(self, article_id: int) -> int | None:
        try:
            with self.database.reader() as session:
                return self.counter.shown(session, article_id)
        except SQLAlchemyError:
            return None
