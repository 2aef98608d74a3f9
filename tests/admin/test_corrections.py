"""Taking views out of the count: the form, the question, the list, undoing; and who may."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.pageviews.statistics import get_totals
from tests.admin.conftest import publish, write
from tests.conftest import Clock
from tests.forms import field_errors, post_form
from tests.pageviews.counts import add_views

HERE = "/admin/statistics/corrections"
SPIKE = {
    "first_day": "2026-11-20", "first_hour": "3", "last_day": "2026-11-20", "last_hour": "4", "view_class": "browser",
    "reason": "One network, no pauses",
}  # fmt: skip


@pytest.fixture
def lamps(editor: FlaskClient, session: Session, the_clock: Clock) -> int:
    """An article that something has asked for 5,000 times in the night, beside its readers."""
    the_clock.set(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    article_id = write(editor, "Lamps", slug="lamps")
    publish(editor, article_id)
    add_views(session, article_id, 40, readers=30)
    add_views(session, article_id, 5000, hour=3, readers=1)
    add_views(session, article_id, 70, day=date(2026, 11, 19), view_class="bot")
    session.commit()
    return article_id


def shown(session: Session, article_id: int) -> int:
    session.expire_all()
    found = get_totals(session, article_id).shown
    session.rollback()
    return found


def test_a_correction_is_asked_about_made_listed_and_undone(editor: FlaskClient, lamps: int, session: Session) -> None:
    fields = SPIKE | {"article": str(lamps)}
    asked = post_form(editor, HERE, fields)
    assert asked.status_code == 200
    assert "Take 5,000 views out of the count?" in asked.text
    assert "Lamps" in asked.text
    assert shown(session, lamps) == 5040, "nothing has happened yet"
    assert "Nothing was taken out" in editor.get(HERE).text
    made = post_form(editor, HERE, fields | {"amount": "5000", "confirmed": "yes"})
    assert made.status_code == 303
    listed = editor.get(f"{HERE}?done=corrected").text
    for text in (
        "The views are taken out",
        "Lamps",
        "5,000",
        "One network, no pauses",
        "Bob",
        "3:00\u202fAM – 4:59\u202fAM",
    ):
        assert text in listed, text
    assert shown(session, lamps) == 40
    page = editor.get(f"/admin/statistics/articles/{lamps}?period=today").text
    assert "5,000 views were taken out by corrections" in page
    assert "− 5,000 taken out by corrections" in page
    button = re.search(rf'action="({HERE}/\d+/undo)"', listed)
    assert button
    undone = post_form(editor, button[1], {})
    assert undone.status_code == 303
    assert shown(session, lamps) == 5040
    assert "Undone" in editor.get(HERE).text
    again = post_form(editor, button[1], {})
    assert again.status_code == 409
    assert "has been undone already" in again.text


def test_the_question_names_every_number_that_its_answer_changes(
    editor: FlaskClient, lamps: int, session: Session
) -> None:
    """What came in between is not taken: the confirmed number is."""
    page = post_form(editor, HERE, SPIKE | {"article": "lamps"}).text
    assert 'name="amount" value="5000"' in page
    assert 'name="confirmed" value="yes"' in page
    add_views(session, lamps, 8, hour=4)
    session.commit()
    post_form(editor, HERE, SPIKE | {"article": "lamps", "amount": "5000", "confirmed": "yes"})
    assert shown(session, lamps) == 48


@pytest.mark.parametrize("typed", ["1", "lamps", "/lamps", "https://example.org/lamps/"])
def test_an_article_is_named_by_its_number_or_address(editor: FlaskClient, lamps: int, typed: str) -> None:
    assert "<bdi>Lamps</bdi>" in post_form(editor, HERE, SPIKE | {"article": typed}).text


def test_the_whole_site_and_other_classes_can_be_corrected(editor: FlaskClient, lamps: int, session: Session) -> None:
    everywhere = post_form(editor, HERE, SPIKE)
    assert "The whole site" in everywhere.text
    fields = SPIKE | {"first_day": "2026-11-19", "view_class": "bot", "amount": "60"}
    page = post_form(editor, HERE, fields)
    assert "Take 60 views out" in page.text
    assert "it stays as it is" in page.text
    post_form(editor, HERE, fields | {"confirmed": "yes"})
    assert shown(session, lamps) == 5040
    session.rollback()
    assert "Programs" in editor.get(HERE).text


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"reason": " "}, "reason", "say why"),
        ({"reason": "x" * 501}, "reason", "at most 500"),
        ({"amount": "5001"}, "amount", "fewer such views"),
        ({"amount": "0"}, "amount", "one view or more"),
        ({"amount": "-5"}, "amount", "whole number"),
        ({"amount": "9" * 30}, "amount", "whole number"),
        ({"first_day": "2026-11-21", "last_day": "2026-11-20"}, "last_day", "comes before the first"),
        ({"last_day": "2026-11-21"}, "last_day", "have not come yet"),
        ({"first_day": "soon"}, "first_day", "choose a day"),
        ({"last_day": ""}, "last_day", "choose a day"),
        ({"first_day": "2025-11-20", "last_day": "2025-11-20"}, "first_day", "Hours are kept for 90 days"),
        ({"article": "4711"}, "article", "no article with this number or address"),
        ({"article": "<b>"}, "article", "no article with this number or address"),
        ({"first_hour": "24"}, "first_hour", "Not a valid choice"),
        ({"view_class": "people"}, "view_class", "Not a valid choice"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(
    editor: FlaskClient, lamps: int, session: Session, change: dict[str, str], field: str, why: str
) -> None:
    answer = post_form(editor, HERE, SPIKE | {"confirmed": "yes"} | change)
    assert answer.status_code == 422
    assert why in answer.text.split(f'id="{field}-error">')[1].split("</p>")[0]
    assert shown(session, lamps) == 5040


def test_hours_without_such_views_are_told_above_the_form(editor: FlaskClient, lamps: int) -> None:
    answer = post_form(editor, HERE, SPIKE | {"view_class": "feed"})
    assert answer.status_code == 422
    assert "There are no such views in these hours" in answer.text
    assert 'value="One network, no pauses"' in answer.text, "what was typed is kept"


def test_a_link_fills_the_form_in(editor: FlaskClient, lamps: int) -> None:
    query = SPIKE | {"article": "1", "amount": "12", "reason": '"><script>'}
    page = editor.get(f"{HERE}/new", query_string=query).text
    for expected in ('value="2026-11-20"', '<option selected value="3">', '<option selected value="4">', 'value="12"'):
        assert expected in page, expected
    assert "<script>" not in page
    assert field_errors(editor.get(f"{HERE}/new", query_string=query)) == {}


def test_only_editors_correct(
    author: FlaskClient, client: FlaskClient, editor: FlaskClient, lamps: int, session: Session,
    alice: Account, client_of: Callable[[Account], FlaskClient],
) -> None:  # fmt: skip
    assert client_of(alice).get(HERE).status_code == 200
    post_form(editor, HERE, SPIKE | {"confirmed": "yes"})
    for browser, status in ((author, 403), (client, 303)):
        assert browser.get(HERE).status_code == status
        assert browser.get(f"{HERE}/new").status_code == status
    assert author.post(HERE, data=SPIKE).status_code == 403
    assert author.post(f"{HERE}/1/undo").status_code == 403
    assert shown(session, lamps) == 40
    assert "corrections" not in author.get("/admin/statistics").text.lower()
