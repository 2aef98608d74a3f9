"""What becomes of an article: preview, publishing, withdrawing, the trash, deleting for good."""

from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, web
from app.admin import editing, statistics_words
from app.admin.article_form import ArticleForm, values_of
from app.admin.noting import noting
from app.admin.previewing import let_be_framed
from app.admin.times import TimeInvalid, TimeSkipped, parse_site_time
from app.articles import publishing
from app.articles.finishing_inserts import without_own_cards
from app.articles.models import Article, ArticleAuthor, ArticleTag, Draft, LiveText
from app.articles.permanent import linked_ids, list_public_slugs, with_current_addresses
from app.articles.publishing import KEEP, Keep, RenderedDraft
from app.articles.rendering import RENDERER, Body, Rendered, render
from app.articles.showing import list_shown
from app.html import TooIntricate
from app.pageviews.classes import ViewClass

bp = Blueprint("publication", __name__, url_prefix="/admin/articles/<int:article_id>")


@bp.post("/publish")
@web.needs("article.publish", editing.load)
def publish(article_id: int) -> ResponseReturnValue:
    """Save what was typed, if anything, and make the saved copy live, at once or at a time."""
    article = editing.load(article_id)
    form, was_public = editing.read_form(article), article.status(clock.now()) == "published"
    body = editing.check(article, form)
    at, until = _read_times(article, form)
    ahead = _render_ahead(article, form, body)
    if form.gives_content:
        editing.save(article, form, body)
    status = _publish(article_id, form, at, until, ahead)
    web.writer().commit()
    done = "scheduled" if status == "scheduled" else "updated" if was_public else "published"
    return _to_form(article_id, done)


@bp.post("/dates")
@web.needs("article.publish", editing.load)
def dates(article_id: int) -> ResponseReturnValue:
    """Change when it appears and disappears, and nothing of what readers read; the typed text is saved."""
    article = editing.load(article_id)
    form = editing.read_form(article)
    body = editing.check(article, form)
    at, until = _read_times(article, form)
    if form.gives_content:
        editing.save(article, form, body)
    mine = editing.load_in(web.writer(), article_id)
    try:
        with noting("article.schedule", mine):
            publishing.set_dates(web.writer(), mine, at=at, withdraw_at=until)
    except (publishing.NeverPublished, publishing.WithdrawalTooEarly) as refusal:
        web.writer().rollback()
        form.withdraw_at.errors = [str(refusal.__doc__)]
        return editing.show(editing.load(article_id), form), 422
    web.writer().commit()
    return _to_form(article_id, "dates-saved")


@bp.post("/withdraw")
@web.needs("article.withdraw", editing.load)
def withdraw(article_id: int) -> ResponseReturnValue:
    """Take it off at once: its address answers 410 from now on. Before its time it is a draft again."""
    form = editing.keep_typed(article_id)
    article = editing.load_in(web.writer(), article_id)
    try:
        with noting("article.withdraw", article):
            publishing.withdraw(web.writer(), article)
    except publishing.NeverPublished as refusal:
        form.form_errors.append(str(refusal.__doc__))
        web.writer().rollback()
        return editing.show(editing.load(article_id), form), 422
    done = "withdrawn" if article.was_published else "called-off"
    web.writer().commit()
    return _to_form(article_id, done)


@bp.post("/trash")
@web.needs("article.trash", editing.load)
def trash(article_id: int) -> ResponseReturnValue:
    """Put it into the trash, from where it can be brought back."""
    editing.keep_typed(article_id)
    article = editing.load_in(web.writer(), article_id)
    with noting("article.trash", article):
        publishing.trash(web.writer(), article)
    web.writer().commit()
    return redirect(url_for("admin.articles.index", done="trashed"), 303)


@bp.post("/restore")
@web.needs("article.restore", editing.load)
def restore(article_id: int) -> ResponseReturnValue:
    """Bring it back from the trash, as it was before."""
    editing.keep_typed(article_id)
    article = editing.load_in(web.writer(), article_id)
    with noting("article.restore", article):
        publishing.restore(web.writer(), article)
    web.writer().commit()
    return _to_form(article_id, "restored")


@bp.get("/delete")
@web.needs("article.delete", editing.load)
def confirm(article_id: int) -> ResponseReturnValue:
    """Ask once more: this cannot be taken back."""
    article = editing.load(article_id)
    if article.trashed_at is None:
        return _to_form(article_id, "not-in-trash")
    return render_template("admin/publication/confirm.html", article=article)


@bp.post("/delete")
@web.needs("article.delete", editing.load)
def delete(article_id: int) -> ResponseReturnValue:
    """Delete it for good, with everything that was ever saved of it."""
    web.require_button()
    article = editing.load_in(web.writer(), article_id)
    title, slug = article.draft.title or article.title, article.slug or article.draft.slug
    try:
        publishing.delete_for_good(web.writer(), article)
    except publishing.NotInTrash as refusal:
        web.writer().rollback()
        article = editing.load(article_id)
        form = editing.read_form(article)
        form.form_errors.append(str(refusal.__doc__))
        return editing.show(article, form), 422
    web.note("article.delete", kind="article", id=article_id, name=title, slug=slug)
    web.writer().commit()
    return redirect(url_for("admin.articles.index", status="trashed", done="deleted"), 303)


