"""The form of an article: what may be typed, what may not be sent, and the ``Content`` it amounts to."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import request
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from app import clock, web
from app.admin.fields import PairedBox
from app.admin.times import fits_field, for_field
from app.articles.models import Article
from app.articles.rendering import MAX_BODY, Body
from app.articles.tagging import format_names, parse_names
from app.articles.writing import Content

PLAIN = ("title", "excerpt", "slug", "language", "cover_url", "cover_alt", "canonical_url")
CONTENT = frozenset({*PLAIN, "body", "body_format", "tags", "authors", "is_featured"})
READ_ONLY = frozenset(
    {
        *("id", "article_id", "status", "views", "pageviews", "owner_id", "owner_ids", "role", "live_version"),
        *("published_at", "withdrawn_at", "trashed_at", "created_at", "edited_at", "updated_at"),
        *("saved_by", "saved_by_id", "words", "summary", "rendered", "source_path"),
    }
)
"""Names of what an article has but no form sets. Other unknown names are ignored."""

FORMATS = [SelectChoice("html", "HTML"), SelectChoice("markdown", "Markdown")]
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


class ArticleForm(web.Form):
    """Every field may be absent from what was sent; it then keeps the article's value."""

    title = TextAreaField("Title")
    body = TextAreaField("Text")
    body_format = SelectField("Written in", choices=FORMATS, default="html", validate_choice=False)
    excerpt = TextAreaField("Excerpt")
    slug = StringField("Address")
    take_over = BooleanField("Give this address to this article")
    tags = StringField("Tags")
    authors = StringField("Authors")
    language = StringField("Language")
    cover_url = StringField("Cover image")
    cover_alt = StringField("What the cover shows")
    canonical_url = StringField("Canonical address")
    is_featured = PairedBox("Featured")
    shows_pageviews = PairedBox("Show how often it was read")
    version = StringField("Version")
    publish_at = StringField("Publish at")
    withdraw_at = StringField("Withdraw at")

    passes_over: frozenset[str] = frozenset()
    """Fields that count as not sent."""

    def gives(self, name: str) -> bool:
        """Whether the field was sent."""
        return name in request.form and name not in self.passes_over

    @property
    def gives_content(self) -> bool:
        """Whether any part of the text was sent: a button alone sends none."""
        return any(self.gives(name) for name in (*CONTENT, "shows_pageviews"))

    @property
    def based_on(self) -> int | None:
        """The version that the writer saw, if it was sent."""
        return int(self.version.data) if self.gives("version") and self.version.data else None

    @property
    def wants_now(self) -> bool:
        """Whether it came by the button "Publish now", which passes over a typed time."""
        return "publish_now" in request.form

    def is_unchanged(self, name: str, shown: dict[str, object]) -> bool:
        """Whether a field was sent as the form had shown it, or not at all."""
        return not self.wants_now and (self[name].data or "").strip() == shown[name]

    def time_control(self, name: str) -> str:
        """The type of a time's input: plain text where the browser would drop what was typed."""
        return "datetime-local" if fits_field(self[name].data or "") and not self[name].errors else "text"

    def times_not_used_yet(self, article: Article) -> dict[str, str]:
        """The typed times that saving does not use: they go along to the form that is shown next."""
        shown = values_of(article)
        return {
            name: (self[name].data or "")[:40]
            for name in ("publish_at", "withdraw_at")
            if not self.is_unchanged(name, shown)
        }

    def validate(self, extra_validators: object = None) -> bool:
        """Also refuses what is known but not to be set here."""
        fine = bool(super().validate(extra_validators))
        for name in sorted(READ_ONLY & request.form.keys()):
            self.form_errors.append(f"“{name}” cannot be set here: the software keeps it itself.")
        return fine and not self.form_errors

    def validate_title(self, field: TextAreaField) -> None:
        if self.gives("title") and not (field.data or "").strip():
            raise ValidationError("An article needs a title.")

    def validate_body(self, field: TextAreaField) -> None:
        length = len(field.data or "")
        if self.gives("body") and length > MAX_BODY:
            raise ValidationError(f"At most {MAX_BODY:,} characters; this has {length:,}. Nothing of it is saved yet.")

    def validate_body_format(self, field: SelectField) -> None:
        if field.data not in {"html", "markdown"}:
            raise ValidationError("An article is written in html or markdown.")

    def validate_language(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        if self.gives("language") and typed and not _LANGUAGE.fullmatch(typed):
            raise ValidationError("A language is written like en, de or pt-BR.")

    def validate_cover_url(self, field: StringField) -> None:
        if self.gives("cover_url"):
            _check_address(field.data or "", path_too=True)

    def validate_canonical_url(self, field: StringField) -> None:
        if self.gives("canonical_url"):
            _check_address(field.data or "", path_too=False)

    def validate_version(self, field: StringField) -> None:
        if self.gives("version") and not re.fullmatch(r"[0-9]{0,9}", field.data or ""):
            raise ValidationError("The version is a whole number.")

    def content(self, body: Body | None) -> Content:
        """What was sent, with the body already prepared; what was not sent stays None."""
        given: dict[str, Any] = {name: getattr(self, name).data or "" for name in PLAIN if self.gives(name)}
        content = Content(body=body, **given)
        if self.gives("tags"):
            content = replace(content, tags=parse_names(self.tags.data or ""))
        if self.gives("authors"):
            content = replace(content, authors=parse_names(self.authors.data or ""))
        if self.gives("is_featured"):
            content = replace(content, is_featured=bool(self.is_featured.data))
        return content


def values_of(article: Article) -> dict[str, object]:
    """What the form of an article shows before anything is typed."""
    draft, zone = article.draft, web.settings().zone
    leaves = article.withdrawn_at if article.withdrawn_at and article.withdrawn_at > clock.now() else None
    values: dict[str, object] = {name: getattr(draft, name) for name in (*PLAIN, "body", "body_format", "is_featured")}
    return values | {
        "tags": format_names(tag.name for tag in draft.tags),
        "authors": format_names(account.name for account in draft.authors),
        "version": str(draft.version),
        "shows_pageviews": article.shows_pageviews,
        "publish_at": for_field(article.published_at, zone),
        "withdraw_at": for_field(leaves, zone),
    }


def _check_address(typed: str, *, path_too: bool) -> None:
    """Only what a browser fetches or follows harmlessly: http, https, and where ``path_too`` a path of this site."""
    address = typed.strip()
    if not address:
        return
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if any(character.isspace() for character in address) or not (
        (parts.scheme in {"http", "https"} and parts.hostname)
        or (path_too and address.startswith("/") and not address.startswith(("//", "/\\")))
    ):
        also = ", or a path like /media/cover.jpg" if path_too else ""
        raise ValidationError(f"Please give a whole address like https://example.org/page{also}.")
