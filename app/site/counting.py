"""Counting a reader's view: journaled before the answer, shown in it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pageviews.classes import PURPOSE_HEADERS, ViewClass, classify
from app.pageviews.counter import Counter
from app.pageviews.devices import device_of
from app.pageviews.journal import pack
from app.pageviews.live import NotLearnt
from app.pageviews.sources import LONGEST, find_campaign, find_source
from app.pageviews.visitors import Visitors
from app.pageviews.visits import Origin, Visit, pack_origin, pack_visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PURPOSES = ["HTTP_" + name.upper().replace("-", "_") for name in PURPOSE_HEADERS]
_DECIDING = (
    "REQUEST_METHOD",
    "REMOTE_ADDR",
    "HTTP_HOST",
    "HTTP_USER_AGENT",
    "HTTP_REFERER",
    "QUERY_STRING",
    *_PURPOSES,
)
"""All that ``describe`` looks at."""
REMEMBERED = 2048
LONGEST_WORDS = 2048


def count(counter: Counter, session: Session, article_id: int, environ: "WSGIEnvironment", *, is_staff: bool) -> int:
    """Journal this request by its class, and the number to show: this very view is in it if it counts."""
    counter.count(article_id, describe(environ, counter.visitors, is_staff=is_staff))
    return counter.shown(session, article_id)


def describe(environ: "WSGIEnvironment", visitors: Visitors, *, is_staff: bool) -> Visit:
    """What a request says of the view that it is: by whom, from where and on what, for the class that counts.

    Looks at the method, address, Host, query string, and at the headers that say who asks and from where.
    """
    user_agent, view_class = environ.get("HTTP_USER_AGENT", ""), _class_of(environ, is_staff=is_staff)
    if view_class is not ViewClass.BROWSER:
        return Visit(view_class, b"", 0)
    day = visitors.today()
    key = visitors.key(environ.get("REMOTE_ADDR", ""), user_agent)
    referrer, query = environ.get("HTTP_REFERER", ""), environ.get("QUERY_STRING", "")
    origin = _origin(device_of(user_agent), referrer[:LONGEST], environ.get("HTTP_HOST", ""), query[:LONGEST])
    return Visit(view_class, pack_visitor(key) + origin, day)


def counts(environ: "WSGIEnvironment") -> bool:
    """Whether a request by nobody who is signed in raises the number."""
    return _class_of(environ, is_staff=False) is ViewClass.BROWSER


def _class_of(environ: "WSGIEnvironment", *, is_staff: bool) -> ViewClass:
    return classify(
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        purpose=" ".join(environ.get(name, "") for name in _PURPOSES).strip(),
        is_staff=is_staff,
        method=environ["REQUEST_METHOD"],
    )


def record(article_id: int, visit: Visit) -> bytes:
    """The journal's record of a view, now."""
    return pack(article_id, visit.view_class.code, clock.microseconds(), visit.tail)


@lru_cache(maxsize=2048)
def _origin(device: str, referrer: str, host: str, query: str) -> bytes:
    return pack_origin(Origin(device, *find_source(referrer, host=host), *find_campaign(query)))


class Counting:
    """Counts the views of kept pages. While the database is away the number goes on from the last one known."""

    def __init__(self, counter: Counter, database: Database) -> None:
        self.counter = counter
        self.database = database
        self._day = 0
        self._visits: dict[tuple[str, ...], Visit] = {}
        counter.visitors.at_midnight(lambda: self._visits.clear())

    def __call__(self, environ: "WSGIEnvironment", article_id: int, *, is_away: bool) -> int:
        counter, visit = self.counter, self._visit(environ)
        # Without the counter's thread nothing is learnt again.
        if not is_away and (counter.live(article_id) is None or counter.fold_seconds is None):
            self._learn(article_id)
        try:
            return counter.note(article_id, record(article_id, visit))
        except NotLearnt:
            counter.count(article_id, visit)
            return int(visit.view_class is ViewClass.BROWSER)

    def _visit(self, environ: "WSGIEnvironment") -> Visit:
        """What was made of the same words before, today; a bounded number of them is remembered."""
        if (today := self.counter.visitors.today()) != self._day:
            self._day, self._visits = today, {}  # the visitor keys in them were yesterday's
        said = environ.get
        words = tuple([said(name, "") for name in _DECIDING])
        visit = self._visits.get(words)
        if visit is None:
            visit = describe(environ, self.counter.visitors, is_staff=False)
            if sum(map(len, words)) < LONGEST_WORDS:
                if len(self._visits) >= REMEMBERED:
                    self._visits = {}
                self._visits[words] = visit
        return visit

    def _learn(self, article_id: int) -> None:
        try:
            with self.database.reader() as session:
                self.counter.learn(session, [article_id])
        except SQLAlchemyError:
            pass  # away: the number goes on from what was learnt before
