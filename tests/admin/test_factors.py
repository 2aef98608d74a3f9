"""Signing in with more than a password: set up by form, asked for after the password, bound to the browser."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import authenticators, factors, inviting, passkeys, recovery
from app.accounts.membership import deactivate
from app.accounts.models import Account, Role, SignedIn
from app.accounts.models_doors import Authenticator, Passkey
from app.accounts.roles import demand_second_factor
from app.audit.models import AuditEntry
from app.config import Config
from tests.accounts.conftest import PASSWORD, person
from tests.accounts.soft_passkey import SoftPasskey
from tests.accounts.test_passkeys import own
from tests.conftest import Clock
from tests.forms import csrf_token, field_errors, page, post_form, text_of, where_to

NOW = datetime(2026, 11, 23, 9, 0, 15, tzinfo=UTC)
RIGHT = {"email": "ada@example.org", "password": PASSWORD}
SECURITY = "/admin/profile/security"
ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def ada(session: Session) -> Account:
    return person(session, "Ada", "admin")


@pytest.fixture
def secret(session: Session, ada: Account, config: Config, the_clock: Clock) -> str:
    """Ada has an app; its code of this moment is unused."""
    the_clock.set(NOW)
    secret = authenticators.make_secret()
    sealed = authenticators.seal(secret, secret_key=config.secret_key)
    before = pyotp.TOTP(secret).at(NOW - timedelta(seconds=30))
    authenticators.confirm(session, ada.id, sealed=sealed, code=before, secret_key=config.secret_key)
    session.commit()
    return secret


@pytest.fixture
def device(session: Session, ada: Account) -> SoftPasskey:
    """Ada has a passkey."""
    device = SoftPasskey()
    own(session, ada, device)
    session.commit()
    return device


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * steps))


def ask(client: FlaskClient, url: str) -> dict[str, Any]:
    """What the script gets before it asks the device."""
    answer = client.post(url, data={"csrf_token": csrf_token(client)}, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.get_json()
    return options


def is_in(client: FlaskClient) -> bool:
    return client.get("/admin/profile").status_code == 200


def means(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(SignedIn.means).order_by(SignedIn.id)))
    session.rollback()  # SQLite has one writer
    return found


def actions(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    session.rollback()
    return found


# The second step


def test_a_password_alone_is_half_the_way(client: FlaskClient, secret: str, session: Session) -> None:
    answer = post_form(client, "/login", RIGHT | {"next": "/admin/articles?page=2"})
    assert (answer.status_code, where_to(answer)) == (303, "/login/second?next=/admin/articles?page%3D2")
    assert not is_in(client)
    assert means(session) == []
    answer = post_form(client, "/login/second", {"code": code_of(secret), "next": "/admin/articles?page=2"})
    assert (answer.status_code, where_to(answer)) == (303, "/admin/articles?page=2")
    assert is_in(client)
    assert means(session) == ["password+totp"]


def test_a_wrong_code_says_so_at_its_field(client: FlaskClient, secret: str) -> None:
    post_form(client, "/login", RIGHT)
    answer = post_form(client, "/login/second", {"code": "000000", "way": "totp"})
    assert answer.status_code == 422
    assert "not right" in field_errors(answer)["code"]
    assert not is_in(client)
    answer = post_form(client, "/login/second", {"code": ""})
    assert "Please type the code" in field_errors(answer)["code"]


def test_a_code_works_once(app: Flask, client: FlaskClient, secret: str) -> None:
    for browser, status in ((client, 303), (app.test_client(), 422)):
        post_form(browser, "/login", RIGHT)
        assert post_form(browser, "/login/second", {"code": code_of(secret)}).status_code == status


def test_the_second_step_is_of_the_browser_that_took_the_first(app: Flask, client: FlaskClient, secret: str) -> None:
    post_form(client, "/login", RIGHT)
    another = app.test_client()
    answer = post_form(another, "/login/second", {"code": code_of(secret)})
    assert answer.status_code == 404
    assert "Please start again" in text_of(answer)
    assert not is_in(another)
    assert another.get("/login/second").status_code == 404


def test_a_code_does_not_open_what_another_began(
    app: Flask, client: FlaskClient, secret: str, session: Session
) -> None:
    """Ghost CVE-2026-29784: somebody's own right code in a session begun for somebody else."""
    ben = person(session, "Ben")
    own(session, ben, SoftPasskey())
    session.commit()
    post_form(client, "/login", {"email": "ben@example.org", "password": PASSWORD})
    answer = post_form(client, "/login/second", {"code": code_of(secret)})
    assert answer.status_code == 422
    assert not is_in(client)


