"""The preview at the width of a phone and of a desktop, in a frame that runs nothing."""

import re

from flask.testing import FlaskClient

from tests.admin.conftest import write
from tests.forms import page, post_form, text_of


def policy(client: FlaskClient, url: str, name: str) -> str:
    found = re.search(rf"{name} ([^;]*)", client.get(url).headers["Content-Security-Policy"])
    return found[1] if found else ""


def test_the_widths_are_links_that_show_the_preview_in_a_sandbox(editor: FlaskClient) -> None:
    number = write(editor, "A title", "<p>Words.</p>")
    url = f"/admin/articles/{number}/preview"
    assert post_form(editor, url, {"body": "<p>Typed, not saved.</p>"}).status_code == 303
    links = page(editor.get(url)).xpath("//aside//a/@href")
    assert links == [f"{url}/phone", f"{url}/desktop", f"/admin/articles/{number}"]
    for width in ("phone", "desktop"):
        shown = page(editor.get(f"{url}/{width}"))
        (frame,) = shown.xpath("//iframe")
        assert frame.get("sandbox") == ""
        assert "Typed, not saved." in text_of(editor.get(frame.get("src")))
        assert not page(editor.get(frame.get("src"))).xpath("//aside[@class='preview-note']")
        assert policy(editor, f"{url}/{width}", "frame-src") == "'self'"
    assert editor.get(f"{url}/watch").status_code == 404


def test_nobody_else_can_frame_anything(editor: FlaskClient, author: FlaskClient) -> None:
    number = write(editor)
    url = f"/admin/articles/{number}/preview"
    assert policy(editor, f"{url}?framed=1", "frame-ancestors") == "'self'"
    assert policy(editor, url, "frame-ancestors") == "'none'"
    assert policy(editor, f"{url}/phone", "frame-ancestors") == "'none'"
    assert policy(editor, f"/admin/articles/{number}?framed=1", "frame-ancestors") == "'none'"
    for path in (url, f"{url}?framed=1", f"{url}/phone"):
        assert author.get(path).status_code == 403
