"""The first page of the staff: where one left off, what is due, what is read, what needs attention; the first day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock, mail
from app.accounts.models import Account
from app.articles import publishing
from app.articles.models import Article
from app.db import Database
from app.pageviews.statistics import get_today
from app.purges import PurgeState
from app.settings import change_settings
from tests.admin.conftest import publish, write
from tests.forms import page, post_form, text_of
from tests.pageviews.counts import add_views

Add = Callable[[Account], FlaskClient]


def part(client: FlaskClient, name: str) -> html.HtmlElement | None:
    """The section of the first page with this heading."""
    answer = client.get("/admin/")
    assert answer.status_code == 200
    found = page(answer).xpath("//section[.//h2[starts-with(normalize-space(), $name)]]", name=name)
    return found[0] if found else None


def listed(client: FlaskClient, name: str) -> list[str]:
    """What the lists of a part lead to, by title."""
    section = part(client, name)
    assert section is not None
    return [link.text_content().strip() for link in section.xpath(".//li//a")]


def said(client: FlaskClient, name: str) -> str:
    section = part(client, name)
    return "" if section is None else " ".join(section.text_content().split())


@pytest.fixture
def admin(alice: Account, client_of: Add) -> FlaskClient:
    return client_of(alice)


def test_one_continues_where_one_left_off(editor: FlaskClient, author: FlaskClient) -> None:
    mine, theirs = write(editor, "Mine"), write(author, "Theirs")
    done = write(editor, "Done")
    publish(editor, done)
    write(editor, "Newer")
    assert listed(editor, "Continue") == ["Newer", "Mine"], "what is published as it is, is no unfinished work"
    assert listed(author, "Continue") == ["Theirs"]
    post_form(editor, f"/admin/articles/{theirs}", {"title": "Theirs, edited"})
    post_form(editor, f"/admin/articles/{done}", {"title": "Done, edited"})
    assert listed(editor, "Continue") == ["Done, edited", "Theirs, edited", "Newer", "Mine"]
    post_form(editor, f"/admin/articles/{mine}/trash")
    assert "Mine" not in listed(editor, "Continue")


def test_who_was_away_finds_their_own_again(
    author: FlaskClient, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.articles.continuing.LATEST", 2)
    write(author, "Long ago")
    for title in ("One", "Two", "Three"):
        write(editor, title)
    assert listed(author, "Continue") == ["Long ago"]


def test_what_is_due_and_what_is_held_up(editor: FlaskClient, author: FlaskClient, session: Session) -> None:
    own, other, held = write(author, "Own"), write(editor, "Other"), write(editor, "Held")
    soon = clock.now() + timedelta(days=1)
    for number in (own, other, held):
        publishing.publish(session, session.get_one(Article, number), by_id=None, at=soon)
        soon += timedelta(hours=1)
    publishing.trash(session, session.get_one(Article, held))
    session.commit()
    assert listed(editor, "Due") == ["Held", "Own", "Other"]
    assert "Does not appear" in said(editor, "Due") and "is in the trash" in said(editor, "Due")
    assert listed(author, "Due") == ["Own"]


def test_the_numbers_are_those_of_the_statistics(editor: FlaskClient, author: FlaskClient, session: Session) -> None:
    numbers = [write(editor, f"Read {index}") for index in range(7)]
    numbers.append(write(author, "Own"))
    for views, number in enumerate(numbers, 1):
        publishing.publish(session, session.get_one(Article, number), by_id=None)
        add_views(session, number, views * 10, day=get_today(session), readers=views)
    add_views(session, numbers[0], 4, day=get_today(session), view_class="bot")
    session.commit()
    for client, views in ((editor, "360 views"), (author, "80 views")):
        whole = page(client.get("/admin/statistics?period=today"))
        figure = whole.xpath("//dl[@class='figures']//dd[contains(@class, 'figure-number')]")[0].text_content()
        section = part(client, "Most read today")
        assert section is not None
        assert section.xpath(".//strong")[0].text_content() == views == f"{figure} views"
        top = whole.xpath("//section[.//h2[starts-with(., 'Most read')]]//tbody/tr") or whole.xpath(
            "//table[.//caption[contains(., 'ost read')]]//tbody/tr"
        )
        shown = [" ".join(item.text_content().split()) for item in section.xpath(".//li")]
        there = [(row[0].text_content().strip(), row[1].text_content().strip()) for row in top]
        assert shown == [f"{title} {count} views" for title, count in there][:5] and shown


def test_each_part_is_there_for_whom_its_right_is(author: FlaskClient, client: FlaskClient) -> None:
    assert client.get("/admin/").location == "/login?next=/admin/"
    write(author)
    assert part(author, "Needs attention") is None


def test_a_new_site_says_what_to_do_next(admin: FlaskClient, author: FlaskClient) -> None:
    assert "Look through the settings" in said(admin, "Welcome, Alice")
    steps = part(author, "Welcome, Charlie")
    assert steps is not None and "/admin/settings" not in steps.xpath(".//a/@href")
    assert part(admin, "Due") is None, "an empty site has nothing to say there"
    write(admin)
    assert part(admin, "Welcome") is None


def test_a_new_author_is_told_how_it_goes(author: FlaskClient, editor: FlaskClient) -> None:
    write(editor)
    assert "tell an editor" in said(author, "Welcome, Charlie")
    write(author)
    assert part(author, "Welcome") is None


def test_admins_and_editors_see_a_spike_where_it_can_be_corrected(
    editor: FlaskClient, author: FlaskClient, session: Session
) -> None:
    number = write(author, "Busy")
    publishing.publish(session, session.get_one(Article, number), by_id=None)
    add_views(session, number, 5000, day=get_today(session), hour=0, readers=1)
    session.commit()
    assert "Busy" in said(editor, "Needs attention")
    section = part(editor, "Needs attention")
    assert section is not None
    assert editor.get(section.xpath(".//a/@href")[0]).status_code == 200
    assert part(author, "Needs attention") is None


def test_admins_see_a_cache_that_could_not_be_told(admin: FlaskClient, editor: FlaskClient, session: Session) -> None:
    change_settings(session, purge_url="https://cdn.example/purge")
    session.add(PurgeState(id=1, url="https://cdn.example/purge", failures=3, error="It answered 503 <b>"))
    session.commit()
    assert "It answered 503 <b>" in said(admin, "Needs attention")
    assert part(editor, "Needs attention") is None


def test_admins_see_mail_that_failed_and_who_lacks_a_second_factor(
    admin: FlaskClient, editor: FlaskClient, bob: Account, session: Session
) -> None:
    message = mail.post(session, kind="reset", recipient="a@example.org", subject="A", text="B")
    message.attempts, message.problem, message.given_up_at = 9, "It is not there", clock.now()
    bob.second_factor_due_at = clock.now() + timedelta(days=3)
    session.commit()
    found = said(admin, "Needs attention")
    assert "One message could not be sent." in found and "their role demands: Bob." in found
    section = part(admin, "Needs attention")
    assert section is not None
    assert [admin.get(link).status_code for link in section.xpath(".//a/@href")] == [200, 200]
    assert part(editor, "Needs attention") is None


@contextmanager
def questions(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(said[2])

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def test_more_articles_are_no_more_questions(admin: FlaskClient, database: Database, session: Session) -> None:
    def furnish(count: int) -> int:
        for _ in range(count):
            number = write(admin)
            article = session.get_one(Article, number)
            publishing.publish(session, article, by_id=None, at=clock.now() + timedelta(days=1))
            add_views(session, number, 9, day=get_today(session))
            session.commit()
            post_form(admin, f"/admin/articles/{number}", {"title": "Changed"})
        admin.get("/admin/")
        with questions(database) as asked:
            assert "Changed" in text_of(admin.get("/admin/"))
        return len([said for said in asked if said.startswith(("SELECT", "WITH"))])

    few = furnish(2)
    assert furnish(10) == few <= 30


def found(client: FlaskClient, asked: str = "") -> list[tuple[str, str]]:
    """What the palette offers: label and address."""
    answer = client.get("/admin/palette", query_string={"q": asked}, headers={"Accept": "application/json"})
    return [(item["label"], item["address"]) for item in answer.get_json()["items"]]


def test_the_palette_offers_what_one_may_open(admin: FlaskClient, author: FlaskClient) -> None:
    for client, others in ((admin, {"People", "Settings"}), (author, set())):
        offered = found(client)
        assert {"Overview", "New article", "Articles", "Your profile"} | others <= {label for label, _ in offered}
        for label, address in offered:
            assert client.get(address).status_code == 200, label
    assert not {"People", "Settings", "Tags", "Mail"} & {label for label, _ in found(author)}
    assert found(admin, "users")[0][0] == "People", "also by another word for it"


def test_the_palette_finds_articles_and_what_one_may_do_with_them(editor: FlaskClient, author: FlaskClient) -> None:
    own, other = write(author, "Harvest of ours"), write(editor, "Harvest of theirs")
    publish(editor, other)
    assert found(author, "harvest") == [("Harvest of ours", f"/admin/articles/{own}")]
    assert len(found(editor, "harvest")) == 2
    assert found(author, "preview harv") == [("Harvest of ours", f"/admin/articles/{own}/preview")]
    assert found(author, "publish harv") == []
    assert [address for _, address in found(editor, "pub harvest of theirs")] == [f"/admin/articles/{other}"]
    assert found(editor, "stat harvest of theirs") == [("Harvest of theirs", f"/admin/statistics/articles/{other}")]
    assert found(editor, "\x00%_<b>") == []


def test_the_palette_is_a_page_too(editor: FlaskClient, client: FlaskClient) -> None:
    number = write(editor, "Harvest <b>")
    answer = editor.get("/admin/palette?q=harvest")
    assert page(answer).xpath("//main//li//a/@href") == [f"/admin/articles/{number}"]
    assert "Harvest <b>" in text_of(answer)
    assert "Nothing is called that" in text_of(editor.get("/admin/palette?q=zebra"))
    assert client.get("/admin/palette", headers={"Accept": "application/json"}).status_code == 401