def test_it_ends_after_five_wrong_codes_and_after_a_quarter_of_an_hour(
    client: FlaskClient, secret: str, the_clock: Clock
) -> None:
    post_form(client, "/login", RIGHT)
    answers = [post_form(client, "/login/second", {"code": f"00000{n}"}).status_code for n in range(6)]
    assert answers[:5] == [422, 422, 422, 422, 404]
    assert post_form(client, "/login/second", {"code": code_of(secret)}).status_code == 404
    the_clock.set(NOW + timedelta(hours=2))
    post_form(client, "/login", RIGHT)
    the_clock.set(NOW + timedelta(hours=2, minutes=15))
    late = pyotp.TOTP(secret).at(NOW + timedelta(hours=2, minutes=15))
    assert post_form(client, "/login/second", {"code": late}).status_code == 404
    assert not is_in(client)


def test_guesses_are_limited_beyond_one_sign_in(app: Flask, secret: str) -> None:
    """Whoever has the password begins again and again: the limiter counts by account, not by browser."""
    statuses = []
    for _ in range(3):
        browser = app.test_client()
        post_form(browser, "/login", RIGHT)
        statuses += [post_form(browser, "/login/second", {"code": f"00000{n}"}).status_code for n in range(4)]
    assert 429 in statuses
    first = statuses.index(429)
    assert set(statuses[first:]) == {429}
    answer = post_form(browser, "/login/second", {"code": code_of(secret)})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Try again in" in text_of(answer)


@pytest.mark.parametrize("change", ["deactivated", "password"])
def test_what_changes_meanwhile_ends_it(client: FlaskClient, session: Session, secret: str, ada: Account,
                                        client_of: ClientOf, change: str) -> None:  # fmt: skip
    post_form(client, "/login", RIGHT)
    person(session, "Zoe", "admin")
    if change == "deactivated":
        deactivate(session, ada.id)
        session.commit()
    else:
        new = {"current_password": PASSWORD, "password": "another good password"}
        assert post_form(client_of(ada), "/admin/profile/password", new).status_code == 303
    assert post_form(client, "/login/second", {"code": code_of(secret)}).status_code == 404
    assert not is_in(client)


def test_what_was_sent_signed_out_is_kept_through_both_steps(client: FlaskClient, secret: str) -> None:
    sent = client.post("/admin/profile", data={"csrf_token": csrf_token(client), "name": "Ada L."})
    kept = page(sent).xpath("//form[@action='/login']//input[@name='kept']/@value")[0]
    half = post_form(client, "/login", RIGHT | {"kept": kept})
    assert half.status_code == 200
    carried = page(half).xpath("//input[@name='kept']/@value")[0]
    answer = post_form(client, "/login/second", {"code": code_of(secret), "kept": carried})
    assert "Ada L." in answer.text


def test_a_link_for_a_password_is_no_way_around(
    client: FlaskClient, session: Session, secret: str, ada: Account
) -> None:
    from app.accounts.joining import offer_welcome_link

    token = offer_welcome_link(session, ada)
    session.commit()
    answer = post_form(client, f"/welcome/{token}", {"password": "another good password"})
    assert where_to(answer).startswith("/login/second")
    assert not is_in(client)


