"""S12, S13: every route for everybody. What is right follows from ``stated`` and the list of routes, not ``may()``.

A POST here has no token: the door is asked first, so 403 says "not you", and anything else that it was opened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app import clock
from app.accounts import roles
from app.accounts.models import Account, SignedIn
from app.accounts.models_doors import Passkey
from app.articles import publishing, writing
from app.articles.models import Article, Revision
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from tests.conftest import make_account
from tests.forms import csrf_token
from tests.house.furnished import PLAUSIBLE, SLUGS, furnish_site
from tests.house.routes import LIST, build_app, own_rules, policy
from tests.media.specimens import add_media
from tests.security.stated import ALL, NO, NOT_ASKED_OF_ONE, ROLES, STATED, is_let_in

ClientOf = Callable[[Account], FlaskClient]
Values = dict[str, Any]

SECONDARY = {
    "admin.articles.duplicate", "admin.article_search.find", "admin.autosave.be_present", "admin.checking.show",
    "admin.history.compare", "admin.history.index", "admin.history.show", "admin.history.restore",
    "admin.previewing.show", "admin.publication.preview", "admin.publication.keep_and_preview",
    "admin.statistics.article_file", "admin.statistics.author_file", "admin.statistics.now",
}  # fmt: skip
"""Helpers that others have forgotten: previews, histories, comparisons, copies, exports, choosers."""


@dataclass
class Person:
    """One of those who knock."""

    label: str
    role: str
    browser: FlaskClient
    id: int = 0


@dataclass
class Stage:
    """A site with something of everybody's in it, and everybody's browsers."""

    app: Flask
    values: Values
    """What there is, by the name it has in addresses: a published article and a file of Charlie's, …"""
    draft: Values = field(default_factory=dict)
    """The same with an article of Charlie's that was never published."""
    others: Values = field(default_factory=dict)
    """Things of the same kinds that belong elsewhere: for addresses that name two."""
    people: list[Person] = field(default_factory=list)
    strangers: list[Person] = field(default_factory=list)

    def person(self, label: str) -> Person:
        return next(person for person in self.people if person.label == label)


@pytest.fixture
def stage(app: Flask, session: Session, alice: Account, bob: Account, charlie: Account, client_of: ClientOf) -> Stage:
    elsewhere = furnish_site(session, alice=alice, bob=bob)
    usual = {action: row[ROLES.index("most")] for action, row in STATED.items() if row[ROLES.index("most")] != NO}
    most = roles.make_role(
        session, label="Most", rights={a: s for a, s in usual.items() if a != "profile.edit"}, by=None
    )
    nothing = roles.make_role(session, label="Nothing", rights={}, by=None)
    values = elsewhere | {"account_id": charlie.id, "media_id": add_media(session, by_id=charlie.id).id}
    values |= write(session, charlie, "Public", published=True)
    made = Stage(app, values, others=elsewhere)
    made.draft = values | write(session, charlie, "Draft", published=False) | {"slug": values["slug"]}
    named = [("admin", "admin", alice), ("editor", "editor", bob), ("owner", "author", charlie)]
    named += [(role.name, role.name, make_account(session, role.name.title(), role.name)) for role in (nothing, most)]
    named += [("other author", "author", make_account(session, "Dora", "author"))]
    made.people = [Person(label, role, client_of(account), account.id) for label, role, account in named]
    gone = make_account(session, "Gone", "admin")
    made.strangers = [Person("deactivated", "", client_of(gone)), Person("anonymous", "", app.test_client())]
    gone.deactivated_at = clock.now()
    session.commit()
    return made


def write(session: Session, account: Account, title: str, *, published: bool) -> Values:
    """The values of an article by one person: its id, its address, its first revision."""
    content = Content(title=title, body=prepare("<p>A text.</p>", "html"), authors=[account.name])
    article = writing.create(session, content, by_id=account.id)
    if published:
        publishing.publish(session, article, by_id=account.id)
    revision_id = session.scalars(select(Revision.id).where(Revision.article_id == article.id)).first()
    return {"article_id": article.id, "revision_id": revision_id, "slug": article.slug}


@dataclass(frozen=True)
class Door:
    """A route with an address of something that is there."""

    rule: Rule
    method: str
    url: str
    action: str


def doors(stage: Stage, values: Values) -> Iterator[Door]:
    """Every closed route, with the right that the committed list of routes states for it."""
    stated = {}
    for line in LIST.read_text().splitlines():
        endpoint, methods, *_rule, action = line.split(" ")
        stated |= {(endpoint, method): action for method in methods.split(",")}
    adapter = stage.app.url_map.bind("localhost")
    for rule in own_rules(stage.app):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            wanted = {name: values[name] for name in rule.arguments}
            wanted |= {"slug": SLUGS[rule.endpoint]} if rule.endpoint in SLUGS else {}
            url = adapter.build(rule.endpoint, wanted, method=method)
            yield Door(rule, method, url, stated[rule.endpoint, method])


