"""S23: no XML that somebody sends is read. WordPress files, feeds, OPML: with the importers, which have to bound it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.media.specimens import JSON, upload

ENTITY = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg>&b;&b;&b;</svg>'
WAV = b"RIFF\x40\x00\x00\x00WAVEiXML\x30\x00\x00\x00" + ENTITY


@pytest.mark.parametrize(
    "content", [ENTITY, LAUGHS, ENTITY.decode().encode("utf-16"), b"<a>" * 10_000, b"\xef\xbb\xbf" + LAUGHS]
)
@pytest.mark.parametrize("name", ["x.svg", "x.xml", "x.jpg"])
def test_xml_is_refused(editor: FlaskClient, app: Flask, content: bytes, name: str) -> None:
    assert upload(editor, (content, name), **JSON).status_code == 422
    assert list(app.extensions["typecase.media"].files.list_stored()) == []


@pytest.mark.any_database
def test_what_a_sound_file_says_of_itself_is_not_read(editor: FlaskClient) -> None:
    answer = upload(editor, (WAV, "x.wav"), **JSON)
    assert "root:" not in answer.text


@pytest.mark.any_database
def test_a_body_of_xml_is_no_form(editor: FlaskClient) -> None:
    for kind in ("text/xml", "application/xml", "application/atom+xml"):
        answer = editor.post("/admin/articles", data=LAUGHS, content_type=kind)
        assert answer.status_code == 400 and "aaaaaaaa" not in answer.text
