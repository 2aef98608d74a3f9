"""S7: a preview and a comparison show what was typed, as text; a preview in a frame runs nothing."""

import pytest
from flask.testing import FlaskClient

from tests.admin.conftest import write
from tests.forms import page, post_form

HOSTILE = "<zz1x onload=alert(1)>\"'><script>alert(1)</script>"


def test_what_changed_is_text(editor: FlaskClient) -> None:
    number = write(editor, "Before", "<p>Before &lt;zz1x&gt;</p>")
    fields = {"title": HOSTILE, "excerpt": HOSTILE, "tags": "<zz1x>", "cover_alt": HOSTILE, "version": "1"}
    body = "<p>After &lt;zz1x onload=1&gt; <b>&lt;script&gt;</b></p><pre><code>&lt;zz1x&gt;</code></pre>"
    assert post_form(editor, f"/admin/articles/{number}", fields | {"body": body}).status_code == 303
    here = f"/admin/articles/{number}/revisions"
    revisions = [
        href.rsplit("/", 1)[1] for href in page(editor.get(here)).xpath(f"//a[contains(@href, '{here}/')]/@href")
    ]
    pairs = [("1", "2"), ("2", "1"), ("1", "working"), (HOSTILE, "working"), ("working", '"><zz1x>')]
    for old, new in pairs:
        answer = editor.get(f"{here}/compare", query_string={"old": old, "new": new}, follow_redirects=True)
        assert answer.status_code in {200, 404}
        assert "<zz1x" not in answer.text and "<script>alert" not in answer.text
    for url in [f"{here}/2", f"/admin/articles/{number}/preview?framed=1", f"/admin/articles/{number}/check"]:
        assert "<zz1x" not in editor.get(url).text, url
    assert revisions
    assert "<zz1x>" in page(editor.get(f"{here}/compare?old=1&new=2")).text_content(), "it is shown, as text"


@pytest.mark.any_database
def test_a_preview_in_a_frame_runs_nothing(editor: FlaskClient) -> None:
    number = write(editor, "One", "<p>Words</p>")
    frame = page(editor.get(f"/admin/articles/{number}/preview/phone")).xpath("//iframe")[0]
    assert frame.get("sandbox") == "", "no scripts, no forms, no origin"
    framed = editor.get(f"/admin/articles/{number}/preview?framed=1")
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    assert (
        "frame-ancestors 'none'" in editor.get(f"/admin/articles/{number}/preview").headers["Content-Security-Policy"]
    )