def test_a_recovery_code_stands_in_once(
    app: Flask, client: FlaskClient, secret: str, session: Session, ada: Account
) -> None:
    codes = recovery.make_codes(session, ada.id)
    session.commit()
    post_form(client, "/login", RIGHT)
    answer = post_form(client, "/login/second", {"code": "abcd-efgh-jkmn-pqrs", "way": "recovery"})
    assert answer.status_code == 422
    assert page(answer).xpath("boolean(//details[@open]//*[@aria-invalid])")
    answer = post_form(client, "/login/second", {"code": codes[3].upper(), "way": "recovery"})
    assert where_to(answer) == f"{SECURITY}?done=came-by-recovery"
    assert "You have 9 left" in text_of(client.get(SECURITY))
    assert means(session) == ["password+recovery"]
    again = app.test_client()
    post_form(again, "/login", RIGHT)
    assert post_form(again, "/login/second", {"code": codes[3], "way": "recovery"}).status_code == 422


# Passkeys


def test_a_passkey_signs_in_by_itself(client: FlaskClient, device: SoftPasskey, session: Session) -> None:
    used = device.use(ask(client, "/login/passkey/options"))
    answer = post_form(client, "/login/passkey", {"used": used, "next": "/admin/media"})
    assert (answer.status_code, where_to(answer)) == (303, "/admin/media")
    assert is_in(client)
    assert means(session) == ["passkey"]


def test_one_that_checks_nobody_does_not(client: FlaskClient, session: Session, ada: Account) -> None:
    device = SoftPasskey(verifies=False)
    own(session, ada, device)
    session.commit()
    used = device.use(ask(client, "/login/passkey/options"))
    answer = post_form(client, "/login/passkey", {"used": used})
    assert answer.status_code == 401
    assert "sign in with your password first" in text_of(answer)
    post_form(client, "/login", RIGHT)
    used = device.use(ask(client, "/login/second/passkey/options"))
    assert post_form(client, "/login/second/passkey", {"used": used}).status_code == 303
    assert means(session) == ["password+passkey"]


def test_an_answer_is_of_one_challenge_of_one_browser(app: Flask, client: FlaskClient, device: SoftPasskey) -> None:
    another = app.test_client()
    used = device.use(ask(client, "/login/passkey/options"))
    ask(another, "/login/passkey/options")
    assert post_form(another, "/login/passkey", {"used": used}).status_code == 401, "another browser's challenge"
    assert post_form(client, "/login/passkey", {"used": used}).status_code == 303
    assert post_form(client, "/login/passkey", {"used": used}).status_code == 401, "used up"
    third = app.test_client()
    assert post_form(third, "/login/passkey", {"used": used}).status_code == 401, "never asked"


def test_a_challenge_is_used_up_by_a_wrong_answer_and_by_time(
    app: Flask, client: FlaskClient, device: SoftPasskey, the_clock: Clock
) -> None:
    the_clock.set(NOW)
    options = ask(client, "/login/passkey/options")
    assert post_form(client, "/login/passkey", {"used": SoftPasskey().use(options)}).status_code == 401
    assert post_form(client, "/login/passkey", {"used": device.use(options)}).status_code == 401
    options = ask(client, "/login/passkey/options")
    the_clock.set(NOW + timedelta(minutes=15))
    assert post_form(client, "/login/passkey", {"used": device.use(options)}).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("origin", ["https://localhost", "http://localhost:81", "http://evil.example"])
def test_another_origin_is_refused(client: FlaskClient, device: SoftPasskey, origin: str) -> None:
    used = device.use(ask(client, "/login/passkey/options"), origin=origin)
    assert post_form(client, "/login/passkey", {"used": used}).status_code == 401


def test_somebody_elses_passkey_is_no_second_step(client: FlaskClient, secret: str, session: Session) -> None:
    ben, theirs = person(session, "Ben"), SoftPasskey()
    own(session, ben, theirs)
    session.commit()
    post_form(client, "/login", RIGHT)
    used = theirs.use(ask(client, "/login/second/passkey/options"))
    assert post_form(client, "/login/second/passkey", {"used": used}).status_code == 422
    assert not is_in(client)


def test_who_is_deactivated_stays_out(client: FlaskClient, device: SoftPasskey, session: Session, ada: Account) -> None:
    person(session, "Zoe", "admin")
    deactivate(session, ada.id)
    session.commit()
    used = device.use(ask(client, "/login/passkey/options"))
    assert post_form(client, "/login/passkey", {"used": used}).status_code == 401
    assert means(session) == []


