"""What happened to others' uploads, tried on ours: the classes of the list of holes, S3 to S30, that concern files."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from app.accounts.models import Account
from app.db import Database
from tests.admin.conftest import publish, write
from tests.forms import csrf_token, page, post_form
from tests.media.specimens import JSON, MP3, MP4, PDF, fetch, moving, picture, upload, upload_one

ClientOf = Callable[[Account], FlaskClient]
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7777*7}}\u202e=cmd()"
NAMES = [
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/cron.d/x.jpg", "a\x00.php.jpg", ".htaccess", "CON.jpg",
    "shell.php", "'; DROP TABLE media; --.jpg",
    "x.jpg/../../y", "%2e%2e%2fz.jpg", "\u202egpj.exe", "a" * 5000 + ".jpg", "", " ",
    HOSTILE,
]  # fmt: skip


def assert_harmless(client: FlaskClient, url: str) -> None:
    """Whatever a file holds, a browser runs nothing of it."""
    served = fetch(client, url)
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    policy = served.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "allow-scripts" not in policy and "default-src 'none'" in policy
    assert not re.match(r"text/|application/(xhtml|xml|javascript)|image/svg", served.content_type)
    assert re.fullmatch(r"(inline|attachment); filename=[a-z0-9-]+\.[a-z0-9]+", served.headers["Content-Disposition"])


def test_s3_hostile_words_about_a_file_stay_words(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture(), HOSTILE)
    said = {"title": HOSTILE, "alt": HOSTILE, "caption": HOSTILE, "credit": HOSTILE}
    assert post_form(editor, "/admin/media/1", said).status_code == 303
    publish(
        editor,
        write(editor, "Pictured", f'<p><img src="{item["url"]}" alt=""></p>', cover_url=item["url"], cover_alt=HOSTILE),
    )
    pages = ["/admin/media", "/admin/media?q=script", "/admin/media/1", "/admin/media/1/delete", "/admin/articles/1"]
    for url in [*pages, "/pictured", "/"]:
        browser = editor if url.startswith("/admin") else client
        tree = page(browser.get(url))
        own = [script for script in tree.xpath("//script") if not script.get("src", "").startswith("/static/")]
        assert [script for script in own if script.get("type") != "application/ld+json"] == [], url
        assert not tree.xpath("//@onerror") and not tree.xpath("//img[@src='x']"), url
        assert "54439" not in tree.text_content(), url
    found = editor.get("/admin/media", headers=JSON)
    assert found.content_type == "application/json"
    assert found.get_json()["items"][0]["alt"] == HOSTILE


def test_s4_feeds_have_hostile_covers_and_pictures_as_text(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture(), HOSTILE)
    publish(
        editor,
        write(
            editor,
            "Pictured",
            f'<p><img src="{item["url"]}" alt="a&quot;b"></p>',
            cover_url=item["url"],
            cover_alt=HOSTILE,
        ),
    )
    for feed in ("/feed.xml", "/rss.xml"):
        assert not etree.fromstring(client.get(feed).data).xpath("//*[local-name()='script']")
    assert client.get("/feed.json").get_json()["items"]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"\xef\xbb\xbf<html>",
        b"GIF89a=1;alert(1)//",
        b"#!/usr/bin/php\n<?php system($_GET['c']); ?>",
        b"PK\x03\x04" + b"\0" * 100,
        b"MZ\x90\x00",
        b"push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://example.org/\"|id\")'",
        b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file",
    ],
)
def test_s6_active_content_is_refused_whatever_it_is_called(editor: FlaskClient, app: Flask, content: bytes) -> None:
    for name in ("x.jpg", "x.png", "x.svg", "x.pdf"):
        answer = upload(editor, (content, name), **JSON)
        assert answer.status_code == 422 and answer.get_json()["sentence"].endswith((".", ".)"))
    assert list(app.extensions["typecase.media"].files.list_stored()) == [], "nothing of it is kept"


def test_s6_polyglots_are_only_what_they_are_taken_for(editor: FlaskClient, client: FlaskClient) -> None:
    script = b"<script>alert(document.domain)</script><?php phpinfo(); ?>"
    for content in (picture() + script, picture(kind="PNG") + script, moving() + script, picture(comment=script)):
        item = upload_one(editor, content, "x.html")
        assert item["kind"] == "image" and b"script" not in fetch(client, item["url"]).data
        assert_harmless(client, item["url"])
        assert_harmless(client, item["thumbnail"])
    for content in (PDF + script, MP3 + script, MP4 + script):
        assert_harmless(client, upload_one(editor, content, "x.html")["url"])


@pytest.mark.parametrize("name", NAMES)
def test_s10_a_name_decides_nothing_about_the_storage(
    editor: FlaskClient, client: FlaskClient, app: Flask, name: str
) -> None:
    body = {"csrf_token": csrf_token(editor), "file": (BytesIO(picture()), name or "x")}
    answer = editor.post("/admin/media", data=body, headers=JSON, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text
    item = answer.get_json()["items"][0]
    assert re.fullmatch(r"/media/1/[a-z0-9-]{1,80}\.jpg", item["url"])
    folder = app.extensions["typecase.media"].files.folder
    stored = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert len(stored) == 1 and re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}\.jpg", stored[0])
    assert_harmless(client, item["url"])


@pytest.mark.parametrize(
    "path",
    [
        "/media/1/../../typecase.db", "/media/1/..%2f..%2ftypecase.db", "/media/..%2f..%2fsecret_key",
        "/media/1/%2e%2e/x.jpg", "/media/1/square/..%2f..%2f..%2fsecret_key", "/media//etc/passwd",
        "/media/1/%00.jpg", "/media/1/400/..\\..\\x.webp",
    ],
)  # fmt: skip
def test_s10_no_address_leads_out_of_the_storage(editor: FlaskClient, client: FlaskClient, path: str) -> None:
    upload_one(editor, picture())
    assert client.get(path).status_code in {301, 308, 404}


def test_s12_every_way_to_a_file_asks_for_its_right(
    author: FlaskClient, editor: FlaskClient, client: FlaskClient, alice: Account, client_of: ClientOf
) -> None:
    upload_one(editor, picture())
    for url in ("/admin/media", "/admin/media/1", "/admin/media/1/delete"):
        assert client.get(url).status_code == 303
        assert client_of(alice).get(url).status_code == 200
    for url in ("/admin/media", "/admin/media/1", "/admin/media/1/replace", "/admin/media/1/delete"):
        assert post_form(client, url).status_code == 401
    for url in ("/admin/media/1", "/admin/media/1/replace", "/admin/media/1/delete"):
        assert post_form(author, url).status_code == 403
    assert author.get("/admin/media/1/delete").status_code == 403


def test_s14_what_the_software_keeps_itself_cannot_be_sent(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture())
    for name in ("id", "file", "mime", "extension", "account_id", "content_hash", "bytes", "width"):
        post_form(editor, "/admin/media/1", {name: "text/html", "alt": "changed"})
    assert editor.get("/admin/media/1", headers=JSON).get_json()["url"] == item["url"]
    assert fetch(client, item["url"]).content_type == "image/jpeg"
    refused = post_form(editor, "/admin/media/1", {"mime": "text/html", "alt": "changed"})
    assert refused.status_code == 422 and "cannot be changed here" in refused.text


def test_s20_nothing_is_uploaded_or_deleted_without_a_token(editor: FlaskClient, app: Flask) -> None:
    upload_one(editor, picture())
    stored = len(list(app.extensions["typecase.media"].files.list_stored()))
    for url in ("/admin/media", "/admin/media/1/replace"):
        for token in ({}, {"csrf_token": "forged"}):
            data = {**token, "file": (BytesIO(picture(colour="red")), "x.jpg")}
            assert editor.post(url, data=data, content_type="multipart/form-data").status_code == 400
            data = {**token, "file": (BytesIO(picture(colour="red")), "x.jpg")}
            by_script = editor.post(url, data=data, content_type="multipart/form-data", headers=JSON)
            assert by_script.status_code == 400 and by_script.get_json()["error"] == "csrf"
    assert editor.post("/admin/media/1/delete").status_code == 400
    assert len(list(app.extensions["typecase.media"].files.list_stored())) == stored


def test_s23_no_xml_is_read_at_all(editor: FlaskClient) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'
    answer = upload(editor, (bomb, "x.svg"), **JSON)
    assert answer.get_json()["error"] == "svg-refused"


@pytest.mark.corpus
def test_s25_bombs_end_in_a_sentence(editor: FlaskClient, corpus: object) -> None:
    for path in sorted((corpus / "uploads" / "bomb").iterdir()):  # type: ignore[operator]
        answer = upload(editor, (path.read_bytes(), path.name), **JSON)
        assert answer.status_code == 422 and answer.get_json()["error"] in {"too-many-pixels", "damaged"}


def test_s25_only_uploads_may_be_large(editor: FlaskClient, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    large = picture((330, 330), "BMP")
    assert len(large) > 300_000
    assert upload(editor, (large, "x.bmp"), **JSON).status_code == 201
    assert post_form(editor, "/admin/articles", {"title": "T", "body": "x" * 200_000}).status_code == 413
    assert post_form(editor, "/admin/media/1", {"alt": "x" * 200_000}).status_code == 413


def test_s25_a_file_that_is_too_large_is_refused_in_a_sentence(
    editor: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = app.extensions["typecase.media"].within
    monkeypatch.setattr(app.extensions["typecase.media"], "within", type(within)(bytes=2000, pixels=10**6, frames=9))
    answer = upload(editor, (picture(), "x.jpg"), **JSON)
    assert answer.status_code == 422 and answer.get_json()["error"] == "too-many-bytes"


def test_s25_sizes_come_from_a_fixed_list(editor: FlaskClient, client: FlaskClient, app: Flask) -> None:
    upload_one(editor, picture())
    for size in ("1", "401", "99999", "-400", "400.0", "+400", "4e2", "square2", "original"):
        assert client.get(f"/media/1/{size}/harbour.webp").status_code == 404
    assert len(list(app.extensions["typecase.media"].files.list_stored())) == 1


def test_s30_the_audit_of_a_file_names_who_brought_it(editor: FlaskClient, database: Database) -> None:
    upload_one(editor, picture())
    assert "Bob" in page(editor.get("/admin/media/1")).xpath("//dl[@class='media-about']")[0].text_content()
