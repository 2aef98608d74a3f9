"""The form of one file: what is said about it."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import Length, NumberRange

from app import web
from app.admin.fields import NumberField
from app.media.models import MAX_LENGTHS, MIDDLE, Media

READ_ONLY = frozenset(
    {
        *("id", "kind", "name", "extension", "mime", "bytes", "width", "height", "frames", "address"),
        *("upload_hash", "content_hash", "folded", "account_id", "owner_id", "created_at", "changed_at"),
    }
)


class MediaForm(web.Form):
    """What is not sent keeps its value."""

    read_only = READ_ONLY

    title = StringField("Name", [Length(max=MAX_LENGTHS["title"])])
    alt = TextAreaField("Alternative text", [Length(max=MAX_LENGTHS["alt"])])
    caption = TextAreaField("Caption", [Length(max=MAX_LENGTHS["caption"])])
    credit = StringField("Credit", [Length(max=MAX_LENGTHS["credit"])])
    focus_x = NumberField("From the left, in per cent", [NumberRange(0, 100, "From 0 to 100.")])
    focus_y = NumberField("From the top, in per cent", [NumberRange(0, 100, "From 0 to 100.")])

    def said(self) -> dict[str, Any]:
        """For ``storing.describe``."""
        words = {name: getattr(self, name).data or "" for name in ("title", "alt", "caption", "credit")}
        x, y = (MIDDLE if part.data is None else part.data for part in (self.focus_x, self.focus_y))
        return words | {"focus": (x, y)}


def said_of(media: Media) -> dict[str, Any]:
    """What is said about a file now."""
    return {name: getattr(media, name) for name in ("title", "alt", "caption", "credit", "focus_x", "focus_y")}
