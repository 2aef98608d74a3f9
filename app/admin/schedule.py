"""One page with everything that is due, what came due lately, and what will not happen."""

from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, render_template

from app import clock, web
from app.accounts.permissions import OWN, scope_of
from app.articles.due import Event, list_ahead, list_held_up, list_lately
from app.purges import find_state

bp = Blueprint("schedule", __name__)
LATELY = timedelta(days=14)


@bp.get("/admin/schedule")
@web.needs("article.list")
def index() -> str:
    """Publications and withdrawals by day in the site's time zone; authors see those of their own articles."""
    session, me, now = web.reader(), web.myself(), clock.now()
    owner_id = me.id if scope_of(me, "article.list") == OWN else None
    since = now - LATELY
    purges = find_state(session) if web.settings().purge_url else None
    return render_template(
        "admin/schedule/index.html",
        ahead=_by_day(list_ahead(session, owner_id=owner_id)),
        lately=_by_day(list_lately(session, since=since, owner_id=owner_id)),
        held_up=list_held_up(session, since=since, owner_id=owner_id),
        purges=purges if purges is not None and purges.failures else None,
        days=LATELY.days,
        is_own=owner_id is not None,
    )


def _by_day(events: list[Event]) -> list[tuple[date, list[Event]]]:
    zone = web.settings().zone
    by_day = groupby(events, key=lambda event: event.moment.astimezone(zone).date())
    return [(day, list(of_day)) for day, of_day in by_day]
