"""S30: what readers' programs say of themselves reaches the statistics as text, and only a little of it.

The whole list of hostile texts: tests/site/test_hostile_requests.py and tests/admin/test_statistics_hostile.py.
"""

from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import publish, write
from tests.forms import page
from tests.site.conftest import BROWSER

HOSTILE = "<zz1x onload=alert(1)>\"'><script>alert(1)</script>"


def test_a_reader_puts_nothing_into_the_statistics(editor: FlaskClient, client: FlaskClient, app: Flask) -> None:
    number = write(editor, "One")
    publish(editor, number)
    long = "/" + HOSTILE + "x" * 900 + "the-end"
    for headers in (
        {"Referer": f"https://site.example{long}"},
        {"Referer": f"https://{HOSTILE}/x"},
        {"User-Agent": HOSTILE},
    ):
        client.get("/one", headers=BROWSER | headers)
    client.get("/one", headers=BROWSER, query_string={"utm_source": HOSTILE, "utm_campaign": "=1+1" + "y" * 5_000})
    app.extensions["typecase.counter"].fold()
    shown = ""
    for url in (
        "/admin/statistics",
        f"/admin/statistics/articles/{number}",
        f"/admin/statistics/articles/{number}/export.json",
    ):
        answer = editor.get(url)
        assert answer.status_code == 200
        assert "the-end" not in answer.text and "y" * 200 not in answer.text, "it is cut"
        if "html" in answer.content_type:
            assert "<zz1x" not in answer.text and not page(answer).xpath("//script[contains(., 'alert')] | //@onload")
            shown += page(answer).text_content()
    assert "<zz1x" in shown, "it is shown, as text"
