"""A site that has been read for a while: what the statistics look like when they are full. The same every time."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from tests.pageviews.counts import add_detail, add_minute, add_views

HOSTS = ("news.ycombinator.com", "lobste.rs", "neighbours.example", "allotments.example")
SOURCES = [
    ("direct", "", ""), ("search", "Google", ""), ("search", "DuckDuckGo", ""), ("social", "Mastodon", ""),
    ("social", "Reddit", ""), ("assistant", "ChatGPT", ""), ("own", "", "/"),
    *[("site", host, path) for host in HOSTS for path in ("/", "/item/42", "/weekly/a-fairly-long-address-2026")],
]  # fmt: skip
BY_HOUR = (2, 1, 1, 0, 0, 1, 3, 6, 9, 8, 7, 8, 10, 8, 7, 6, 6, 7, 9, 11, 12, 10, 7, 4)


def fill(session: Session, ids: list[int], *, today: date, days: int = 45, minute: int = 0) -> None:
    """Views of these articles on so many days, the first article most; today and yesterday by the hour."""
    for number, article_id in enumerate(ids):
        for ago in range(days):
            day = today - timedelta(days=ago)
            weight = (40 + ago * 37 % 23 + (18 if day.weekday() < 5 else 0)) // (number + 1)
            _fill_day(session, article_id, day, weight, by_hour=ago < 2)
            add_views(session, article_id, weight // 3 + 1, day=day, view_class="bot")
        add_views(session, article_id, 12, day=today, view_class="prefetch")
        add_views(session, article_id, 5, day=today, view_class="staff")
        for place, (dimension, label, detail) in enumerate(SOURCES):
            add_detail(session, article_id, (90 - place * 4) // (number + 1), dimension, label, detail, day=today)
        add_detail(session, article_id, 31, "campaign", "newsletter", "email\tspring-2026", day=today)
        for device, share in (("phone", 61), ("desktop", 48), ("tablet", 9), ("other", 1)):
            add_detail(session, article_id, share, "device", device, day=today)
        if minute:
            add_minute(session, article_id, 14 // (number + 1), minute - number)


def _fill_day(session: Session, article_id: int, day: date, weight: int, *, by_hour: bool) -> None:
    if not by_hour:
        for hour in (8, 12, 16, 20, 22):
            add_views(session, article_id, weight // 2, day=day, hour=hour, readers=weight // 3)
        return
    for hour, part in enumerate(BY_HOUR):
        if part:
            add_views(session, article_id, part * weight // 30 + 1, day=day, hour=hour, readers=part * weight // 50)
