"""Every string of the Big List of Naughty Strings, typed into the form, comes out again as the same text.

That what is kept comes out the same on the readers' pages, tests/site/test_naughty_strings.py proves of each; here
one of ten goes all the way.
"""

import json
import re
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree, html

from app import text
from tests.forms import csrf_token, field_errors, page, typed_fields, where_to

pytestmark = pytest.mark.corpus
ATOM = "{http://www.w3.org/2005/Atom}"
BATCH = 25


def send(client: FlaskClient, token: str, url: str, **fields: str) -> str:
    answer = client.post(url, data={"csrf_token": token} | fields)
    assert answer.status_code == 303, field_errors(answer)
    return where_to(answer).split("?")[0]


def as_name(value: str) -> str:
    """Typed into a field of names: in quotes where it holds a comma."""
    return '"{}"'.format(value.replace('"', '""')) if "," in value else value


@pytest.fixture(scope="session")
def strings(corpus: Path) -> list[str]:
    """The strings that leave something to see once what cannot be stored is gone."""
    found = json.loads((corpus / "unicode" / "blns.json").read_text())
    assert len(found) > 500
    return found


def test_each_string_goes_through_every_field(editor: FlaskClient, app: Flask, strings: list[str]) -> None:
    token, reader = csrf_token(editor), app.test_client()
    feed: dict[str, str] = {}
    for number, typed in enumerate(strings):
        kept, fields = text.clean_line(typed), {"body": f"<p>Body {number}</p>"}
        if text.is_blank(kept):
            refused = editor.post("/admin/articles", data={"csrf_token": token, "title": typed})
            assert refused.status_code == 422 and field_errors(refused)["title"], repr(typed)
            continue
        name = kept
        fields |= {"title": typed, "excerpt": typed, "tags": as_name(name), "authors": as_name(name)}
        url = send(editor, token, "/admin/articles", **fields)
        shown = typed_fields(editor.get(url))
        assert shown["title"] == kept, repr(typed)
        assert shown["excerpt"].replace("\r\n", "\n") == text.clean_block(typed).strip(), repr(typed)
        assert shown["tags"] == shown["authors"] == as_name(name), repr(typed)
        if number % 10 == 9:
            send(editor, token, f"{url}/publish")
            assert_on_the_page(reader, f"/{shown['slug']}", kept, name)
            feed[shown["slug"]] = kept
        if number % 100 == 99:
            assert_in_the_feed(reader, feed)
            feed = {}
    assert_in_the_list(editor, strings)


def assert_on_the_page(reader: FlaskClient, address: str, kept: str, name: str) -> None:
    tree = page(reader.get(address))
    assert tree.xpath("//article//h1")[0].text_content().strip() == kept, repr(kept)
    assert name in [tag.text_content().strip() for tag in tree.xpath("//a[contains(@class, 'p-category')]")], repr(name)
    assert name in " ".join(author.text_content() for author in tree.xpath("//*[contains(@class, 'p-author')]"))


def assert_in_the_feed(reader: FlaskClient, wanted: dict[str, str]) -> None:
    """``wanted``: titles by slug, at most as many as the feed has."""
    feed = etree.fromstring(reader.get("/feed.xml").data)
    found = [entry.findtext(f"{ATOM}title").strip() for entry in feed.iter(f"{ATOM}entry")]
    assert set(wanted.values()) <= set(found)


def assert_in_the_list(editor: FlaskClient, strings: list[str]) -> None:
    url, titles = "/admin/articles", set()
    while url:
        tree: html.HtmlElement = page(editor.get(url))
        titles |= {link.text_content().strip() for link in tree.xpath("//tbody//th//a")}
        found = tree.xpath("//a[@rel='next']/@href")
        url = found[0] if found else ""
    wanted = {text.clean_line(typed) for typed in strings}
    assert {title for title in wanted if not text.is_blank(title)} <= titles


def test_the_search_finds_each_by_its_words(editor: FlaskClient, strings: list[str]) -> None:
    token = csrf_token(editor)
    wanted = [kept for typed in strings if not text.is_blank(kept := text.clean_line(typed))][::10]
    for kept in wanted:
        send(editor, token, "/admin/articles", title=kept)
    for kept in wanted:
        words = " ".join(re.split(r"\s+", kept)[:5])
        found = page(editor.get(f"/admin/articles?q={quote_plus(words)}"))
        assert kept in [link.text_content().strip() for link in found.xpath("//tbody//th//a")], repr(kept)


def test_each_string_in_a_body_runs_nothing_and_loses_no_text(
    editor: FlaskClient, app: Flask, strings: list[str]
) -> None:
    token, reader = csrf_token(editor), app.test_client()
    for start in range(0, len(strings), BATCH):
        batch = strings[start : start + BATCH]
        meant = "".join(f"<p>{typed.replace('&', '&amp;').replace('<', '&lt;')}</p>" for typed in batch)
        for style, body in (("html", meant), ("html", "\n".join(batch)), ("markdown", "\n\n".join(batch))):
            url = send(editor, token, "/admin/articles", title=f"{start}", body=body, body_format=style)
            send(editor, token, f"{url}/publish")
            slug = typed_fields(editor.get(url))["slug"]
            article = page(reader.get(f"/{slug}")).xpath("//article")[0]
            assert not article.xpath(".//script | .//iframe | .//object | .//embed")
            assert not article.xpath(".//@*[starts-with(name(), 'on')] | .//@style | .//@srcdoc")
            assert not [link for link in article.xpath(".//@href | .//@src") if re.match(r"\W*javascript:", link, re.I)]
            if body is meant:
                shown = squeezed(article.xpath(".//*[contains(@class, 'e-content')]")[0].text_content())
                assert [typed for typed in batch if squeezed(typed) not in shown] == []


def squeezed(value: str) -> str:
    return re.sub(r"\s+", "", text.clean_block(value))
