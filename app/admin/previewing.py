"""The preview in a frame of a phone's or a desktop's width. The frame is sandboxed: what it shows runs nothing."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app import web
from app.admin import editing
from app.headers import policy

bp = Blueprint("previewing", __name__, url_prefix="/admin/articles/<int:article_id>/preview")
WIDTHS = {"phone": ("Phone", 390), "desktop": ("Desktop", 1280)}


@bp.get("/<any(phone, desktop):width>")
@web.needs("article.see", editing.load)
def show(article_id: int, width: str) -> ResponseReturnValue:
    """The saved working copy as readers would see it on such a screen."""
    page = render_template("admin/previewing/show.html", article=editing.load(article_id), width=width, widths=WIDTHS)
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = policy(frames=True)
    return answer


def let_be_framed(page: str) -> Response:
    """The preview as an answer that pages of this site, and no others, may show in a frame."""
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = policy(framed=True)
    return answer
