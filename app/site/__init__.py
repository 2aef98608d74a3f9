"""The readers' door: pages, feeds, sitemap. Nothing here needs a cookie or JavaScript."""

from flask import Blueprint

from app.site import articles, feeds, lists, metadata, presenting, sitemap
from app.site.answers import stay_fresh

bp = Blueprint("site", __name__)
for module in (articles, lists, feeds, sitemap):
    bp.register_blueprint(module.bp)
bp.record_once(lambda state: presenting.furnish(state.app))
bp.record_once(lambda state: state.app.jinja_env.globals.update(blog_posting=metadata.blog_posting))
bp.after_request(stay_fresh)