@bp.post("/preview")
@web.needs("article.edit", editing.load)
def keep_and_preview(article_id: int) -> ResponseReturnValue:
    """The form's preview button: save what was typed, then show it."""
    editing.keep_typed(article_id)
    web.writer().commit()
    return redirect(url_for("admin.publication.preview", article_id=article_id), 303)


@bp.get("/preview")
@web.needs("article.see", editing.load)
def preview(article_id: int) -> ResponseReturnValue:
    """The working copy as a reader would see it; counted apart, as a preview."""
    article = editing.load(article_id)
    try:
        shown = _as_if_live(article)
    except TooIntricate as refusal:
        form = editing.read_form(article)
        form.body.errors = [web.sentence(refusal)]
        return editing.show(article, form), 422
    text = _with_links(shown)
    page = render_template(
        "admin/publication/preview.html", article=shown, rendered=text, article_id=article_id, newer=None, older=None
    )
    counter = current_app.extensions["typecase.counter"]
    counter.count(article_id, ViewClass.PREVIEW)
    count = counter.shown(web.reader(), article_id)
    element = f'<data class="pageviews" value="{count}">{statistics_words.views(count)}</data>'
    page = page.replace("<!--pageviews-->", element, 1)
    return let_be_framed(page) if request.args.get("framed") else page


def _to_form(article_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("admin.articles.edit", article_id=article_id, done=done), 303)


def _read_times(article: Article, form: ArticleForm) -> tuple[datetime | None, datetime | Keep | None]:
    """When to publish (None: now, or as it is) and to withdraw (None: never). Raises ``Refused``."""
    shown, now = values_of(article), clock.now()
    at = article.published_at if form.is_unchanged("publish_at", shown) else _read_time(form, "publish_at")
    until: datetime | Keep | None = KEEP
    if form.gives("withdraw_at") and not form.is_unchanged("withdraw_at", shown):
        until = _read_time(form, "withdraw_at")
        if until is not None and until <= now:
            form.withdraw_at.errors = ["This time has passed. To take the article off now, press “Withdraw now”."]
    if form.errors:
        raise editing.Refused((editing.show(article, form), 422))
    return at, until


def _read_time(form: ArticleForm, name: str) -> datetime | None:
    typed = (form[name].data or "").strip()
    if not typed or (name == "publish_at" and form.wants_now):
        return None
    try:
        return parse_site_time(typed, web.settings().zone)
    except (TimeInvalid, TimeSkipped) as refusal:
        form[name].errors = [web.sentence(refusal)]
        return None


def _render_ahead(article: Article, form: ArticleForm, body: Body | None) -> tuple[Draft, Rendered]:
    """What the working copy will be once the form is saved, rendered: slow, so before the first write.

    Raises ``Refused`` for a text that was stored when more was allowed than now.
    """
    draft = article.draft
    source, style = (body.source, body.format) if body else (draft.body, draft.body_format)
    excerpt = str(form.excerpt.data or "").strip()
    pictures = list_shown(web.reader(), source)
    try:
        made = render(source, style, excerpt=excerpt, pictures=pictures)
        return Draft(body=source, body_format=style, excerpt=excerpt), made
    except TooIntricate as refusal:
        form.body.errors = [web.sentence(refusal)]
        raise editing.Refused((editing.show(article, form), 422)) from refusal


def _publish(
    article_id: int,
    form: ArticleForm,
    at: datetime | None,
    until: datetime | Keep | None,
    ahead: tuple[Draft, Rendered],
) -> str:
    """Publish, and say which status that made. Raises ``Refused``."""
    session = web.writer()
    article = editing.load_in(session, article_id)
    draft, (expected, made) = article.draft, ahead
    is_same = all(getattr(draft, name) == getattr(expected, name) for name in ("body", "body_format", "excerpt"))
    rendered = RenderedDraft(draft.version, made) if is_same else None
    try:
        with noting("article.publish", article):
            publishing.publish(session, article, by_id=web.myself().id, at=at, withdraw_at=until, rendered=rendered)
    except publishing.WithdrawalTooEarly as refusal:
        session.rollback()
        form.withdraw_at.errors = [str(refusal.__doc__)]
        raise editing.Refused((editing.show(editing.load(article_id), form), 422)) from refusal
    return article.status(clock.now())


def _as_if_live(article: Article) -> Article:
    """The working copy dressed as a live article, for the readers' template; it belongs to no session."""
    draft = article.draft
    pictures = list_shown(web.reader(), draft.body)
    made = render(draft.body, draft.body_format, excerpt=draft.excerpt, pictures=pictures)
    names = ("slug", "title", "excerpt", "language", "cover_url", "cover_alt", "canonical_url", "is_featured")
    shown = Article(
        id=article.id, words=made.words, summary=made.summary, **{name: getattr(draft, name) for name in names}
    )
    shown.published_at = article.published_at or clock.now()
    shown.shows_pageviews = article.shows_pageviews
    shown.updated_at = article.updated_at or shown.published_at
    shown.text = LiveText(body=draft.body, body_format=draft.body_format, rendered=made.html, renderer=RENDERER)
    shown.author_links = [ArticleAuthor(account=account) for account in draft.authors]
    shown.tag_links = [ArticleTag(tag=tag) for tag in draft.tags]
    return shown


def _with_links(shown: Article) -> str:
    """The text of the preview, its links to own articles leading where they do now."""
    assert shown.text is not None
    slugs = list_public_slugs(web.reader(), linked_ids(shown.text.rendered))
    return without_own_cards(with_current_addresses(shown.text.rendered, slugs), web.address())
