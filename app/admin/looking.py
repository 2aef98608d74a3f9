"""Looking at the admin as somebody in another role sees it, in this browser only, and the way out."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app import login, web
from app.accounts import looking
from app.admin.roles import the_role

bp = Blueprint("looking", __name__, url_prefix="/admin")


@bp.post("/roles/<role>/look")
@web.needs("role.see")
def begin(role: str) -> ResponseReturnValue:
    """Look as this role from now on."""
    web.require_button()
    seen = the_role(role)
    web.note("role.look", kind="role", name=seen.label, role=seen.name)
    looking.look_as(web.writer(), login.current_token(), role=seen.name)
    web.writer().commit()
    return redirect(url_for("admin.front.index"), 303)


@bp.post("/looking/end")
@web.needs("profile.edit", while_looking=True)
def end() -> ResponseReturnValue:
    """See with one's own eyes again."""
    web.require_button()
    seen = web.myself().looks_as
    if seen is not None:
        web.note("role.look_end", kind="role", name=seen.label, role=seen.name)
    looking.stop_looking(web.writer(), login.current_token())
    web.writer().commit()
    return redirect(url_for("admin.front.index"), 303)
