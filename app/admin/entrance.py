"""The way in: set-up, sign in, sign out, first password."""

from flask import Blueprint

from app import web

bp = Blueprint("entrance", __name__)


@bp.get("/login")
@web.public
def login() -> str:
    return "to be built"