def owns(person: Person, door: Door) -> bool | None:
    """Whether what the address names is this person's; None: it names nothing that is anybody's."""
    part = door.action.partition(".")[0]
    named = {"article": {"article_id"}, "media": {"media_id"}, "statistics": {"article_id", "account_id"}}.get(
        part, set()
    )
    if door.action in NOT_ASKED_OF_ONE or not named & door.rule.arguments:
        return None
    return person.label == "owner"  # all of it is Charlie's


def answer(person: Person, door: Door, *, method: str = "", url: str = "", **headers: str) -> int:
    response = person.browser.open(url or door.url, method=method or door.method, headers=headers)
    response.close()
    if response.status_code == 303 and "/login" in response.headers["Location"]:
        return 401  # sent to the sign-in page
    return response.status_code


# The matrix


def test_every_right_and_every_route_is_stated(stage: Stage) -> None:
    closed = {door.action for door in doors(stage, stage.values)} - {"public"}
    assert closed <= set(STATED), "say in tests/security/stated.py what each role may"
    assert {door.rule.endpoint for door in doors(stage, stage.values)} >= SECONDARY


@pytest.mark.parametrize("kind", ["published", "draft"])
def test_every_door_opens_for_those_who_are_stated_and_for_nobody_else(stage: Stage, kind: str) -> None:
    wrong = []
    for door in doors(stage, stage.values if kind == "published" else stage.draft):
        if kind == "draft" and "article_id" not in door.rule.arguments:
            continue  # asked once
        if door.action == "public":
            codes = [answer(person, door) for person in stage.strangers if door.rule.endpoint not in TELLS_WHO]
            wrong += [f"{door.method} {door.url}: {code}" for code in codes if code == 401]
            continue
        for person in stage.strangers:
            wrong += [
                f"{person.label}: {door.method} {door.url}: {code}" for code in knock(person, door) if code != 401
            ]
        for person in stage.people:
            let_in = is_let_in(person.role, door.action, owns=owns(person, door), was_published=kind == "published")
            for code in knock(person, door) if not let_in or person.role == "admin" else [answer(person, door)]:
                if (code not in opened(door)) if let_in else code != 403:
                    wrong.append(f"{person.label} {'in' if let_in else 'out'}: {door.method} {door.url}: {code}")
    assert wrong == [], "\n".join(wrong)


TELLS_WHO = {"admin.entrance.session"}
"""A script asks it who is signed in: 401 is its answer, and opens nothing."""


def knock(person: Person, door: Door) -> list[int]:
    """The answers to the method and, for a page, to HEAD, which is asked for the headers of the very same answer."""
    return [answer(person, door)] + ([answer(person, door, method="HEAD")] if door.method == "GET" else [])


def opened(door: Door) -> set[int]:
    """What an open door answers: the page or a redirect within; to a form without its token, that it expired."""
    if door.method == "POST":
        return {400, 422, 303, 409}
    return {200, 302, 303, 409}


@pytest.mark.any_database
def test_a_script_hears_the_same(stage: Stage) -> None:
    wrong = []
    for door in doors(stage, stage.values):
        if door.action != "public":
            for person, expected in ((stage.strangers[1], 401), (stage.person("nothing"), 403)):
                if expected == 403 and is_let_in("nothing", door.action, owns=False):
                    continue
                code = answer(person, door, Accept="application/json")
                wrong += [f"{person.label}: {door.method} {door.url}: {code}"] if code != expected else []
    assert wrong == []


# Ways around


def ways_around(url: str) -> list[str]:
    path, _, last = url.rpartition("/")
    endings = ("/", "//", "/.", "%2f", "?x=1", ";x=1", "%00", "%20", ".json")
    beginnings = ("/%61dmin", "//admin", "/x/../admin", "/./admin", "/Admin")
    return [
        *(url + ending for ending in endings),
        *(url.replace("/admin", beginning, 1) for beginning in beginnings),
        url.upper(),
        f"{path}/%{ord(last[:1] or 'x'):02x}{last[1:]}",
    ]


