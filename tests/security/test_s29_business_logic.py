"""S29: whether something may happen is asked when it happens, not when its button was shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.joining import offer_welcome_link
from app.accounts.models import Account
from tests.admin.conftest import publish, write
from tests.conftest import Clock
from tests.forms import csrf_token, post_form

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_form_that_was_open_meanwhile_deletes_nothing(editor: FlaskClient, client: FlaskClient) -> None:
    """The question “delete for good?” was shown while it lay in the trash; now readers read it."""
    number = write(editor, "One")
    post_form(editor, f"/admin/articles/{number}/trash")
    token = csrf_token(editor, f"/admin/articles/{number}/delete")
    post_form(editor, f"/admin/articles/{number}/restore")
    publish(editor, number)
    answer = editor.post(f"/admin/articles/{number}/delete", data={"csrf_token": token})
    assert answer.status_code in {409, 422}
    assert client.get("/one").status_code == 200


def test_what_is_not_out_yet_is_nowhere(editor: FlaskClient, client: FlaskClient, the_clock: Clock) -> None:
    the_clock.set(NOON)
    number = write(editor, "Tomorrow’s news", tags="Embargo", slug="tomorrow")
    publish(editor, number, publish_at="2026-11-21T12:00")
    everywhere = ["/tomorrow", "/", "/tag/embargo", "/author/bob", "/archive/", "/archive/2026/11/", "/feed.xml",
    "/rss.xml",
                  "/feed.json", "/sitemap.xml", f"/articles/{number}"]  # fmt: skip
    for url in everywhere:
        answer = client.get(url)
        assert "Tomorrow’s news" not in answer.text and "/tomorrow" not in answer.headers.get("Location", ""), url
    the_clock.set(NOON + timedelta(days=2))
    assert "Tomorrow’s news" in client.get("/tomorrow").text


def test_a_link_is_looked_at_again_when_it_is_used(
    client: FlaskClient, session: Session, charlie: Account, alice: Account, client_of: Callable[[Account], FlaskClient]
) -> None:
    link = f"/welcome/{offer_welcome_link(session, charlie)}"
    leave, admin = f"/admin/people/{charlie.id}/deactivate", client_of(alice)
    session.commit()
    token = csrf_token(client, link)
    assert post_form(admin, leave).status_code == 303
    answer = client.post(link, data={"csrf_token": token, "password": "another good password"})
    assert answer.status_code == 404
    assert client.get("/admin/profile").status_code == 303
