"""Spikes: what is marked, what is offered for a correction, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.pageviews import statistics
from app.pageviews.correcting import correct
from app.pageviews.periods import Period, period_named
from app.pageviews.spikes import Facts, Share, find_spikes
from app.pageviews.spikes_asked import list_spikes
from tests.conftest import Clock
from tests.pageviews.counts import TODAY, add_detail, add_views

QUIET = [0] * 8 + [2, 4, 5, 5, 6, 5, 4, 4, 5, 4, 3, 2, 1, 0, 0, 0]
BUSY = [count * 100 for count in QUIET]
GOOGLE, PHONES = Share("search", "Google", 40), Share("device", "phone", 30)
USUAL_SHARES = (GOOGLE, Share("direct", "", 10), PHONES, Share("device", "desktop", 20))


def facts(extra: dict[int, int], *, readers: int, usual: list[int] = QUIET, **changes: Any) -> Facts:
    """A day like the others (1.25 views a reader), with more views in some hours."""
    hours = [count + extra.get(hour, 0) for hour, count in enumerate(usual)]
    known: dict[str, Any] = {
        "usual_hours": [usual] * 28, "usual_readers": [round(sum(usual) / 1.25)] * 28, "usual_shares": USUAL_SHARES,
    }  # fmt: skip
    return Facts(7, TODAY, hours, readers, **(known | changes))


REST = round(sum(QUIET) / 1.25)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        pytest.param(facts({}, readers=REST), None, id="a day like any other"),
        pytest.param(facts({10: 60}, readers=REST + 1), None, id="a little more is no spike"),
        pytest.param(facts({10: 1000}, readers=REST + 1), (10, 10, 1005, 5, True), id="a reload bot"),
        pytest.param(facts({3: 1000}, readers=REST + 1), (3, 3, 1000, 0, True), id="a reload bot at night"),
        pytest.param(facts({10: 900, 11: 800, 13: 700}, readers=REST + 4), (10, 13, 2421, 20, True),
                     id="a bot for hours"),
        pytest.param(facts({23: 500}, readers=REST + 2), (23, 23, 500, 0, True), id="in the last hour"),
        pytest.param(facts({10: 1000}, readers=REST + 900), (10, 10, 1005, 5, False), id="many readers"),
        pytest.param(facts({10: 5000, 11: 9000, 12: 7000}, readers=17_000,
                           shares=[Share("social", "Reddit", 20_000), Share("device", "phone", 12_000)]),
                     (10, 12, 21_016, 15, False), id="viral by one social site"),
        pytest.param(facts({10: 5000}, readers=3900,
                           shares=[Share("site", "news.example", 4900), Share("device", "phone", 4900)]),
                     (10, 10, 5005, 5, False), id="viral by one other site on phones"),
        pytest.param(facts({10: 1000}, readers=REST + 180), (10, 10, 1005, 5, False), id="eager readers"),
        pytest.param(facts({10: 1000}, readers=REST + 180, shares=[Share("direct", "", 1000), GOOGLE]),
                     (10, 10, 1005, 5, True), id="eager readers that all come one way"),
        pytest.param(facts({10: 5000}, readers=round(sum(BUSY) / 1.25) + 1, usual=BUSY), (10, 10, 5500, 500, True),
                     id="a bot among many readers"),
        pytest.param(facts({10: 700}, readers=1, usual=BUSY), None, id="no more than a busy article varies"),
        pytest.param(facts({10: 1000}, readers=0), (10, 10, 1005, 5, False), id="readers not known"),
        pytest.param(facts({10: 1000}, readers=800, usual_hours=[], usual_readers=[], usual=[0] * 24), None,
                     id="a new article that people read"),
        pytest.param(facts({10: 1000}, readers=2, usual_hours=[], usual_readers=[], usual=[0] * 24),
                     (10, 10, 1000, 0, True), id="a new article that a bot reads"),
    ],
)  # fmt: skip
def test_what_is_marked_and_what_is_offered(day: Facts, found: tuple[int, int, int, int, bool] | None) -> None:
    spikes = [(s.first, s.last, s.views, s.usual, s.is_offered) for s in find_spikes([day])]
    if found is None:
        assert spikes == []
    else:
        first, last, *rest = found
        assert spikes == [((TODAY, first), (TODAY, last), *rest)]


def test_hours_that_vary_a_lot_are_not_unusual() -> None:
    wild = [[count * (1 + day % 5 * 30) for count in QUIET] for day in range(28)]
    day = facts({10: 550}, readers=1, usual_hours=wild)
    assert find_spikes([day]) == []


def test_one_day_of_a_bot_does_not_make_the_next_one_usual() -> None:
    before = [QUIET] * 25 + [[5000] * 24] * 3
    assert [spike.usual for spike in find_spikes([facts({10: 1000}, readers=REST + 1, usual_hours=before)])] == [5]


def test_it_says_why() -> None:
    bot = facts({10: 1000}, readers=REST + 1, shares=[
        Share("direct", "", 1030), GOOGLE, Share("device", "desktop", 1050), Share("campaign", "<b>x</b>", 1000),
    ])  # fmt: skip
    assert find_spikes([bot])[0].why == (
        "1,005 views in an hour where 5 are usual. Some 5 readers made them, 201 views each; usual are 1.2. "
        "96% of the day's views came from one source: none was told. "
        "95% of the day's views came with one campaign: <b>x</b>. "
        "100% of the day's views were made on one kind of device: desktop."
    )
    viral = facts({10: 1000, 11: 1000}, readers=1700)
    assert find_spikes([viral])[0].why == (
        "2,010 views in 2 hours where 10 are usual. That is unusual, but some 1,668 readers made them."
    )
    alone = facts({3: 1000}, readers=1, usual_hours=[], usual_readers=[], usual=[0] * 24)
    assert find_spikes([alone])[0].why == (
        "1,000 views in an hour where hardly any are usual. One reader made them, 1,000 views each; usual are 1.5."
    )


def test_what_is_offered_comes_first_and_then_the_largest() -> None:
    small = facts({10: 1000}, readers=REST + 1)
    large = replace(small, article_id=8, hours=[count * 3 for count in small.hours])
    viral = replace(small, article_id=9, hours=[count * 9 for count in small.hours], readers=20_000)
    assert [spike.article_id for spike in find_spikes([viral, small, large])] == [8, 7, 9]


@pytest.fixture
def filled(session: Session, the_clock: Clock) -> Session:
    """Two articles that are read every day, and a bot that reloads one of them today."""
    the_clock.set(datetime(2026, 11, 20, 20, 0, tzinfo=UTC))
    for ago in range(1, 20):
        for article_id in (1, 2):
            add_views(session, article_id, 10, day=TODAY - timedelta(days=ago), hour=12, readers=8)
    add_views(session, 1, 10, hour=12, readers=8)
    add_views(session, 1, 1000, hour=13, readers=1)
    add_detail(session, 1, 1005, "direct", "")
    add_views(session, 2, 1000, hour=13, readers=800)
    return session


def test_the_site_s_spikes_are_found_and_gone_when_corrected(filled: Session) -> None:
    week = period_named("7d", TODAY)
    bot, crowd = list_spikes(filled, None, week)
    assert (bot.article_id, bot.first, bot.last, bot.is_offered) == (1, (TODAY, 13), (TODAY, 13), True)
    assert (crowd.article_id, crowd.is_offered) == (2, False)
    assert list_spikes(filled, 1, week) == [bot]
    assert list_spikes(filled, None, week, limit=1) == [bot]
    assert list_spikes(filled, 1, week.before()) == []
    shown = statistics.get_totals(filled, 1).shown
    correct(filled, 1, first=bot.first, last=bot.last, views=bot.excess, reason=bot.why, by=None, by_name="")
    assert statistics.get_totals(filled, 1).shown == shown - bot.excess
    assert list_spikes(filled, None, week) == [crowd]


def test_where_hours_are_gone_no_spikes_are_looked_for(filled: Session) -> None:
    long_ago = Period(TODAY - timedelta(days=200), TODAY - timedelta(days=91))
    add_views(filled, 1, 1000, day=long_ago.last, readers=1)
    assert list_spikes(filled, 1, long_ago) == []
