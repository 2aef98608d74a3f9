"""What tests of the readers' door share: a published article in one line, and a page as a tree."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.articles import publishing, writing
from app.articles.models import Article
from app.articles.rendering import prepare
from app.articles.writing import Content

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}

Publish = Callable[..., Article]


@pytest.fixture
def publish(session: Session) -> Publish:
    """Publish an article and commit: ``publish("Title", "<p>body</p>", at=…, authors=["A"], tags=["t"])``."""

    def publish(
        title: str, body: str = "<p>Some words to read.</p>", *, at: datetime | None = None, **fields: Any
    ) -> Article:
        fields.setdefault("authors", ["Jhon Lennon"])
        article = writing.create(session, Content(title=title, body=prepare(body, "html"), **fields), by_id=None)
        publishing.publish(session, article, by_id=None, at=at)
        session.commit()
        return article

    return publish


def tree(client: FlaskClient, url: str, status: int = 200) -> lxml.html.HtmlElement:
    """The page at ``url``, parsed."""
    answer = client.get(url, headers=BROWSER)
    assert answer.status_code == status, (url, answer.status_code)
    return lxml.html.document_fromstring(answer.get_data())


def texts(page: lxml.html.HtmlElement, selector: str) -> list[str]:
    """The words of every element an XPath finds, white space folded."""
    return [" ".join(element.text_content().split()) for element in page.xpath(selector)]
