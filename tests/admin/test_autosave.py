"""Saving as an open editor does it: pieces of the text, answered in JSON, merged with what others saved."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Account
from app.articles import blocks
from app.articles.models import Article, Revision
from app.articles.models_desk import Presence, SaveReceipt
from app.articles.reading import list_revisions
from app.db import Database
from tests.admin.conftest import write
from tests.forms import page, post_form

ClientOf = Callable[[Account], FlaskClient]
Look = Callable[[int], Article]
JSON = {"Accept": "application/json"}
THREE = "<p>One</p><p>Two</p><p>Three</p>"


@pytest.fixture
def asking(database: Database) -> Iterator[Session]:
    """A session that holds no lock, and sees at each question what there is then."""
    with database.reader() as session:

        class Asking:
            def __getattr__(self, name: str) -> Any:
                session.rollback()
                return getattr(session, name)

        yield Asking()  # type: ignore[misc]


class Tab:
    """A tab with an article open in it: knows the version and the blocks that it shows, as the script does."""

    def __init__(self, client: FlaskClient, article_id: int, name: str = "tab") -> None:
        self.client, self.article_id, self.name = client, article_id, name
        self.url = f"/admin/articles/{article_id}"
        form = page(client.get(self.url)).xpath("//form[@data-editor]")[0]
        self.token = form.xpath(".//input[@name='csrf_token']/@value")[0]
        self.version = int(form.get("data-version"))
        text = form.xpath(".//textarea[@name='body']")[0].text_content().removeprefix("\n")
        self.blocks = list(zip(json.loads(form.get("data-block-ids")), blocks.split(text), strict=True))

    def send(self, **fields: object) -> TestResponse:
        data = {"csrf_token": self.token, "version": self.version, "tab": self.name} | fields
        return self.client.post(self.url, data=data, headers=JSON)

    def save(self, **fields: object) -> dict[str, Any]:
        answer = self.send(**fields)
        assert answer.status_code == 200, answer.text
        told = answer.get_json()
        self.version = told["version"]
        self.blocks = [(item, text) for item, text in told.get("blocks", self.blocks)]
        return dict(told)

    def splice(self, at: int, remove: int, *texts: str, **fields: object) -> dict[str, Any]:
        """Put blocks in place of others, the first with the id of the first removed one, and save them."""
        ids = [item for item, _ in self.blocks[at : at + remove]]
        made = [(ids[number] if number < len(ids) else blocks.new_id(), text) for number, text in enumerate(texts)]
        self.blocks[at : at + remove] = made
        sent = json.dumps({"at": at, "remove": remove, "blocks": made})
        return self.save(**{"body_splice": sent, "automatic": "1"} | fields)

    @property
    def body(self) -> str:
        return blocks.join(self.blocks)


def test_a_piece_of_the_text_is_saved(editor: FlaskClient, look: Look, asking: Session) -> None:
    number = write(editor, body=THREE)
    tab = Tab(editor, number)
    assert tab.body == THREE
    told = tab.splice(1, 1, "<p>Two, edited</p>")
    assert told == {"version": 2, "others": []}
    assert look(number).draft.body == "<p>One</p><p>Two, edited</p><p>Three</p>" == tab.body
    assert look(number).draft.block_ids == [item for item, _ in tab.blocks]
    tab.splice(3, 0, "<p>Four</p>", "<p>Five</p>")
    tab.splice(0, 1)
    assert look(number).draft.body == "<p>Two, edited</p><p>Three</p><p>Four</p><p>Five</p>" == tab.body
    assert [r.reason for r in list_revisions(asking, number)] == ["automatic"] * 3 + ["created"]


def test_saving_what_is_there_makes_no_version(editor: FlaskClient, look: Look, asking: Session) -> None:
    number = write(editor, body=THREE)
    tab = Tab(editor, number)
    assert tab.splice(1, 1, "<p>Two</p>") == {"version": 1, "others": []}
    assert tab.save(title="A title", automatic="1") == {"version": 1, "others": []}
    assert len(list_revisions(asking, number)) == 1


def test_a_whole_text_is_saved(editor: FlaskClient, look: Look) -> None:
    number = write(editor, body=THREE)
    tab = Tab(editor, number)
    ids = [blocks.new_id() for _ in range(2)]
    assert tab.save(body="<p>New</p>\n<p>Text</p>", block_ids=json.dumps(ids)) == {"version": 2, "others": []}
    assert look(number).draft.block_ids == ids
    told = tab.save(body="<p>New</p>\n<p>Text!</p>")
    assert told["blocks"] == [[ids[0], "<p>New</p>\n"], [ids[1], "<p>Text!</p>"]], "found by their content"
    told = tab.save(body="text alone", block_ids=json.dumps(ids[:1]))
    assert "blocks" not in told and look(number).draft.body == "text alone", "what an editor wrote is no plain text"


def test_two_people_write_on_different_paragraphs(
    editor: FlaskClient, alice: Account, client_of: ClientOf, look: Look
) -> None:
    number = write(editor, body=THREE)
    bobs, alices = Tab(editor, number, "bob"), Tab(client_of(alice), number, "alice")
    bobs.splice(0, 1, "<p>One, by Bob</p>")
    told = alices.splice(2, 1, "<p>Three, by Alice</p>", "<p>Four</p>", excerpt="By Alice")
    assert told["merged_with"] == ["Bob"] and "conflicts" not in told
    assert alices.body == "<p>One, by Bob</p><p>Two</p><p>Three, by Alice</p><p>Four</p>" == look(number).draft.body
    told = bobs.splice(1, 1, "<p>Two, by Bob</p>", title="By Bob")
    assert told["merged_with"] == ["Alice"] and told["fields"] == {"excerpt": "By Alice", "slug": "by-bob"}
    assert bobs.body == look(number).draft.body == (
        "<p>One, by Bob</p><p>Two, by Bob</p><p>Three, by Alice</p><p>Four</p>"
    )  # fmt: skip
    assert {other["name"] for other in told["others"]} == {"Alice"}


def test_the_same_paragraph_is_offered_twice(
    editor: FlaskClient, alice: Account, client_of: ClientOf, look: Look, database: Database
) -> None:
    number = write(editor, body=THREE)
    bobs, alices = Tab(editor, number), Tab(client_of(alice), number)
    item = bobs.blocks[1][0]
    bobs.splice(1, 1, "<p>Two, by Bob</p>", title="Bob's")
    told = alices.splice(1, 2, "<p>Two, by Alice</p>", "<p>Three, by Alice</p>", title="Alice's")
    assert told["conflicts"] == [
        {"id": item, "mine": "<p>Two, by Alice</p>", "theirs": "<p>Two, by Bob</p>", "by": "Bob"}
    ]
    assert told["field_conflicts"] == [{"name": "title", "mine": "Alice's", "theirs": "Bob's", "by": "Bob"}]
    assert alices.body == look(number).draft.body == "<p>One</p><p>Two, by Bob</p><p>Three, by Alice</p>"
    assert look(number).draft.title == "Bob's" == told["fields"]["title"]
    with database.reader() as own:
        kept = own.get_one(Revision, told["revision"])
        assert (kept.reason, kept.title, kept.version) == ("conflict", "Alice's", 1)
        assert kept.body == "<p>One</p><p>Two, by Alice</p><p>Three, by Alice</p>"
    told = alices.splice(1, 1, "<p>Two, by Alice</p>", title="Alice's")
    assert "conflicts" not in told and look(number).draft.title == "Alice's", "who has seen both decides"


def test_what_one_deletes_and_the_other_edits_is_offered(
    editor: FlaskClient, alice: Account, client_of: ClientOf, look: Look
) -> None:
    number = write(editor, body=THREE)
    bobs, alices = Tab(editor, number), Tab(client_of(alice), number)
    bobs.splice(1, 1)
    told = alices.splice(1, 1, "<p>Two, by Alice</p>")
    assert [(one["mine"], one["theirs"]) for one in told["conflicts"]] == [("<p>Two, by Alice</p>", None)]
    assert alices.body == "<p>One</p><p>Three</p>"


def test_tags_of_two_people_are_all_there(editor: FlaskClient, alice: Account, client_of: ClientOf) -> None:
    number = write(editor, tags="one, two")
    bobs, alices = Tab(editor, number), Tab(client_of(alice), number)
    bobs.save(tags='one, two, "Bob, Jr."')
    told = alices.save(tags="alice, two")
    assert told["fields"] == {"tags": 'alice, two, "Bob, Jr."'}


def test_a_save_sent_again_gets_the_first_answer(editor: FlaskClient, asking: Session) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    first = tab.splice(1, 1, "<p>Two!</p>", save_id="save-1")
    tab.splice(0, 1, "<p>One!</p>", save_id="save-2")
    sent = json.dumps({"at": 1, "remove": 1, "blocks": [[tab.blocks[1][0], "<p>Two!</p>"]]})
    again = tab.send(body_splice=sent, automatic="1", save_id="save-1", version=1).get_json()
    assert again["version"] == first["version"] == 2
    assert len(list_revisions(asking, tab.article_id)) == 3
    other = Tab(editor, write(editor, "Another"))
    assert other.send(title="X", save_id="save-1").get_json() == {
        "error": "refused", "fields": {"save_id": "This save belongs to another article."},
    }  # fmt: skip


def test_nobody_gets_the_answer_to_somebody_elses_save(
    editor: FlaskClient, alice: Account, client_of: ClientOf, look: Look
) -> None:
    number = write(editor, body=THREE)
    Tab(editor, number).save(excerpt="By Bob", save_id="same")
    Tab(client_of(alice), number).save(excerpt="By Alice", save_id="same")
    assert look(number).draft.excerpt == "By Alice"


def test_old_receipts_are_forgotten(
    editor: FlaskClient, asking: Session, the_clock: Any, look: Look, bob: Account
) -> None:
    made = editor.post("/admin/articles", headers=JSON, data={
        "csrf_token": editor.get("/admin/session.json").get_json()["csrf_token"], "title": "T", "save_id": "first",
    }).get_json()  # fmt: skip
    tab = Tab(editor, made["id"])
    tab.save(excerpt="1", save_id="second")
    the_clock.set(datetime.now(UTC) + timedelta(days=8))
    tab.save(excerpt="2", save_id="third")
    assert set(asking.scalars(select(SaveReceipt.save_id))) == {"first", "third"}, "an article is never made twice"


def test_a_new_article_is_made_once(editor: FlaskClient, look: Look, asking: Session) -> None:
    token = editor.get("/admin/session.json").get_json()["csrf_token"]
    ids = [blocks.new_id(), blocks.new_id()]
    data = {"csrf_token": token, "title": " ", "automatic": "1", "save_id": "new", "tab": "t",
            "body": "<p>a</p><p>b</p>", "block_ids": json.dumps(ids)}  # fmt: skip
    answers = [editor.post("/admin/articles", data=data, headers=JSON) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    told = answers[0].get_json()
    assert told["url"] == f"/admin/articles/{told['id']}" and told["version"] == 1 and told["block_ids"] == ids
    assert asking.scalar(select(func.count()).select_from(Article)) == 1
    assert (look(told["id"]).draft.title, look(told["id"]).draft.slug) == ("Untitled", "untitled")
    tab = Tab(editor, told["id"])
    assert tab.save(title="Words at last", automatic="1")["fields"] == {"slug": "words-at-last"}
    assert "fields" not in tab.save(title=" ", excerpt="E", automatic="1"), "the field may be empty while one types"
    assert look(told["id"]).draft.title == "Words at last"
    assert look(told["id"]).draft.excerpt == "E"
    assert tab.send(title=" ").status_code == 422, "somebody who presses Save is told"


def test_an_address_that_somebody_chose_stays(editor: FlaskClient, look: Look) -> None:
    number = write(editor, "First title", slug="chosen")
    assert "fields" not in Tab(editor, number).save(title="Second title")
    assert look(number).draft.slug == "chosen"


def test_opening_an_article_stores_no_ids(editor: FlaskClient, look: Look) -> None:
    number = write(editor, body=THREE)
    assert Tab(editor, number).blocks == Tab(editor, number).blocks
    assert look(number).draft.block_ids == []


def test_what_is_taken_out_is_named(editor: FlaskClient, look: Look, database: Database) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    told = tab.splice(1, 1, '<p onclick="x">Two<script>alert(1)</script></p>', "<p>unclosed <b>bold")
    assert told["removed"] == ["script", "onclick of p"] or set(told["removed"]) == {"script", "onclick of p"}
    assert tab.body == "<p>One</p><p>Two</p><p>unclosed <b>bold</b></p><p>Three</p>" == look(tab.article_id).draft.body
    with database.reader() as own:
        kept = list_revisions(own, tab.article_id)[0]
        assert kept.as_typed is not None and "alert(1)" in kept.as_typed and kept.as_typed.startswith("<p>One</p>")


@pytest.mark.parametrize(
    "sent",
    [
        "", "null", "[]", "{}", "{", "[" * 100_000,
        '{"at": -1, "remove": 0, "blocks": []}', '{"at": 0, "remove": 0, "blocks": [["a"]]}',
        '{"at": 0, "remove": 0, "blocks": [["a", 1]]}', '{"at": "0", "remove": 0, "blocks": []}',
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_read_is_refused(editor: FlaskClient, look: Look, sent: str) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    answer = tab.send(body_splice=sent)
    assert answer.status_code == 422 and list(answer.get_json()["fields"]) == ["body"]
    assert look(tab.article_id).draft.version == 1


def test_a_change_that_does_not_fit_asks_for_the_whole_text(
    editor: FlaskClient, database: Database, look: Look
) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    far = json.dumps({"at": 7, "remove": 9, "blocks": []})
    assert (tab.send(body_splice=far).status_code, tab.send(body_splice=far).get_json()["error"]) == (409, "send-all")
    near = json.dumps({"at": 0, "remove": 1, "blocks": []})
    assert tab.send(body_splice=near, version=99).get_json()["error"] == "send-all"
    tab.splice(0, 1, "<p>One!</p>")
    with database.writer() as own:
        own.execute(delete(Revision).where(Revision.version == 1))
        own.commit()
    assert tab.send(body_splice=near, version=1).get_json()["error"] == "send-all", "its version is thinned out"
    assert look(tab.article_id).draft.version == 2


def test_what_was_built_on_a_version_that_is_gone_is_merged_with_what_its_tab_knows(
    editor: FlaskClient, database: Database, look: Look
) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    tab.splice(0, 1, "<p>One!</p>")
    known = list(tab.blocks)
    tab.splice(0, 1, "<p>One, and more!</p>")
    with database.writer() as own:
        own.execute(delete(Revision).where(Revision.version == 2))
        own.commit()
    mine = [*known[:-1], (known[-1][0], "<p>Three, on the train</p>")]
    sent = {"body": blocks.join(mine), "block_ids": json.dumps([item for item, _ in mine]), "version": 2}
    told = tab.send(**sent, base=json.dumps(known)).get_json()
    assert "conflicts" not in told, told
    body = look(tab.article_id).draft.body
    assert "One, and more!" in body and "Three, on the train" in body
    assert tab.send(**sent, base=json.dumps([["a", 1]])).status_code == 200, "nonsense is passed over"
    assert look(tab.article_id).draft.body == body


@pytest.mark.parametrize("name", ["save_id", "tab"])
@pytest.mark.parametrize("value", ["x" * 41, "a b", "<script>", "\x00", "ü", "a\n"])
def test_names_made_by_browsers_are_short_and_plain(editor: FlaskClient, name: str, value: str) -> None:
    answer = Tab(editor, write(editor)).send(title="New", **{name: value})
    assert answer.status_code == 422 and list(answer.get_json()["fields"]) == [name]


def test_hostile_ids_and_texts(editor: FlaskClient, look: Look) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    item = tab.blocks[0][0]
    for ids in ([item, item], ["<script>", "\x00"], ["\ud800aaaaaaa", "x" * 9000], ["", "aaaaaaaa"]):
        sent = [[one, "<p>\ud800\x00a</p>\x0c"] for one in ids]
        tab.save(body_splice=json.dumps({"at": 1, "remove": 0, "blocks": sent}))
        draft = look(tab.article_id).draft
        assert blocks.are_ids(draft.block_ids) and len(draft.block_ids) == len(blocks.split(draft.body))
        assert draft.block_ids[0] == item


def test_refusals_stand_at_their_fields(editor: FlaskClient, look: Look) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    for fields in ({"title": "x" * 301}, {"slug": "admin"}, {"canonical_url": "javascript:x"}, {"language": "!"},
                   {"tags": "t" * 301}, {"body": "<div>" * 200, "title": "fine"}, {"version": "x"}):  # fmt: skip
        answer = tab.send(automatic="1", **fields)
        assert answer.status_code == 422
        told = answer.get_json()
        assert told["error"] == "refused" and next(iter(fields)) in told["fields"], told
    assert look(tab.article_id).draft.version == 1


def test_too_much_at_once(editor: FlaskClient, look: Look) -> None:
    tab = Tab(editor, write(editor, body=THREE))
    half = json.dumps({"at": 0, "remove": 0, "blocks": [[blocks.new_id(), f"<p>{'x' * 600_000}</p>"]]})
    assert tab.send(body_splice=half).status_code == 200
    assert tab.send(body_splice=half, version=2).get_json()["fields"].keys() == {"body"}
    answer = tab.send(body="x" * (9 * 1024 * 1024))
    assert (answer.status_code, answer.get_json()["error"]) == (413, "too-large")


def test_signed_out_or_an_old_token_is_said_in_json(app: Flask, editor: FlaskClient, client: FlaskClient) -> None:
    tab = Tab(editor, write(editor))
    answer = client.post(tab.url, data={"csrf_token": "x", "title": "T"}, headers=JSON)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "signed-out")
    answer = client.post(f"{tab.url}/presence", headers=JSON)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "signed-out")
    for url in (tab.url, f"{tab.url}/presence", "/admin/articles"):
        answer = editor.post(url, data={"csrf_token": "x", "title": "T"}, headers=JSON)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "csrf"), url


def test_a_page_left_open_asks_how_things_are(editor: FlaskClient, client: FlaskClient) -> None:
    told = client.get("/admin/session.json")
    assert told.get_json()["signed_in"] is False and told.get_json()["name"] == ""
    assert "no-store" in told.headers["Cache-Control"]
    told = editor.get("/admin/session.json").get_json()
    assert told["signed_in"] is True and told["name"] == "Bob" and told["account_id"] > 0
    number = write(editor)
    assert editor.post(f"/admin/articles/{number}", headers=JSON,
                       data={"csrf_token": told["csrf_token"], "title": "New"}).status_code == 200  # fmt: skip


def test_an_article_that_is_gone_meanwhile(editor: FlaskClient, look: Look) -> None:
    tab = Tab(editor, write(editor))
    post_form(editor, f"{tab.url}/trash")
    for url in (tab.url, f"{tab.url}/presence"):
        answer = editor.post(url, data={"csrf_token": tab.token, "title": "T"}, headers=JSON)
        assert (answer.status_code, answer.get_json()["error"]) == (410, "gone")
    post_form(editor, f"{tab.url}/delete")
    assert (tab.send(title="T").status_code, tab.send(title="T").get_json()["error"]) == (404, "gone")


def test_authors_save_their_own_only(editor: FlaskClient, author: FlaskClient, look: Look, charlie: Account) -> None:
    own, bobs = write(author, "Charlie's", THREE), Tab(editor, write(editor, "Bob's"))
    tab = Tab(author, own)
    assert tab.splice(0, 1, "<p>New</p>")["version"] == 2
    assert tab.send(authors="Bob").get_json()["fields"].keys() == {"authors"}
    for url in (bobs.url, f"{bobs.url}/presence"):
        answer = author.post(url, data={"csrf_token": tab.token, "title": "Mine"}, headers=JSON)
        assert (answer.status_code, answer.get_json()["error"]) == (403, "forbidden")
    assert look(bobs.article_id).draft.title == "Bob's"


def test_who_else_has_it_open(
    editor: FlaskClient, alice: Account, charlie: Account, client_of: ClientOf, the_clock: Any, asking: Session
) -> None:
    the_clock.set(now := datetime.now(UTC))
    number = write(editor, body=THREE)
    bobs, alices = Tab(editor, number, "bob"), Tab(client_of(alice), number, "alice")

    def here(at: Tab, **fields: object) -> dict[str, Any]:
        data = {"csrf_token": at.token, "tab": at.name, "version": at.version} | fields
        answer = at.client.post(f"{at.url}/presence", data=data, headers=JSON)
        assert answer.status_code == 200
        return dict(answer.get_json())

    assert here(bobs) == {"version": 1, "others": []}
    assert here(alices)["others"] == [{"name": "Bob", "seen": 0, "you": False}]
    alices.splice(0, 1, "<p>One!</p>", title="New")
    told = here(bobs)
    assert (told["version"], told["merged_with"]) == (2, ["Alice"])
    assert [text for _, text in told["blocks"]] == ["<p>One!</p>", "<p>Two</p>", "<p>Three</p>"]
    assert told["fields"] == {"title": "New", "slug": "new"}
    assert {(other["name"], other["you"]) for other in here(bobs, tab="second")["others"]} == {
        ("Alice", False), ("Bob", True),
    }  # fmt: skip
    here(bobs, tab="second", leave="1")
    the_clock.set(now + timedelta(seconds=39))
    assert [other["name"] for other in here(alices)["others"]] == ["Bob"]
    the_clock.set(now + timedelta(seconds=41))
    assert here(alices)["others"] == []
    for name in range(30):
        here(bobs, tab=f"tab-{name}")
    assert asking.scalar(select(func.count()).select_from(Presence)) == 21
    the_clock.set(now + timedelta(seconds=200))
    here(alices, leave="1")
    here(Tab(editor, write(editor, "Another"), "x"))
    assert asking.scalars(select(Presence.tab)).all() == ["x"], "what is old is cleaned away, of any article"


def test_nobody_is_named_who_may_not_edit_it(
    editor: FlaskClient, author: FlaskClient, asking: Session, charlie: Account
) -> None:
    """Charlie was an author of it, and still has it open."""
    number = write(author, "Charlie's")
    tab = Tab(author, number)
    author.post(f"{tab.url}/presence", data={"csrf_token": tab.token, "tab": "c"}, headers=JSON)
    bobs = Tab(editor, number)
    assert [other["name"] for other in bobs.save(excerpt="E")["others"]] == ["Charlie"]
    assert bobs.save(authors="Bob")["others"] == []


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """All calls at the same moment; their answers in any order."""
    barrier, answers = threading.Barrier(len(calls)), []

    def run(call: Callable[[], TestResponse]) -> None:
        barrier.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_identical_saves_at_the_same_moment_are_one(editor: FlaskClient, app: Flask, asking: Session, bob: Account,
                                                    client_of: ClientOf) -> None:  # fmt: skip
    number = write(editor, body=THREE)
    tabs = [Tab(client_of(bob), number) for _ in range(4)]
    sent = json.dumps({"at": 1, "remove": 0, "blocks": [["aaaaaaaa", "<p>New</p>"]]})
    answers = at_once(*[lambda tab=tab: tab.send(body_splice=sent, save_id="one") for tab in tabs])  # type: ignore[misc]
    assert {(answer.status_code, answer.get_json()["version"]) for answer in answers} == {(200, 2)}
    assert len(list_revisions(asking, number)) == 2


def test_identical_new_articles_at_the_same_moment_are_one(
    app: Flask, asking: Session, bob: Account, client_of: ClientOf
) -> None:
    browsers = [client_of(bob) for _ in range(4)]
    tokens = [browser.get("/admin/session.json").get_json()["csrf_token"] for browser in browsers]

    def make(browser: FlaskClient, token: str) -> TestResponse:
        data = {"csrf_token": token, "title": "Once", "save_id": "one"}
        return browser.post("/admin/articles", data=data, headers=JSON)

    answers = at_once(*[lambda b=b, t=t: make(b, t) for b, t in zip(browsers, tokens, strict=True)])  # type: ignore[misc]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert asking.scalar(select(func.count()).select_from(Article)) == 1


def test_savers_at_the_same_moment_are_all_in(
    editor: FlaskClient, bob: Account, alice: Account, client_of: ClientOf, look: Look
) -> None:
    number = write(editor, body="".join(f"<p>{place}</p>" for place in range(4)))
    tabs = [Tab(client_of(person), number, f"tab{place}") for place, person in enumerate((alice, bob, alice, bob))]
    calls = [lambda tab=tab, place=place: tab.send(body_splice=json.dumps(
        {"at": place, "remove": 1, "blocks": [[tab.blocks[place][0], f"<p>{place} by {tab.name}</p>"],
                                              [blocks.new_id(), f"<p>New by {tab.name}</p>"]]}))
        for place, tab in enumerate(tabs)]  # fmt: skip
    answers = at_once(*calls)  # type: ignore[arg-type]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not any("conflicts" in answer.get_json() for answer in answers)
    draft = look(number).draft
    assert draft.version == 5
    expected = [text for place, tab in enumerate(tabs) for text in
                (f"<p>{place} by {tab.name}</p>", f"<p>New by {tab.name}</p>")]  # fmt: skip
    assert blocks.split(draft.body) == expected


def test_plain_forms_are_merged_too(editor: FlaskClient, alice: Account, client_of: ClientOf, look: Look) -> None:
    """Without JavaScript: the whole form of an old version, in either order."""
    for first, second in (("bob", "alice"), ("alice", "bob")):
        number = write(editor, f"Of {first}", "".join(f"<p>Same</p>\n{item}\n" for item in ("<hr>", "<h2>H</h2>", "")))
        url, browsers = f"/admin/articles/{number}", {"bob": editor, "alice": client_of(alice)}
        body = look(number).draft.body
        typed = {
            "bob": {"body": body.replace("<p>Same</p>", "<p>By Bob</p>", 1), "tags": "bob"},
            "alice": {"body": body.replace("<h2>H</h2>", "<h2>Alice</h2><p>New</p>"), "excerpt": "Alice"},
        }
        for who in (first, second):
            answer = post_form(browsers[who], url, {"version": "1", "title": f"Of {first}", **typed[who]})
            assert answer.status_code == 303, who
        assert "done=saved-merged" in answer.headers["Location"]
        draft = look(number).draft
        assert draft.body.split() == ["<p>By", "Bob</p>", "<hr>", "<p>Same</p>",
                                      "<h2>Alice</h2><p>New</p>", "<p>Same</p>"]  # fmt: skip
        assert (draft.excerpt, [tag.name for tag in draft.tags]) == ("Alice", ["bob"])


def test_plain_forms_meet_the_conflict_page_only_for_the_same_paragraph(
    editor: FlaskClient, alice: Account, client_of: ClientOf, look: Look
) -> None:
    number = write(editor, body=THREE)
    url = f"/admin/articles/{number}"
    post_form(editor, url, {"version": "1", "body": THREE.replace("Two", "Two, by Bob")})
    answer = post_form(client_of(alice), url, {"version": "1", "body": THREE.replace("Two", "Two, by Alice")})
    assert answer.status_code == 409 and "Two, by Bob" in answer.text
    assert look(number).draft.version == 2
