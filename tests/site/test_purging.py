"""Telling a shared cache what is old: all of it, in order, signed, by one at a time, whoever dies when."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import changes, purges
from app.articles import publishing
from app.articles.reading import get_article
from app.db import Database
from app.outbound import Outbound
from app.pageviews.writing import set_starting
from app.settings import change_purge_secret, change_settings
from app.site.purging import Purger
from tests.conftest import Clock
from tests.receiver import Receiver, receiving
from tests.site.conftest import Publish

SECRET = "a secret of the receiver's"
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def receiver(session: Session) -> Iterator[Receiver]:
    with receiving() as receiver:
        change_settings(session, purge_url=receiver.url)
        change_purge_secret(session, SECRET)
        session.commit()
        yield receiver


@pytest.fixture
def purger(database: Database) -> Purger:
    return Purger(database, Outbound(allows_private=True), settle_seconds=0)


def version(session: Session) -> int:
    session.rollback()
    found = changes.read_since(session, None).version
    session.rollback()
    return found


def state(database: Database) -> purges.PurgeState:
    with database.reader() as session:
        found = purges.find_state(session)
        assert found is not None
        return found


def test_a_new_address_is_told_everything_and_then_each_change_once(
    purger: Purger, receiver: Receiver, publish: Publish, session: Session
) -> None:
    assert purger.deliver()
    assert receiver.messages == [{"all": True, "version": version(session)}]
    assert not purger.deliver()
    article = publish("A", tags=["T"])
    assert purger.deliver()
    keys = {f"article:{article.id}", "author:1", "lists", "many", "tag:1"}
    session.commit()
    assert set(receiver.messages[1]["keys"]) == keys
    assert receiver.messages[1]["version"] == version(session)
    assert not purger.deliver()
    change_settings(session, tagline="New")
    session.commit()
    purger.deliver()
    assert receiver.messages[2]["keys"] == ["many", "site"]


def test_it_is_signed(purger: Purger, receiver: Receiver) -> None:
    purger.deliver()
    headers, body = receiver.posts[0]
    expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Typecase-Signature"] == expected
    assert headers["Content-Type"] == "application/json"
    assert SECRET.encode() not in body


def test_what_fails_is_tried_again_with_growing_pauses(
    purger: Purger, receiver: Receiver, publish: Publish, the_clock: Clock, database: Database
) -> None:
    the_clock.set(START)
    purger.deliver()
    receiver.status = 500
    publish("A")
    now, pauses = START, []
    for _ in range(14):
        assert not purger.deliver()
        asked = len(receiver.posts)
        assert not purger.deliver()
        assert len(receiver.posts) == asked, "not before the pause is over"
        due = state(database).next_try_at
        assert due is not None
        pauses.append((due - now).total_seconds())
        now = due
        the_clock.set(now)
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == pauses[-1] == 600
    assert state(database).error == "It answered with status 500."
    receiver.status = 204
    assert purger.deliver()
    assert "article:1" in receiver.messages[-1]["keys"]
    assert (state(database).error, state(database).failures) == ("", 0)


def test_one_process_delivers_at_a_time_and_a_dead_one_holds_nobody_up(
    purger: Purger, receiver: Receiver, the_clock: Clock, session: Session, database: Database
) -> None:
    the_clock.set(START)
    dead = purges.claim(session, url=receiver.url, now=START)
    assert dead is not None
    name = dead.claimed_by
    session.commit()
    assert not purger.deliver()
    assert receiver.posts == []
    the_clock.set(START + purges.CLAIMED)
    assert purger.deliver()
    told = state(database).version
    purges.note_told(session, name, version=0, until=START)
    session.commit()
    assert state(database).version == told, "who lost the claim has nothing to say"


def test_a_gap_in_the_log_makes_everything_old(
    purger: Purger, receiver: Receiver, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    purger.deliver()
    monkeypatch.setattr(changes, "KEPT", 2)
    for _ in range(5):
        changes.note(session, "lists")
        session.commit()
    purger.deliver()
    assert receiver.messages[-1] == {"all": True, "version": version(session)}


def test_what_appears_and_disappears_by_itself_is_told_at_its_time(
    purger: Purger, receiver: Receiver, publish: Publish, the_clock: Clock, session: Session
) -> None:
    the_clock.set(START)
    article_id = publish("A", at=START + timedelta(hours=1)).id
    publishing.withdraw(session, get_article(session, article_id), at=START + timedelta(hours=2))
    session.commit()
    purger.deliver()
    for hours in (1, 2):
        the_clock.set(START + timedelta(hours=hours, seconds=-1))
        assert not purger.deliver()
        the_clock.set(START + timedelta(hours=hours))
        assert purger.deliver()
        assert {"article:1", "lists"} <= set(receiver.messages[-1]["keys"])
    assert len(receiver.posts) == 3


def test_a_number_that_was_changed_is_on_no_page(
    purger: Purger, receiver: Receiver, session: Session, database: Database
) -> None:
    purger.deliver()
    set_starting(session, 1, views=100)
    session.commit()
    assert not purger.deliver()
    assert len(receiver.posts) == 1
    assert state(database).version == version(session)


def test_another_address_begins_anew_and_none_is_told_nothing(
    purger: Purger, receiver: Receiver, session: Session
) -> None:
    purger.deliver()
    change_settings(session, purge_url="")
    session.commit()
    assert not purger.deliver()
    change_settings(session, purge_url=receiver.url + "?other=1")
    session.commit()
    assert purger.deliver()
    assert [message["all"] for message in receiver.messages] == [True, True]


def test_private_addresses_are_for_loopback_sites_only(app: Flask, receiver: Receiver, database: Database) -> None:
    strict = Purger(database, Outbound(allows_private=False), settle_seconds=0)
    assert not strict.deliver()
    assert "ALLOW_PRIVATE_WEBHOOKS" in state(database).error
    assert receiver.posts == []
    assert app.extensions["typecase.purger"].outbound.allows_private, "this site is at localhost"
