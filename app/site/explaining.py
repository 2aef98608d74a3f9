"""What readers are told about how they are counted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app import web
from app.pageviews.retention import HOURS
from app.site.keeping import keep

bp = Blueprint("explaining", __name__)


@bp.get("/how-we-count")
@web.public
def how_we_count() -> ResponseReturnValue:
    """What a view is and what is known of a reader, as it is with this site's settings."""
    keep("site")
    config = web.config()
    log_days = config.access_log_days if config.logs_to_files else None
    return render_template("site/explaining/how_we_count.html", hours=HOURS, log_days=log_days)