def test_the_address_of_the_site_says_for_whom_passkeys_are(app: Flask, config: Config, client: FlaskClient) -> None:
    from dataclasses import replace

    assert ask(client, "/login/passkey/options")["rpId"] == "localhost"
    token = csrf_token(client)
    by_number = client.post("/login/passkey/options", data={"csrf_token": token}, base_url="http://127.0.0.1:8000")
    assert by_number.status_code in {400, 404}
    assert "data-passkey=" not in client.get("/login", base_url="http://127.0.0.1:8000").text
    app.extensions["typecase.config"] = replace(config, site_url="https://blog.example", site_url_given=True)
    assert ask(client, "/login/passkey/options")["rpId"] == "blog.example"


# Setting up


def test_a_passkey_is_added_by_making_and_using_it(client_of: ClientOf, ada: Account, session: Session) -> None:
    client, device = client_of(ada), SoftPasskey()
    elsewhere = client_of(ada)
    fields = device.make_and_use(ask(client, f"{SECURITY}/passkeys/options"))
    answer = post_form(client, f"{SECURITY}/passkeys", fields | {"name": "The grey key"})
    assert answer.status_code == 200
    assert len(re.findall(r"<code>[a-z0-9-]{19}</code>", answer.text)) == 10, "the first factor brings recovery codes"
    assert is_in(client)
    assert not is_in(elsewhere)
    assert "The grey key" in text_of(client.get(SECURITY))
    assert {"factor.add", "factor.codes"} <= set(actions(session))
    fields = SoftPasskey().make_and_use(ask(client, f"{SECURITY}/passkeys/options"))
    answer = post_form(client, f"{SECURITY}/passkeys", fields | {"name": "Another"})
    assert where_to(answer) == f"{SECURITY}?done=passkey-added"


def test_a_passkey_made_for_another_question_is_not_added(client_of: ClientOf, ada: Account, session: Session) -> None:
    client, device = client_of(ada), SoftPasskey()
    fields = device.make_and_use(ask(client, f"{SECURITY}/passkeys/options"))
    ask(client, f"{SECURITY}/passkeys/options")
    for _ in range(2):
        answer = post_form(client, f"{SECURITY}/passkeys", fields | {"name": "x"})
        assert answer.status_code == 422
    assert session.scalars(select(Passkey)).all() == []


def test_passkeys_are_named_and_removed_by_their_owner(
    client_of: ClientOf, ada: Account, device: SoftPasskey, session: Session
) -> None:
    client, theirs = client_of(ada), client_of(person(session, "Ben"))
    number = session.scalars(select(Passkey.id)).one()
    session.rollback()
    for path in (f"{number}", f"{number}/remove"):
        assert post_form(theirs, f"{SECURITY}/passkeys/{path}", {"name": "Mine"}).status_code == 404
    assert post_form(client, f"{SECURITY}/passkeys/{number}", {"name": " "}).status_code == 422
    assert post_form(client, f"{SECURITY}/passkeys/{number}", {"name": "Old <b>phone"}).status_code == 303
    assert "Old <b>phone" in text_of(client.get(SECURITY))
    assert post_form(client, f"{SECURITY}/passkeys/{number}/remove").status_code == 303
    assert "factor.remove" in actions(session)
    assert factors.find_ways(session, ada) == []


