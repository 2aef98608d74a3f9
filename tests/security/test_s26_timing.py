"""S26: no secret is compared letter by letter. What people carry is kept, and looked for, as its hash: how far a guess
is right shows in nothing. (Passwords and codes: argon2 and hmac compare in constant time.)"""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.joining import offer_welcome_link
from app.accounts.models import Account, OneTimeLink, SignedIn


def test_what_the_database_holds_opens_nothing(
    session: Session, alice: Account, bob: Account, client: FlaskClient, client_of: Callable[[Account], FlaskClient]
) -> None:
    link = offer_welcome_link(session, bob)
    session.commit()
    browser = client_of(alice)
    with browser.session_transaction() as cookie:
        token = str(cookie["_user_id"])
    kept = [*session.scalars(select(OneTimeLink.token_hash)), *session.scalars(select(SignedIn.token_hash))]
    session.rollback()
    assert len(kept) == 2 and not {link, token} & set(kept)
    assert all(len(one) == 64 for one in kept)
    for stolen in kept:
        assert client.get(f"/welcome/{stolen}").status_code == 404
        with client.session_transaction() as cookie:
            cookie["_user_id"] = stolen
        assert client.get("/admin/profile").status_code == 303
    everything = session.execute(text("SELECT token_hash, browser, network FROM signed_in")).all()
    assert token not in repr(everything)
    session.rollback()
