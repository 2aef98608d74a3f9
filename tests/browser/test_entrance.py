"""The entrance, people, settings and profile in a browser: axe, the validator, the keyboard, a small phone."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from app.accounts.bylines import find_or_make_byline
from app.accounts.joining import offer_setup_link, offer_welcome_link
from app.accounts.membership import deactivate
from app.accounts.models import Account
from app.accounts.signing_in import end_all_sessions
from tests.accounts.conftest import PASSWORD, person
from tests.browser.conftest import violations
from tests.browser.test_reading import WIDTHS
from tests.validators import html_errors

pytestmark = [pytest.mark.browser, pytest.mark.any_database]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


@pytest.fixture
def ada(session: Session) -> Account:
    """An admin with a password."""
    return person(session, "Ada", "admin")


@pytest.fixture
def addresses(session: Session, ada: Account) -> dict[str, list[str]]:
    """The pages: those for everybody, and those for an admin."""
    people = [person(session, name, "editor") for name in ("Bob", "Gone")]
    welcome = offer_welcome_link(session, people[0])
    deactivate(session, people[1].id)
    byline = find_or_make_byline(session, name=LONG)
    session.commit()
    return {
        "outside": ["/login", "/logout", "/setup/used", f"/welcome/{welcome}", "/welcome/used"],
        "inside": [
            "/logout", "/admin/people", "/admin/people/new", f"/admin/people/{ada.id}", f"/admin/people/{people[1].id}",
            f"/admin/people/{byline.id}", "/admin/settings", "/admin/settings?step=first", "/admin/ready",
            "/admin/profile", "/admin/profile?done=profile-saved",
        ],
    }  # fmt: skip


def sign_in(page: Page, served: str) -> None:
    page.goto(f"{served}/login")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{served}/admin/**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    chromium: Browser, served: str, addresses: dict[str, list[str]], scheme: str, width: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})  # type: ignore[arg-type]
    page, found = context.new_page(), []
    for address in addresses["outside"]:
        page.goto(served + address)
        found += violations(page, address)
    page.goto(f"{served}/login")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    found += violations(page, "/login refused")
    sign_in(page, served)
    for address in addresses["inside"]:
        page.goto(served + address)
        found += violations(page, address)
    context.close()
    assert found == []


def test_nothing_is_wider_than_a_small_phone(page: Page, served: str, addresses: dict[str, list[str]]) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for address in addresses["outside"]:
        page.goto(served + address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
    sign_in(page, served)
    for address in addresses["inside"]:
        page.goto(served + address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address


def test_the_validator_finds_nothing(client: FlaskClient, addresses: dict[str, list[str]], tmp_path: Path) -> None:
    pages = {address: client.get(address).text for address in addresses["outside"]}
    token = client.get("/login").text.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    assert token
    typed = {"csrf_token": token, "email": "ada@example.org", "password": PASSWORD}
    pages["refused"] = client.post("/login", data=typed | {"password": "wrong"}).text
    client.post("/login", data=typed)
    pages |= {f"{address} inside": client.get(address).text for address in addresses["inside"]}
    pages["bad settings"] = client.post("/admin/settings", data={"name": "", "language": "x"}).text
    assert html_errors(pages, tmp_path) == []


def test_a_new_site_is_set_up_by_keyboard_alone(page: Page, served: str, session: Session) -> None:
    token = offer_setup_link(session)
    session.commit()
    page.goto(f"{served}/setup/{token}")
    assert violations(page, "/setup") == []
    page.get_by_label("Your name").focus()
    for typed in ("Ada Lovelace", "ada@example.org", PASSWORD):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/settings?step=first")
    page.get_by_label("Name", exact=False).first.fill("The Analytical Engine")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/ready")
    page.get_by_role("link", name="Write your first article").click()
    page.wait_for_url("**/admin/articles/new")
    page.goto(f"{served}/setup/{token}")
    assert "set up already" in page.inner_text("main")


def test_what_was_typed_survives_being_signed_out(page: Page, served: str, ada: Account, session: Session) -> None:
    sign_in(page, served)
    page.goto(f"{served}/admin/profile")
    text = 'First line\n\n<b>"Second"</b> & last – 漢字'
    page.get_by_label("Biography").fill(text)
    end_all_sessions(session, ada.id)
    session.commit()
    page.get_by_role("button", name="Save").click()
    assert "What you sent is kept" in page.inner_text("main")
    assert violations(page, "/login kept") == []
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert "Nothing is lost" in page.inner_text("main")
    assert violations(page, "send again") == []
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url("**/admin/profile?done=profile-saved")
    assert page.get_by_label("Biography").input_value() == text