def test_an_app_is_set_up_by_form(client_of: ClientOf, ada: Account, session: Session, the_clock: Clock) -> None:
    the_clock.set(NOW)
    client = client_of(ada)
    assert where_to(client.get(f"{SECURITY}/authenticator")) == f"{SECURITY}?done=begun-is-over"
    assert where_to(post_form(client, f"{SECURITY}/authenticator")) == f"{SECURITY}/authenticator"
    shown = client.get(f"{SECURITY}/authenticator")
    assert page(shown).xpath("//img[starts-with(@src, 'data:image/svg+xml')]")
    secret = page(shown).xpath("string(//p[@class='once'])").replace(" ", "")
    answer = post_form(client, f"{SECURITY}/authenticator/confirm", {"code": "123"})
    assert "not right" in field_errors(answer)["code"]
    assert factors.find_ways(session, ada) == []
    session.rollback()
    answer = post_form(client, f"{SECURITY}/authenticator/confirm", {"code": code_of(secret)})
    assert answer.status_code == 200
    codes = page(answer).xpath("//ol[@class='codes']//code/text()")
    file = page(answer).xpath("string(//a[@download]/@href)")
    assert len(codes) == 10
    assert all(code in file for code in codes)
    assert factors.find_ways(session, ada) == ["totp", "recovery"]
    assert secret not in (session.scalar(select(Authenticator.secret)) or "")
    noted = " ".join(str(entry.details) for entry in session.scalars(select(AuditEntry)))
    assert secret not in noted
    assert not any(code in noted for code in codes)


