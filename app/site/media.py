"""Files of the library, as readers get them: pictures to see, audio and video to play, documents to keep.

They come from people, so nothing in them runs here: told by type, never guessed, in a sandbox of their own. Whoever
knows an address may have the file, also while no article shows it. They are no pages, so nothing is counted.
"""

import os
from typing import BinaryIO
from urllib.parse import quote

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import HeaderSet
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from app import web
from app.media.addresses import FORMATS, SIZES, SQUARE
from app.media.files import FileMissing
from app.media.models import Media
from app.media.reading import MediaUnknown, get_media
from app.media.variants import find_or_make_size

bp = Blueprint("media", __name__)
CHUNK = 64 * 1024
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=600, stale-while-revalidate=86400"
"""Where the address does not name the version: a replaced file is seen within minutes."""


@bp.get("/media/<int:media_id>/<name>")
@web.public
def original(media_id: int, name: str) -> ResponseReturnValue:
    """A file as it is stored."""
    media = _find(media_id)
    if name != f"{media.name}.{media.extension}":
        abort(404)
    return _send(media, media.file, media.mime, media.content_hash, version=media.content_hash[:10])


@bp.get("/media/<int:media_id>/<size>/<name>")
@web.public
def sized(media_id: int, size: str, name: str) -> ResponseReturnValue:
    """One of the fixed sizes of a picture, made when it is first asked for; the original where that cannot be now."""
    extension = name.removeprefix(f"{name.partition('.')[0]}.")
    if size not in SIZES or extension not in FORMATS:
        abort(404)
    media = _find(media_id)
    if media.kind != "image" or name != f"{media.name}.{extension}":
        abort(404)
    workshop = web.workshop()
    key = find_or_make_size(workshop.files, workshop.lock, media, size=size, extension=extension)
    if key is None:
        return _send(media, media.file, media.mime, media.content_hash, version=None)
    version = media.version if size == SQUARE else media.content_hash[:10]
    return _send(media, key, FORMATS[extension], f"{version}-{size}-{extension}", version=version)


def _find(media_id: int) -> Media:
    try:
        return get_media(web.reader(), media_id)
    except MediaUnknown:
        abort(404)


def _send(media: Media, key: str, mime: str, tag: str, *, version: str | None) -> Response:
    """The file, ranges of it, or 304. ``version``: what the address must name to be kept for ever; None: never kept."""
    try:
        file = web.workshop().files.open(key)
    except FileMissing:
        abort(404)
    size = _size_of(file)
    wrapper = request.environ.get("wsgi.file_wrapper", _Closing)
    response = _Shared(wrapper(file, CHUNK), mimetype=mime, direct_passthrough=True)
    response.call_on_close(file.close)
    response.content_length = size
    response.last_modified = media.changed_at
    response.set_etag(tag)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Disposition"] = _disposition(media, mime)
    response.headers["Surrogate-Key"] = response.headers["Cache-Tag"] = f"media:{media.id}"
    is_named = request.args.get("v") == version
    response.headers["Cache-Control"] = "no-store" if version is None else FOR_EVER if is_named else FOR_NOW
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    if response.status_code == 304 or request.method == "HEAD":
        file.close()
    return response


class _Shared(Response):
    """An answer that is the same for everybody and kept by anybody: what others do about cookies has no place in it."""

    @property
    def vary(self) -> HeaderSet:
        return HeaderSet()

    def set_cookie(self, *_args: object, **_options: object) -> None:
        """Sets none."""

    def delete_cookie(self, *_args: object, **_options: object) -> None:
        """Deletes none."""


class _Closing(FileWrapper):
    """What reads a file for servers without a way of their own; done with it, it closes it."""

    def __next__(self) -> bytes:
        try:
            return super().__next__()
        except StopIteration:
            self.close()
            raise


def _size_of(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _disposition(media: Media, mime: str) -> str:
    """Documents are for keeping: opened in place they could run what is in them."""
    manner = "attachment" if media.kind == "document" else "inline"
    extension = mime.rpartition("/")[2] if mime in FORMATS.values() else media.extension
    return f"{manner}; filename={quote(f'{media.name}.{extension}')}"
