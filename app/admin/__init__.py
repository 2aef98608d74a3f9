"""The staff's door: closed by default. Each module is one thing staff do."""

from datetime import datetime

from flask import Blueprint
from wtforms import Field

from app import web
from app.admin import articles, entrance, history, people, profile, publication, settings, tags
from app.admin.times import for_people

bp = Blueprint("admin", __name__)
for module in (entrance, articles, publication, history, tags, people, profile, settings):
    bp.register_blueprint(module.bp)


@bp.app_template_filter("site_time")
def site_time(moment: datetime) -> str:
    """A moment in the site's time zone: 22 Nov 2026, 16:08."""
    return for_people(moment, web.settings().zone)


@bp.app_template_global()
def tied_to(field: Field, also: str = "") -> dict[str, str]:
    """The attributes that tie a control to its error, and to the element with the id ``also``."""
    described = " ".join(part for part in (also, f"{field.id}-error" if field.errors else "") if part)
    found = {"aria-describedby": described} if described else {}
    return found | ({"aria-invalid": "true"} if field.errors else {})
