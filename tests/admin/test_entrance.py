"""The way in and out: set-up, signing in, signing out, first passwords."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.joining import offer_setup_link, offer_welcome_link
from app.accounts.membership import deactivate
from app.accounts.models import Account, SignedIn
from app.accounts.reading import find_account_by_email
from app.accounts.signing_in import find_signed_in
from tests.accounts.conftest import PASSWORD, person
from tests.conftest import Clock
from tests.forms import csrf_token, field_errors, page, post_form, text_of, typed_fields, where_to

RIGHT = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password."""
    return person(session, "Ada", "admin")


def token_of(client: FlaskClient) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


# Signing in


def test_the_right_password_leads_inside(client: FlaskClient, ada: Account, session: Session) -> None:
    answer = post_form(client, "/login", RIGHT)
    assert (answer.status_code, where_to(answer)) == (303, "/admin/")
    token = token_of(client)
    assert token
    assert find_signed_in(session, token)


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "ada@example.org", "password": "wrong password"},
        {"email": "nobody@example.org", "password": PASSWORD},
        {"email": "<script>alert(1)</script>@example.org", "password": PASSWORD},
        {"email": "ada@example.org", "password": "x" * 100_000},
        {"email": "ada\x00@example.org", "password": "\x00"},
    ],
)
def test_a_refusal_keeps_the_address_and_tells_nothing(
    client: FlaskClient, ada: Account, typed: dict[str, str]
) -> None:
    answer = post_form(client, "/login", typed)
    assert answer.status_code == 401
    assert "do not belong together" in text_of(answer)
    kept = typed_fields(answer)
    assert kept["email"] == typed["email"].replace("\x00", "\ufffd")
    assert not kept["password"]
    assert token_of(client) is None


def test_refusals_of_known_and_unknown_people_are_the_same_page(client: FlaskClient, ada: Account) -> None:
    pages = [
        re.sub(r'value="[^"]*"', "", post_form(client, "/login", {"email": email, "password": "wrong"}).text)
        for email in ("ada@example.org", "nobody@example.org")
    ]
    assert pages[0] == pages[1]


def test_empty_fields_say_so(client: FlaskClient) -> None:
    answer = post_form(client, "/login", {"email": "", "password": ""})
    assert answer.status_code == 422
    assert set(field_errors(answer)) == {"email", "password"}


def test_an_expired_form_is_shown_again_filled_in(client: FlaskClient, ada: Account) -> None:
    answer = client.post("/login", data=RIGHT | {"csrf_token": "old", "next": "/admin/people"})
    assert answer.status_code == 400
    assert typed_fields(answer)["email"] == "ada@example.org"
    assert typed_fields(answer)["next"] == "/admin/people"
    assert "expired" in text_of(answer)


def test_somebody_who_is_in_is_sent_on(client: FlaskClient, ada: Account) -> None:
    post_form(client, "/login", RIGHT)
    assert where_to(client.get("/login?next=/admin/people")) == "/admin/people"


def test_it_leads_back_to_where_one_wanted_to_go(client: FlaskClient, ada: Account) -> None:
    answer = client.get("/admin/people?sort=name")
    assert answer.status_code == 303
    form = typed_fields(client.get(where_to(answer)))
    assert where_to(client.post("/login", data=form | RIGHT)) == "/admin/people?sort=name"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n/evil.example", "javascript:alert(1)", "evil.example", "@evil.example", " //evil.example",
        "http:/admin", "///evil.example", "/\x00/evil",
    ],
)  # fmt: skip
def test_it_never_leads_to_another_site(client: FlaskClient, ada: Account, target: str) -> None:
    assert typed_fields(client.get("/login", query_string={"next": target}))["next"] == "/admin/"
    assert where_to(post_form(client, "/login", RIGHT | {"next": target})) == "/admin/"


# Sessions


def test_signing_in_renews_the_session(app: Flask, ada: Account, session: Session) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted by somebody"
        cookie["planted"] = "yes"
    before = csrf_token(client)
    client.post("/login", data=RIGHT | {"csrf_token": before})
    first = token_of(client)
    assert first not in (None, "planted by somebody")
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
    assert client.post("/logout", data={"csrf_token": before}).status_code == 400, "the old form token is void"
    post_form(client, "/login", RIGHT)
    assert token_of(client) != first
    assert first and find_signed_in(session, first) is None, "signing in again ends the browser's former session"


def test_signing_out_ends_the_session_in_the_database(app: Flask, client: FlaskClient, ada: Account) -> None:
    post_form(client, "/login", RIGHT)
    token = token_of(client)
    answer = post_form(client, "/logout")
    assert where_to(answer) == "/login?done=signed-out"
    assert "You are signed out" in text_of(client.get(where_to(answer)))
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert thief.get("/admin/people").status_code == 303, "a copied cookie is worth nothing afterwards"


