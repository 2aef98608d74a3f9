"""The staff's list: what is found, in which order, page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles import publishing, writing
from app.articles.listing import SORTS, CursorInvalid, Filter, list_articles
from app.articles.writing import Content
from app.pageviews.models import PageviewTotal
from tests.conftest import Clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def shelf(session: Session, bob: Account, charlie: Account, the_clock: Clock) -> None:
    """Seven articles, one a minute: N0 … N6; N0 to N3 published, N4 scheduled, N5 withdrawn, N6 a draft."""
    for number in range(7):
        the_clock.set(NOON + timedelta(minutes=number))
        writer = charlie if number % 2 else bob
        content = Content(title=f"N{number} Straße", tags=[f"tag{number % 3}"], excerpt=f"word{number}")
        article = writing.create(session, content, by_id=writer.id)
        if number < 6:
            at = NOON + timedelta(days=9) if number == 4 else None
            publishing.publish(session, article, by_id=bob.id, at=at)
        if number == 5:
            publishing.withdraw(session, article)
        session.add(PageviewTotal(article_id=article.id, starting=0, counted=number % 4))
    the_clock.set(NOON + timedelta(hours=1))
    session.commit()


def numbers(session: Session, wanted: Filter) -> str:
    return "".join(article.draft.title[1] for article in list_articles(session, wanted).items)


@pytest.mark.usefixtures("shelf")
def test_filters(session: Session, bob: Account, charlie: Account) -> None:
    assert numbers(session, Filter()) == "6543210"
    found = {status: numbers(session, Filter(status=status)) for status in ("draft", "scheduled", "published")}
    assert found == {"draft": "6", "scheduled": "4", "published": "3210"}
    assert numbers(session, Filter(status="withdrawn")) == "5"
    assert numbers(session, Filter(author_id=charlie.id)) == "531"
    assert numbers(session, Filter(owner_id=charlie.id, author_id=bob.id)) == ""
    tag = list_articles(session, Filter()).items[0].draft.tags[0]
    assert numbers(session, Filter(tag_id=tag.id)) == "630"
    assert numbers(session, Filter(q="STRASSE word3")) == "3"
    assert numbers(session, Filter(q="charlie tag1")) == "1"
    assert numbers(session, Filter(q="%")) == numbers(session, Filter(q="_")) == ""
    article = list_articles(session, Filter(q="word0")).items[0]
    publishing.trash(session, article)
    assert numbers(session, Filter(status="trashed")) == "0"
    assert "0" not in numbers(session, Filter())


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("sort", sorted(SORTS))
def test_paging_there_and_back_in_every_order(session: Session, sort: str) -> None:
    wanted = Filter(sort=sort)
    whole = numbers(session, wanted)
    there, cursor, cursors = "", None, []
    while True:
        part = list_articles(session, wanted, after=cursor, size=2)
        there += "".join(article.draft.title[1] for article in part.items)
        cursors.append(part)
        cursor = part.next
        if cursor is None:
            break
    assert there == whole
    assert cursors[0].previous is None
    back = list_articles(session, wanted, before=cursors[-1].previous, size=2)
    assert [a.id for a in back.items] == [a.id for a in cursors[-2].items]
    assert list_articles(session, wanted, before=back.previous, size=99).previous is None


@pytest.mark.usefixtures("shelf")
def test_orders(session: Session) -> None:
    assert numbers(session, Filter(sort="title")) == "0123456"
    assert numbers(session, Filter(sort="views")) == "3625140"
    assert numbers(session, Filter(sort="published")) == "453210"


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA", "WyJlZGl0ZWQiLCAieCIsIDFd", "[" * 5000])
def test_a_forged_cursor_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        list_articles(session, Filter(), after=cursor)
