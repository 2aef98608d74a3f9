"""The same total, always: whatever is folded, corrected, undone and thinned, in whatever order."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.changes import Change
from app.db import Database
from app.pageviews import correcting, reading, retention, statistics
from app.pageviews.models import (
    SITE,
    PageviewCorrection,
    PageviewCorrectionPart,
    PageviewDay,
    PageviewDetail,
    PageviewHour,
    PageviewTotal,
)
from app.pageviews.periods import EARLIEST, LONGEST, Period
from app.pageviews.thinning import thin
from app.pageviews.writing import set_starting
from tests.pageviews.counts import TODAY, add_detail, add_views

ARTICLES = st.sampled_from([1, 2])
ARTICLE_OR_SITE = st.sampled_from([SITE, 1, 2])
CLASSES = st.sampled_from(["browser", "browser", "bot"])
AGES = st.sampled_from([0, 1, 89, 92, 760])
HOURS = st.sampled_from([0, 12, 23])
REFUSALS = (correcting.NothingToCorrect, correcting.MoreThanCounted, correcting.RangeTooCoarse)


class Statistics(RuleBasedStateMachine):
    """``counted`` is what the tables must say, by (article, day, class); corrections are asked for their sum."""

    database: Database
    monkeypatch: pytest.MonkeyPatch

    @initialize()
    def begin(self) -> None:
        self.today = TODAY
        self.set_clock()
        self.counted: Counter[tuple[int, date, str]] = Counter()
        self.starting: Counter[int] = Counter()
        self.in_force: dict[int, Counter[int]] = {}
        with self.database.writer() as session:
            for model in (PageviewCorrectionPart, PageviewCorrection, PageviewDay, PageviewDetail, PageviewHour,
                          PageviewTotal, Change):  # fmt: skip
                session.execute(delete(model))
            session.commit()

    def set_clock(self) -> None:
        noon = datetime.combine(self.today, time(12), UTC)
        self.monkeypatch.setattr(clock, "now", lambda: noon)

    @rule(article_id=ARTICLES, age=AGES, hour=HOURS, view_class=CLASSES, count=st.integers(1, 50))
    def fold(self, article_id: int, age: int, hour: int, view_class: str, count: int) -> None:
        day = self.today - timedelta(days=age)
        with self.database.writer() as session:
            add_views(session, article_id, count, day=day, hour=hour, view_class=view_class, readers=1)
            if view_class == "browser":
                add_detail(session, article_id, count, "site", "blog.example", f"/{count % 3}", day=day)
            session.commit()
        self.counted[article_id, day, view_class] += count

    @rule(article_id=ARTICLES, views=st.integers(0, 100))
    def bring_a_balance(self, article_id: int, views: int) -> None:
        with self.database.writer() as session:
            set_starting(session, article_id, views=views)
            session.commit()
        self.starting[article_id] = views

    @rule(of=ARTICLE_OR_SITE, age=AGES, more=AGES, hours=st.tuples(HOURS, HOURS), view_class=CLASSES,
          views=st.one_of(st.none(), st.integers(1, 60)), whole_months=st.booleans())  # fmt: skip
    def correct(self, of: int, age: int, more: int, hours: tuple[int, int], view_class: str, views: int | None,
                whole_months: bool) -> None:  # fmt: skip
        last = self.today - timedelta(days=age)
        first = last - timedelta(days=more)
        if whole_months:
            first, last, hours = retention.month_of(first), min(retention.end_of_month(last), self.today), (0, 23)
        if (first, hours[0]) > (last, hours[1]):
            return
        period = Period(first, last)
        with self.database.writer() as session:
            before = statistics.summarize(session, of, period)
            try:
                made = correcting.correct(session, of, first=(first, hours[0]), last=(last, hours[1]), reason="a bot",
                                          view_class=view_class, views=views, by=None, by_name="")  # fmt: skip
            except REFUSALS:
                assert (
                    views is not None
                    or hours != (0, 23)
                    or first < retention.days_since(self.today)
                    or not (before.views if view_class == "browser" else before.classes.get("bot", 0))
                )
                return
            after = statistics.summarize(session, of, period)
            assert views is None or made.views == views
            if view_class == "browser":
                assert before.views - after.views == made.views == after.corrected - before.corrected
                if views is None and hours == (0, 23):
                    assert after.views == 0
            part = PageviewCorrectionPart
            parts = session.execute(
                select(part.article_id, func.sum(part.views)).where(part.correction_id == made.id)
                .group_by(part.article_id)
            )  # fmt: skip
            taken = {article_id: int(sum_) for article_id, sum_ in parts}
            assert sum(taken.values()) == made.views
            self.in_force[made.id] = Counter(taken if view_class == "browser" else {})
            session.commit()

    @precondition(lambda self: self.in_force)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        correction_id = data.draw(st.sampled_from(sorted(self.in_force)))
        with self.database.writer() as session:
            correcting.undo(session, correction_id, by=None, by_name="")
            session.commit()
        del self.in_force[correction_id]

    @rule(days=st.sampled_from([1, 100, 750]))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.set_clock()

    @rule(steps=st.one_of(st.none(), st.integers(1, 4)))
    def thin(self, steps: int | None) -> None:
        with self.database.reader() as session:
            before = self.answers(session)
        work = thin(self.database)
        for _ in work if steps is None else zip(range(steps), work, strict=False):
            pass
        with self.database.reader() as session:
            assert self.answers(session) == before
            if steps is None:
                self.is_thin(session)

    def answers(self, session: Session) -> list[Any]:
        period = Period(self.today - timedelta(days=900), self.today)
        return [
            [statistics.list_days(session, of, period), statistics.summarize(session, of, period),
             statistics.list_details(session, ["site"], period, of=of, texts=False),
             statistics.list_top(session, period, of=of)]
            for of in (None, 1, 2)
        ]  # fmt: skip

    def is_thin(self, session: Session) -> None:
        hours, days = retention.hours_since(self.today), retention.days_since(self.today)
        assert session.scalar(select(func.count()).where(PageviewHour.day < hours)) == 0
        assert session.scalar(select(func.count()).where(PageviewDetail.day < hours, PageviewDetail.detail != "")) == 0
        for model in (PageviewDay, PageviewDetail):
            assert all(day.day == 1 for day in session.scalars(select(model.day).where(model.day < days)))

    @invariant()
    def every_total_is_the_same(self) -> None:
        with self.database.reader() as session:
            ids = [1, 2]
            public = reading.list_totals(session, ids)
            for article_id in ids:
                self.check(session, article_id, public[article_id], [article_id])
            self.check(session, None, sum(public.values()), ids)
            self.check(session, select(PageviewTotal.article_id), sum(public.values()), ids)

    def check(self, session: Session, of: Any, shown: int, ids: list[int]) -> None:
        counted = {key: count for key, count in self.counted.items() if key[0] in ids}
        browser = sum(count for (_, _, view_class), count in counted.items() if view_class == "browser")
        starting = sum(self.starting[article_id] for article_id in ids)
        corrected = sum(taken[article_id] for taken in self.in_force.values() for article_id in ids)
        always = Period(max(self.today - timedelta(days=LONGEST - 1), EARLIEST), self.today)
        days = statistics.list_days(session, of, always)
        assert statistics.get_totals(session, of) == (starting, browser, corrected, shown)
        assert shown == starting + browser - corrected
        assert sum(day.views for day in days) + starting == shown
        assert statistics.summarize(session, of, always)[:3] == (
            shown - starting, sum(day.readers for day in days), corrected,
        )  # fmt: skip
        assert sum(top.views for top in statistics.list_top(session, always, of=of)) + starting == shown
        for model in (PageviewDay, PageviewHour):
            odd = select(func.count()).where(model.corrected > model.count)
            assert session.scalar(odd) == 0

    @invariant()
    def the_site_s_rows_are_the_sum_of_the_articles(self) -> None:
        hours, days = retention.hours_since(self.today), retention.days_since(self.today)
        with self.database.reader() as session:
            for model, since in ((PageviewDay, days), (PageviewHour, hours)):
                assert self.sums(session, model, since, is_site=True) == self.sums(session, model, since, is_site=False)

    def sums(self, session: Session, model: Any, since: date, *, is_site: bool) -> dict[Any, list[int]]:
        sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        whose = model.article_id == SITE if is_site else model.article_id != SITE
        for row in session.scalars(select(model).where(whose)):
            if row.day >= since:
                key = (row.day, getattr(row, "hour", None), row.view_class)
            elif model is PageviewDay:
                key = (retention.month_of(row.day), None, row.view_class)
            else:
                continue
            sums[key] = [sums[key][0] + row.count, sums[key][1] + row.corrected]
        return {key: numbers for key, numbers in sums.items() if any(numbers)}

    @precondition(lambda self: not self.in_force)
    @invariant()
    def undone_means_as_it_was(self) -> None:
        with self.database.reader() as session:
            for model in (PageviewTotal, PageviewDay, PageviewHour):
                assert session.scalar(select(func.count()).where(model.corrected != 0)) == 0


def test_no_order_of_things_makes_two_totals(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = type("OnThisDatabase", (Statistics,), {"database": database, "monkeypatch": monkeypatch})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=16, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