def test_opening_the_page_for_signing_out_changes_nothing(client: FlaskClient, ada: Account) -> None:
    post_form(client, "/login", RIGHT)
    assert "Sign out?" in text_of(client.get("/logout"))
    assert client.post("/logout").status_code == 400
    assert client.get("/admin/people").status_code == 200
    post_form(client, "/logout")
    assert "You are signed out" in text_of(client.get("/logout"))


def test_a_deactivated_person_is_out_with_the_next_request(client: FlaskClient, ada: Account, session: Session) -> None:
    bob = person(session, "Bob", "admin")
    post_form(client, "/login", {"email": "bob@example.org", "password": PASSWORD})
    assert client.get("/admin/people").status_code == 200
    deactivate(session, bob.id)
    session.commit()
    assert client.get("/admin/people").status_code == 303
    assert post_form(client, "/login", {"email": "bob@example.org", "password": PASSWORD}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient, ada: Account) -> None:
    cookie = post_form(client, "/login", RIGHT).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_staff_pages_are_not_kept_by_caches(client: FlaskClient, ada: Account) -> None:
    assert post_form(client, "/login", RIGHT).headers["Cache-Control"] == "no-store"
    assert client.get("/admin/people").headers["Cache-Control"] == "no-store"


def test_last_seen_is_noted_after_the_request(
    client: FlaskClient, ada: Account, session: Session, the_clock: Clock
) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    the_clock.set(noon)
    post_form(client, "/login", RIGHT)
    for minutes in (0.5, 3):
        the_clock.set(noon + timedelta(minutes=minutes))
        assert client.get("/admin/people").status_code == 200
    session.rollback()
    assert session.scalars(select(SignedIn.last_seen_at)).one() == noon + timedelta(minutes=3)
    session.refresh(ada)
    assert ada.last_seen_at == noon + timedelta(minutes=3)


# A form sent while signed out

TEXT = "First line.\r\n\r\n<b>\"Bold\"</b> & 'more' – 漢字\r\n"
FORM = {"title": "A title", "body": TEXT, "tags": "one, two", "version": "3"}
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


def send_signed_out(
    client: FlaskClient, data: dict[str, object], headers: dict[str, str], target: str = "/admin/people?from=test"
) -> TestResponse:
    return client.post(target, data=data, headers=headers)


def test_what_was_sent_signed_out_can_be_sent_again_after_signing_in(client: FlaskClient, ada: Account) -> None:
    answer = send_signed_out(client, FORM | {"csrf_token": "gone", "a": ["1", "2"]}, OURS)
    assert answer.status_code == 401
    assert "What you sent is kept" in text_of(answer)
    wrong = client.post("/login", data=typed_fields(answer) | RIGHT | {"password": "wrong password"})
    assert wrong.status_code == 401
    offered = client.post("/login", data=typed_fields(wrong) | RIGHT)
    assert offered.status_code == 200
    again = next(form for form in page(offered).forms if form.get("action") == "/admin/people?from=test")
    sent = again.form_values()
    assert [pair for pair in sent if pair[0] != "csrf_token"] == [
        ("title", "A title"), ("body", TEXT.replace("\r\n", "\n")), ("tags", "one, two"), ("version", "3"),
        ("a", "1"), ("a", "2"),
    ]  # fmt: skip
    assert "<b>" not in offered.text, "typed text is shown as text"
    fresh = dict(sent)["csrf_token"]
    assert client.post("/logout", data={"csrf_token": fresh}).status_code == 303, "the token is a good one"


def test_secrets_are_not_carried(client: FlaskClient) -> None:
    answer = send_signed_out(client, {"name": "Ada", "password": "geheim-geheim", "current_password": "x"}, OURS)
    assert "geheim-geheim" not in answer.text
    kept = typed_fields(answer)
    assert not kept["password"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {},
    ],
)
def test_what_another_site_sent_is_never_offered(client: FlaskClient, ada: Account, headers: dict[str, str]) -> None:
    answer = send_signed_out(client, FORM, headers)
    assert answer.status_code == 401
    assert "A title" not in answer.text
    assert where_to(client.post("/login", data=typed_fields(answer) | RIGHT)) == "/admin/"


def test_without_such_headers_the_form_token_tells(client: FlaskClient) -> None:
    token = csrf_token(client)
    assert "What you sent is kept" in text_of(send_signed_out(client, FORM | {"csrf_token": token}, {}))


def test_a_kept_form_cannot_be_forged(client: FlaskClient, ada: Account) -> None:
    answer = post_form(client, "/login", RIGHT | {"kept": '["/admin/people", [["title", "forged"]]]'})
    assert answer.status_code == 303
    assert "forged" not in answer.text


def test_too_much_is_left_to_the_back_button(client: FlaskClient) -> None:
    answer = send_signed_out(client, {"body": "x" * (5 * 1024 * 1024)}, OURS)
    assert answer.status_code == 401
    assert "Your browser still has what you typed" in text_of(answer)
    assert len(answer.data) < 20_000


# The first admin


@pytest.fixture
def setup_link(session: Session) -> str:
    token = offer_setup_link(session)
    session.commit()
    return f"/setup/{token}"


