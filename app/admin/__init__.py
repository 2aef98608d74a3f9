"""The staff's door: closed by default. Each module is one thing staff do."""

from datetime import datetime

from flask import Blueprint, current_app, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from app import clock, web
from app.admin import (
    addresses,
    article_search,
    articles,
    audit,
    autosave,
    bulk,
    checking,
    corrections,
    editing,
    entrance,
    exporting,
    factors,
    factors_demand,
    factors_entrance,
    factors_passkeys,
    factors_proving,
    front,
    history,
    invitations,
    invitations_passkeys,
    leaving,
    looking,
    mail,
    media,
    palette,
    people,
    previewing,
    profile,
    proving,
    publication,
    rescuing,
    reset,
    roles,
    schedule,
    security_settings,
    sessions,
    settings,
    statistics,
    tags,
    whys,
)
from app.admin.times import clock_for_people, comes_twice, day_for_people, for_people, when_for_people

bp = Blueprint("admin", __name__)
for module in (
    entrance,
    front,
    article_search,
    articles,
    audit,
    autosave,
    bulk,
    publication,
    previewing,
    checking,
    schedule,
    history,
    tags,
    people,
    invitations,
    invitations_passkeys,
    leaving,
    reset,
    mail,
    whys,
    roles,
    looking,
    profile,
    addresses,
    exporting,
    proving,
    rescuing,
    factors,
    factors_passkeys,
    factors_proving,
    factors_entrance,
    factors_demand,
    sessions,
    settings,
    security_settings,
    statistics,
    corrections,
    media,
    palette,
):
    bp.register_blueprint(module.bp)


@bp.errorhandler(editing.Refused)
def show_again(refused: editing.Refused) -> ResponseReturnValue:
    """The form of an article again, whichever of its buttons was pressed; the request commits nothing more."""
    return refused.answer


@bp.app_template_filter("site_time")
def site_time(moment: datetime) -> str:
    """A moment in the site's time zone: 22 Nov 2026, 16:08."""
    return for_people(moment, web.settings().zone)


@bp.app_template_filter("site_clock")
def site_clock(moment: datetime) -> str:
    """The time of day in the site's time zone: 16:08."""
    return clock_for_people(moment, web.settings().zone)


@bp.app_template_filter("site_when")
def site_when(moment: datetime) -> str:
    """A moment with its weekday in the site's time zone: Mon 23 Nov 2026, 09:00."""
    return when_for_people(moment, web.settings().zone)


bp.app_template_filter("long_day")(day_for_people)


@bp.app_template_global()
def now() -> datetime:
    """The current moment."""
    return clock.now()


@bp.app_template_global()
def is_twice(typed: str) -> bool:
    """Whether a typed local time comes twice in the site's time zone: the clocks go back over it."""
    return comes_twice(typed, web.settings().zone)


@bp.app_template_global()
def counting_page() -> str | None:
    """Where readers are told how views are counted, if the site has that page."""
    endpoint = "site.explaining.how_we_count"
    return url_for(endpoint) if endpoint in current_app.view_functions else None


@bp.app_template_global()
def tied_to(field: Field, also: str = "") -> dict[str, str]:
    """The attributes that tie a control to its error, and to the element with the id ``also``."""
    described = " ".join(part for part in (also, f"{field.id}-error" if field.errors else "") if part)
    found = {"aria-describedby": described} if described else {}
    return found | ({"aria-invalid": "true"} if field.errors else {})
