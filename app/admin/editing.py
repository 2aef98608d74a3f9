"""The editor's desk: reading what was typed, saving it, and showing the form again when that was refused.

Every button of the form sends the whole form, and every handler behind one saves the text first (``keep_typed``),
so that no button loses any.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock, html, web
from app.accounts.naming import NameBlank, NameTooLong
from app.accounts.permissions import may
from app.admin import conflicting
from app.admin.article_form import ArticleForm, values_of
from app.admin.noting import noting_choices
from app.articles import blocks, publishing, writing
from app.articles.addresses import SlugTaken
from app.articles.models import Article, Draft, Revision
from app.articles.reading import ArticleUnknown, find_saved_as, get_article
from app.articles.receiving import BodyTooLong
from app.articles.rendering import Body, prepare
from app.articles.slugs import SlugInvalid, SlugReserved
from app.articles.tagging import TagTooLong, parse_names
from app.articles.writing import Content

FIELD_OF: dict[type[Exception], str] = {
    writing.TitleBlank: "title",
    writing.AuthorsBlank: "authors",
    NameBlank: "authors",
    NameTooLong: "authors",
    TagTooLong: "tags",
    SlugInvalid: "slug",
    SlugReserved: "slug",
    SlugTaken: "slug",
    BodyTooLong: "body",
    html.TooIntricate: "body",
}
REFUSALS: tuple[type[Exception], ...] = (*FIELD_OF, writing.FieldTooLong)
Made = TypeVar("Made")


class Refused(Exception):
    """The form could not be taken as it is; ``answer`` shows it again with everything typed still in it.

    The blueprint answers with it: handlers let it through.
    """

    def __init__(self, answer: ResponseReturnValue) -> None:
        super().__init__()
        self.answer = answer


def load(article_id: int, **_rest: int) -> Article:
    """The article of an address of the admin, for reading; 404 where there is none."""
    return load_in(web.reader(), article_id)


def load_in(session: Session, article_id: int) -> Article:
    """The same through a session of the caller's choice: ``web.writer()`` for changes."""
    try:
        return get_article(session, article_id)
    except ArticleUnknown:
        abort(404)


def read_form(article: Article | None) -> ArticleForm:
    """The form as it was sent; what was not sent has the article's values, or a new article's."""
    values = (
        values_of(article)
        if article
        else {"authors": web.myself().name, "body_format": "html", "shows_pageviews": True}
    )
    return ArticleForm(data=values)


def show(article: Article | None, form: ArticleForm, **more: object) -> str:
    """The page with the form."""
    removed: tuple[str, ...] = ()
    if article is not None and not form.is_submitted():
        saved = find_saved_as(web.reader(), article.id, article.draft.version)
        if saved is not None and saved.as_typed is not None:
            removed = prepare(saved.as_typed, saved.body_format).removed
            more["cleaned_revision"] = saved
    body = form.body.data or ""
    words = len((html.text(body) if form.body_format.data == "html" else body).split()) if len(body) < 10**6 else None
    return render_template(
        "admin/articles/edit.html" if article else "admin/articles/new.html",
        article=article,
        status=article.status(clock.now()) if article else "new",
        form=form,
        removed=removed,
        words=words,
        block_ids=_block_ids(article, form),
        **more,
    )


def _block_ids(article: Article | None, form: ArticleForm) -> list[str]:
    """Of the blocks of the working copy; none for a text that is not it: the editor makes its own."""
    if article is None or form.is_submitted():
        return []
    draft = article.draft
    return [item for item, _ in blocks.pairs(draft.body, draft.block_ids, draft.body_format)]


def keep_typed(article_id: int) -> ArticleForm:
    """For a handler behind a button of the form: save the text that was sent with it, if any.

    Returns the form; the caller commits. Raises ``Refused``.
    """
    article = load(article_id)
    form = read_form(article)
    body = check(article, form)
    if form.gives_content:
        save(article, form, body)
    return form


def check(article: Article | None, form: ArticleForm, *, is_typed: bool = True) -> Body | None:
    """Look through the form, and clean its text: slow, so before the first write. Raises ``Refused``.

    ``is_typed`` False: an editor wrote the HTML, so that text without any markup is no plain text of a person.
    """
    if not form.validate():
        raise refusal_of(article, form)
    _check_authors(article, form)
    _check_number(article, form)
    body = None
    if form.gives("body") or form.gives("body_format"):
        try:
            body = prepare(form.body.data or "", form.body_format.data, is_typed=is_typed)
        except html.TooIntricate as refusal:
            form.body.errors = [web.sentence(refusal)]
    if form.errors:
        raise refusal_of(article, form)
    return body


