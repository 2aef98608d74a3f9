"""The settings of the site."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.accounts.signing_in import open_session
from app.config import Config
from app.settings import Settings, get_purge_secret, get_settings
from tests.forms import field_errors, page, post_form, text_of, typed_fields, where_to
from tests.receiver import receiving

TYPED = {
    "name": "The Daily Typecase",
    "tagline": "News & «views»",
    "language": "de_ch",
    "time_zone": "Europe/Zurich",
    "address": "https://Example.org/",
    "articles_per_page": "25",
}


@pytest.fixture
def admin(alice: Account, client_of: Callable[[Account], FlaskClient]) -> FlaskClient:
    return client_of(alice)


def test_all_of_them_can_be_changed(admin: FlaskClient, session: Session) -> None:
    answer = post_form(admin, "/admin/settings", TYPED)
    assert where_to(answer) == "/admin/settings?done=settings-saved"
    assert get_settings(session) == Settings(
        "The Daily Typecase", "News & «views»", "de-CH", "Europe/Zurich", "https://example.org", 25
    )
    session.commit()
    kept = typed_fields(admin.get("/admin/settings"))
    assert (kept["language"], kept["time_zone"], kept["articles_per_page"]) == ("de-CH", "Europe/Zurich", "25")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""), ("name", " \u200b"), ("name", "x" * 201), ("tagline", "x" * 301),
        ("language", "klingonisch"), ("language", ""), ("language", "en; DROP"), ("language", "x" * 100),
        ("time_zone", "Mars/Olympus"), ("time_zone", ""), ("time_zone", "../../etc/passwd"),
        ("address", "example.org"), ("address", "https://example.org/blog"), ("address", "javascript:alert(1)"),
        ("address", "https://user@example.org"), ("address", "https://exa mple.org"), ("address", "https://example.org:0"),
        ("articles_per_page", "0"), ("articles_per_page", "101"), ("articles_per_page", "many"),
        ("articles_per_page", ""), ("articles_per_page", "9" * 5000),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field_and_stays(
    admin: FlaskClient, session: Session, field: str, typed: str
) -> None:
    answer = post_form(admin, "/admin/settings", TYPED | {field: typed})
    assert answer.status_code == 422
    assert list(field_errors(answer)) == [field]
    if field not in {"time_zone", "name"}:
        assert typed_fields(answer)[field].strip() == typed
    assert typed_fields(answer)["name"] if field != "name" else True
    assert get_settings(session) == Settings()


@pytest.mark.parametrize("tag", ["en", "de-CH", "zh-Hant", "pt-BR", "sr-Latn", "ar"])
def test_languages_of_the_world_are_taken(admin: FlaskClient, session: Session, tag: str) -> None:
    assert post_form(admin, "/admin/settings", {"language": tag}).status_code == 303
    assert get_settings(session).language == tag


def test_absent_fields_keep_their_value(admin: FlaskClient, session: Session) -> None:
    post_form(admin, "/admin/settings", TYPED)
    post_form(admin, "/admin/settings", {"tagline": ""})
    assert get_settings(session).name == "The Daily Typecase"
    assert get_settings(session).tagline == ""


def test_an_empty_address_is_the_servers(admin: FlaskClient, session: Session) -> None:
    assert post_form(admin, "/admin/settings", TYPED | {"address": ""}).status_code == 303
    assert get_settings(session).address == ""


def test_site_url_wins_and_the_field_is_text(config: Config, session: Session, alice: Account) -> None:
    app = create_app(replace(config, site_url="http://localhost:8000", site_url_given=True))
    client = app.test_client()
    token = open_session(session, alice)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    answer = client.get("/admin/settings")
    assert "SITE_URL" in text_of(answer)
    assert not page(answer).xpath("//input[@name='address']")
    assert post_form(client, "/admin/settings", TYPED).status_code == 422, "the address cannot be changed here"
    typed: dict[str, Any] = {name: value for name, value in TYPED.items() if name != "address"}
    assert post_form(client, "/admin/settings", typed).status_code == 303
    app.extensions["typecase.db"].close()


def test_an_expired_form_keeps_what_was_typed(admin: FlaskClient) -> None:
    answer = admin.post("/admin/settings", data=TYPED | {"csrf_token": "old"})
    assert answer.status_code == 400
    assert typed_fields(answer)["tagline"] == TYPED["tagline"]


def test_the_first_step_guesses_the_language_of_the_browser(admin: FlaskClient) -> None:
    answer = admin.get("/admin/settings?step=first", headers={"Accept-Language": "xx-nonsense,fr-CA;q=0.9,en;q=0.5"})
    assert typed_fields(answer)["language"] == "fr-CA"


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_only_admins_change_settings(
    request: pytest.FixtureRequest, client_of: Callable[[Account], FlaskClient], name: str
) -> None:
    theirs = client_of(request.getfixturevalue(name))
    assert theirs.get("/admin/settings").status_code == 403
    assert post_form(theirs, "/admin/settings", TYPED).status_code == 403


def test_readers_numbers_are_switched_off_and_on(admin: FlaskClient, session: Session) -> None:
    assert page(admin.get("/admin/settings")).xpath("boolean(//input[@name='shows_pageviews'][@checked])")
    assert post_form(admin, "/admin/settings", {"shows_pageviews": ""}).status_code == 303
    assert get_settings(session).shows_pageviews is False
    session.rollback()
    post_form(admin, "/admin/settings", {"tagline": "x"})
    session.expire_all()
    assert get_settings(session).shows_pageviews is False, "a form without the field changes nothing"
    session.rollback()
    post_form(admin, "/admin/settings", {"shows_pageviews": ["", "1"]})
    session.expire_all()
    assert get_settings(session).shows_pageviews is True


PURGES = {"counts_by_script": "1", "purge_url": "https://cdn.example/purge", "purge_secret": "a rather long secret"}


def test_counting_behind_a_shared_cache(admin: FlaskClient, session: Session) -> None:
    assert where_to(post_form(admin, "/admin/settings", PURGES)) == "/admin/settings?done=settings-saved"
    found = get_settings(session)
    assert (found.counts_by_script, found.purge_url) == (True, "https://cdn.example/purge")
    assert get_purge_secret(session) == "a rather long secret"
    session.rollback()
    assert "rather long" not in admin.get("/admin/settings").text, "it is never shown"
    post_form(admin, "/admin/settings", {"purge_secret": "", "counts_by_script": ""})
    session.expire_all()
    assert get_purge_secret(session) == "a rather long secret", "empty keeps what there is"
    assert get_settings(session).counts_by_script is False


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"purge_url": "ftp://cdn.example"}, "purge_url"),
        ({"purge_url": "https://cdn.example/ x"}, "purge_url"),
        ({"purge_url": "https://me@cdn.example"}, "purge_url"),
        ({"purge_secret": "short"}, "purge_secret"),
        ({"purge_secret": ""}, "purge_url"),
    ],
)
def test_what_cannot_be_told_is_named_at_its_field(
    admin: FlaskClient, session: Session, sent: dict[str, str], field: str
) -> None:
    answer = post_form(admin, "/admin/settings", PURGES | sent)
    assert answer.status_code == 422
    assert list(field_errors(answer)) == [field]
    assert get_settings(session).purge_url == ""


def test_a_test_is_sent_and_what_went_wrong_is_said(admin: FlaskClient) -> None:
    with receiving() as receiver:
        post_form(admin, "/admin/settings", PURGES | {"purge_url": receiver.url})
        sent = post_form(admin, "/admin/settings/purge-test")
        assert where_to(sent) == "/admin/settings?done=purge-tested"
        assert receiver.messages == [{"test": True, "keys": []}]
        receiver.status = 403
        refused = post_form(admin, "/admin/settings/purge-test")
        assert refused.status_code == 422
        assert field_errors(refused) == {"purge_url": "It answered with status 403."}
