"""Links by number: they lead to an article whatever it is renamed to, and every page that shows one keeps up."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.articles import addresses, publishing, writing
from app.articles.models import Article
from app.articles.permanent import linked_ids, with_current_addresses
from app.articles.reading import get_article
from app.articles.writing import Content
from tests.site.conftest import BROWSER, Publish


def rename(session: Session, article: Article, slug: str) -> None:
    article = get_article(session, article.id)
    writing.save(session, article, Content(slug=slug), by_id=None, based_on=None)
    publishing.publish(session, article, by_id=None)
    session.commit()


def test_it_leads_to_the_address_of_now(client: FlaskClient, session: Session, publish: Publish) -> None:
    article = publish("First", slug="first")
    for slug in ("first", "zweiter", "третий"):
        rename(session, article, slug)
        answer = client.get(f"/articles/{article.id}")
        assert answer.status_code == 301
        assert client.get(answer.headers["Location"], headers=BROWSER).status_code == 200


def test_it_says_what_the_slug_would_say(client: FlaskClient, session: Session, publish: Publish) -> None:
    later = publish("Later", slug="later", at=clock.now() + timedelta(days=1))
    draft = writing.create(session, Content(title="Draft", authors=["A"]), by_id=None)
    withdrawn, deleted = publish("Withdrawn", slug="withdrawn"), publish("Deleted", slug="deleted")
    publishing.withdraw(session, withdrawn)
    publishing.trash(session, deleted)
    publishing.delete_for_good(session, deleted)
    never = writing.create(session, Content(title="Never", authors=["A"]), by_id=None)
    publishing.trash(session, never)
    publishing.delete_for_good(session, never)
    session.commit()
    asked = {later.id: "later", draft.id: "draft", withdrawn.id: "withdrawn", 4: "deleted", 5: "never"}
    by_number = [client.get(f"/articles/{number}").status_code for number in asked]
    assert by_number == [client.get(f"/{slug}").status_code for slug in asked.values()] == [404, 404, 410, 410, 404]
    for unknown in ("/articles/0", "/articles/999", "/articles/99999999999999999999", "/articles/-1", "/articles/x"):
        assert client.get(unknown).status_code == 404


def test_a_page_links_to_where_the_article_is_now(client: FlaskClient, session: Session, publish: Publish) -> None:
    target = publish("Target", slug="target", authors=["Somebody else"])
    for between in ("Neighbour", "Between", "Neighbour of the other"):
        publish(between)
    source = publish("Source", f'<p><a title="a > b" href="/articles/{target.id}#end">there</a></p>', slug="source")

    def links() -> bool:
        """Whether article, feed and preview all link to it where it is."""
        path = f"/{get_article(session, target.id).slug}#end"
        session.rollback()
        pages = [client.get(address, headers=BROWSER).text for address in ("/source", "/feed.json", "/source")]
        return all(path in page for page in pages)

    assert links()
    rename(session, target, "renamed")
    assert links()
    # The old address is given to another article: no link may lead there by mistake.
    addresses.claim(session, "target", article_id=source.id, take_over=True)
    session.commit()
    assert links()
    publishing.withdraw(session, get_article(session, target.id))
    session.commit()
    assert f'href="/articles/{target.id}#end"' in client.get("/source", headers=BROWSER).text


def test_only_whole_permanent_addresses_in_links_are_replaced() -> None:
    kept = (
        '<p>href="/articles/1" &lt;a href="/articles/1"&gt;</p><a href="/articles/1/x">a</a>'
        '<a href="/articles/01">b</a>'
        '<a href="https://example.org/articles/1">c</a><a title=" href=" href="/articles/1x">d</a>'
    )
    assert linked_ids(kept) == []
    assert with_current_addresses(kept, {1: "one"}) == kept
    link = '<a class="x" href="/articles/1?a=b">e</a>'
    assert with_current_addresses(kept + link, {1: "one"}) == kept + '<a class="x" href="/one?a=b">e</a>'


@pytest.mark.any_database
def test_redirects_below_the_same_segment_still_work(client: FlaskClient, session: Session) -> None:
    assert addresses.add_redirects(session, ["articles/12", "articles"], target="/x") == ["articles/12", "articles"]
    assert addresses.add_redirects(session, ["articles/an-old-one", "articles/2019/12"], target="/x") == []
    session.commit()
    assert client.get("/articles/an-old-one").headers["Location"] == "/x"
