"""The list of articles as its address asks for it: filter, page, and what can be done to several of them."""

from collections.abc import Collection
from typing import Any

from flask import render_template, request

from app import clock, text, web
from app.accounts.permissions import OWN, may, scope_of
from app.accounts.reading import list_accounts
from app.articles.bulk import MOST
from app.articles.bulk_kinds import KINDS
from app.articles.listing import SORTS, STATUSES, CursorInvalid, Filter, Slice, count_matching, list_articles
from app.articles.reading import list_authors
from app.articles.tagging import list_tags
from app.pageviews.reading import list_totals


def show_list(*, chosen: Collection[int] = (), errors: dict[str, str] | None = None, **typed: object) -> str:
    """The page that the address asks for; ``chosen`` rows are ticked. Raises ``CursorInvalid``."""
    session, wanted = web.reader(), read_filter()
    try:
        found = list_articles(session, wanted, after=request.args.get("after"), before=request.args.get("before"))
    except CursorInvalid:
        if request.method == "GET":
            raise
        found = list_articles(session, wanted)
    actions = [kind for kind in offered(wanted.status) if may(web.me(), KINDS[kind].right)]
    return render_template(
        "admin/articles/index.html",
        found=found,
        wanted=wanted,
        asked=asked(),
        views=list_totals(session, [article.id for article in found.items]),
        authors=list_authors(session) if wanted.owner_id is None else [],
        tags=list_tags(session),
        statuses=STATUSES,
        now=clock.now(),
        actions=actions,
        matching=count(found, wanted),
        most=MOST,
        assignees=[person for person in list_accounts(session) if person.is_active] if "assign" in actions else [],
        chosen=chosen,
        errors=errors or {},
        typed=typed,
    )


def offered(status: str) -> list[str]:
    """What makes sense for the rows of a tab: nothing but restoring in the trash."""
    if status == "trashed":
        return ["restore"]
    fits = {"draft": {"withdraw"}, "withdrawn": {"withdraw"}}.get(status, set())
    return [kind for kind in ("trash", "withdraw", "tag", "untag", "assign") if kind not in fits]


def count(found: Slice, wanted: Filter) -> int:
    """How many match, up to one more than can be changed at once; a list of one page is not counted again."""
    if found.previous or found.next:
        return count_matching(web.reader(), wanted, most=MOST)
    return len(found.items)


def read_filter() -> Filter:
    """What the address asks for; what it cannot mean is left out."""
    args, me = request.args, web.myself()
    only_own = scope_of(me, "article.list") == OWN
    return Filter(
        q=text.clean_line(args.get("q", ""))[:200],
        status=args["status"] if args.get("status") in STATUSES else "",
        author_id=None if only_own else number(args.get("author")),
        tag_id=number(args.get("tag")),
        sort=args["sort"] if args.get("sort") in SORTS else "edited",
        owner_id=me.id if only_own else None,
    )


def asked(*more: str) -> dict[str, Any]:
    """The filter as it stands in the address, for links that keep it; ``more`` names what else is kept."""
    names = ("q", "status", "author", "tag", "sort", *more)
    return {name: request.args[name] for name in names if request.args.get(name)}


def number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None
