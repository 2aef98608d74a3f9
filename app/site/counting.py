"""Counting a reader's view: journaled before the answer, shown in it."""

from typing import cast

from flask import current_app, request

from app import web
from app.pageviews.classes import PURPOSE_HEADERS, classify
from app.pageviews.counter import Counter


def count(article_id: int) -> int:
    """Journal this request by its class, and the number to show: this very view is in it if it counts."""
    counter = cast(Counter, current_app.extensions["typecase.counter"])
    view_class = classify(
        user_agent=request.headers.get("User-Agent", ""),
        purpose=" ".join(request.headers.get(name, "") for name in PURPOSE_HEADERS).strip(),
        is_staff=web.me() is not None,
        method=request.method,
    )
    counter.count(article_id, view_class)
    return counter.shown(web.reader(), article_id)
