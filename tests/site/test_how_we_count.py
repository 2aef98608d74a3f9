"""The page on counting: the words of the documentation, and true for each way a site may count."""

from dataclasses import replace

import lxml.html
import pytest
from flask.testing import FlaskClient
from markdown_it import MarkdownIt
from sqlalchemy.orm import Session

from app import create_app
from app.config import ROOT, Config
from app.settings import change_settings
from tests.site.conftest import BROWSER, Publish, tree


def words(html: str) -> str:
    return " ".join(lxml.html.document_fromstring(html).text_content().split())


def told(client: FlaskClient) -> str:
    (article,) = tree(client, "/how-we-count").xpath("//main/article")
    return " ".join(article.text_content().split())


def test_the_documentation_has_the_same_words(client: FlaskClient) -> None:
    documented = words(MarkdownIt().render((ROOT / "docs" / "how-we-count.md").read_text()))
    assert told(client) == documented


def test_every_page_leads_to_it_and_so_does_the_number(client: FlaskClient, publish: Publish) -> None:
    publish("A")
    assert tree(client, "/").xpath("//footer//a[@href='/how-we-count']")
    (number,) = tree(client, "/a").xpath("//a[@href='/how-we-count']/data[@class='pageviews']")
    assert number.text_content() == "1 view"


def test_it_says_what_is_true_here(client: FlaskClient, session: Session) -> None:
    assert "No script takes part." in told(client)
    change_settings(session, shows_pageviews=False, counts_by_script=True)
    session.commit()
    text = told(client)
    assert "a small script in the page" in text and "No script takes part." not in text
    assert "is not shown" in text and "47 views" not in text and "The number you see" not in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "log is deleted after a week."),
        ({"access_log_days": 30}, "log is deleted after 30 days."),
        ({"access_log_days": 0}, "There is no log of requests."),
        ({"logs_to_files": False}, "time and page, without your address."),
    ],
)
def test_the_log_s_days_are_those_of_the_server(config: Config, changes: dict[str, int], sentence: str) -> None:
    app = create_app(replace(config, **changes))  # type: ignore[arg-type]
    assert sentence in " ".join(app.test_client().get("/how-we-count", headers=BROWSER).text.split())
    app.extensions["typecase.db"].close()
