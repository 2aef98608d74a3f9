"""Tags: how much each is used; renaming, merging, deleting."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField, StringField  # type: ignore[attr-defined]

from app import web
from app.articles import tagging
from app.articles.models import Tag
from app.audit.withholding import differences

bp = Blueprint("tags", __name__, url_prefix="/admin/tags")


class RenameForm(web.Form):
    name = StringField("Name")


class MergeForm(web.Form):
    into = SelectField("Merge into", coerce=str, validate_choice=False)


@bp.get("")
@web.needs("tag.manage")
def index() -> str:
    """All tags by name, with counts."""
    return render_template("admin/tags/index.html", counts=tagging.list_tags_with_counts(web.reader()))


@bp.get("/<int:tag_id>")
@web.needs("tag.manage")
def edit(tag_id: int) -> str:
    """One tag: rename it, merge it, delete it."""
    return _show(_tag(web.reader(), tag_id), RenameForm())


@bp.post("/<int:tag_id>")
@web.needs("tag.manage")
def rename(tag_id: int) -> ResponseReturnValue:
    """Give it another name; its address stays."""
    form = RenameForm()
    if not form.validate():
        return _show(_tag(web.reader(), tag_id), form), form.refusal_status
    session, holder_id = web.writer(), None
    tag = _tag(session, tag_id)
    former = tag.name
    try:
        tagging.rename_tag(session, tag, name=form.name.data or "")
    except (tagging.TagBlank, tagging.TagTooLong, tagging.TagTaken) as refusal:
        if isinstance(refusal, tagging.TagTaken):
            holder_id = refusal.holder.id
        session.rollback()
        form.name.errors = [str(refusal.__doc__)]
        return _show(_tag(web.reader(), tag_id), form, holder_id=holder_id), 422
    if tag.name != former:
        changes = differences({"name": former}, {"name": tag.name})
        web.note("tag.rename", kind="tag", id=tag_id, name=former, changes=changes)
    session.commit()
    return redirect(url_for("admin.tags.index", done="tag-renamed"), 303)


@bp.post("/<int:tag_id>/merge")
@web.needs("tag.manage")
def merge(tag_id: int) -> ResponseReturnValue:
    """Let everything that carries it carry another instead, and delete it."""
    form, session = MergeForm(), web.writer()
    into = _find_other(session, tag_id, form.into.data)
    if not form.validate() or into is None:
        if not form.errors:
            form.into.errors = ["Choose the tag that shall take over."]
        return _show(_tag(web.reader(), tag_id), form), form.refusal_status
    tag = _tag(session, tag_id)
    web.note("tag.merge", kind="tag", id=tag_id, name=tag.name, into={"id": into.id, "name": into.name})
    tagging.merge_tags(session, tag, into=into)
    session.commit()
    return redirect(url_for("admin.tags.index", done="tag-merged"), 303)


@bp.get("/<int:tag_id>/delete")
@web.needs("tag.manage")
def confirm(tag_id: int) -> str:
    """Ask once more."""
    tag = _tag(web.reader(), tag_id)
    return render_template("admin/tags/confirm.html", tag=tag, count=tagging.count_tag(web.reader(), tag))


@bp.post("/<int:tag_id>/delete")
@web.needs("tag.manage")
def delete(tag_id: int) -> ResponseReturnValue:
    """Take it off every article and delete it."""
    web.require_button()
    tag = _tag(web.writer(), tag_id)
    web.note("tag.delete", kind="tag", id=tag_id, name=tag.name)
    tagging.delete_tag(web.writer(), tag)
    web.writer().commit()
    return redirect(url_for("admin.tags.index", done="tag-deleted"), 303)


def _show(tag: Tag, form: RenameForm | MergeForm, *, holder_id: int | None = None) -> str:
    """The page of a tag; ``form`` is the one that was sent, if any, with its errors."""
    session = web.reader()
    renaming = form if isinstance(form, RenameForm) else RenameForm(formdata=None)
    if not renaming.is_submitted() or form is not renaming:
        renaming.name.data = tag.name
    merging = form if isinstance(form, MergeForm) else MergeForm(formdata=None)
    merging.into.choices = [SelectChoice("", "Choose a tag"), *_others(session, tag)]
    holder = tagging.get_tag(session, holder_id) if holder_id else None
    return render_template(
        "admin/tags/edit.html",
        tag=tag,
        count=tagging.count_tag(session, tag),
        form=form,
        renaming=renaming,
        merging=merging,
        holder=holder,
    )


def _others(session: Session, tag: Tag) -> list[SelectChoice]:
    return [SelectChoice(str(other.id), other.name) for other in tagging.list_tags(session) if other.id != tag.id]


def _find_other(session: Session, tag_id: int, typed: str | None) -> Tag | None:
    if not typed or not typed.isascii() or not typed.isdigit() or len(typed) > 9 or int(typed) == tag_id:
        return None
    try:
        return tagging.get_tag(session, int(typed))
    except tagging.TagUnknown:
        return None


def _tag(session: Session, tag_id: int) -> Tag:
    try:
        return tagging.get_tag(session, tag_id)
    except tagging.TagUnknown:
        abort(404)
