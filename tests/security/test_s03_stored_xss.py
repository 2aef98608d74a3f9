"""S3: what people type is text in whatever shows it: pages, lists, attributes, data for machines.

The same for files, with all their fields: tests/admin/test_media_security.py; every string of the big list of naughty
ones: tests/admin/test_naughty_strings.py; hostile bodies in a browser: tests/browser/test_hostile_text.py.
"""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.settings import change_settings
from tests.admin.conftest import publish as publish_it
from tests.admin.conftest import write
from tests.forms import page, post_form

MARK = "zz1x"
PAYLOADS = [
    f"<{MARK} onload=alert(1)>", f'"><{MARK}>', f"'><{MARK}>", f"</script><{MARK}>", f"</title></textarea><{MARK}>",
    f"<!--><{MARK}>", f"]]><{MARK}>", f"{MARK}\" onmouseover=\"alert(1)", f"<svg><style><{MARK}>",
]  # fmt: skip
BODY = (
    '<p class="x" onclick="alert(1)">Text <a href="jav&#x09;ascript:alert(1)">a</a>'
    ' <a href="&#1;javascript:x">b</a></p>'
    '<img src="x" onerror="alert(1)"><svg onload="alert(1)"></svg><math><mi xlink:href="data:x"></mi></math>'
    '<pre><code class="language-x&quot;onload=1">c</code></pre><table><tr><td class="&quot;><zz1x">d</td></tr></table>'
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_stays_text_wherever_it_is_shown(
    editor: FlaskClient, client: FlaskClient, session: Session, bob: Account, payload: str
) -> None:
    change_settings(session, name=payload, tagline=payload)
    session.commit()
    assert post_form(editor, "/admin/profile", {"name": payload, "biography": payload}).status_code == 303
    fields = {"excerpt": payload, "tags": f'"{payload.replace(chr(34), chr(34) * 2)}"', "cover_alt": payload}
    number = write(editor, payload, BODY, slug="a-page", **fields)
    publish_it(editor, number)
    addresses = ["/a-page", "/", "/author/bob", "/archive/", "/feed.xml", "/rss.xml", "/sitemap.xml"]
    desk = [
        "/admin/",
        "/admin/articles",
        f"/admin/articles/{number}",
        "/admin/tags",
        f"/admin/articles/{number}/revisions",
    ]
    for url in [*addresses, *desk, f"/admin/articles/{number}/preview", "/admin/profile"]:
        answer = (editor if url.startswith("/admin") else client).get(url)
        assert answer.status_code == 200, url
        assert f"<{MARK}" not in answer.text, url
        if "html" in answer.content_type:
            tree = page(answer)
            assert not tree.xpath("//@onload | //@onmouseover | //@onclick | //@onerror | //svg/@onload"), url
            hrefs = ["".join(href.split()).lstrip("\x01").lower() for href in tree.xpath("//@href | //@src")]
            assert not [href for href in hrefs if href.startswith(("javascript:", "data:text"))], url


@pytest.mark.any_database
def test_data_for_machines_ends_no_script(editor: FlaskClient, client: FlaskClient) -> None:
    hostile = f"</script><{MARK}>]]>-->\u2028"
    publish_it(editor, write(editor, hostile, slug="a-page"))
    answer = client.get("/a-page")
    assert f"<{MARK}" not in answer.text
    scripts = page(answer).xpath("//script[@type='application/ld+json']")
    assert [json.loads(script.text_content())["headline"] for script in scripts] == [f"</script><{MARK}>]]>-->"]
