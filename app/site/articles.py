"""What readers read: the home page, articles, tags, authors, the archive."""

from flask import Blueprint

from app import web

bp = Blueprint("articles", __name__)


@bp.get("/")
@web.public
def home() -> str:
    return "to be built"
