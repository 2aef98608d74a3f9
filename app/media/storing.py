"""Taking files in: told by their content, made anew, recognised if they are there already; saying things about them.

``receive`` is slow and writes no row; ``add`` and ``replace`` write the row for what it stored.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import changes, clock, text
from app.config import Config
from app.media import limits, pictures, reading, sniffing
from app.media.files import CHUNK, Files, new_key, open_files
from app.media.limits import Limits
from app.media.models import MAX_LENGTHS, Media, MediaUse
from app.media.turns import take_turn
from app.slugging import slugify

PATIENCE_SECONDS = 30.0
"""So long an upload waits for others that are being worked on."""
WORDS = {"image": "a picture", "document": "a PDF", "audio": "a sound file", "video": "a film"}


class StillUsed(Exception):
    """This file is in use, so it cannot be deleted."""


class TextTooLong(Exception):
    """This is longer than the field can hold."""

    def __init__(self, field: str) -> None:
        super().__init__(f"At most {MAX_LENGTHS[field]:,} characters.")
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Received:
    """A file in the storage that has no row yet."""

    file: str
    kind: str
    mime: str
    extension: str
    bytes: int
    upload_hash: str
    content_hash: str
    title: str
    width: int | None = None
    height: int | None = None
    frames: int = 1


class Workshop:
    """Where files are taken in: the storage, the bounds, and the lock that lets one picture be worked on at a time."""

    def __init__(self, files: Files, within: Limits, lock: Path) -> None:
        self.files = files
        self.within = within
        self.lock = lock

    def receive(self, session: Session, source: BinaryIO, *, name: str) -> Received | Media:
        """Store what ``source`` holds, or find that the library has it. Raises a ``Refused``, ``Busy``."""
        upload_hash, size = self._measure(source)
        known = reading.find_uploaded(session, upload_hash)
        if known is not None:
            return known
        source.seek(0)
        found = sniffing.sniff(source.read(sniffing.LOOKED_AT))
        source.seek(0)
        title = _title_of(name)
        if found.kind != "image":
            file = new_key(found.extension)
            self.files.store(file, source)
            return Received(
                file=file, kind=found.kind, mime=found.mime, extension=found.extension, bytes=size,
                upload_hash=upload_hash, content_hash=upload_hash, title=title,
            )  # fmt: skip
        return self._receive_picture(session, source, found, upload_hash, title)

    def discard(self, received: Received) -> None:
        """Remove what was stored and gets no row."""
        self.files.delete(received.file)

    def _measure(self, source: BinaryIO) -> tuple[str, int]:
        source.seek(0)
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size > self.within.bytes:
                raise limits.TooManyBytes(self.within)
        return digest.hexdigest(), size

    def _receive_picture(
        self, session: Session, source: BinaryIO, found: sniffing.Found, upload_hash: str, title: str
    ) -> Received | Media:
        with TemporaryFile() as opened:
            target = cast(BinaryIO, opened)
            with take_turn(self.lock, patience_seconds=PATIENCE_SECONDS):
                made = pictures.remake(source, found, target, within=self.within)
            content_hash, size = _hash_of(target)
            known = reading.find_content(session, content_hash)
            if known is not None:
                return known
            file = new_key(made.found.extension)
            target.seek(0)
            self.files.store(file, target)
        return Received(
            file=file, kind="image", mime=made.found.mime, extension=made.found.extension, bytes=size,
            upload_hash=upload_hash, content_hash=content_hash, title=title,
            width=made.width, height=made.height, frames=made.frames,
        )  # fmt: skip


def open_workshop(config: Config) -> Workshop:
    """The storage that the configuration names; it is touched when it is first used."""
    within = Limits(bytes=config.max_upload_bytes, pixels=config.max_picture_pixels, frames=config.max_picture_frames)
    return Workshop(open_files(config.media_storage), within, config.media_lock)


def add(session: Session, received: Received, *, by_id: int | None) -> tuple[Media, bool]:
    """Take a stored file into the library. Also whether it was there already (sent twice at once): then discard it."""
    known = reading.find_uploaded(session, received.upload_hash)
    if known is not None:
        return known, True
    name = slugify(PurePosixPath(received.title).stem) or received.kind
    media = Media(name=name, account_id=by_id, title=received.title, alt="", caption="", credit="")
    _take_over(media, received)
    media.extension = received.extension
    media.fold()
    try:
        with session.begin_nested():
            session.add(media)
    except IntegrityError:  # sent twice at once: the other one was first
        known = reading.find_uploaded(session, received.upload_hash)
        if known is None:
            raise
        return known, True
    return media, False


def replace(session: Session, media: Media, received: Received) -> str:
    """Let another file take this one's place under the same address. Returns the storage's name of the former one.

    Delete that after the commit. Raises ``OtherKind``; and ``AlreadyThere`` where the library has the file elsewhere.
    """
    if received.kind != media.kind or (media.kind != "image" and received.mime != media.mime):
        raise limits.OtherKind(WORDS[media.kind] + ("" if media.kind == "image" else f" ({media.extension.upper()})"))
    known = reading.find_uploaded(session, received.upload_hash)
    if known is not None and known is not media:
        raise limits.AlreadyThere(known.title)
    former = media.file
    _take_over(media, received)
    session.flush()
    changes.note(session, f"media:{media.id}")
    return former


def describe(
    session: Session, media: Media, *, title: str, alt: str, caption: str, credit: str, focus: tuple[int, int]
) -> None:
    """Say what a file is called and shows, whose it is, and what must stay in sight. Raises ``TextTooLong``."""
    said = {"title": text.clean_line(title), "alt": text.clean_line(alt), "credit": text.clean_line(credit)}
    said["caption"] = text.clean_block(caption).strip()
    for field, value in said.items():
        if len(value) > MAX_LENGTHS[field]:
            raise TextTooLong(field)
        setattr(media, field, "" if text.is_blank(value) else value)
    media.title = media.title or f"{media.name}.{media.extension}"
    media.focus_x, media.focus_y = (min(100, max(0, part)) for part in focus)
    media.fold()
    session.flush()


def remove(session: Session, media: Media) -> str:
    """Take a file out of the library; returns the storage's name, to be deleted after the commit.

    Raises ``StillUsed``.
    """
    session.refresh(media, with_for_update=True)
    if reading.list_uses(session, media.id):
        raise StillUsed
    file = media.file
    session.execute(delete(MediaUse).where(MediaUse.media_id == media.id))
    session.delete(media)
    session.flush()
    changes.note(session, f"media:{media.id}")
    return file


def _take_over(media: Media, received: Received) -> None:
    for field in ("file", "kind", "mime", "bytes", "upload_hash", "content_hash", "width", "height", "frames"):
        setattr(media, field, getattr(received, field))
    media.changed_at = clock.now()


def _title_of(name: str) -> str:
    """The name a file came with, without folders and what cannot be stored."""
    last = text.clean_line(name).replace("\\", "/").rpartition("/")[2].strip(". ")
    return last[-MAX_LENGTHS["title"] :] if not text.is_blank(last) else "untitled"


def _hash_of(source: BinaryIO) -> tuple[str, int]:
    source.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
