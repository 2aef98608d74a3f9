"""Who has an article open: a row for each tab, touched while it is open, forgotten soon after."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.accounts.permissions import may
from app.articles.models import Article
from app.articles.models_desk import Presence

GONE_AFTER = timedelta(seconds=40)
MOST_TABS = 20
"""Of one person in one article."""
MOST_SHOWN = 20


class Present(NamedTuple):
    """Somebody who has the article open, and how many seconds ago that was known."""

    account: Account
    seconds: int


def touch(session: Session, article_id: int, *, account_id: int, tab: str) -> None:
    """This tab has the article open now. Forgets all, of any article, that have not said so for a while."""
    now = clock.now()
    session.execute(delete(Presence).where(Presence.seen_at < now - GONE_AFTER))
    mine = (Presence.article_id == article_id, Presence.account_id == account_id)
    here = update(Presence).where(*mine, Presence.tab == tab).values(seen_at=now).returning(Presence.tab)
    if session.execute(here, execution_options={"synchronize_session": False}).first() is not None:
        return
    tabs = session.scalars(select(Presence.tab).where(*mine).order_by(Presence.seen_at.desc(), Presence.tab)).all()
    session.execute(delete(Presence).where(*mine, Presence.tab.in_(tabs[MOST_TABS - 1 :])))
    try:
        with session.begin_nested():
            session.add(Presence(article_id=article_id, account_id=account_id, tab=tab, seen_at=now))
    except IntegrityError:
        return  # another request of the same tab was first


def leave(session: Session, article_id: int, *, account_id: int, tab: str) -> None:
    """This tab is closed."""
    session.execute(
        delete(Presence).where(
            Presence.article_id == article_id, Presence.account_id == account_id, Presence.tab == tab
        )
    )


def list_others(session: Session, article: Article, *, account_id: int, tab: str) -> list[Present]:
    """Who else has it open, also oneself in another tab; each person once, who was seen last first.

    Whoever may not edit it any more is not listed: nobody learns of an account that has no business here.
    """
    now = clock.now()
    rows = session.execute(
        select(Account, Presence.seen_at)
        .join(Account, Account.id == Presence.account_id)
        .where(Presence.article_id == article.id, Presence.seen_at >= now - GONE_AFTER)
        .where(or_(Presence.account_id != account_id, Presence.tab != tab))
        .order_by(Presence.seen_at.desc(), Account.id)
    )
    found: dict[int, Present] = {}
    for account, seen_at in rows:
        if account.id not in found and may(account, "article.edit", article):
            found[account.id] = Present(account, max(0, int((now - seen_at).total_seconds())))
    return list(found.values())[:MOST_SHOWN]
