"""What needs somebody's attention, for their first page. Each provider asks a question or two and says what it found.

A new part of the software adds a provider to ``PROVIDERS``; one that the person may do nothing about says nothing.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple

from flask import url_for

from app import web
from app.accounts.factors import list_lacking
from app.accounts.permissions import may
from app.admin import statistics_words as words
from app.admin.statistics_numbers import name_articles
from app.mail import count_failed
from app.pageviews.periods import Period
from app.pageviews.spikes_asked import list_spikes
from app.pageviews.statistics import get_today
from app.purges import find_state

NAMED = 3
SPIKES = 2
"""So many unusual hours are named, and twice as many looked at: each costs three questions."""


class Attention(NamedTuple):
    """One thing: what is the matter, and where something can be done about it."""

    said: str
    """A sentence. Text from outside may be in it: templates escape it."""
    address: str
    label: str
    """What the link to ``address`` says."""
    kind: str = "warn"
    """warn, or bad where something does not work."""


def list_attention() -> list[Attention]:
    """Everything that whoever is signed in should look at, the most urgent first."""
    found = [item for provider in PROVIDERS for item in provider()]
    return sorted(found, key=lambda item: item.kind != "bad")


def spikes() -> Iterable[Attention]:
    """Views since yesterday that look as if a program made them."""
    if not may(web.me(), "statistics.correct"):
        return
    session, today = web.reader(), get_today(web.reader())
    found = list_spikes(session, None, Period(today - timedelta(days=1), today), limit=SPIKES, looked_at=SPIKES)
    offered = [spike for spike in found if spike.is_offered]
    titles = name_articles(session, {spike.article_id for spike in offered})
    for spike in offered:
        when = words.hours(*spike.first, *spike.last)
        address = url_for("admin.statistics.article", article_id=spike.article_id, period="7d")
        yield Attention(f"{titles[spike.article_id]}, {when}: {spike.why}", address, "Look at the numbers")


def shared_cache() -> Iterable[Attention]:
    """A cache in front of the site that could not be told what changed."""
    if not web.settings().purge_url or not may(web.me(), "settings.edit"):
        return
    state = find_state(web.reader())
    if state is not None and state.failures:
        said = f"The cache in front of the site could not be told what changed: {state.error}"
        yield Attention(said, url_for("admin.schedule.index", _anchor="late-heading"), "More about it", "bad")


def failed_mail() -> Iterable[Attention]:
    """Messages that could not be sent: somebody waits for a link."""
    if may(web.me(), "mail.manage") and (count := count_failed(web.reader())):
        said = "One message could not be sent." if count == 1 else f"{count} messages could not be sent."
        yield Attention(said, url_for("admin.mail.index"), "Look at the mail", "bad")


def missing_factors() -> Iterable[Attention]:
    """People without the second factor that their role demands."""
    if not may(web.me(), "people.list"):
        return
    lacking = list_lacking(web.reader(), limit=NAMED + 1)
    if lacking:
        names = ", ".join(account.name for account in lacking[:NAMED]) + (" and others" if lacking[NAMED:] else "")
        said = f"Without the second factor that their role demands: {names}."
        yield Attention(said, url_for("admin.people.index"), "People")


PROVIDERS: list[Callable[[], Iterable[Attention]]] = [failed_mail, shared_cache, missing_factors, spikes]
