"""What the statistics' screens ask, at the largest number of articles, with three months of synthetic days."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pageviews import periods, statistics
from app.pageviews.models import SITE, PageviewDay, PageviewDetail, PageviewHour, PageviewMinute
from bench import load
from bench.report import Row
from bench.run import Run

GROUP = "Statistics"
DAYS = 90
READ_A_DAY = 10
"""One of so many articles is read on a day, each by people and half of them by crawlers too."""
REFERRERS = ("search", "social", "site")
HOSTS = [f"site-{number}.example" for number in range(40)]


def measure(run: Run) -> None:
    today, size = clock.now().date(), run.sizes[-1]
    for kind in run.kinds:
        stage = run.grown(kind)
        stage.load(size)
        fill(stage.database, size)
        on = f"{kind}, {size:,} articles, {DAYS} days"
        for days in ("7d", "30d", "90d"):
            period = periods.period_named(days, today)
            for name, ask in list_questions(period).items():
                rate = load.measure(partial(_ask, stage.database, ask), times=10)
                run.report.add(Row(GROUP, f"{name}, {days}", on, p50=rate.p50, p99=rate.p99))
        rate = load.measure(partial(_ask, stage.database, list_popular), times=10)
        run.report.add(Row(GROUP, "popular now", on, p50=rate.p50, p99=rate.p99))


def _ask(database: Database, ask: Callable[[Session], Any], _number: int) -> None:
    with database.reader() as session:
        ask(session)


def list_questions(period: periods.Period) -> dict[str, Callable[[Session], Any]]:
    def overview(session: Session) -> None:
        """What the first screen asks, one after another."""
        statistics.summarize(session, None, period)
        statistics.summarize(session, None, period.before())
        statistics.list_days(session, None, period)
        statistics.list_top(session, period, limit=10)
        statistics.list_details(session, REFERRERS, period, limit=10)
        statistics.list_popular_now(session, clock.now())

    return {
        "overview": overview,
        "summary of the site": lambda session: statistics.summarize(session, None, period),
        "summary of an article": lambda session: statistics.summarize(session, 17, period),
        "days of the site": lambda session: statistics.list_days(session, None, period),
        "days of an article": lambda session: statistics.list_days(session, 17, period),
        "most read": lambda session: statistics.list_top(session, period, limit=10),
        "referrers": lambda session: statistics.list_details(session, REFERRERS, period, limit=10),
    }


def list_popular(session: Session) -> list[tuple[int, int]]:
    """What is popular now: it has no period."""
    return statistics.list_popular_now(session, clock.now())


def fill(database: Database, size: int, *, days: int = DAYS) -> None:
    """Three months of days, details of the last of them, half an hour of minutes. Forgets what was counted before."""
    now, chance = clock.now(), random.Random(3)
    with database.writer() as session:
        for model in (PageviewDay, PageviewDetail, PageviewHour, PageviewMinute):
            session.execute(delete(model))
        session.commit()
    for back in range(days):
        day = (now - timedelta(days=back)).date()
        read = sorted(chance.sample(range(1, size + 1), max(1, size // READ_A_DAY)))
        with database.writer() as session:
            rows = [row for article_id in [SITE, *read] for row in _days(chance, article_id, day)]
            session.execute(insert(PageviewDay), rows)
            some = read[:: max(1, len(read) // 200)]
            session.execute(insert(PageviewDetail), [
                {"article_id": article_id, "day": day, "dimension": "site", "label": host, "detail": "/links",
                 "count": chance.randrange(1, 50)}
                for article_id in [SITE, *some] for host in (HOSTS if article_id == SITE else HOSTS[:3])
            ])  # fmt: skip
            session.execute(insert(PageviewHour), [
                {"article_id": article_id, "day": day, "hour": hour, "view_class": "browser", "count": 5}
                for article_id in [SITE, *some] for hour in range(24)
            ])  # fmt: skip
            session.commit()
    minute = int(now.timestamp()) // 60
    with database.writer() as session:
        session.execute(insert(PageviewMinute), [
            {"minute": minute - back, "article_id": article_id, "count": chance.randrange(1, 9)}
            for back in range(60) for article_id in range(1, min(size, 500))
        ])  # fmt: skip
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()


def _days(chance: random.Random, article_id: int, day: Any) -> Iterator[dict[str, Any]]:
    count = chance.randrange(1, 200) if article_id != SITE else 100_000
    for view_class in ("browser", "bot") if article_id % 2 == 0 else ("browser",):
        yield {
            "article_id": article_id, "day": day, "view_class": view_class, "count": count,
            "readers": count // 2 if view_class == "browser" else 0,
        }  # fmt: skip
