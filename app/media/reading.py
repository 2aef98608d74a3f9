"""The questions about files: one, some, a page of the library, where one is used."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.media.addresses import Picture
from app.media.models import Media, MediaUse

SOME = 500


class MediaUnknown(Exception):
    """There is no such file in the library."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the library is asked for."""

    q: str = ""
    """Words that must all be in the title, address, alternative text, caption or credit."""
    kind: str = ""
    is_unused: bool = False


@dataclass(frozen=True)
class Slice:
    """Some files, newest first, and the id to go on after; None at the end."""

    items: list[Media]
    next: int | None


def get_media(session: Session, media_id: int) -> Media:
    """One file. Raises ``MediaUnknown``."""
    media = session.get(Media, media_id) if 0 < media_id < 2**31 else None
    if media is None:
        raise MediaUnknown
    return media


def find_uploaded(session: Session, upload_hash: str) -> Media | None:
    """The file that was uploaded as these very bytes."""
    return session.scalar(select(Media).where(Media.upload_hash == upload_hash))


def find_content(session: Session, content_hash: str) -> Media | None:
    """A file that is stored as these very bytes: the same picture, perhaps with other metadata when it came."""
    return session.scalar(select(Media).where(Media.content_hash == content_hash).order_by(Media.id).limit(1))


def list_media(session: Session, wanted: Filter, *, after: int | None = None, size: int = 40) -> Slice:
    """A page of the library."""
    rows = _matching(session, wanted)
    if after is not None:
        rows = rows.where(Media.id < after)
    found = list(session.scalars(rows.order_by(Media.id.desc()).limit(size + 1)))
    return Slice(found[:size], found[size - 1].id if len(found) > size else None)


def count_media(session: Session, wanted: Filter) -> int:
    """How many files match."""
    return session.scalar(select(func.count()).select_from(_matching(session, wanted).subquery())) or 0


def _matching(session: Session, wanted: Filter) -> Select[Media]:
    rows = select(Media)
    if wanted.kind:
        rows = rows.where(Media.kind == wanted.kind)
    if wanted.is_unused:
        rows = rows.where(~select(MediaUse.media_id).where(MediaUse.media_id == Media.id).exists())
    find = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    return rows.where(*(find(Media.folded, word) > 0 for word in wanted.q.casefold().split()[:10]))


def list_pictures(session: Session, ids: Collection[int]) -> dict[int, Picture]:
    """What pages need to know of these pictures; nothing for what is no picture or not there."""
    pictures: dict[int, Picture] = {}
    wanted = sorted(ids)
    columns = (Media.id, Media.name, Media.extension, Media.width, Media.height, Media.content_hash, Media.frames)
    for start in range(0, len(wanted), SOME):
        some = Media.id.in_(wanted[start : start + SOME])
        for found in session.execute(select(*columns).where(some, Media.width.is_not(None), Media.height.is_not(None))):
            number, name, extension, width, height, content, frames = found
            pictures[number] = Picture(number, name, extension, width or 1, height or 1, content[:10], frames > 1)
    return pictures


def list_there(session: Session, ids: Collection[int]) -> set[int]:
    """Those of some numbers that are of a file of the library."""
    return set(session.scalars(select(Media.id).where(Media.id.in_(sorted(ids)))))


def list_uses(session: Session, media_id: int) -> list[MediaUse]:
    """Where a file is used, by article."""
    rows = select(MediaUse).where(MediaUse.media_id == media_id).order_by(MediaUse.article_id, MediaUse.place)
    return list(session.scalars(rows))


def list_used(session: Session, ids: Collection[int]) -> set[int]:
    """Those of some files that are used anywhere."""
    return set(session.scalars(select(MediaUse.media_id).where(MediaUse.media_id.in_(ids)).distinct()))


def list_files(session: Session) -> dict[str, int]:
    """The storage's name of every file there should be, with its size in bytes."""
    return {key: size for key, size in session.execute(select(Media.file, Media.bytes))}  # noqa: C416 -- rows
