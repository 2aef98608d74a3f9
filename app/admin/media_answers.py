"""Files as scripts get them (JSON), and words for the pages."""

from typing import Any

from flask import abort, jsonify
from flask.typing import ResponseReturnValue

from app import web
from app.admin.media_taking import Taken
from app.media.addresses import SQUARE
from app.media.limits import Limits, TooManyBytes
from app.media.models import Media

KIND_NAMES = {"image": "Pictures", "document": "Documents", "audio": "Audio", "video": "Video"}


def require_token() -> None:
    """The form's token must be right; or the expired-form page answers, or its JSON (400)."""
    if web.ButtonForm().validate_on_submit():
        return
    if web.wants_json():
        answer = jsonify(error="csrf", sentence="The page had been open too long. Please send it again.")
        answer.status_code = 400
        abort(answer)
    abort(400, description="expired-form")


def item(media: Media, *, was_known: bool = False) -> dict[str, Any]:
    """A file as JSON."""
    return {
        "id": media.id,
        "url": media.address,
        "kind": media.kind,
        "name": media.title,
        "width": media.width,
        "height": media.height,
        "alt": media.alt,
        "caption": media.caption,
        "credit": media.credit,
        "thumbnail": thumbnail(media),
        "bytes": media.bytes,
        "was_known": was_known,
    }


def of_taken(taken: Taken) -> ResponseReturnValue:
    """What became of an upload: 201 if anything was taken, else 422 with the first reason."""
    refused = [refusal._asdict() for refusal in taken.refused]
    if not taken.items:
        return {"error": taken.refused[0].error, "sentence": taken.refused[0].sentence, "refused": refused}, 422
    items = [item(one.media, was_known=one.was_known) for one in taken.items]
    return {"items": items, "refused": refused}, 201


def too_large() -> ResponseReturnValue:
    """For a request that is larger than any file may be."""
    refusal = TooManyBytes(Limits(bytes=web.config().max_upload_bytes, pixels=0, frames=0))
    return {"error": "too-many-bytes", "sentence": web.sentence(refusal)}, 413


def thumbnail(media: Media) -> str:
    """The address of a small square picture of it; "" where there is none."""
    if media.kind != "image":
        return ""
    return f"/media/{media.id}/{SQUARE}/{media.name}.webp?v={media.version}"


def size_in_words(count: int) -> str:
    """A number of bytes as people read it."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024 or unit == "MiB":
            return f"{count:,.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:,.1f} {unit}"
        count //= 1 if unit == "MiB" else 1024
    return f"{count}"


HELPERS: dict[str, Any] = {"thumbnail": thumbnail, "size_in_words": size_in_words, "kind_names": KIND_NAMES}
