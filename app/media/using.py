"""Keeping the list of where files are used. Knows ids of articles, not articles."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.media.addresses import find_id, list_ids
from app.media.models import Media, MediaUse

PLACES = ("draft", "draft_cover", "live", "live_cover")
"""The working copy's text and cover, and the same of what readers see."""


def note_uses(session: Session, article_id: int, *, place: str, texts: Iterable[str], cover: str) -> None:
    """Keep which files an article uses now: ``place`` is ``draft`` or ``live``."""
    covered = find_id(cover)
    wanted = {(number, place) for number in list_ids(texts)}
    wanted |= {(covered, f"{place}_cover")} if covered else set()
    places = (place, f"{place}_cover")
    rows = select(MediaUse.media_id, MediaUse.place).where(
        MediaUse.article_id == article_id, MediaUse.place.in_(places)
    )
    present = {(number, where) for number, where in session.execute(rows)}
    for number, where in present - wanted:
        gone = delete(MediaUse).where(MediaUse.article_id == article_id, MediaUse.media_id == number)
        session.execute(gone.where(MediaUse.place == where))
    missing = wanted - present
    if not missing:
        return
    # Locked, so that none of them is deleted before this is committed.
    numbers = sorted({number for number, _ in missing})
    there = select(Media.id).where(Media.id.in_(numbers)).with_for_update(read=True, key_share=True)
    known = set(session.scalars(there))
    new = [
        {"media_id": number, "article_id": article_id, "place": where}
        for number, where in sorted(missing)
        if number in known
    ]
    if new:
        session.execute(insert(MediaUse), new)
