"""Counting a reader's view: journaled before the answer, shown in it."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.pageviews.classes import PURPOSE_HEADERS, classify
from app.pageviews.counter import Counter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PURPOSES = ["HTTP_" + name.upper().replace("-", "_") for name in PURPOSE_HEADERS]


def count(counter: Counter, session: Session, article_id: int, environ: "WSGIEnvironment", *, is_staff: bool) -> int:
    """Journal this request by its class, and the number to show: this very view is in it if it counts."""
    view_class = classify(
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        purpose=" ".join(environ.get(name, "") for name in _PURPOSES).strip(),
        is_staff=is_staff,
        method=environ["REQUEST_METHOD"],
    )
    counter.count(article_id, view_class)
    return counter.shown(session, article_id)
