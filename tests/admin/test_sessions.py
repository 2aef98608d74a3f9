"""Where one is signed in: the list, ending one and all others; and proving who one is once more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, SignedIn
from app.accounts.signing_in import LONGEST, find_signed_in, open_session
from app.audit.models import AuditEntry
from tests.accounts.conftest import PASSWORD, person
from tests.conftest import Clock
from tests.forms import page, post_form, text_of, typed_fields, where_to

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password."""
    return person(session, "Ada", "admin")


def signed_in(app: Flask, *, address: str = "192.0.2.77") -> FlaskClient:
    client = app.test_client()
    client.environ_base |= {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": address}
    assert post_form(client, "/login", {"email": "ada@example.org", "password": PASSWORD}).status_code == 303
    return client


def test_the_list_says_which_browser_from_where_and_how(app: Flask, ada: Account) -> None:
    here = signed_in(app)
    signed_in(app, address="2001:db8:7::1")
    said = text_of(here.get("/admin/sessions"))
    assert said.count("Firefox 140 on Linux") >= 2
    assert "192.0.2.0/24" in said
    assert "2001:db8:7::/48" in said
    assert "192.0.2.77" not in said
    assert "by password" in said
    assert said.count("This browser") == 1


def test_one_browser_is_signed_out_and_the_others_stay(app: Flask, ada: Account, session: Session) -> None:
    here, there = signed_in(app), signed_in(app)
    ids = list(session.scalars(select(SignedIn.id).order_by(SignedIn.id)))
    session.rollback()
    answer = post_form(here, f"/admin/sessions/{ids[1]}/end")
    assert where_to(answer) == "/admin/sessions?done=session-ended"
    assert there.get("/admin/").status_code == 303
    assert here.get("/admin/").status_code == 200
    assert where_to(post_form(here, f"/admin/sessions/{ids[0]}/end")).startswith("/login")
    assert here.get("/admin/").status_code == 303


def test_all_others_are_signed_out(app: Flask, ada: Account) -> None:
    here, *others = (signed_in(app) for _ in range(3))
    post_form(here, "/admin/sessions/end-others")
    assert [other.get("/admin/").status_code for other in others] == [303, 303]
    assert here.get("/admin/").status_code == 200


def test_nobody_ends_what_is_not_theirs(app: Flask, ada: Account, session: Session) -> None:
    bob = person(session, "Bob", "admin")
    token = open_session(session, bob)
    session.commit()
    theirs = session.scalars(select(SignedIn.id)).one()
    session.rollback()
    assert post_form(signed_in(app), f"/admin/sessions/{theirs}/end").status_code == 404
    assert find_signed_in(session, token)


def test_an_admin_signs_somebody_out_everywhere(app: Flask, ada: Account, session: Session) -> None:
    bob = person(session, "Bob", "editor")
    token = open_session(session, bob, browser=FIREFOX, network="192.0.2.0/24")
    session.commit()
    here = signed_in(app)
    assert "Firefox 140 on Linux" in text_of(here.get(f"/admin/people/{bob.id}/sessions"))
    assert post_form(here, f"/admin/people/{bob.id}/sessions/end").status_code == 303
    session.rollback()
    assert find_signed_in(session, token) is None
    assert here.get("/admin/").status_code == 200


def test_after_ninety_days_everybody_signs_in_anew(session: Session, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOON)
    token = open_session(session, ada)
    found = find_signed_in(session, token)
    assert found is not None
    found.last_seen_at = NOON + LONGEST - timedelta(hours=1)
    session.flush()
    the_clock.set(NOON + LONGEST - timedelta(seconds=1))
    assert find_signed_in(session, token) is not None
    the_clock.set(NOON + LONGEST + timedelta(seconds=1))
    assert find_signed_in(session, token) is None


# Proving it once more


def test_what_is_dangerous_asks_again_after_ten_minutes_and_keeps_the_form(
    app: Flask, ada: Account, session: Session, the_clock: Clock
) -> None:
    bob = person(session, "Bob", "editor")
    inside = open_session(session, bob)
    session.commit()
    the_clock.set(NOON)
    here = signed_in(app)
    target = f"/admin/people/{bob.id}/sessions/end"
    the_clock.set(NOON + timedelta(minutes=10, seconds=1))
    asked = here.post(target, data=typed_fields(here.get("/logout")) | {"remark": "kept"}, headers=OURS)
    assert asked.status_code == 403
    assert "What you sent is kept" in text_of(asked)
    assert find_signed_in(session, inside), "nothing was done yet"
    session.rollback()
    wrong = here.post("/admin/prove", data=typed_fields(asked) | {"password": "wrong password"})
    assert wrong.status_code == 422
    offered = here.post("/admin/prove", data=typed_fields(wrong) | {"password": PASSWORD})
    form = next(form for form in page(offered).forms if form.get("action") == target)
    assert ("remark", "kept") in form.form_values()
    assert here.post(target, data=dict(form.form_values())).status_code == 303
    assert find_signed_in(session, inside) is None
    session.rollback()


def test_a_script_hears_that_a_proof_is_wanted(app: Flask, ada: Account, the_clock: Clock) -> None:
    the_clock.set(NOON)
    here = signed_in(app)
    the_clock.set(NOON + timedelta(minutes=11))
    answer = here.post("/admin/people/1/sessions/end", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (403, "prove")


def test_guesses_at_the_proof_are_limited(app: Flask, ada: Account) -> None:
    here = signed_in(app)
    answers = [post_form(here, "/admin/prove", {"password": f"wrong password {n}"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) in range(1, 31)
    right = post_form(here, "/admin/prove", {"password": PASSWORD})
    assert right.status_code == 429, "the right one is not heard either, or guessing would go on"


def test_coming_in_vain_attempts_and_leaving_are_written_down(app: Flask, ada: Account, session: Session) -> None:
    stranger = app.test_client()
    post_form(stranger, "/login", {"email": "ada@example.org", "password": "wrong password"})
    post_form(stranger, "/login", {"email": "a secret typed by mistake", "password": "wrong password"})
    post_form(signed_in(app), "/logout")
    noted = session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.number)).all()
    assert [tuple(row) for row in noted] == [
        ("session.refused", "Ada"), ("session.refused", ""), ("session.open", "Ada"), ("session.end", "Ada"),
    ]  # fmt: skip
