"""The first page of the staff: where they left off, what is due, what is read, what needs attention."""

from datetime import timedelta

from flask import Blueprint, render_template

from app import clock, web
from app.accounts.models import Account
from app.accounts.permissions import OWN, may, scope_of
from app.admin import statistics_words
from app.admin.attention import list_attention
from app.admin.statistics_asked import of_site
from app.admin.statistics_numbers import list_top
from app.articles.continuing import has_articles, has_own, list_unfinished
from app.articles.due import list_ahead, list_held_up
from app.pageviews import statistics
from app.pageviews.periods import Period

bp = Blueprint("front", __name__)
SHOWN = 5
LATELY = timedelta(days=14)


@bp.get("/admin/")
@web.needs("profile.edit")
def index() -> str:
    """What somebody may see of the site, as it is today; each part by its own right."""
    session, me = web.reader(), web.myself()
    writes = may(me, "article.list")
    only_own = scope_of(me, "article.list") == OWN
    return render_template(
        "admin/front/index.html",
        attention=list_attention(),
        welcome=_welcome(me, only_own=only_own) if writes else "",
        unfinished=list_unfinished(session, me.id, limit=SHOWN) if writes else [],
        only_own=only_own,
        due=_due(me.id if only_own else None) if writes else None,
        read=_read_today() if may(me, "statistics.see") else None,
        words=statistics_words.HELPERS,
        now=clock.now(),
    )


def _welcome(me: Account, *, only_own: bool) -> str:
    """Whom to welcome: ``site`` while it has no article, ``author`` who has none, else nobody."""
    if not has_articles(web.reader()):
        return "site"
    return "author" if only_own and not has_own(web.reader(), me.id) else ""


def _due(owner_id: int | None) -> dict[str, object]:
    """The next changes by date, and what will not happen although a date says so."""
    session, since = web.reader(), clock.now() - LATELY
    return {
        "ahead": list_ahead(session, owner_id=owner_id, limit=SHOWN),
        "held_up": list_held_up(session, since=since, owner_id=owner_id, limit=SHOWN),
    }


def _read_today() -> dict[str, object]:
    """The numbers of today's statistics page, from the same questions."""
    session, subject = web.reader(), of_site()
    today = Period(statistics.get_today(session), statistics.get_today(session))
    return {
        "subject": subject,
        "period": today,
        "summary": statistics.summarize(session, subject.of, today),
        "before": statistics.summarize(session, subject.of, today.before()),
        "top": list_top(session, subject, today, SHOWN),
    }
