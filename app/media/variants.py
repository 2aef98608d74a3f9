"""The sizes of a picture: made when they are first asked for, one at a time on this machine, and kept. Slow."""

import logging
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from app.media import pictures
from app.media.addresses import SQUARE, SQUARE_PIXELS
from app.media.files import FileMissing, Files, size_key
from app.media.limits import Busy
from app.media.models import Media
from app.media.turns import take_turn

log = logging.getLogger("typecase.media")
PATIENCE_SECONDS = 5.0
"""So long whoever asks for a size waits for others to be made; then the original has to do."""


def find_or_make_size(files: Files, lock: Path, media: Media, *, size: str, extension: str) -> str | None:
    """The storage's name of a size of this picture, ``size`` of ``SIZES`` as ``extension`` of ``FORMATS``.

    None where it cannot be had now: the original stands in for it.
    """
    name = f"{size}-{media.focus_x}-{media.focus_y}" if size == SQUARE else size
    key = size_key(media.file, name, extension)
    if files.exists(key):
        return key
    try:
        with take_turn(lock, patience_seconds=PATIENCE_SECONDS):
            if not files.exists(key):
                _make(files, media, key, size, extension)
        return key
    except (Busy, FileMissing):
        return None
    except Exception:
        log.exception("media %s: its size %s could not be made", media.id, name)
        return None


def _make(files: Files, media: Media, key: str, size: str, extension: str) -> None:
    width = SQUARE_PIXELS if size == SQUARE else int(size)
    with files.open(media.file) as source, TemporaryFile() as opened:
        target = cast(BinaryIO, opened)
        focus = (media.focus_x, media.focus_y)
        pictures.resize(source, target, width=width, square=size == SQUARE, focus=focus, extension=extension)
        target.seek(0)
        files.store(key, target)
