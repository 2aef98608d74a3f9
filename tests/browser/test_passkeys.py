"""Passkeys in Chromium with a virtual authenticator: registered, used alone and as second step, lost, rescued."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.accounts.models import Account
from tests.accounts.conftest import PASSWORD, person
from tests.browser.conftest import Axe

SECURITY = "/admin/profile/security"
pytestmark = pytest.mark.any_database


@pytest.fixture
def ada(session: Session) -> Account:
    return person(session, "Ada", "admin")


@pytest.fixture
def named(served: str) -> str:
    """The address with a name: browsers make no passkeys for the numbers of an address."""
    return served.replace("127.0.0.1", "localhost")


class Device:
    """The virtual authenticator of a page: a telephone that is unlocked by a finger."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = made["authenticatorId"]

    def lose(self) -> None:
        self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})


@pytest.fixture
def device(page: Page) -> Device:
    """It would take every offer that the browser makes by itself: so there are none but where a test wants them."""
    page.add_init_script(
        "if (!sessionStorage.offers) PublicKeyCredential.isConditionalMediationAvailable = async () => false"
    )
    return Device(page)


def give_password(page: Page, at: str) -> None:
    page.goto(f"{at}/login")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def add_passkey(page: Page, at: str, axe: Axe) -> list[str]:
    """Add one by hand; returns the recovery codes that come with the first."""
    page.goto(at + SECURITY)
    assert axe(page, "ways in") == []
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My telephone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("status").filter(has_text="Now use it once")).to_be_visible()
    assert axe(page, "a new passkey") == []
    page.get_by_role("button", name="Use it once").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    assert axe(page, "recovery codes") == []
    return page.locator(".codes code").all_text_contents()


def test_from_the_first_passkey_to_the_loss_of_everything(
    page: Page, named: str, ada: Account, device: Device, session: Session, app: Flask, axe: Axe
) -> None:
    give_password(page, named)
    codes = add_passkey(page, named, axe)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them as text").click()
    assert codes[9] in download.value.path().read_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("bdi", has_text="My telephone")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    sign_out(page)

    give_password(page, named)
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    assert axe(page, "the second step") == []
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.evaluate("sessionStorage.offers = 'yes'")
    with page.expect_navigation(url="**/admin/"):  # the device takes the offer in the field for the e-mail address
        page.get_by_role("button", name="Sign out").click()
    page.evaluate("sessionStorage.clear()")
    sign_out(page)

    device.lose()
    give_password(page, named)
    page.get_by_text("Use a recovery code").click()
    page.get_by_label("One of your recovery codes").fill(codes[0])
    page.get_by_role("button", name="Sign in with it").click()
    expect(page.get_by_text("You have 9 left.")).to_be_visible()
    sign_out(page)

    rescued = app.test_cli_runner().invoke(args=["people", "rescue", "ada@example.org"])
    assert rescued.exit_code == 0, rescued.output
    page.goto(f"{named}/rescue/{rescued.output.strip().rpartition('/rescue/')[2]}")
    assert axe(page, "rescue") == []
    page.get_by_label("Remove them").check()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("With your password alone.")).to_be_visible()
    sign_out(page)
    give_password(page, named)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_without_a_script_the_page_says_what_to_do(page: Page, served: str, named: str, ada: Account, axe: Axe) -> None:
    give_password(page, served)
    page.goto(served + SECURITY)
    expect(page.get_by_text("Browsers make no passkeys for an address of numbers.")).to_be_visible()
    expect(page.get_by_role("link", name="Add a passkey")).to_have_count(0)
