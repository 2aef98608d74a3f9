"""The library: pictures, documents, audio and video; uploading, describing, replacing and deleting them."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app import errors, text, web
from app.accounts.permissions import may
from app.admin import media_answers as answers
from app.admin.media_form import MediaForm, said_of
from app.admin.media_taking import Taken, take, take_instead
from app.articles import picturing
from app.audit.withholding import differences
from app.media import storing
from app.media.limits import Busy, Refused
from app.media.models import KINDS, Media
from app.media.reading import Filter, MediaUnknown, count_media, get_media, list_media, list_used

bp = Blueprint("media", __name__, url_prefix="/admin/media")
BESIDE_BYTES = 1024 * 1024
"""What an upload has around its file: the other fields."""


def load(media_id: int) -> Media:
    """The file of an address of the admin, for reading; 404 where there is none."""
    try:
        return get_media(web.reader(), media_id)
    except MediaUnknown:
        abort(404)


@bp.get("")
@web.needs("media.see")
def index() -> ResponseReturnValue:
    """The library, searched and filtered as the address says; as JSON for scripts."""
    wanted, after = _filter(), _number(request.args.get("after"))
    session = web.reader()
    found = list_media(session, wanted, after=after)
    if web.wants_json():
        return {"items": [answers.item(media) for media in found.items], "next": found.next}
    return render_template(
        "admin/media/index.html",
        found=found,
        wanted=wanted,
        total=count_media(session, wanted),
        used=list_used(session, [media.id for media in found.items]),
        kinds=KINDS,
        most_bytes=web.config().max_upload_bytes,
        **answers.HELPERS,
    )


@bp.post("")
@web.needs("media.add")
def add() -> ResponseReturnValue:
    """Take one file or several; those that cannot be taken are named, each with its reason."""
    request.max_content_length = web.config().max_upload_bytes + BESIDE_BYTES
    answers.require_token()
    taken = take(request.files.getlist("file"))
    if web.wants_json():
        return answers.of_taken(taken)
    if not taken.refused and len(taken.items) == 1:
        done = "media-known" if taken.items[0].was_known else "media-added"
        return redirect(url_for(".show", media_id=taken.items[0].media.id, done=done), 303)
    return _show_taken(taken)


@bp.get("/<int:media_id>")
@web.needs("media.see")
def show(media_id: int) -> ResponseReturnValue:
    """One file: what is said about it, and where it is used."""
    media = load(media_id)
    if web.wants_json():
        return answers.item(media)
    return _show(media, MediaForm(obj=media))


@bp.post("/<int:media_id>")
@web.needs("media.edit", load)
def save(media_id: int) -> ResponseReturnValue:
    """Keep what is said about a file."""
    media, form = load(media_id), MediaForm(obj=load(media_id))
    if not form.validate_on_submit():
        return _show(media, form), form.refusal_status
    session = web.writer()
    mine = get_media(session, media_id)
    before = said_of(mine)
    try:
        storing.describe(session, mine, **form.said())
    except storing.TextTooLong as refusal:
        form.refuse(refusal, refusal.field)
        return _show(media, form), 422
    if changes := differences(before, said_of(mine)):
        web.note("media.edit", kind="media", id=media_id, name=mine.title, changes=changes)
    session.commit()
    return redirect(url_for(".show", media_id=media_id, done="media-saved"), 303)


@bp.post("/<int:media_id>/replace")
@web.needs("media.edit", load)
def replace(media_id: int) -> ResponseReturnValue:
    """Put another file in its place, under the same address; the articles that show it are made anew."""
    request.max_content_length = web.config().max_upload_bytes + BESIDE_BYTES
    answers.require_token()
    try:
        take_instead(request.files.get("file"), media_id)
    except (Refused, Busy) as refusal:
        form = MediaForm(formdata=None, obj=load(media_id))
        form.refuse(refusal)
        return _show(load(media_id), form), 422
    return redirect(url_for(".show", media_id=media_id, done="media-replaced"), 303)


@bp.get("/<int:media_id>/delete")
@web.needs("media.delete", load)
def confirm(media_id: int) -> ResponseReturnValue:
    """Ask once more; where the file is used, say so instead."""
    media = load(media_id)
    return render_template("admin/media/confirm.html", media=media, uses=_uses(media_id), **answers.HELPERS)


@bp.post("/<int:media_id>/delete")
@web.needs("media.delete", load)
def delete(media_id: int) -> ResponseReturnValue:
    """Delete a file that no article uses."""
    web.require_button()
    media, session = load(media_id), web.writer()
    try:
        file = storing.remove(session, get_media(session, media_id))
    except storing.StillUsed:
        session.rollback()
        page = render_template("admin/media/confirm.html", media=media, uses=_uses(media_id), **answers.HELPERS)
        return page, 409
    web.note("media.delete", kind="media", id=media_id, name=media.title, file=file)
    session.commit()
    web.workshop().files.delete(file)
    return redirect(url_for(".index", done="media-deleted"), 303)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The page for it, or for scripts the same in one sentence."""
    page = errors.show(error)  # reads what the browser is still sending
    return answers.too_large() if web.wants_json() else page


def _filter() -> Filter:
    """What the address asks for; what it cannot mean is left out."""
    asked = request.args
    kind = asked.get("kind", "")
    q = text.clean_line(asked.get("q", ""))[:200]
    return Filter(q=q, kind=kind if kind in KINDS else "", is_unused=asked.get("unused") == "1")


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _show(media: Media, form: MediaForm) -> str:
    return render_template(
        "admin/media/show.html",
        media=media,
        form=form,
        uses=_uses(media.id),
        may_edit=may(web.me(), "media.edit", media),
        **answers.HELPERS,
    )


def _show_taken(taken: Taken) -> ResponseReturnValue:
    """What became of several files, or of one that was refused."""
    status = 200 if taken.items else 422
    return render_template("admin/media/taken.html", taken=taken, **answers.HELPERS), status


def _uses(media_id: int) -> list[picturing.Use]:
    return picturing.list_uses(web.reader(), media_id)
