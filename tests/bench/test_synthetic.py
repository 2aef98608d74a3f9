"""The benchmarks' synthetic articles are what writing and publishing would have made."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.articles import reading, writing
from app.articles.listing import Filter, list_articles
from app.articles.models import Article
from app.db import Database
from bench import synthetic


@pytest.fixture(autouse=True)
def loaded(database: Database) -> None:
    with database.writer() as session:
        synthetic.load(session, total=30)
        synthetic.load(session, total=50)


def test_it_grows_to_the_asked_total(database: Database) -> None:
    with database.reader() as session:
        assert session.scalar(select(func.count(Article.id))) == 50
        assert reading.count_published(session) == 45


def test_readers_and_staff_find_them(client: FlaskClient, database: Database) -> None:
    answer = client.get("/synthetic-7")
    assert answer.status_code == 200
    assert synthetic.RARE in answer.text
    with database.reader() as session:
        assert [article.id for article in list_articles(session, Filter(q=synthetic.RARE)).items] == [7]
        assert len(list_articles(session, Filter(status="draft")).items) == 5


def test_they_can_be_saved_like_others(database: Database) -> None:
    with database.writer() as session:
        article = reading.get_article(session, 7)
        draft = writing.save(session, article, writing.Content(title="Changed"), by_id=None, based_on=1)
        assert draft.version == 2
        made = writing.create(session, writing.Content(title="One more"), by_id=None)
        assert made.id > 50
        session.commit()
