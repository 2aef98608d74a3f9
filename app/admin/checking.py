"""The check before publishing: what readers would miss or stumble over. It advises; the buttons work all the same."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, html, web
from app.admin import editing
from app.articles.checking import Advice, look_through
from app.articles.checking_links import check_links
from app.articles.models import Article

bp = Blueprint("checking", __name__, url_prefix="/admin/articles/<int:article_id>/check")


@bp.get("")
@web.needs("article.see", editing.load)
def show(article_id: int) -> str:
    """The advice about the working copy, on a page of its own; with ``?part=1`` the section alone, for the desk."""
    article = editing.load(article_id)
    if request.args.get("part"):
        return render_template("admin/checking/part.html", article=article, advice=list_advice(article))
    return render_template(
        "admin/checking/show.html", article=article, status=article.status(clock.now()), advice=list_advice(article)
    )


@bp.post("")
@web.needs("article.edit", editing.load)
def keep_and_check(article_id: int) -> ResponseReturnValue:
    """The form's button: save what was typed, then say what there is to look at."""
    editing.keep_typed(article_id)
    web.writer().commit()
    return redirect(url_for("admin.articles.edit", article_id=article_id, done="checked", _anchor="check"), 303)


@bp.app_template_global()
def list_advice(article: Article) -> list[Advice] | None:
    """What to look at before publishing the working copy; None for a text that is too intricate to be read."""
    try:
        looked = look_through(article.draft)
    except html.TooIntricate:
        return None
    about_links = check_links(
        web.reader(), looked.links, own_id=article.id, own_slug=article.draft.slug, address=web.address()
    )
    return [*looked.advice, *about_links]
