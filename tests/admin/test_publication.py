"""Publishing, scheduling, withdrawing, previewing, the trash: by the buttons of the form."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.articles.models import Article, Draft
from app.pageviews.reading import list_classes
from app.settings import change_settings
from tests.admin.conftest import publish, write
from tests.forms import field_errors, page, post_form, text_of, typed_fields, where_to

Look = Callable[[int], Article]
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def in_berlin(session: Session, the_clock: object) -> None:
    """The site's clocks are Berlin's, which go forward on 29 March 2026 and back on 25 October; it is 20 March."""
    change_settings(session, time_zone="Europe/Berlin")
    session.commit()
    the_clock.set(NOW)  # type: ignore[attr-defined]


def test_one_press_saves_and_publishes(editor: FlaskClient, client: FlaskClient) -> None:
    number = write(editor, "Old", "<p>Old.</p>")
    typed = {"title": "New", "body": "<p>New words.</p>", "slug": "new", "excerpt": "Short.", "version": "1"}
    publish(editor, number, **typed)
    shown = client.get("/new").text
    assert "New words." in shown and "Short." in shown


def test_publishing_does_not_happen_where_the_text_is_refused(editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    answer = post_form(editor, f"/admin/articles/{number}/publish", {"title": " ", "body": "<p>Typed.</p>"})
    assert answer.status_code == 422 and "Typed." in typed_fields(answer)["body"]
    assert look(number).published_at is None


def test_publishing_over_somebody_elses_save_is_a_conflict(editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    post_form(editor, f"/admin/articles/{number}", {"title": "Theirs", "version": "1"})
    answer = post_form(editor, f"/admin/articles/{number}/publish", {"title": "Mine", "version": "1"})
    assert answer.status_code == 409 and typed_fields(answer)["title"] == "Mine"
    assert look(number).published_at is None


def test_scheduled_in_site_time_and_public_without_a_worker(
    in_berlin: None, editor: FlaskClient, client: FlaskClient, the_clock: object, look: Look
) -> None:
    number = write(editor, "Later")
    url = f"/admin/articles/{number}"
    answer = post_form(editor, f"{url}/publish", {"publish_at": "2026-03-21T08:30", "withdraw_at": "2026-03-22T08:30"})
    assert where_to(answer) == f"{url}?done=scheduled"
    assert look(number).published_at == datetime(2026, 3, 21, 7, 30, tzinfo=UTC)
    shown = editor.get(url)
    assert typed_fields(shown)["publish_at"] == "2026-03-21T08:30"
    assert "21 Mar 2026, 08:30" in text_of(shown) and "Europe/Berlin" in text_of(shown)
    assert client.get("/later").status_code == 404
    the_clock.set(datetime(2026, 3, 21, 7, 31, tzinfo=UTC))  # type: ignore[attr-defined]
    assert client.get("/later").status_code == 200
    the_clock.set(datetime(2026, 3, 22, 7, 31, tzinfo=UTC))  # type: ignore[attr-defined]
    assert client.get("/later").status_code == 410


def test_a_schedule_stays_when_only_the_text_is_published_again(
    in_berlin: None, editor: FlaskClient, look: Look
) -> None:
    number = write(editor)
    publish(editor, number, publish_at="2026-04-01T10:00", withdraw_at="2026-05-01T10:00")
    before = look(number)
    fields = typed_fields(editor.get(f"/admin/articles/{number}"))
    publish(
        editor, number, title="Changed", **{name: fields[name] for name in ("publish_at", "withdraw_at", "version")}
    )
    after = look(number)
    assert (after.published_at, after.withdrawn_at) == (before.published_at, before.withdrawn_at)
    publish(editor, number, publish_now="1", publish_at="2026-04-01T10:00", withdraw_at="")
    assert look(number).published_at == NOW and look(number).withdrawn_at is None


def test_publishing_again_keeps_the_exact_first_moment(editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    publish(editor, number)
    first = look(number).published_at
    fields = typed_fields(editor.get(f"/admin/articles/{number}"))
    publish(editor, number, title="Again", publish_at=fields["publish_at"], version=fields["version"])
    assert look(number).published_at == first


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("publish_at", "tomorrow", "date and a time like"),
        ("publish_at", "2026-02-30T10:00", "date and a time like"),
        ("publish_at", "9999-12-31T23:59", "date and a time like"),
        ("publish_at", "0001-01-01T00:00", "date and a time like"),
        ("publish_at", "2026-03-29T02:30", "does not exist"),
        ("withdraw_at", "2026-13-01T10:00", "date and a time like"),
        ("withdraw_at", "2026-03-19T10:00", "has passed"),
        ("withdraw_at", "2026-03-21T07:00", "before it is published"),
    ],
)
def test_a_time_that_cannot_be_meant_is_told_at_its_field(
    in_berlin: None, editor: FlaskClient, look: Look, field: str, typed: str, says: str
) -> None:
    number = write(editor)
    data = {"publish_at": "2026-03-21T08:00", "body": "<p>Typed.</p>"} | {field: typed}
    answer = post_form(editor, f"/admin/articles/{number}/publish", data)
    assert answer.status_code == 422
    assert says in field_errors(answer)[field]
    fields = typed_fields(answer)
    assert fields[field] == typed and "Typed." in fields["body"]
    assert page(answer).get_element_by_id(field).get("type") == "text", "a date field would drop what was typed"
    assert look(number).published_at is None


def test_of_a_time_that_comes_twice_the_first_is_meant(in_berlin: None, editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    publish(editor, number, publish_at="2026-10-25T02:30")
    assert look(number).published_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_typed_time_survives_plain_saving(editor: FlaskClient) -> None:
    number = write(editor)
    answer = post_form(editor, f"/admin/articles/{number}", {"title": "T", "publish_at": "2030-01-01T10:00"})
    assert typed_fields(editor.get(where_to(answer)))["publish_at"] == "2030-01-01T10:00"


def test_the_past_may_be_chosen_for_an_old_text(editor: FlaskClient, client: FlaskClient) -> None:
    number = write(editor, "Old text")
    publish(editor, number, publish_at="1999-12-31T23:59")
    assert "1999" in client.get("/old-text").text


def test_nothing_is_withdrawn_that_never_was_published(editor: FlaskClient) -> None:
    number = write(editor)
    answer = post_form(editor, f"/admin/articles/{number}/withdraw", {"title": "Typed"})
    assert answer.status_code == 422 and "not published" in text_of(answer)
    assert typed_fields(answer)["title"] == "Typed"


def test_a_scheduled_article_is_called_off(editor: FlaskClient, client: FlaskClient, look: Look) -> None:
    number = write(editor, "Later")
    url = f"/admin/articles/{number}"
    publish(editor, number, publish_at="2199-01-01T10:00")
    assert "Call off" in text_of(editor.get(url)) and "Withdraw now" not in text_of(editor.get(url))
    answer = post_form(editor, f"{url}/withdraw", {"title": "Typed", "publish_at": "2199-01-01T10:00"})
    assert where_to(answer) == f"{url}?done=called-off"
    shown = editor.get(url)
    assert typed_fields(shown)["publish_at"] == "" and typed_fields(shown)["title"] == "Typed"
    assert look(number).status(clock.now()) == "draft"
    assert client.get("/later").status_code == client.get(f"/articles/{number}").status_code == 404
    assert "Typed" in text_of(editor.get("/admin/articles?status=draft"))
    publish(editor, number)
    assert client.get("/later").status_code == 200 and "Withdraw now" in text_of(editor.get(url))


def test_only_what_is_in_the_trash_is_deleted(editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    assert post_form(editor, f"/admin/articles/{number}/delete").status_code == 422
    assert look(number).id == number
    assert where_to(editor.get(f"/admin/articles/{number}/delete")).endswith("done=not-in-trash")
    post_form(editor, f"/admin/articles/{number}/trash")
    assert editor.post(f"/admin/articles/{number}/delete", data={}).status_code == 400


@pytest.mark.parametrize("button", ["withdraw", "trash", "duplicate", "preview", "publish"])
def test_every_button_saves_what_was_typed(editor: FlaskClient, look: Look, button: str) -> None:
    number = write(editor)
    publish(editor, number)
    typed = {"title": "Typed meanwhile", "version": "1"}
    assert post_form(editor, f"/admin/articles/{number}/{button}", typed).status_code == 303
    assert look(number).draft.title == "Typed meanwhile"


def test_the_preview_is_the_readers_page_and_is_counted_apart(
    editor: FlaskClient, client: FlaskClient, app: Flask, session: Session
) -> None:
    number = write(editor, "Seen before", "<h2>Part</h2><p>Words.</p>", tags="one", authors="Jhon Lennon", excerpt="E.")
    publish(editor, number)
    client.get("/seen-before", headers=BROWSER)
    post_form(editor, f"/admin/articles/{number}", {"title": "Not live yet"})
    shown = editor.get(f"/admin/articles/{number}/preview", headers=BROWSER)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    tree = page(shown)
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert tree.xpath("//article//h1")[0].text_content() == "Not live yet"
    assert "Words." in text_of(shown) and "Jhon Lennon" in text_of(shown)
    assert tree.xpath("//data[@class='pageviews']")[0].text_content() == "1 view"
    again = page(client.get("/seen-before", headers=BROWSER))
    assert again.xpath("//data[@class='pageviews']/@value") == ["2"], "the preview between the two was not counted"
    app.extensions["typecase.counter"].fold()
    assert list_classes(session, number) == {"browser": 2, "preview": 1}
    assert not client.get(f"/admin/articles/{number}/preview").text.count("Not live yet")


def test_a_never_published_draft_can_be_previewed(author: FlaskClient) -> None:
    number = write(author, "Draft", "*Marked*", body_format="markdown")
    assert "<em>Marked</em>" in author.get(f"/admin/articles/{number}/preview").text


def test_saving_the_form_of_a_withdrawn_article_does_not_bring_its_withdrawal_along(
    editor: FlaskClient, look: Look
) -> None:
    number = write(editor)
    publish(editor, number)
    post_form(editor, f"/admin/articles/{number}/withdraw")
    fields = typed_fields(editor.get(f"/admin/articles/{number}"))
    assert fields["withdraw_at"] == ""
    publish(editor, number, withdraw_at=fields["withdraw_at"], publish_at=fields["publish_at"])
    assert look(number).status(clock.now() + timedelta(seconds=1)) == "published"


def test_a_text_from_before_a_bound_is_refused_at_its_field(editor: FlaskClient, session: Session) -> None:
    number = write(editor)
    draft = session.get_one(Draft, number)
    draft.body = "<div>" * 200 + "deep"
    session.commit()
    for answer in (
        editor.get(f"/admin/articles/{number}/preview"),
        post_form(editor, f"/admin/articles/{number}/publish"),
    ):
        assert answer.status_code == 422
        assert "body" in field_errors(answer)
        assert "deep" in typed_fields(answer)["body"]
