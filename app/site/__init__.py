"""The readers' door: pages, feeds, sitemap. Nothing here needs a cookie or JavaScript."""

from flask import Blueprint

from app.site import articles

bp = Blueprint("site", __name__)
for module in (articles,):
    bp.register_blueprint(module.bp)
