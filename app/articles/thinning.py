"""Thinning automatic revisions: after a day, one for each ten minutes and author is enough.

What somebody named, saved by hand, published, imported, restored, or wrote in a conflict is never touched.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.articles.models import Revision

KEPT_WHOLE = timedelta(days=1)
STEP = timedelta(minutes=10)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
AT_ONCE = 500


def thin(session: Session, article_id: int) -> int:
    """Thin the automatic revisions of one article; how many went. Cheap enough to be called with every save.

    It looks only when a save begins ten new minutes: until then there is nothing new to be thinned.
    """
    now = clock.now()
    latest = session.scalars(
        select(Revision.created_at).where(Revision.article_id == article_id).order_by(Revision.id.desc()).limit(2)
    ).all()
    if len(latest) == 2 and _step(latest[1]) == _step(now):
        return 0
    rows = session.execute(
        select(Revision.id, Revision.created_at, Revision.account_id)
        .where(Revision.article_id == article_id, Revision.reason == "automatic", Revision.name == "")
        .where(Revision.created_at < now - KEPT_WHOLE)
        .order_by(Revision.id)
    ).all()
    last = {(_step(created_at), account_id): revision_id for revision_id, created_at, account_id in rows}
    kept = set(last.values())
    gone = [revision_id for revision_id, _, _ in rows if revision_id not in kept]
    for start in range(0, len(gone), AT_ONCE):
        session.execute(delete(Revision).where(Revision.id.in_(gone[start : start + AT_ONCE])))
    return len(gone)


def _step(moment: datetime) -> int:
    return (moment - _EPOCH) // STEP