@pytest.mark.any_database
def test_no_other_spelling_of_an_address_opens_it(stage: Stage) -> None:
    """For who may not, and for whom it is somebody else's; redirects are followed."""
    wrong = []
    for door in doors(stage, stage.values):
        knocking = [stage.person("other author"), stage.person("nothing")] if door.action != "public" else []
        shut_out = [who for who in knocking if not is_let_in(who.role, door.action, owns=owns(who, door))]
        for person in shut_out[:1]:
            for url in ways_around(door.url):
                response = person.browser.open(url, method=door.method)
                if response.status_code == 308:
                    response = person.browser.open(response.headers["Location"], method=door.method)
                response.close()
                if response.status_code not in {400, 403, 404, 405}:
                    wrong.append(f"{person.label}: {door.method} {url}: {response.status_code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.any_database
def test_no_other_method_opens_an_address(stage: Stage) -> None:
    """Nor does a header or field that means another method to some frameworks."""
    wrong, seen = [], set()
    nothing = stage.person("nothing")
    for door in doors(stage, stage.values):
        if door.action == "public" or is_let_in("nothing", door.action, owns=False) or door.url in seen:
            continue
        seen.add(door.url)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"):
            if answer(nothing, door, method=method) not in {400, 403, 404, 405, 501}:
                wrong.append(f"{method} {door.url}")
        for headers in ({"X-HTTP-Method-Override": "GET"}, {"X-Original-URL": "/"}, {"X-Rewrite-URL": door.url}):
            if answer(nothing, door, **headers) != 403:
                wrong.append(f"{headers} {door.url}")
        response = nothing.browser.open(door.url, method="OPTIONS")
        if response.data:
            wrong.append(f"OPTIONS {door.url}")
    assert wrong == []


# Two ids in one address


def test_what_belongs_elsewhere_is_not_found_through_something_of_one_s_own(stage: Stage, database: Database) -> None:
    """A version of another article below one's own, and so on: by every route whose address names two things."""
    pairs, wrong = 0, []
    for person in (stage.person("owner"), stage.person("admin")):
        token = csrf_token(person.browser)
        for inner in ("revision_id",):
            for door in doors(stage, stage.values | {inner: stage.others[inner]}):
                if {"article_id", inner} <= door.rule.arguments:
                    pairs += 1
                    response = person.browser.open(
                        door.url, method=door.method, data={"csrf_token": token, "name": "Mine"}
                    )
                    wrong += [f"{person.label}: {door.method} {door.url}"] if response.status_code != 404 else []
    assert (pairs >= 6, wrong) == (True, [])
    with database.reader() as session:
        assert session.get_one(Revision, stage.others["revision_id"]).name in (None, "")


@pytest.mark.any_database
def test_no_address_names_two_things_that_nobody_thought_of(stage: Stage) -> None:
    """Whoever adds such a route adds the pair to the test above."""
    named = {frozenset(name for name in rule.arguments if name.endswith("_id")) for rule in own_rules(stage.app)}
    assert {pair for pair in named if len(pair) > 1} == {frozenset({"article_id", "revision_id"})}


PERSONAL = {"session_id", "passkey_id", "bulk_id"}
"""What belongs to one person, whatever rights another has to such things of their own; all of it is Alice's here."""


def test_what_is_one_person_s_is_not_found_by_another(stage: Stage, database: Database) -> None:
    wrong, asked = [], set()
    owner = stage.person("owner")
    token = csrf_token(owner.browser)
    for door in doors(stage, stage.values):
        if PERSONAL & door.rule.arguments:
            asked |= door.rule.arguments
            response = owner.browser.open(door.url, method=door.method, data=PLAUSIBLE | {"csrf_token": token})
            wrong += [f"{door.method} {door.url}: {response.status_code}"] if response.status_code != 404 else []
    assert (wrong, asked) == ([], PERSONAL)
    with database.reader() as session:
        assert session.get_one(Passkey, stage.values["passkey_id"]).name != PLAUSIBLE["name"]
        assert session.get(SignedIn, stage.values["session_id"]) is not None


def test_versions_of_another_article_are_not_compared_through_one_s_own(stage: Stage) -> None:
    mine, other = stage.values["revision_id"], stage.others["revision_id"]
    here = f"/admin/articles/{stage.values['article_id']}/revisions/compare"
    assert stage.person("owner").browser.get(f"{here}?old={mine}&new={mine}").status_code < 400
    for old, new in ((mine, other), (other, mine), (other, other)):
        for label in ("owner", "admin"):
            response = stage.person(label).browser.get(f"{here}?old={old}&new={new}")
            assert response.status_code == 404 or b"A title" not in response.data, (label, old, new)
            assert response.status_code in {303, 404}


def test_lists_and_choosers_show_an_author_no_drafts_of_others(stage: Stage, session: Session) -> None:
    secret = "Unheardofword"
    hidden = write(session, session.get_one(Account, stage.person("other author").id), secret, published=False)
    session.commit()
    for url in ("/admin/articles", f"/admin/articles?q={secret}", f"/admin/articles/search.json?q={secret}",
                "/admin/schedule", "/admin/", f"/admin/statistics?q={secret}"):  # fmt: skip
        seen = stage.person("owner").browser.get(url)
        assert seen.status_code == 200
        assert f">{secret}" not in seen.text and f'"title":"{secret}"' not in seen.text.replace(" ", ""), url
        assert f"/admin/articles/{hidden['article_id']}" not in seen.text, url
    assert secret in stage.person("other author").browser.get("/admin/articles").text


# A route without a policy


def test_a_route_without_a_policy_is_found() -> None:
    """The rule of the house that fails the build is one that can fail."""
    bare = build_app()
    bare.add_url_rule("/admin/forgotten", "forgotten", lambda: "open")
    assert [rule.endpoint for rule in own_rules(bare) if not policy(bare, rule)] == ["forgotten"]


def test_the_stage_is_what_it_seems(stage: Stage, session: Session) -> None:
    article = session.get_one(Article, stage.values["article_id"])
    assert (article.owner_ids, article.was_published) == ({stage.person("owner").id}, True)
    assert not session.get_one(Article, stage.draft["article_id"]).was_published
    assert STATED["profile.edit"] == (ALL,) * len(ROLES)