def test_an_app_begun_in_another_browser_is_not_confirmed(client_of: ClientOf, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    client, another = client_of(ada), client_of(ada)
    post_form(client, f"{SECURITY}/authenticator")
    secret = page(client.get(f"{SECURITY}/authenticator")).xpath("string(//p[@class='once'])").replace(" ", "")
    answer = post_form(another, f"{SECURITY}/authenticator/confirm", {"code": code_of(secret)})
    assert where_to(answer) == f"{SECURITY}?done=begun-is-over"


def test_codes_are_made_anew(client_of: ClientOf, ada: Account, secret: str, session: Session) -> None:
    client = client_of(ada)
    old = recovery.make_codes(session, ada.id)
    session.commit()
    answer = post_form(client, f"{SECURITY}/recovery-codes")
    assert len(page(answer).xpath("//ol[@class='codes']//code")) == 10
    assert old[0] not in answer.text
    assert post_form(client, f"{SECURITY}/authenticator/remove").status_code == 303
    assert recovery.count_codes(session, ada.id) == 0
    session.rollback()
    assert where_to(post_form(client, f"{SECURITY}/recovery-codes")) == f"{SECURITY}?done=codes-need-a-factor"


def test_all_of_it_asks_for_a_fresh_proof(client_of: ClientOf, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    client = client_of(ada)
    the_clock.set(NOW + timedelta(minutes=10))
    token = csrf_token(client)
    for path in ("authenticator", "authenticator/confirm", "authenticator/remove", "recovery-codes", "passkeys",
                 "passkeys/options", "passkeys/1", "passkeys/1/remove"):  # fmt: skip
        assert client.post(f"{SECURITY}/{path}", data={"csrf_token": token}).status_code == 403, path
    assert where_to(client.get(f"{SECURITY}/passkeys/new")).startswith("/admin/prove")
    assert client.get(SECURITY).status_code == 200


@pytest.mark.parametrize("way", ["code", "passkey"])
def test_a_second_factor_is_a_proof(
    client_of: ClientOf, ada: Account, secret: str, device: SoftPasskey, the_clock: Clock, way: str
) -> None:
    """What was sent too late is kept through the proof."""
    the_clock.set(NOW - timedelta(minutes=11))
    client = client_of(ada)
    the_clock.set(NOW)
    sent = post_form(client, f"{SECURITY}/passkeys/1", {"name": "Grey key"})
    kept = page(sent).xpath("//input[@name='kept']/@value")[0]
    for is_right in (False, True):
        if way == "code":
            proof = {"code": code_of(secret) if is_right else "000000"}
        else:
            options = ask(client, "/admin/prove/passkey/options")
            proof = {"used": (device if is_right else SoftPasskey()).use(options)}
        answer = post_form(client, f"/admin/prove/{way}", proof | {"kept": kept})
        assert answer.status_code == (200 if is_right else 422)
        assert "Grey key" in answer.text or not is_right
    assert post_form(client, f"{SECURITY}/passkeys/1", {"name": "Grey key"}).status_code == 303


# What a role demands


def demand(session: Session, name: str, days: int) -> None:
    demand_second_factor(session, name, demanded=True, grace_days=days, by=None)
    session.commit()


def test_there_is_time_and_then_one_page(
    client_of: ClientOf, ada: Account, session: Session, the_clock: Clock, app: Flask
) -> None:
    the_clock.set(NOW)
    demand(session, "admin", days=3)
    client = client_of(ada)
    assert "Your role asks for a second step" in text_of(client.get("/admin/articles"))
    assert "by 26 Nov 2026" in text_of(client.get(SECURITY))
    the_clock.set(NOW + timedelta(days=3))
    for path in ("/admin/", "/admin/articles", "/admin/settings", "/admin/profile"):
        assert where_to(client.get(path)) == SECURITY, path
    assert client.get("/admin/statistics", headers={"Accept": "application/json"}).status_code == 403
    assert post_form(client, "/admin/articles", {"title": "A"}, on="/logout").status_code == 403
    assert "Set one up here" in text_of(client.get(SECURITY))
    client = client_of(ada)  # a fresh proof
    assert post_form(client, f"{SECURITY}/authenticator", on="/logout").status_code == 303
    secret = page(client.get(f"{SECURITY}/authenticator")).xpath("string(//p[@class='once'])").replace(" ", "")
    code = pyotp.TOTP(secret).at(NOW + timedelta(days=3))
    assert post_form(client, f"{SECURITY}/authenticator/confirm", {"code": code}, on="/logout").status_code == 200
    assert client.get("/admin/articles").status_code == 200
    refused = post_form(client, f"{SECURITY}/authenticator/remove")
    assert refused.status_code == 409
    assert "Your role asks for a second step. Add another one first" in text_of(refused)


def test_other_roles_are_not_asked(client_of: ClientOf, ada: Account, session: Session, bob: Account) -> None:
    demand(session, "admin", days=0)
    assert where_to(client_of(ada).get("/admin/articles")) == SECURITY
    assert client_of(bob).get("/admin/articles").status_code == 200


def test_signing_in_begins_the_days_of_who_came_to_the_role_later(
    client: FlaskClient, ada: Account, session: Session, the_clock: Clock
) -> None:
    the_clock.set(NOW)
    session.get_one(Role, "admin").demands_second_factor = True
    session.commit()
    answer: TestResponse = post_form(client, "/login", RIGHT)
    assert where_to(answer) == "/admin/"
    session.refresh(ada)
    assert ada.second_factor_due_at == NOW + timedelta(days=14)
    assert passkeys.list_passkeys(session, ada.id) == []


# Joining


def test_somebody_joins_with_a_passkey_and_no_password(
    app: Flask, alice: Account, client_of: ClientOf, session: Session
) -> None:
    _invitation, token = inviting.invite(session, email="new@example.org", role="author", by_id=alice.id)
    session.commit()
    client, device, path = app.test_client(), SoftPasskey(), f"/invitation/{token}/passkey"
    opened = page(client.get(f"/invitation/{token}"))
    assert opened.xpath("//form/@action") == [f"/invitation/{token}", path]
    assert opened.xpath("//form/@data-options") == [f"{path}/options"]
    options = ask(client, f"{path}/options")
    assert options["create"]["authenticatorSelection"]["residentKey"] == "required"
    weak = SoftPasskey(verifies=False).make_and_use(options)
    answer = post_form(client, path, weak | {"name": "Noor"})
    assert (answer.status_code, is_in(client)) == (422, False)
    fields = device.make_and_use(ask(client, f"{path}/options"))
    assert post_form(app.test_client(), path, fields | {"name": "Noor"}).status_code == 422, "another browser"
    answer = post_form(client, path, fields | {"name": "Noor"})
    assert where_to(answer) == f"{SECURITY}?done=joined-by-passkey"
    assert post_form(app.test_client(), path, fields | {"name": "Noor"}).status_code == 404, "used up"
    again = app.test_client()
    assert post_form(again, "/login", {"email": "new@example.org", "password": ""}).status_code == 422
    used = device.use(ask(again, "/login/passkey/options"))
    assert post_form(again, "/login/passkey", {"used": used}).status_code == 303
    assert "Noor" in text_of(again.get("/admin/profile"))
