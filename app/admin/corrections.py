"""Corrections of the count: what was taken out, by whom and why; taking views out, after asking once more; undoing."""

from datetime import date
from typing import Any, NoReturn

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectChoice, SelectField, StringField  # type: ignore[attr-defined]

from app import web
from app.admin import statistics_words
from app.admin.statistics_numbers import name_articles
from app.articles.reading import ArticleUnknown, find_slug_holder, get_article
from app.pageviews import correcting
from app.pageviews.models import SITE, PageviewCorrection
from app.pageviews.statistics import get_today
from app.text import clean_line

PATIENCE_SECONDS = 3.0
bp = Blueprint("corrections", __name__, url_prefix="/admin/statistics/corrections")

SHOWN = 50
FIELD_OF: dict[type[Exception], str] = {
    correcting.NothingToCorrect: "",
    correcting.MoreThanCounted: "amount",
    correcting.ViewsTooFew: "amount",
    correcting.RangeBackwards: "last_day",
    correcting.RangeInFuture: "last_day",
    correcting.RangeTooCoarse: "first_day",
    correcting.RangeTooLarge: "last_day",
    correcting.ReasonBlank: "reason",
    correcting.ReasonTooLong: "reason",
}


class FieldInvalid(Exception):
    """Something typed cannot be understood; the field says what."""


REFUSALS: tuple[type[Exception], ...] = (FieldInvalid, *FIELD_OF)


class CorrectionForm(web.Form):
    read_only = frozenset({"id", "views", "made_by", "made_at", "undone_at"})

    article = StringField("Article")
    first_day = StringField("From day")
    first_hour = SelectField("From hour")
    last_day = StringField("To day")
    last_hour = SelectField("To hour")
    view_class = SelectField("Whose views")
    amount = StringField("How many")
    reason = StringField("Reason")
    confirmed = HiddenField()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, minutes in (("first_hour", 0), ("last_hour", 59)):
            self[name].choices = [
                SelectChoice(str(hour), statistics_words.hour(hour, minute=minutes)) for hour in range(24)
            ]
        self.view_class.choices = [SelectChoice(name, label) for name, (label, _) in statistics_words.CLASSES.items()]

    def day(self, name: str) -> date:
        """The day of a field. Raises ``FieldInvalid``."""
        try:
            return date.fromisoformat((self[name].data or "").strip())
        except ValueError:
            self._fail(name, "Please choose a day, or write it like 2026-11-22.")

    def number(self) -> int | None:
        """How many views; None: all. Raises ``FieldInvalid``."""
        typed = (self.amount.data or "").strip()
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 16):
            self._fail("amount", "Please write a whole number, or nothing for all of them.")
        return int(typed) if typed else None

    def article_id(self, session: Session) -> int:
        """Whose views: the number or address of an article; the site's if nothing is typed. Raises ``FieldInvalid``."""
        typed = clean_line(self.article.data or "")
        if not typed:
            return SITE
        try:
            if typed.isascii() and typed.isdigit() and len(typed) < 10:
                return get_article(session, int(typed)).id
        except ArticleUnknown:
            pass
        holder = find_slug_holder(session, typed.rstrip("/").rpartition("/")[2])
        if holder is None:
            self._fail("article", "There is no article with this number or address.")
        return holder.id

    def _fail(self, name: str, why: str) -> NoReturn:
        self[name].errors = [why]
        raise FieldInvalid


@bp.get("")
@web.needs("statistics.correct")
def index() -> ResponseReturnValue:
    """What was taken out so far, newest first."""
    return _list()


@bp.get("/new")
@web.needs("statistics.correct")
def new() -> ResponseReturnValue:
    """The form, filled in as far as the address says: a marked spike leads here."""
    today = str(get_today(web.reader()))
    usual = {"first_day": today, "first_hour": "0", "last_day": today, "last_hour": "23", "view_class": "browser"}
    given = {name: request.args[name][:500] for name in (*usual, "article", "amount", "reason") if name in request.args}
    return render_template("admin/corrections/new.html", form=CorrectionForm(formdata=None, data=usual | given))


@bp.post("")
@web.needs("statistics.correct")
def make() -> ResponseReturnValue:
    """Say first how many views would go; take them out once that is confirmed."""
    form = CorrectionForm()
    if not form.validate_on_submit():
        return _again(form, form.refusal_status)
    # What is still in the journal cannot be taken out yet.
    current_app.extensions["typecase.counter"].fold_all(patience=PATIENCE_SECONDS)
    session = web.writer()
    try:
        correction = _correct(session, form)
    except REFUSALS as refusal:
        session.rollback()
        if type(refusal) in FIELD_OF:
            form.refuse(refusal, FIELD_OF[type(refusal)])
        return _again(form, 422)
    if form.confirmed.data == "yes":
        _note("statistics.correct", correction)
        session.commit()
        return redirect(url_for(".index", done="corrected"), 303)
    page = _confirm(session, form, correction)
    session.rollback()
    return page


@bp.post("/<int:correction_id>/undo")
@web.needs("statistics.correct")
def undo(correction_id: int) -> ResponseReturnValue:
    """Put back exactly what was taken out."""
    web.require_button()
    session, me = web.writer(), web.myself()
    try:
        _note("statistics.undo", correcting.undo(session, correction_id, by=me.id, by_name=me.name))
    except correcting.CorrectionUnknown:
        abort(404)
    except correcting.AlreadyUndone as refusal:
        session.rollback()
        return _list(refusal=web.sentence(refusal)), 409
    session.commit()
    return redirect(url_for(".index", done="correction-undone"), 303)


def _note(action: str, correction: PageviewCorrection) -> None:
    web.note(action, kind="article", id=correction.article_id or None, correction=correcting.describe(correction))


def _correct(session: Session, form: CorrectionForm) -> PageviewCorrection:
    me = web.myself()
    return correcting.correct(
        session,
        form.article_id(session),
        first=(form.day("first_day"), int(form.first_hour.data)),
        last=(form.day("last_day"), int(form.last_hour.data)),
        view_class=form.view_class.data,
        views=form.number(),
        reason=form.reason.data or "",
        by=me.id,
        by_name=me.name,
    )


def _confirm(session: Session, form: CorrectionForm, correction: PageviewCorrection) -> str:
    """The question, with the number that was found: exactly as many go when it is answered with yes."""
    form.amount.data, form.confirmed.data = str(correction.views), "yes"
    return render_template(
        "admin/corrections/confirm.html",
        form=form,
        correction=correction,
        titles=name_articles(session, [correction.article_id]),
        words=statistics_words.HELPERS,
    )


def _again(form: CorrectionForm, status: int) -> ResponseReturnValue:
    form.confirmed.data = ""
    return render_template("admin/corrections/new.html", form=form), status


def _list(refusal: str = "") -> str:
    before = request.args.get("before", "")
    before_id = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    found = correcting.list_corrections(web.reader(), before_id=before_id, limit=SHOWN + 1)
    return render_template(
        "admin/corrections/index.html",
        corrections=found[:SHOWN],
        has_more=len(found) > SHOWN,
        titles=name_articles(web.reader(), {correction.article_id for correction in found}),
        refusal=refusal,
        words=statistics_words.HELPERS,
    )
