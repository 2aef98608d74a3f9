"""A furnished site for tests that ask every route: something is there for each value in an address."""

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app import mail
from app.accounts import addresses as addresses_asked
from app.accounts import inviting, resetting
from app.accounts.joining import offer_welcome_link
from app.accounts.models import Account
from app.accounts.models_doors import Passkey
from app.accounts.rescuing import offer_rescue
from app.accounts.signing_in import list_sessions, open_session
from app.articles import publishing, writing
from app.articles.bulk import act
from app.articles.bulk_kinds import Wanted
from app.articles.models import Revision
from app.articles.rendering import prepare
from app.articles.tagging import list_tags
from app.articles.writing import Content
from app.audit.recording import record
from app.pageviews.correcting import correct
from app.pageviews.statistics import get_today
from tests.accounts.conftest import HASH
from tests.house.routes import own_rules
from tests.media.specimens import add_media
from tests.pageviews.counts import add_views

PLAUSIBLE = {
    "title": "Changed", "body": "<p>Changed</p>", "name": "Changed", "email": "changed@example.org", "role": "editor",
    "tagline": "Changed", "language": "de", "time_zone": "UTC", "articles_per_page": "7", "biography": "Changed",
    "current_password": "correct horse battery", "password": "another good password", "into": "2", "version": "1",
    "next": "/admin/", "slug": "changed", "first_day": "2026-11-20", "first_hour": "0", "last_day": "2026-11-20",
    "last_hour": "23", "view_class": "browser", "reason": "A test", "confirmed": "yes",
}  # fmt: skip
"""A value for the fields of every form: most forms take them."""
TOKENS: dict[str, str] = {}
"""By endpoint, where the link of ``furnish_site`` for that page differs from "token": each works for one purpose."""
SLUGS = {"site.lists.tag": "one", "site.lists.author": "bob"}


def furnish_site(session: Session, *, alice: Account, bob: Account) -> dict[str, Any]:
    """For each value in an address, something that is there: an article of Alice's by Bob, and the rest. Commits."""
    alice.password_hash = HASH
    content = Content(title="A title", body=prepare("<p>A text.</p>", "html"), tags=["One", "Two"], authors=["Bob"])
    article = writing.create(session, content, by_id=alice.id)
    publishing.publish(session, article, by_id=alice.id)
    revision_id = session.scalars(select(Revision.id).where(Revision.article_id == article.id)).first()
    add_views(session, article.id, 9, day=get_today(session))
    correction_id = correct(
        session, article.id, first=(get_today(session), 0), last=(get_today(session), 23), views=2, reason="A test",
        by=alice.id, by_name="Alice",
    ).id  # fmt: skip
    invitation, invited = inviting.invite(session, email="new@example.org", role="author", by_id=alice.id)
    message_id = mail.post(session, kind="reset", recipient="a@example.org", subject="S", text="T").id
    done = act(
        session, "tag", ids=[article.id], wanted=Wanted(alice.id, ["Two"]), may=lambda action, subject: True
    )  # fmt: skip
    open_session(session, alice)
    values = {
        "bulk_id": done.id,
        "article_id": article.id, "revision_id": revision_id, "tag_id": list_tags(session)[0].id,
        "account_id": bob.id, "slug": article.slug, "year": article.published_at.year if article.published_at else 2026,
        "month": 1, "number": 1, "path": "no/such/page", "kind": "csv", "correction_id": correction_id,
        "media_id": add_media(session, by_id=alice.id).id, "size": "400",
        "token": offer_welcome_link(session, bob), "name": "x", "width": "phone",
        "role": "editor", "passkey_id": add_passkey(session, alice), "message_id": message_id,
        "invitation_id": invitation.id,
        "session_id": list_sessions(session, alice.id)[0].id,
    }  # fmt: skip
    forgotten = resetting.ask(session, email=bob.email or "")
    moving = addresses_asked.ask(session, bob.id, email="bobs-new@example.org")
    assert forgotten is not None and moving is not None
    rescue_token = offer_rescue(session, bob)
    TOKENS.update({
        "admin.invitations.open_invitation": invited, "admin.invitations.accept": invited,
        "admin.invitations_passkeys.ask": invited, "admin.invitations_passkeys.accept": invited,
        "admin.addresses.open_link": moving, "admin.addresses.confirm": moving,
        "admin.reset.choose": forgotten[1], "admin.reset.change": forgotten[1],
        "admin.rescuing.ask": rescue_token, "admin.rescuing.come_in": rescue_token,
    })  # fmt: skip
    record(session, "article.publish", subject_kind="article", subject_id=article.id, subject="A title")
    session.commit()
    return values


def addresses(app: Flask, method: str, values: dict[str, Any]) -> list[tuple[Rule, str]]:
    """Every route that takes ``method``, with the address of something that is there."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in own_rules(app):
        if method in (rule.methods or set()):
            unknown = rule.arguments - set(values)
            assert not unknown, f"{rule.rule}: give {unknown} a value in tests/house/furnished.py"
            wanted = {name: values[name] for name in rule.arguments}
            if rule.endpoint in TOKENS:
                wanted["token"] = TOKENS[rule.endpoint]
            if rule.endpoint in SLUGS:
                wanted["slug"] = SLUGS[rule.endpoint]
            found.append((rule, adapter.build(rule.endpoint, wanted, method=method)))
    return found


def add_passkey(session: Session, account: Account) -> int:
    """The number of a passkey of this person that no device has."""
    passkey = Passkey(account_id=account.id, credential_id="AAAA", public_key=b"", name="A key")
    session.add(passkey)
    session.flush()
    return passkey.id
