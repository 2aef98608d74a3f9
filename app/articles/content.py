"""What one save says about an article, and what cannot be said."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from app import text
from app.articles.models import PLAIN_FIELDS
from app.articles.rendering import Body

MAX_LENGTHS = {
    "title": 300,
    "excerpt": 5000,
    "cover_url": 2000,
    "cover_alt": 500,
    "canonical_url": 2000,
    "language": 35,
}


class TitleBlank(Exception):
    """An article needs a title that can be seen."""


class FieldTooLong(Exception):
    """This is longer than the field can hold."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        self.limit = MAX_LENGTHS[field]


@dataclass(frozen=True, kw_only=True)
class Content:
    """What one save says about an article; None keeps what there is. Text is tidied when it is stored."""

    title: str | None = None
    body: Body | None = None
    block_ids: Sequence[object] = ()
    """Of the body's blocks, where they are known; else, or where they do not fit, each is found by its content."""
    excerpt: str | None = None
    slug: str | None = None
    tags: list[str] | None = None
    """Names, in order."""
    authors: list[str] | None = None
    """Names, in order; an unknown name becomes somebody who cannot sign in."""
    language: str | None = None
    cover_url: str | None = None
    cover_alt: str | None = None
    canonical_url: str | None = None
    is_featured: bool | None = None

    def tidied(self) -> "Content":
        """Without what cannot be stored. Raises ``TitleBlank``, ``FieldTooLong``."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, limit in MAX_LENGTHS.items():
            value = values[name]
            if value is None:
                continue
            value = text.clean_block(value).strip() if name == "excerpt" else text.clean_line(value)
            if len(value) > limit:
                raise FieldTooLong(name)
            values[name] = "" if text.is_blank(value) else value
        if values["title"] == "":
            raise TitleBlank
        return Content(**values)

    def said(self) -> dict[str, object]:
        """What it says beside the body, by field."""
        names = (*PLAIN_FIELDS, "slug", "tags", "authors")
        return {name: value for name in names if (value := getattr(self, name)) is not None}
