"""Going anywhere by typing a few letters: pages, actions, and articles, as far as one may use them.

A page's right is the policy of its own handler, so that nothing is offered that would be refused.
"""

from typing import Any, NamedTuple

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, text, web
from app.accounts.permissions import may
from app.admin.article_search import list_found
from app.articles.models import Article

bp = Blueprint("palette", __name__)
ARTICLES = 6
# endpoint: what it is called, and other words it is looked for by. One that does not exist is passed over.
PLACES = {
    "admin.articles.new": ("New article", "write create draft"),
    "admin.front.index": ("Overview", "home dashboard start"),
    "admin.articles.index": ("Articles", "posts list"),
    "admin.schedule.index": ("Schedule", "due late calendar planned"),
    "admin.media.index": ("Media", "pictures images files library upload"),
    "admin.statistics.site": ("Statistics", "views readers numbers"),
    "admin.corrections.index": ("Corrections of views", "statistics spikes"),
    "admin.tags.index": ("Tags", "subjects topics"),
    "admin.bulk.recent": ("Changed at once", "bulk undo"),
    "admin.people.index": ("People", "users accounts authors editors"),
    "admin.invitations.new": ("Invite somebody", "people user add"),
    "admin.roles.index": ("Roles and rights", "permissions"),
    "admin.mail.index": ("Mail", "outbox failed messages"),
    "admin.audit.index": ("Audit log", "who did what"),
    "admin.settings.edit": ("Settings", "name language time zone site"),
    "admin.profile.edit": ("Your profile", "account name password biography"),
    "admin.factors.show": ("Your ways to sign in", "security passkey second factor code recovery"),
    "admin.sessions.index": ("Where you are signed in", "sessions browsers devices"),
    "site.lists.home": ("View site", "home readers"),
}
# what somebody types before a title: what it is called, whose right is asked, and what is opened
VERBS = {
    "edit": ("Edit", "admin.articles.edit", "admin.articles.edit"),
    "preview": ("Preview", "admin.publication.preview", "admin.publication.preview"),
    "publish": ("Publish", "admin.publication.publish", "admin.articles.edit"),
    "versions": ("Versions", "admin.history.index", "admin.history.index"),
    "statistics": ("Statistics", "admin.statistics.article", "admin.statistics.article"),
}


class Item(NamedTuple):
    """One thing that can be opened."""

    group: str
    label: str
    hint: str
    address: str


@bp.get("/admin/palette")
@web.needs("profile.edit")
def find() -> ResponseReturnValue:
    """What matches ``q``: as JSON for the script, else as a page of links."""
    asked = text.clean_line(request.args.get("q", ""))[:200]
    items = [*_places(asked), *_articles(asked)]
    if web.wants_json():
        return jsonify(items=[item._asdict() for item in items])
    return render_template("admin/palette/find.html", asked=asked, items=items)


def _places(asked: str) -> list[Item]:
    words = asked.casefold().split()
    return [
        Item("Pages", label, "", url_for(endpoint))
        for endpoint, (label, more) in PLACES.items()
        if endpoint in current_app.view_functions and _may_open(endpoint)
        and all(word in f"{label} {more}".casefold() for word in words)
    ]  # fmt: skip


def _articles(asked: str) -> list[Item]:
    """Articles by title; a verb in front (“preview harvest”) says what to do with them."""
    if not may(web.me(), "article.list"):
        return []
    first, _, rest = asked.partition(" ")
    verb = next((name for name in VERBS if rest and len(first) > 2 and name.startswith(first.casefold())), "edit")
    found = [_of(article, verb) for article in list_found(rest if verb != "edit" or _is_edit(first) else asked)]
    return [item for item in found if item is not None][:ARTICLES]


def _is_edit(first: str) -> bool:
    return len(first) > 2 and "edit".startswith(first.casefold())


def _of(article: Article, verb: str) -> Item | None:
    label, asked, opened = VERBS[verb]
    if not _may_open(asked, article):
        return None
    status = {"trashed": "in the trash"}.get(article.status(clock.now()), article.status(clock.now()))
    address = url_for(opened, article_id=article.id)
    return Item("Articles", article.draft.title, status if label == "Edit" else f"{label}, {status}", address)


def _may_open(endpoint: str, subject: Any = None) -> bool:
    """What the handler's own policy says of whoever is signed in."""
    policy = getattr(current_app.view_functions[endpoint], web.POLICY)
    return policy == "public" or may(web.me(), policy, subject)
