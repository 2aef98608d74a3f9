"""Counting a reader's view: journaled before the answer, shown in it."""

from flask import current_app, request

from app import web

PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def count(article_id: int) -> int:
    """Journal this request by its class, and the number to show: this very view is in it if it counts."""
    counter = current_app.extensions.get("typecase.counter")
    if counter is None:  # until the counter is wired
        return 0
    from app.pageviews.classes import classify

    view_class = classify(
        user_agent=request.headers.get("User-Agent", ""),
        purpose=" ".join(request.headers.get(name, "") for name in PURPOSE_HEADERS).strip(),
        is_staff=web.me() is not None,
        method=request.method,
    )
    counter.count(article_id, view_class)
    return int(counter.shown(web.reader(), article_id))
