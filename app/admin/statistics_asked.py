"""What the address of a statistics page asks for: whose numbers, and of which days."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from flask import abort, request, url_for

from app import web
from app.accounts.models import Account
from app.accounts.permissions import OWN, may, scope_of
from app.accounts.reading import find_account
from app.articles.models import Article
from app.articles.reading import by_author, owned_by, tagged
from app.articles.tagging import TagUnknown, get_tag
from app.pageviews.periods import (
    Period,
    PeriodBackwards,
    PeriodTooLong,
    PeriodUnknown,
    period_named,
)
from app.pageviews.statistics import Of, get_today

NAMED = ("today", "7d", "30d", "90d", "year")
USUAL = "30d"


class DayInvalid(Exception):
    """Please choose a day, or write it like 2026-11-22."""


class DayInFuture(Exception):
    """This day has not come yet."""


@dataclass(frozen=True)
class Subject:
    """Whose numbers: of the site, an article, an author, a tag. ``of`` is what the questions take."""

    kind: str
    id: int
    title: str
    of: Of
    article: Article | None = None

    def address(self, page: str = "", **query: Any) -> str:
        """Where its page is; ``page="_file"``: where its files are."""
        values: dict[str, Any] = {}
        if self.kind != "site":
            values[{"article": "article_id", "author": "account_id", "tag": "tag_id"}[self.kind]] = self.id
        return url_for(f"admin.statistics.{self.kind}{page}", **values, **query)


def of_site() -> Subject:
    """The whole site; for an author, the articles of their own."""
    mine = _only_own()
    return Subject("site", 0, "Your articles", owned_by(mine)) if mine else Subject("site", 0, "The whole site", None)


def of_article(article: Article) -> Subject:
    return Subject("article", article.id, article.draft.title, article.id, article)


def of_author(account_id: int) -> Subject:
    """What carries a person's name; whether one may see it the policy has asked."""
    return Subject("author", account_id, _account(account_id).name, by_author(account_id))


def of_tag(tag_id: int) -> Subject:
    """What carries a tag; for an author, the articles of their own among it. 404 where there is none."""
    try:
        tag = get_tag(web.reader(), tag_id)
    except TagUnknown:
        abort(404)
    return Subject("tag", tag_id, tag.name, tagged(tag_id, owner_id=_only_own()))


def list_others(article: Article) -> list[tuple[str, str]]:
    """Name and address of the statistics of an article's authors and tags, as far as one may see them."""
    me = web.me()
    authors = [account for account in article.authors if may(me, "statistics.see", Byline({account.id}))]
    named = [(account.name, url_for("admin.statistics.author", account_id=account.id)) for account in authors]
    return named + [(tag.name, url_for("admin.statistics.tag", tag_id=tag.id)) for tag in article.tags]


class Byline(NamedTuple):
    """The articles by one person, for ``may()``: they are that person's own."""

    owner_ids: Collection[int]
    was_published: bool = True


def load_byline(account_id: int, **_rest: object) -> Byline:
    """What the policy of an author's page asks about; 404 where there is nobody."""
    return Byline({_account(account_id).id})


@dataclass(frozen=True)
class Asked:
    """The days that are asked for; where that was nonsense, the usual ones and what was wrong, by field."""

    period: Period
    name: str
    """One of ``NAMED``, or "" for days that were typed."""
    first: str
    """As typed, or the period's own."""
    last: str
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """For links that keep the period."""
        return {"period": self.name} if self.name else {"first": self.first, "last": self.last}


def read_period() -> Asked:
    """The period in the address: a name, or two days; the last of them is today at the latest."""
    typed = {name: request.args.get(name, "").strip()[:40] for name in ("first", "last")}
    today = get_today(web.reader())
    name = request.args.get("period", USUAL)
    if not any(typed.values()):
        name = name if name in NAMED else USUAL
        period = period_named(name, today)
        return Asked(period, name, str(period.first), str(period.last))
    days, errors = {}, {}
    for which, text in typed.items():
        try:
            days[which] = _day(text, today, may_be_later=which == "last")
        except (DayInvalid, DayInFuture) as refusal:
            errors[which] = web.sentence(refusal)
    if not errors:
        try:
            return Asked(Period(days["first"], days["last"]), "", str(days["first"]), str(days["last"]))
        except PeriodBackwards as refusal:
            errors["last"] = web.sentence(refusal)
        except (PeriodTooLong, PeriodUnknown) as refusal:
            errors["first"] = web.sentence(refusal)
    return Asked(period_named(USUAL, today), "", **typed, errors=errors)


def _day(typed: str, today: date, *, may_be_later: bool) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise DayInvalid from None
    if day > today and not may_be_later:
        raise DayInFuture
    return min(day, today)


def _only_own() -> int | None:
    """The id of whoever may see the numbers of own articles only."""
    me = web.myself()
    return me.id if scope_of(me, "statistics.see") == OWN else None


def _account(account_id: int) -> Account:
    found = find_account(web.reader(), account_id)
    if found is None:
        abort(404)
    return found
