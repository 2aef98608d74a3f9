"""The statistics' questions are asked of a site that has something to say."""

from app import clock
from app.db import Database
from app.pageviews import statistics
from app.pageviews.periods import period_named
from bench import synthetic
from bench.groups.questions import REFERRERS, fill, list_questions


def test_the_synthetic_days_answer_every_question(database: Database) -> None:
    with database.writer() as session:
        synthetic.load(session, total=20)
    for _ in range(2):  # also where something was counted before
        fill(database, 20, days=8)
    period = period_named("7d", clock.now().date())
    with database.reader() as session:
        for ask in list_questions(period).values():
            ask(session)
        assert statistics.summarize(session, None, period).views == 700_000
        assert len(statistics.list_top(session, period)) > 1
        assert len(statistics.list_details(session, REFERRERS, period, limit=5)) == 5
        assert statistics.list_popular_now(session, clock.now())
