"""Forms in tests, used as a person uses them: open the page, fill in, send."""

from urllib.parse import urljoin

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse


def page(response: TestResponse) -> html.HtmlElement:
    """The answer as a tree to look things up in."""
    return html.fromstring(response.get_data(as_text=True))


def csrf_token(client: FlaskClient, *urls: str) -> str:
    """The token of a form on the first of these pages that has one.

    By default the page for signing out or in: any token of the same browser is as good.
    """
    for url in urls or ("/logout", "/login"):
        found = page(client.get(url, follow_redirects=True)).xpath("//input[@name='csrf_token']/@value")
        if found:
            return str(found[0])
    raise AssertionError(f"no form on {urls}")


def post_form(
    client: FlaskClient, url: str, data: dict[str, object] | None = None, *, on: str | None = None
) -> TestResponse:
    """Post ``data`` with a token fetched from the page ``on``, by default from where one signs out or in."""
    token = csrf_token(client, on) if on else csrf_token(client)
    return client.post(url, data={"csrf_token": token} | (data or {}))


def typed_fields(response: TestResponse) -> dict[str, str]:
    """What the answer's form fields hold, by name: typed text that is still there."""
    fields: dict[str, str] = {}
    for form in page(response).forms:
        for name, value in form.form_values():
            # A browser drops the line break that a textarea begins with; lxml keeps it.
            is_area = form.xpath("boolean(.//textarea[@name=$name])", name=name)
            fields.setdefault(name, value.removeprefix("\n") if is_area else value)
    return fields


def field_errors(response: TestResponse) -> dict[str, str]:
    """The message at each field, by the field's name."""
    tree = page(response)
    errors = {}
    for control in tree.xpath("//*[@aria-invalid='true']"):
        for described in control.get("aria-describedby", "").split():
            if described.endswith("-error"):
                errors[control.get("name")] = tree.get_element_by_id(described).text_content().strip()
    return errors


def text_of(response: TestResponse) -> str:
    """The words on the page, spaces evened out."""
    return " ".join(page(response).text_content().split())


def where_to(response: TestResponse) -> str:
    """The path and query that an answer sends the browser to."""
    return urljoin("/", response.headers["Location"])
