"""S8: what a shared or kept page holds is the same for everybody. More of it: tests/site/test_hostile_requests.py."""

from flask.testing import FlaskClient

from tests.admin.conftest import publish, write
from tests.forms import page
from tests.site.conftest import BROWSER


def views(client: FlaskClient) -> str:
    tree = page(client.get("/one", headers=BROWSER))
    return str(tree.xpath("//data[@class='pageviews']")[0].get("value"))


def test_nobody_gets_the_page_of_somebody_who_is_signed_in(editor: FlaskClient, client: FlaskClient) -> None:
    publish(editor, write(editor, "One"))
    assert views(client) == "1", "made, and kept"
    assert views(editor) == "1", "made anew for somebody who is signed in: not counted"
    assert views(client) == "2", "and that one was not kept"
    answer = editor.get("/one", headers=BROWSER)
    assert {"private", "no-store"} & set(answer.headers["Cache-Control"].replace(",", " ").split())


def test_what_is_somebodys_own_is_kept_by_nobody(editor: FlaskClient) -> None:
    number = write(editor, "One")
    for url in ("/admin/", "/admin/articles", f"/admin/articles/{number}/preview", "/login", "/admin/session.json"):
        answer = editor.get(url)
        assert {"private", "no-store"} & set(answer.headers["Cache-Control"].replace(",", " ").split()), url
        assert "Surrogate-Key" not in answer.headers, url
