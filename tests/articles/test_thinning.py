"""Thinning: what somebody meant to keep is never touched, and of the rest one for ten minutes and author stays."""

from collections import Counter
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
from app.articles.thinning import KEPT_WHOLE, MOST_LOST, thin
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
        if revision.reason != "automatic" or revision.name:
            assert revision.id in ids
            continue
        if revision.created_at >= NOW - KEPT_WHOLE:
            continue  # what goes before a day is over is told below
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


WORDS = (*("At", "low", "tide", "the", "marsh", "smells", "of", "salt", "and", "nobody", "hurries", "there", "are"),)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["type"] * 6 + ["delete", "replace", "hers", "wait"]),
        st.integers(0, 1000),
        st.integers(1, 30),
        st.sampled_from([1, 3, 8, 8, 40, 700]),
    ),
    min_size=20,
    max_size=40,
)


@given(edits=EDITS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5, deadline=None)
def test_what_was_written_and_taken_out_again_is_somewhere(
    session: Session, alice: Account, bob: Account, the_clock: Clock, edits: list[tuple[str, int, int, int]]
) -> None:
    now = NOW
    the_clock.set(now)
    article = writing.create(session, Content(title="A title", body=prepare("<p>x</p>", "html")), by_id=alice.id)
    words, written = ["x"], []
    for kind, place, count, seconds in edits:
        now += timedelta(seconds=seconds * (60 if kind == "wait" else 1))
        the_clock.set(now)
        at = place % (len(words) + 1)
        words[at : at if kind in ("type", "hers") else at + count] = (
            [] if kind == "delete" else [f"{WORDS[(place + one) % len(WORDS)]}{place}" for one in range(count)]
        )
        body = prepare(f"<p>{' '.join(words)}</p>", "html")
        writing.save(
            session, article, Content(body=body), by_id=(bob if kind == "hers" else alice).id, based_on=None,
            reason="automatic",
        )  # fmt: skip
        written.append((now, body.source))
    held = [revision.body for revision in kept(session) if revision.article_id == article.id]
    for moment, text in written:
        if moment > now - KEPT_WHOLE:
            lost = [Counter(text.split()) - Counter(other.split()) for other in held]
            # Once when a minute was over, once more after an hour; and words that are cut at either end of a change.
            assert min(sum(map(len, words.elements())) for words in lost) <= 4 * MOST_LOST
    session.rollback()


def test_a_long_session_keeps_few_versions_of_a_growing_text(
    session: Session, article_id: int, alice: Account, the_clock: Clock
) -> None:
    article, text = get_article(session, article_id), "The whole of it, typed before."
    for number in range(1, 4 * 3600 // 120):  # four hours, each other minute
        the_clock.set(NOW + timedelta(seconds=120 * number))
        text += f" word{number}"
        content = Content(body=prepare(f"<p>{text}</p>", "html"))
        writing.save(session, article, content, by_id=alice.id, based_on=None, reason="automatic")
    made = [revision.created_at for revision in kept(session) if revision.reason == "automatic"]
    end = made[-1]
    assert len([moment for moment in made if moment < end - timedelta(hours=1, minutes=10)]) in range(16, 19)
    assert len(made) < 55
    deleted = Content(body=prepare("<p>Begun anew.</p>", "html"))
    the_clock.set(end + timedelta(seconds=5))
    writing.save(session, article, deleted, by_id=alice.id, based_on=None, reason="automatic")
    for minutes in (2, 100):
        the_clock.set(end + timedelta(minutes=minutes))
        again = Content(body=prepare(f"<p>Begun anew. {minutes}</p>", "html"))
        writing.save(session, article, again, by_id=alice.id, based_on=None, reason="automatic")
    assert any(text in revision.body for revision in kept(session)), "the last before all of it was deleted"


def test_what_somebody_has_to_choose_between_is_kept(
    session: Session, article_id: int, alice: Account, bob: Account, the_clock: Clock
) -> None:
    the_clock.set(NOW)
    furnish(session, article_id, [], [])
    made = [(9, "automatic", 0, ""), (9, "automatic", 0, ""), (9, "conflict", 1, ""), (9, "automatic", 0, "")]
    furnish(session, article_id, made, [alice, bob])
    thin(session, article_id)
    assert [revision.version for revision in kept(session)] == [1, 2, 3]
