"""Thinning: what somebody meant to keep is never touched, and of the rest one for ten minutes and author stays."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import revising, writing
from app.articles.models import Revision
from app.articles.reading import get_article
from app.articles.rendering import prepare
from app.articles.thinning import KEPT_WHOLE, thin
from app.articles.writing import Content
from tests.conftest import Clock

NOW = datetime(2026, 11, 22, 10, 3, tzinfo=UTC)
REASONS = ["automatic"] * 6 + ["created", "saved", "published", "restored", "imported", "duplicated", "conflict"]
Made = tuple[int, str, int, str]
MADE = st.lists(
    st.tuples(
        st.integers(0, 3 * 24 * 60), st.sampled_from(REASONS), st.integers(0, 1), st.sampled_from(["", "", "A name"])
    ),
    max_size=25,
)


@pytest.fixture
def article_id(session: Session, alice: Account) -> int:
    article = writing.create(session, Content(title="A title", body=prepare("<p>x</p>", "html")), by_id=alice.id)
    session.flush()
    return article.id


def furnish(session: Session, article_id: int, made: list[Made], people: list[Account]) -> None:
    """Revisions of so many minutes ago, oldest first."""
    session.execute(delete(Revision))
    for version, (minutes, reason, person, name) in enumerate(sorted(made, key=lambda one: -one[0])):
        session.add(
            Revision(
                article_id=article_id, version=version, created_at=NOW - timedelta(minutes=minutes), reason=reason,
                account_id=people[person].id, name=name, title="A title", body="", body_format="html", fields={},
            )
        )  # fmt: skip
    session.flush()


def kept(session: Session) -> list[Revision]:
    return list(session.scalars(select(Revision).order_by(Revision.id)))


@given(made=MADE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_what_was_meant_to_be_kept_is_kept(
    session: Session, article_id: int, alice: Account, bob: Account, the_clock: Clock, made: list[Made]
) -> None:
    the_clock.set(NOW)
    furnish(session, article_id, made, [alice, bob])
    before = kept(session)
    thin(session, article_id)
    after = kept(session)
    ids = {revision.id for revision in after}
    for revision in before:
        if revision.reason != "automatic" or revision.name or revision.created_at >= NOW - KEPT_WHOLE:
            assert revision.id in ids
            continue
        step = revision.created_at.replace(minute=revision.created_at.minute // 10 * 10, second=0, microsecond=0)
        alike = [
            other for other in after
            if (other.account_id, other.reason, other.name) == (revision.account_id, "automatic", "")
            and step <= other.created_at < min(step + timedelta(minutes=10), NOW - KEPT_WHOLE)
        ]  # fmt: skip
        assert len(alike) == 1, "one for ten minutes and author, not none and not two"
        assert alike[0].id >= revision.id, "the last one of them"


def test_another_article_is_left_alone(session: Session, article_id: int, alice: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    other = writing.create(session, Content(title="Another"), by_id=alice.id).id
    furnish(session, article_id, [(4000, "automatic", 0, "")] * 5, [alice])
    assert thin(session, other) == 0
    assert thin(session, article_id) == 4


def test_saving_thins(session: Session, article_id: int, alice: Account, the_clock: Clock) -> None:
    the_clock.set(NOW)
    furnish(session, article_id, [(4000, "automatic", 0, "")] * 5, [alice])
    writing.save(session, get_article(session, article_id), Content(title="New"), by_id=alice.id, based_on=None)
    assert [revision.reason for revision in kept(session)] == ["automatic", "saved"]


def test_a_named_revision_outlives_thinning(
    session: Session, article_id: int, alice: Account, the_clock: Clock
) -> None:
    the_clock.set(NOW)
    furnish(session, article_id, [(4000, "automatic", 0, "")] * 3, [alice])
    revising.name_revision(session, kept(session)[0], "  The good one ")
    thin(session, article_id)
    assert [revision.name for revision in kept(session)] == ["The good one", ""]
