"""Who may do what to whose article: every route, every role, own and foreign."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Account
from tests.admin.conftest import publish, write
from tests.forms import post_form

# route after /admin/articles/<id>, and whether it answers: admin, editor, author of a draft of their own,
# author of an own published one, author of somebody else's
ROUTES = {
    "GET ": (True, True, True, True, False),
    "POST ": (True, True, True, True, False),
    "POST /publish": (True, True, False, False, False),
    "POST /withdraw": (True, True, False, False, False),
    "POST /trash": (True, True, True, False, False),
    "POST /restore": (True, True, True, False, False),
    "GET /delete": (True, True, False, False, False),
    "POST /delete": (True, True, False, False, False),
    "POST /duplicate": (True, True, True, True, False),
    "GET /preview": (True, True, True, True, False),
    "POST /preview": (True, True, True, True, False),
    "GET /revisions": (True, True, True, True, False),
    "GET /revisions/1": (True, True, True, True, False),
    "POST /revisions/1/restore": (True, True, True, True, False),
}
TAG_ROUTES = (
    "GET /admin/tags",
    "GET /admin/tags/1",
    "POST /admin/tags/1",
    "POST /admin/tags/1/merge",
    "GET /admin/tags/1/delete",
    "POST /admin/tags/1/delete",
)


def ask(client: FlaskClient, route: str, prefix: str = "") -> int:
    method, path = route.split(" ", 1)
    url = prefix + path
    return (client.get(url) if method == "GET" else post_form(client, url)).status_code


@pytest.mark.parametrize("route", ROUTES)
def test_each_role_gets_what_the_table_says(
    route: str,
    alice: Account,
    editor: FlaskClient,
    author: FlaskClient,
    client_of: Callable[[Account], FlaskClient],
) -> None:
    of_admin, of_editor, own_draft, own_published, foreign = ROUTES[route]
    mine = write(author, "Mine", tags="t")
    for client, allowed in ((author, own_draft), (client_of(alice), of_admin), (editor, of_editor)):
        # Whoever may delete is refused something else: it is not in the trash.
        assert (ask(client, route, f"/admin/articles/{mine}") != 403) == allowed
        post_form(editor, f"/admin/articles/{mine}/restore")
    publish(editor, mine)
    assert (ask(author, route, f"/admin/articles/{mine}") != 403) == own_published
    theirs = write(editor, "Theirs")
    assert (ask(author, route, f"/admin/articles/{theirs}") != 403) == foreign


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_signed_in_is_asked_to_sign_in_and_changes_nothing(
    route: str, client: FlaskClient, editor: FlaskClient
) -> None:
    number = write(editor, "Kept")
    assert ask(client, route, f"/admin/articles/{number}") in {303, 401}
    assert "Kept" in editor.get(f"/admin/articles/{number}").text


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("number", [999, 2**31, 10**30])
def test_an_unknown_article_is_not_found(route: str, number: int, editor: FlaskClient) -> None:
    assert ask(editor, route, f"/admin/articles/{number}") == 404


@pytest.mark.parametrize("route", TAG_ROUTES)
def test_tags_are_for_editors(route: str, editor: FlaskClient, author: FlaskClient, client: FlaskClient) -> None:
    write(editor, tags="one")
    assert ask(author, route) == 403
    assert ask(client, route) in {303, 401}
    assert ask(editor, route) in {200, 303, 422}


def test_the_lists_and_the_empty_form_are_for_all_staff(
    client: FlaskClient, editor: FlaskClient, author: FlaskClient
) -> None:
    for url, status in (("/admin/", 200), ("/admin/articles", 200), ("/admin/articles/new", 200)):
        assert editor.get(url).status_code == author.get(url).status_code == status
        assert client.get(url).status_code == 303 and "/login" in client.get(url).location
    assert post_form(client, "/admin/articles", {"title": "T"}).status_code == 401


def test_a_deactivated_editor_is_nobody(editor: FlaskClient, bob: Account, session: object) -> None:
    from app import clock

    number = write(editor)
    bob.deactivated_at = clock.now()
    session.commit()  # type: ignore[attr-defined]
    assert editor.get(f"/admin/articles/{number}").status_code == 303
