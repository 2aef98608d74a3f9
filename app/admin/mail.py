"""Mail: what went out, what did not and why, and sending it again."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, letters, mail, web

bp = Blueprint("mail", __name__, url_prefix="/admin/mail")

KINDS = {
    "invitation": "Invitation",
    "welcome": "Link to choose a password",
    "reset": "Forgotten password",
    "password-changed": "Told: password changed",
    "address": "New address to be confirmed",
    "address-changed": "Told: address changed",
}


@bp.get("")
@web.needs("mail.manage")
def index() -> str:
    failed_only = request.args.get("show") == "failed"
    return render_template(
        "admin/mail/index.html",
        messages=mail.list_messages(web.reader(), failed=failed_only),
        failed_only=failed_only,
        failures=mail.count_failed(web.reader()),
        kinds=KINDS,
        is_mailed=letters.is_mailed(),
        moment=clock.now(),
    )


@bp.post("/<int:message_id>/send")
@web.needs("mail.manage")
def send(message_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        message = mail.send_again(web.writer(), message_id)
    except mail.MessageUnknown:
        abort(404)
    except mail.MessageGone as refusal:
        web.tell(refused=web.sentence(refusal))
        return redirect(url_for(".index"), 303)
    web.note("mail.send", kind="message", id=message.id, name=message.recipient, about=message.kind)
    web.writer().commit()
    return redirect(url_for(".index", done="mail-again"), 303)
