"""The application with routes that only tests need: a bare counted page, a slow one."""

import os
import time

from flask import request

from app import create_app, web
from app.config import from_env
from app.pageviews.classes import PURPOSE_HEADERS, classify

app = create_app(from_env())
counter = app.extensions["typecase.counter"]


@app.get("/-counted/<int:article_id>")
@web.public
def counted(article_id: int) -> str:
    """Count as the article page does, and answer with the live number alone."""
    purpose = " ".join(request.headers.get(name, "") for name in PURPOSE_HEADERS)
    view_class = classify(
        user_agent=request.headers.get("User-Agent"), purpose=purpose, is_staff=False, method=request.method
    )
    counter.count(article_id, view_class)
    return str(counter.shown(web.reader(), article_id))


@app.get("/-slow")
@web.public
def slow() -> str:
    time.sleep(2)
    return f"done by {os.getpid()}"
