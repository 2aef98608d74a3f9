"""What readers see, and when: publishing, scheduling, withdrawing, the trash, and addresses that never die."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.articles import addresses, publishing, writing
from app.articles.addresses import SlugTaken
from app.articles.archive import list_archive, month_bounds
from app.articles.models import Address, Article
from app.articles.permanent import resolve_number
from app.articles.publishing import NotInTrash, WithdrawalTooEarly
from app.articles.reading import Gone, Moved, find_neighbours, find_published, list_published, resolve_address
from app.articles.rendering import Body
from app.articles.writing import Content
from tests.conftest import Clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(the_clock: Clock) -> None:
    the_clock.set(NOON)


def make(session: Session, by: Account, title: str, **fields: object) -> Article:
    return writing.create(session, Content(title=title, **fields), by_id=by.id)  # type: ignore[arg-type]


def test_the_saved_copy_becomes_live_and_stays_until_the_next_time(session: Session, bob: Account) -> None:
    article = make(session, bob, "One", body=Body("<p>first</p>", "html"), tags=["t"])
    assert find_published(session, "one") is None
    publishing.publish(session, article, by_id=bob.id)
    writing.save(session, article, Content(title="Two", tags=[]), by_id=bob.id, based_on=1)
    live = find_published(session, "one")
    assert live is not None and live.text is not None
    assert (live.title, [tag.name for tag in live.tags]) == ("One", ["t"])
    assert "first" in live.text.rendered
    assert live.has_unpublished_changes
    publishing.publish(session, article, by_id=bob.id)
    assert (live.title, live.tags, live.has_unpublished_changes) == ("Two", [], False)
    assert live.published_at == NOON


def test_a_schedule_is_kept_to_the_second_with_no_worker(session: Session, bob: Account, the_clock: Clock) -> None:
    article = make(session, bob, "Later")
    at, end = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    publishing.publish(session, article, by_id=bob.id, at=at, withdraw_at=end)
    seen = []
    for moment in (NOON, at - timedelta(seconds=1), at, end - timedelta(seconds=1), end):
        the_clock.set(moment)
        seen.append((find_published(session, "later") is not None, article.status(moment)))
    assert seen == [(False, "scheduled"), (False, "scheduled"), (True, "published"), (True, "published"),
                    (False, "withdrawn")]  # fmt: skip


def test_a_withdrawal_before_the_publication_is_refused(session: Session, bob: Account) -> None:
    article = make(session, bob, "X")
    with pytest.raises(WithdrawalTooEarly):
        publishing.publish(session, article, by_id=bob.id, withdraw_at=NOON)
    with pytest.raises(publishing.NeverPublished):
        publishing.withdraw(session, article)


def test_what_was_public_is_gone_and_what_never_was_is_unknown(session: Session, bob: Account) -> None:
    public, draft = make(session, bob, "Public"), make(session, bob, "Draft")
    publishing.publish(session, public, by_id=bob.id)
    publishing.withdraw(session, public)
    assert find_published(session, "public") is None
    assert resolve_address(session, "public") == Gone()
    assert resolve_address(session, "draft") is None
    publishing.publish(session, public, by_id=bob.id)
    assert find_published(session, "public") is not None, "publishing again lifts the withdrawal"
    publishing.trash(session, public)
    assert resolve_address(session, "public") == Gone()
    publishing.restore(session, public)
    assert find_published(session, "public") is not None
    with pytest.raises(NotInTrash):
        publishing.delete_for_good(session, public)
    for article in (public, draft):
        publishing.trash(session, article)
        publishing.delete_for_good(session, article)
    session.commit()
    assert resolve_address(session, "public") == Gone()
    assert resolve_address(session, "draft") is None


def test_called_off_before_its_time_it_is_a_draft_that_nobody_knows(
    session: Session, bob: Account, the_clock: Clock
) -> None:
    article = make(session, bob, "Later")
    publishing.publish(session, article, by_id=bob.id, at=NOON + timedelta(hours=2))
    writing.save(session, article, Content(slug="soon", tags=["salt"]), by_id=bob.id, based_on=None)
    publishing.publish(session, article, by_id=bob.id, at=NOON + timedelta(hours=1))
    assert make(session, bob, "Later").draft.slug == "later", "nobody saw the former address: it is free"
    writing.save(session, article, Content(slug="sooner"), by_id=bob.id, based_on=None)
    publishing.withdraw(session, article)
    session.commit()
    assert (article.status(NOON), article.was_published, article.slug) == ("draft", False, None)
    assert (article.text, article.tags, article.title, article.live_version) == (None, [], "", None)
    assert [tag.name for tag in article.draft.tags] == ["salt"]
    the_clock.set(NOON + timedelta(days=1))
    for path in ("soon", "sooner"):
        assert (find_published(session, path), resolve_address(session, path)) == (None, None)
    assert resolve_number(session, article.id) is None
    assert make(session, bob, "Soon").draft.slug == "soon"
    publishing.publish(session, article, by_id=bob.id)
    assert find_published(session, "sooner") is not None
    publishing.withdraw(session, article)
    assert article.status(clock.now()) == "withdrawn" and resolve_address(session, "sooner") == Gone()


def test_what_readers_have_seen_is_withdrawn_although_it_was_given_a_later_date(
    session: Session, bob: Account, the_clock: Clock
) -> None:
    by_dates, by_publishing = make(session, bob, "One"), make(session, bob, "Two")
    for article in (by_dates, by_publishing):
        publishing.publish(session, article, by_id=bob.id)
    the_clock.set(NOON + timedelta(hours=1))
    publishing.set_dates(session, by_dates, at=NOON + timedelta(days=1))
    publishing.publish(session, by_publishing, by_id=bob.id, at=NOON + timedelta(days=1))
    for article in (by_dates, by_publishing):
        slug = str(article.slug)
        publishing.withdraw(session, article)
        assert article.status(clock.now()) == "withdrawn"
        assert resolve_address(session, slug) == resolve_number(session, article.id) == Gone()


@pytest.mark.parametrize("hours", [1, 3])
def test_what_was_scheduled_and_went_into_the_trash_was_never_there(
    session: Session, bob: Account, the_clock: Clock, hours: int
) -> None:
    article = make(session, bob, "Later")
    publishing.publish(session, article, by_id=bob.id, at=NOON + timedelta(hours=2))
    publishing.trash(session, article)
    the_clock.set(NOON + timedelta(hours=hours))
    assert resolve_address(session, "later") is resolve_number(session, article.id) is None
    publishing.delete_for_good(session, article)
    session.commit()
    assert resolve_address(session, "later") is None
    assert session.get(Address, "later") is None


def test_every_rename_leaves_a_redirect_without_chains(session: Session, bob: Account) -> None:
    article = make(session, bob, "One")
    publishing.publish(session, article, by_id=bob.id)
    for slug in ("two", "three"):
        writing.save(session, article, Content(slug=slug), by_id=bob.id, based_on=None)
        assert resolve_address(session, slug) is None, "not live before it is published"
        publishing.publish(session, article, by_id=bob.id)
    assert resolve_address(session, "one") == resolve_address(session, "two") == Moved("/three")
    writing.save(session, article, Content(slug="one"), by_id=bob.id, based_on=None)
    publishing.publish(session, article, by_id=bob.id)
    assert find_published(session, "one") is not None
    assert resolve_address(session, "three") == Moved("/one")


def test_a_slug_nobody_ever_saw_is_free_again(session: Session, bob: Account) -> None:
    article = make(session, bob, "One")
    writing.save(session, article, Content(slug="two"), by_id=bob.id, based_on=None)
    assert make(session, bob, "One").draft.slug == "one"


def test_an_old_address_belongs_to_its_article_until_it_is_given_away(session: Session, bob: Account) -> None:
    article = make(session, bob, "One")
    publishing.publish(session, article, by_id=bob.id)
    writing.save(session, article, Content(slug="two"), by_id=bob.id, based_on=None)
    publishing.publish(session, article, by_id=bob.id)
    other = make(session, bob, "Other")
    with pytest.raises(SlugTaken) as taken:
        writing.save(session, other, Content(slug="one"), by_id=bob.id, based_on=None)
    assert (taken.value.holder_id, taken.value.is_former) == (article.id, True)
    with pytest.raises(SlugTaken) as taken:
        writing.save(session, other, Content(slug="two"), by_id=bob.id, based_on=None, take_over=True)
    assert not taken.value.is_former
    writing.save(session, other, Content(slug="one"), by_id=bob.id, based_on=None, take_over=True)
    publishing.publish(session, other, by_id=bob.id)
    found = find_published(session, "one")
    assert found is not None and found.id == other.id


def test_redirects_of_several_segments(session: Session, bob: Account) -> None:
    article = make(session, bob, "One")
    publishing.publish(session, article, by_id=bob.id)
    assert addresses.add_redirect(session, "/2019/10/one.html", article_id=article.id)
    assert addresses.add_redirect(session, "old", target="https://example.org/new")
    assert not addresses.add_redirect(session, "old", article_id=article.id)
    assert not addresses.add_redirect(session, "admin/articles", article_id=article.id)
    assert resolve_address(session, "2019/10/one.html") == Moved("/one")
    assert resolve_address(session, "old/") == Moved("https://example.org/new")


def test_ids_are_never_given_twice(session: Session, bob: Account) -> None:
    article = make(session, bob, "One")
    former = article.id
    publishing.trash(session, article)
    publishing.delete_for_good(session, article)
    session.commit()
    assert make(session, bob, "Two").id > former


def test_pages_neighbours_and_archive(session: Session, bob: Account) -> None:
    for number in range(7):
        article = make(session, bob, f"N{number}", tags=["odd" if number % 2 else "even"])
        publishing.publish(session, article, by_id=bob.id, at=NOON - timedelta(days=20 * number))
    names = []
    for number in range(1, 5):
        page = list_published(session, page=number, size=2)
        assert (page.pages, page.total) == (4, 7)
        names += [article.title for article in page.items]
    assert names == [f"N{number}" for number in range(7)]
    assert list_published(session, page=5, size=2).items == []
    odd = list_published(session, page=1, size=10, tag_id=page.items[0].tags[0].id)
    assert [article.title for article in odd.items] == ["N0", "N2", "N4", "N6"]
    newer, older = find_neighbours(session, odd.items[1])
    assert newer is not None and older is not None
    assert (newer.title, older.title) == ("N1", "N3")
    newest, oldest = odd.items[0], odd.items[-1]
    assert find_neighbours(session, newest)[0] is None
    assert find_neighbours(session, oldest)[1] is None
    months = [(month.year, month.month, month.count) for month in list_archive(session, ZoneInfo("UTC"))]
    assert months == [(2026, 3, 1), (2026, 2, 1), (2026, 1, 1), (2025, 12, 2), (2025, 11, 2)]
    bounds = month_bounds(2026, 2, ZoneInfo("UTC"))
    assert [a.title for a in list_published(session, page=1, size=9, between=bounds).items] == ["N1"]


def test_months_are_the_sites_own(session: Session, bob: Account) -> None:
    publishing.publish(session, make(session, bob, "X"), by_id=bob.id, at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert [(m.year, m.month) for m in list_archive(session, ZoneInfo("Europe/Rome"))] == [(2026, 1)]
