"""Everything that is due, done and held up, on one page; and the dates of an article, told in words."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.articles import publishing
from app.articles.reading import get_article
from app.settings import change_settings
from tests.admin.conftest import publish, write
from tests.conftest import Clock
from tests.forms import field_errors, page, post_form, text_of

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon_in_kolkata(session: Session, the_clock: Clock) -> None:
    the_clock.set(NOW)
    change_settings(session, time_zone="Asia/Kolkata")
    session.commit()


def parts(client: FlaskClient) -> dict[str, str]:
    """The words of each part of the page."""
    shown = page(client.get("/admin/schedule"))
    return {
        name: " ".join(shown.xpath(f"//section[@aria-labelledby='{name}-heading']")[0].text_content().split())
        for name in ("ahead", "late", "lately")
    }


def test_what_is_due_stands_by_day_in_the_site_s_zone(editor: FlaskClient) -> None:
    number = write(editor, "Soon")
    publish(editor, number, publish_at="2026-11-23T01:30", withdraw_at="2026-12-01T00:00")
    found = parts(editor)
    assert "Mon 23 Nov 2026 01:30 Soon Appears Bob" in found["ahead"]
    assert "Tue 1 Dec 2026 00:00 Soon Disappears Bob" in found["ahead"]
    assert "Nothing is late." in found["late"]
    assert "Nothing appeared or disappeared." in found["lately"]
    post_form(editor, f"/admin/articles/{number}", {"body": "<p>Changed.</p>"})
    assert "Changed since it was scheduled" in parts(editor)["ahead"]


def test_what_is_done_and_what_is_held_up(editor: FlaskClient, the_clock: Clock) -> None:
    done, trashed, taken_off = (write(editor, title) for title in ("Done", "Trashed", "Taken off"))
    publish(editor, done, publish_at="2026-11-23T09:00", withdraw_at="2026-11-24T09:00")
    publish(editor, taken_off)
    the_clock.set(NOW + timedelta(minutes=1))
    for number in (trashed, taken_off):
        publish(editor, number, publish_at="2026-11-23T09:00")
    post_form(editor, f"/admin/articles/{trashed}/trash")
    post_form(editor, f"/admin/articles/{taken_off}/withdraw")
    assert "Is due on Mon 23 Nov 2026, 09:00, but is in the trash" in parts(editor)["late"]
    the_clock.set(NOW + timedelta(days=2, hours=3))
    found = parts(editor)
    assert "Nothing is due" in found["ahead"]
    assert "Trashed Does not appear Was due on Mon 23 Nov 2026, 09:00" in found["late"]
    assert "Taken off Does not appear" in found["late"]
    assert "Tue 24 Nov 2026 09:00 Done Disappeared" in found["lately"]
    assert "Mon 23 Nov 2026 09:00 Done Appeared" in found["lately"]
    assert found["lately"].index("Disappeared") < found["lately"].index("Done Appeared"), "the latest first"
    the_clock.set(NOW + timedelta(days=17))
    found = parts(editor)
    assert "Nothing is late." in found["late"]
    assert "Nothing appeared or disappeared." in found["lately"]


def test_authors_see_their_own(editor: FlaskClient, author: FlaskClient) -> None:
    own, other = write(author, "By Charlie"), write(editor, "By Bob")
    for number in (own, other):
        publish(editor, number, publish_at="2026-11-23T09:00")
    assert "By Charlie" in parts(author)["ahead"]
    assert "By Bob" not in text_of(author.get("/admin/schedule"))
    assert "By Bob" in parts(editor)["ahead"]


def test_dates_change_without_the_text(editor: FlaskClient, session: Session) -> None:
    number = write(editor, "A title", "<p>First.</p>")
    publish(editor, number)
    url = f"/admin/articles/{number}"
    fields = {"body": "<p>Not live yet.</p>", "withdraw_at": "2026-11-25T18:00"}
    assert post_form(editor, f"{url}/dates", fields).status_code == 303
    article = get_article(session, number)
    assert article.text is not None
    assert article.text.body == "<p>First.</p>"
    assert article.draft.body == "<p>Not live yet.</p>", "what was typed is saved"
    assert article.withdrawn_at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    assert article.updated_at == NOW
    session.rollback()
    assert "gone from Wed 25 Nov 2026, 18:00 on" in text_of(editor.get(url))
    post_form(editor, f"{url}/dates", {"withdraw_at": ""})
    assert get_article(session, number).withdrawn_at is None


def test_dates_that_cannot_be(editor: FlaskClient, author: FlaskClient) -> None:
    number = write(editor)
    url = f"/admin/articles/{number}/dates"
    assert "nothing to withdraw" in str(field_errors(post_form(editor, url, {"withdraw_at": "2026-11-25T18:00"})))
    publish(editor, number, publish_at="2026-11-26T18:00")
    assert "before it is published" in str(field_errors(post_form(editor, url, {"withdraw_at": "2026-11-25T18:00"})))
    assert author.post(url, data={"withdraw_at": "2026-11-25T18:00"}).status_code == 403


def test_readers_of_a_scheduled_article_are_told_in_words(editor: FlaskClient) -> None:
    number = write(editor)
    publish(editor, number, publish_at="2026-11-23T09:00")
    words = text_of(editor.get(f"/admin/articles/{number}"))
    assert "Readers will see it on Mon 23 Nov 2026, 09:00" in words
    assert "Times are those of Asia/Kolkata, where it is now Sun 22 Nov 2026, 15:30." in words


def test_a_moved_first_date_moves_the_date_of_the_last_change(session: Session, editor: FlaskClient) -> None:
    number = write(editor)
    publish(editor, number, publish_at="2026-11-23T09:00")
    article = get_article(session, number)
    later = NOW + timedelta(days=5)
    publishing.set_dates(session, article, at=later)
    assert (article.published_at, article.updated_at) == (later, later)


def test_the_check_stands_beside_the_button_and_forbids_nothing(editor: FlaskClient) -> None:
    number = write(editor, "Boats", '<p><img src="/a.jpg"></p><p><a href="/articles/99">x</a></p>')
    url = f"/admin/articles/{number}"
    shown = page(editor.get(url))
    assert shown.xpath("//a[@href='#check']")[0].text_content() == "3 things to look at"
    assert shown.xpath("//section[@id='check']//li/a/@href") == ["#excerpt", "#body", "#body"]
    assert "3 things to look at" in text_of(editor.get(f"{url}/check"))
    answer = post_form(editor, f"{url}/check", {"excerpt": "Boats and boats."})
    assert answer.headers["Location"].endswith("?done=checked#check")
    assert page(editor.get(url)).xpath("//a[@href='#check']")[0].text_content() == "2 things to look at"
    publish(editor, number)
    assert editor.get("/boats").status_code == 200
