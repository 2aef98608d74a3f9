"""S4: what is safe on the page is safe in the feeds, too; an address is checked wherever one is typed."""

import pytest
from flask.testing import FlaskClient
from lxml import etree

from tests.admin.conftest import publish, write
from tests.forms import csrf_token, field_errors, page, post_form

SLUGS = [
    '"><script>alert(1)</script>',
    "a b",
    "../admin",
    "a?x=1",
    "a#b",
    "javascript:alert(1)",
    "a%0d%0ab",
    "-",
    "a\u202eb",
]


@pytest.mark.parametrize("slug", SLUGS)
def test_no_way_of_writing_takes_an_address_that_is_none(editor: FlaskClient, client: FlaskClient, slug: str) -> None:
    number = write(editor, "A page", slug="a-page")
    fields = {"title": "A page", "slug": slug, "csrf_token": csrf_token(editor), "version": "1"}
    for url in ("/admin/articles", f"/admin/articles/{number}", f"/admin/articles/{number}/publish"):
        refused = editor.post(url, data=fields)
        assert refused.status_code == 422 and "slug" in field_errors(refused), url
        by_script = editor.post(url, data=fields, headers={"Accept": "application/json"})
        assert by_script.status_code == 422, url
    publish(editor, number)
    for feed in ("/feed.xml", "/rss.xml", "/sitemap.xml"):
        found = client.get(feed).text
        assert "a-page" in found and "alert" not in found and "javascript" not in found


@pytest.mark.any_database
def test_feeds_hold_the_cleaned_text(editor: FlaskClient, client: FlaskClient) -> None:
    hostile = '<p>Words<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">a</a></p>'
    number = write(editor, "]]></title><script>alert(1)</script>", hostile)
    publish(editor, number)
    for feed in ("/feed.xml", "/rss.xml"):
        tree = etree.fromstring(client.get(feed).data)
        assert not tree.xpath("//*[local-name()='script' or local-name()='img']")
        for text in tree.itertext():
            if "<p" in text:
                assert not page_of(text).xpath("//script | //@onerror | //a[starts-with(@href, 'javascript')]")
    for item in client.get("/feed.json").get_json()["items"]:
        assert not page_of(item["content_html"]).xpath("//script | //@onerror | //a[starts-with(@href, 'javascript')]")
    post_form(editor, f"/admin/articles/{number}/withdraw")
    assert page(client.get("/")).xpath("//title")


def page_of(text: str) -> etree._Element:
    return etree.fromstring(f"<div>{text}</div>", etree.HTMLParser())
