"""S6: a file is what its bytes say, and whatever is in it runs nowhere. More of it:
tests/admin/test_media_security.py."""

import pytest
from flask.testing import FlaskClient

from tests.media.specimens import JSON, fetch, moving, picture, upload, upload_one

SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.mark.parametrize("name", ["avatar.svg", "avatar.png", "avatar.svg\x00.png", "a.html", "a.jpg"])
def test_no_drawing_with_a_script_gets_in_under_any_name(editor: FlaskClient, name: str) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("/admin/people")</script></svg>'
    for content in (drawing, b"\xef\xbb\xbf \n" + drawing, b"<!doctype html>" + SCRIPT, b"GIF89a=1/*" + SCRIPT):
        assert upload(editor, (content, name), **JSON).status_code == 422


def test_what_is_served_is_in_a_sandbox(editor: FlaskClient, client: FlaskClient) -> None:
    for content in (picture(comment=SCRIPT) + SCRIPT, moving() + SCRIPT, b"%PDF-1.4\n" + SCRIPT + b"\n%%EOF"):
        served = fetch(client, upload_one(editor, content, "x.html")["url"])
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        policy = served.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "sandbox" in policy and "allow-" not in policy
        assert served.mimetype in {"image/jpeg", "image/gif", "application/pdf"}
        if served.mimetype == "application/pdf":
            assert served.headers["Content-Disposition"].startswith("attachment;")
        else:
            assert SCRIPT not in served.data, "a picture is made anew"
