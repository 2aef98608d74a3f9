"""S11: what people type is data of a template, never a template. Themes come later, without code of their own."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.settings import change_settings
from tests.admin.conftest import publish, write
from tests.forms import post_form

PAYLOADS = [
    "{{7777*7}}", "${7777*7}", "#{7777*7}", "<%= 7777*7 %>", "{%print(7777*7)%}", "{{config.items()}}",
    "{{''.__class__}}",
    "%(x)s %s {0.__class__} {x!r}", "{{< figure src=\"x\" >}}",
]  # fmt: skip
EVALUATED = ("54439", "SECRET_KEY", "a key for tests only", "<class 'str'>", "&lt;class &#39;str&#39;&gt;")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_is_typed_is_evaluated(
    editor: FlaskClient, client: FlaskClient, session: Session, bob: Account, payload: str
) -> None:
    change_settings(session, name=payload, tagline=payload)
    session.commit()
    post_form(editor, "/admin/profile", {"name": payload, "biography": payload})
    fields = {"excerpt": payload, "tags": payload.replace('"', ""), "cover_alt": payload, "slug": "a-page"}
    number = write(editor, payload, f"<p>{payload.replace('<', '&lt;')}</p>", **fields)
    publish(editor, number)
    for url in ("/a-page", "/", "/author/bob", "/feed.xml", "/feed.json", f"/nothing-{payload[:6]}"):
        shown = client.get(url).text
        assert not [word for word in EVALUATED if word in shown], url
    for url in ("/admin/", "/admin/articles", f"/admin/articles/{number}", f"/admin/articles/{number}/preview"):
        shown = editor.get(url).text
        assert not [word for word in EVALUATED if word in shown], url
    assert payload.strip("<{%")[:4].replace("'", "&#39;") in client.get("/a-page").text, "it is shown as it was typed"
