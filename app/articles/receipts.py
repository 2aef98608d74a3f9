"""What was answered to a save that an editor may send again, because it never saw the answer."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.articles.models_desk import SaveReceipt

KEPT = timedelta(days=7)
"""After that a save that is sent again is merged, which adds nothing twice either."""
Answer = dict[str, object]


class SaveIdTaken(Exception):
    """This save belongs to another article."""


def find_answer(session: Session, save_id: str, *, by_id: int, article_id: int | None) -> Answer | None:
    """What was answered to this save, if it was made before; ``article_id`` None for a new article.

    Ask under the lock that the save itself takes. Raises ``SaveIdTaken``.
    """
    found = session.scalar(select(SaveReceipt).where(SaveReceipt.account_id == by_id, SaveReceipt.save_id == save_id))
    if found is None:
        return None
    # Only making an article answers with its id.
    asked_for = found.answer.get("id") if article_id is None else article_id
    if asked_for != found.article_id:
        raise SaveIdTaken
    return found.answer


def lock_creating(session: Session, *, by_id: int) -> None:
    """PostgreSQL: of one account's requests to make an article, one after the other."""
    session.get_one(Account, by_id, with_for_update={"key_share": True}, populate_existing=True)


def keep(session: Session, save_id: str, *, by_id: int, article_id: int, version: int, answer: Answer) -> None:
    """Remember the answer; forget those of the article that nobody will ask for any more."""
    now = clock.now()
    session.execute(
        delete(SaveReceipt).where(
            SaveReceipt.article_id == article_id, SaveReceipt.version > 1, SaveReceipt.created_at < now - KEPT
        )
    )
    session.add(
        SaveReceipt(
            account_id=by_id, save_id=save_id, article_id=article_id, version=version, created_at=now, answer=answer
        )
    )
    session.flush()