def refusal_of(article: Article | None, form: ArticleForm, **more: object) -> Refused:
    """The form with its errors, shown again; for a script the errors alone, by field."""
    if not web.wants_json():
        return Refused((show(article, form, **more), form.refusal_status))
    if form.has_expired:
        return Refused(({"error": "csrf"}, 400))
    return refusal_as_json({name or "form": str(errors[0]) for name, errors in form.errors.items() if errors})


def refusal_as_json(fields: dict[str, str]) -> Refused:
    """What a script is told: a sentence for each field."""
    return Refused(({"error": "refused", "fields": fields}, 422))


def save(article: Article, form: ArticleForm, body: Body | None) -> Draft:
    """Save what was sent as the working copy; the caller commits. Raises ``Refused``, also for a conflict."""
    session, me = web.writer(), web.myself().id
    mine = load_in(session, article.id)

    def attempt() -> Draft:
        return writing.save(
            session, mine, content, by_id=me, based_on=form.based_on, take_over=bool(form.take_over.data), merges=True
        )

    content = content_of(article, form, body)
    if not may(web.me(), "article.assign", article):
        content = replace(content, authors=None)
    try:
        with noting_choices(mine):
            draft = refusing(article, form, attempt)
            publishing.show_pageviews(session, mine, shown=bool(form.shows_pageviews.data))
        return draft
    except writing.SaveConflict as conflict:
        kept_id = conflict.mine.id
        session.commit()
        raise Refused((_show_conflict(article.id, form, kept_id), 409)) from conflict


def refusing(article: Article | None, form: ArticleForm, attempt: Callable[[], Made]) -> Made:
    """Do ``attempt``; what the room refuses becomes a message at its field. Raises ``Refused``."""
    try:
        return attempt()
    except REFUSALS as refusal:
        web.writer().rollback()
        more: dict[str, object] = {}
        if isinstance(refusal, writing.FieldTooLong):
            name = refusal.field
            sentence = f"At most {refusal.limit} characters; this has {len(form[name].data or '')}."
        else:
            name = next(field for kind, field in FIELD_OF.items() if isinstance(refusal, kind))
            sentence = web.sentence(refusal) if name == "body" else str(refusal.__doc__)
        if isinstance(refusal, SlugTaken):
            more["slug_refusal"] = refusal
        form[name].errors = [sentence]
        raise refusal_of(article, form, **more) from refusal


def content_of(article: Article | None, form: ArticleForm, body: Body | None) -> Content:
    """What the form says. Authors that stay the same stay the same accounts, whoever else has their names."""
    content = form.content(body)
    if not form.gives("authors") or content.authors == _authors_now(article):
        return replace(content, authors=None)
    return content


def _check_authors(article: Article | None, form: ArticleForm) -> None:
    """Whoever may not assign may send the authors as they are, but not others."""
    if may(web.me(), "article.assign", article) or content_of(article, form, None).authors is None:
        return
    is_stale = article is not None and form.based_on not in (None, article.draft.version)
    if not is_stale:  # else it is the other writer who changed them: a conflict, and told as one
        form.authors.errors = ["Only editors choose who an article is by."]


def _check_number(article: Article | None, form: ArticleForm) -> None:
    """Whether readers see a number changes at once what they see: as publishing does."""
    shown = True if article is None else article.shows_pageviews
    if bool(form.shows_pageviews.data) != shown and not may(web.me(), "article.publish", article):
        form.shows_pageviews.errors = ["Only editors choose whether readers see the number."]


def _authors_now(article: Article | None) -> list[str]:
    return parse_names(str(values_of(article)["authors"])) if article else [web.myself().name]


def _show_conflict(article_id: int, form: ArticleForm, kept_id: int) -> str:
    """Both texts compared; the form has mine, and all that only they changed, and now knows of theirs."""
    with web.database().reader() as session:
        article = get_article(session, article_id)
        kept = session.get_one(Revision, kept_id)
        return show(article, form, **conflicting.fill(session, article, form, kept))
