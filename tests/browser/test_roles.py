"""The screens of roles in a browser: axe at two widths, nothing sticks out, and all of it without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.models import Account
from app.accounts.permissions import ALL, OWN
from tests.accounts.conftest import PASSWORD, person
from tests.browser.conftest import violations

pytestmark = [pytest.mark.browser, pytest.mark.any_database]
LABEL = "Gastautorinnenundgastautoren" * 2


@pytest.fixture
def dora(session: Session) -> Account:
    """Somebody in an own role with a long name; Ada is an admin."""
    person(session, "Ada", "admin")
    made = roles.make_role(session, label=LABEL, rights={"article.list": OWN, "media.see": ALL}, by=None)
    return person(session, "Dora", made.name)


def sign_in(page: Page, served: str) -> None:
    page.goto(f"{served}/login")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{served}/admin/**")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(
    chromium: Browser, served: str, dora: Account, width: int, scheme: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
    page, found = context.new_page(), []
    sign_in(page, served)
    here = f"/admin/roles/{dora.role}"
    for path in ("/admin/roles", here, f"{here}/delete?into=author", "/admin/roles/new", "/admin/roles/admin",
                 f"/admin/roles/why?person={dora.id}&action=article.list"):  # fmt: skip
        page.goto(served + path)
        found += violations(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"{served}{here}")
    page.get_by_label("Publish", exact=True).select_option("Own")
    page.get_by_role("button", name="Show what that changes").click()
    found += violations(page, "the preview")
    page.goto(f"{served}{here}")
    page.get_by_role("button", name="Look as").click()
    page.wait_for_url(f"{served}/admin/")
    found += violations(page, "looking")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert found == []


def test_a_role_is_changed_and_looked_through_without_javascript(
    chromium: Browser, served: str, dora: Account, session: Session
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served)
    page.goto(f"{served}/admin/roles/{dora.role}")
    page.get_by_label("See the library of pictures and files").select_option("No")
    page.get_by_role("button", name="Show what that changes").press("Enter")
    expect(page.get_by_text("1 person: Dora.")).to_be_visible()
    page.get_by_role("button", name="Change the role").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The role is saved.")
    page.get_by_role("button", name="Look as").press("Enter")
    expect(page.get_by_text(f"You look at the admin as {LABEL}")).to_be_visible()
    expect(page.get_by_role("link", name="Media")).to_have_count(0)
    page.get_by_role("button", name="Stop looking").press("Enter")
    expect(page.get_by_role("link", name="Media")).to_have_count(1)
    context.close()