FIRST = {"name": "Ada Lovelace", "email": "Ada@Example.org", "password": PASSWORD}


def test_the_setup_link_makes_the_admin_and_leads_through_the_settings_to_writing(
    client: FlaskClient, setup_link: str, session: Session
) -> None:
    welcome = client.get(setup_link)
    assert "Welcome to Typecase" in text_of(welcome)
    assert [form.get("action") for form in page(welcome).forms] == [setup_link]
    answer = post_form(client, setup_link, FIRST, on=setup_link)
    assert where_to(answer) == "/admin/settings?step=first"
    ada = find_account_by_email(session, "ada@example.org")
    assert ada is not None
    assert (ada.role, ada.slug, ada.can_sign_in) == ("admin", "ada-lovelace", True)
    session.commit()
    settings = client.get(where_to(answer))
    assert settings.status_code == 200
    form = typed_fields(settings) | {"name": "The Analytical Engine"}
    ready = client.post("/admin/settings?step=first", data=form)
    assert where_to(ready) == "/admin/ready"
    assert "Write your first article" in text_of(client.get("/admin/ready"))


def test_the_setup_link_is_useless_afterwards(
    app: Flask, client: FlaskClient, setup_link: str, session: Session
) -> None:
    post_form(client, setup_link, FIRST, on=setup_link)
    other = app.test_client()
    answer = other.get(setup_link)
    assert answer.status_code == 404
    assert "set up already" in text_of(answer)
    answer = post_form(other, setup_link, FIRST | {"email": "mallory@example.org"})
    assert answer.status_code == 404
    assert find_account_by_email(session, "mallory@example.org") is None


def test_a_guessed_setup_link_opens_nothing(client: FlaskClient, setup_link: str) -> None:
    answer = client.get("/setup/guess")
    assert answer.status_code == 404
    assert "newest set-up link" in text_of(answer)
    assert post_form(client, "/setup/guess", FIRST).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"), ({"name": "\u200b"}, "name"), ({"name": "x" * 301}, "name"),
        ({"email": "ada"}, "email"), ({"email": ""}, "email"),
        ({"password": "short"}, "password"), ({"password": ""}, "password"),
        ({"password": "ada@example.org"}, "password"), ({"password": "x" * 201}, "password"),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field_and_stays(
    client: FlaskClient, setup_link: str, typed: dict[str, str], field: str
) -> None:
    answer = post_form(client, setup_link, FIRST | typed, on=setup_link)
    assert answer.status_code == 422
    assert list(field_errors(answer)) == [field]
    assert typed_fields(answer)["email"].lower() == (FIRST | typed)["email"].lower()
    assert PASSWORD not in answer.text
    assert post_form(client, setup_link, FIRST, on=setup_link).status_code == 303, "the link still works"


def test_setup_refuses_an_address_somebody_has(client: FlaskClient, setup_link: str, session: Session) -> None:
    person(session, "Ada", "editor")
    answer = post_form(client, setup_link, FIRST, on=setup_link)
    assert (answer.status_code, list(field_errors(answer))) == (422, ["email"])


# First passwords


@pytest.fixture
def welcome_link(session: Session) -> str:
    bob = person(session, "Bob", "editor")
    bob.password_hash = None
    link = f"/welcome/{offer_welcome_link(session, bob)}"
    session.commit()
    return link


def test_a_link_leads_to_a_first_password_and_in(client: FlaskClient, welcome_link: str) -> None:
    welcome = client.get(welcome_link)
    assert "Welcome, Bob" in text_of(welcome)
    assert [form.get("action") for form in page(welcome).forms] == [welcome_link]
    answer = post_form(client, welcome_link, {"password": "a brand new password"}, on=welcome_link)
    assert where_to(answer) == "/admin/"
    assert client.get("/admin/profile").status_code == 200
    post_form(client, "/logout")
    assert client.get(welcome_link).status_code == 404
    assert post_form(client, welcome_link, {"password": "another password"}).status_code == 404
    assert (
        post_form(client, "/login", {"email": "bob@example.org", "password": "a brand new password"}).status_code == 303
    )


@pytest.mark.parametrize("password", ["short", "", "bob@example.org"])
def test_an_unfit_first_password_is_refused_and_the_link_stays(
    client: FlaskClient, welcome_link: str, password: str
) -> None:
    answer = post_form(client, welcome_link, {"password": password}, on=welcome_link)
    assert (answer.status_code, list(field_errors(answer))) == (422, ["password"])
    assert client.get(welcome_link).status_code == 200


def test_a_link_changes_only_the_password(client: FlaskClient, welcome_link: str, session: Session) -> None:
    data = {"password": "a brand new password", "role": "admin"}
    assert post_form(client, welcome_link, data, on=welcome_link).status_code == 422
    assert client.get(welcome_link).status_code == 200


def test_the_request_log_holds_no_link(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="typecase.request"):
        for path in ("/setup/a-secret", "/welcome/a-secret", "/setup/a-secret/"):
            client.get(path).close()
    assert "path=/setup/" in caplog.text
    assert "a-secret" not in caplog.text
