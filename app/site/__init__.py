"""The readers' door: pages, feeds, sitemap. Nothing here needs a cookie or JavaScript."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from app.site import articles, explaining, feeds, lists, media, metadata, pageviews, presenting, sitemap, well_known
from app.site.answers import stay_fresh
from app.site.keeping import keep_pages, tell_caches
from app.site.plain_answers import wrap as answer_plainly

__all__ = ["answer_plainly", "bp", "keep_pages", "tell_caches"]

bp = Blueprint("site", __name__)
for module in (articles, lists, feeds, sitemap, pageviews, explaining, media, well_known):
    bp.register_blueprint(module.bp)
bp.after_request(stay_fresh)


@bp.record_once
def furnish(state: BlueprintSetupState) -> None:
    """Give the readers' templates their helpers."""
    state.app.jinja_env.globals.update(presenting.HELPERS, blog_posting=metadata.blog_posting)
    state.app.jinja_env.filters.update(presenting.FILTERS)
