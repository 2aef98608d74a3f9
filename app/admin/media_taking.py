"""Taking in what was uploaded: each file by itself, so that one that is refused does not stop the others."""

from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple, cast

from werkzeug.datastructures import FileStorage

from app import web
from app.articles import picturing
from app.media import limits, storing
from app.media.limits import Busy, Refused
from app.media.models import Media
from app.media.storing import Received

MOST_FILES = 50


class Item(NamedTuple):
    """A file that is in the library now; or was before."""

    media: Media
    was_known: bool


class Refusal(NamedTuple):
    """A file that was not taken: its name, a code for scripts, and the reason in a sentence."""

    name: str
    error: str
    sentence: str


@dataclass
class Taken:
    """What became of the files of one upload."""

    items: list[Item] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class NothingChosen(Refused):
    """No file was chosen. Choose one, then press “Upload”."""


class TooManyFiles(Refused):
    """At most 50 files at a time can be taken. Please send these in parts."""


def take(uploads: list[FileStorage]) -> Taken:
    """Take files into the library and commit. Working on them comes before the first write."""
    taken, received = Taken(), list[tuple[str, Received]]()
    chosen = [upload for upload in uploads if upload.filename or upload.stream.read(1)]
    if not 0 < len(chosen) <= MOST_FILES:
        refusal = TooManyFiles() if chosen else NothingChosen()
        taken.refused.append(_refusal(chosen[0].filename or "" if chosen else "", refusal))
        return taken
    for upload in chosen:
        name = upload.filename or ""
        try:
            found = _receive(upload)
        except (Refused, Busy) as refusal:
            taken.refused.append(_refusal(name, refusal))
            continue
        if isinstance(found, Media):
            taken.items.append(Item(found, True))
        else:
            received.append((name, found))
    _add(taken, received)
    return taken


def take_instead(upload: FileStorage | None, media_id: int) -> None:
    """Let a file take another's place, and commit. Raises ``Refused``, ``Busy``."""
    if upload is None or not upload.filename:
        raise NothingChosen
    found, files = _receive(upload), web.workshop().files
    if isinstance(found, Media):
        raise limits.AlreadyThere(found.title)
    try:
        former = picturing.replace(web.writer(), media_id, found, readable=web.reader())
        web.note("media.replace", kind="media", id=media_id, name=upload.filename, file=former)
        web.writer().commit()
    except Refused:
        web.writer().rollback()
        web.workshop().discard(found)
        raise
    files.delete(former)


def _receive(upload: FileStorage) -> Received | Media:
    return web.workshop().receive(web.reader(), cast(BinaryIO, upload.stream), name=upload.filename or "")


def _add(taken: Taken, received: list[tuple[str, Received]]) -> None:
    if not received:
        return
    session, superfluous = web.writer(), []
    for _name, one in received:
        media, was_known = storing.add(session, one, by_id=web.myself().id)
        taken.items.append(Item(media, was_known))
        if was_known:
            superfluous.append(one)
        else:
            web.note("media.add", kind="media", id=media.id, name=media.title)
    session.commit()
    for one in superfluous:
        web.workshop().discard(one)


def _refusal(name: str, refusal: Exception) -> Refusal:
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in type(refusal).__name__)
    return Refusal(name, words.strip("-"), web.sentence(refusal))
