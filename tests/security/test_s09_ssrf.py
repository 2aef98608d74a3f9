"""S9: one way out, for addresses that somebody typed: it leads to no machine of the site's own network.

Names that change their mind, redirects, bounds: tests/foundation/test_outbound.py. Embeds, webmentions, imports from
an address: with their parts, which have to use the same way.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.accounts.signing_in import open_session
from app.config import Config
from tests.forms import page, text_of
from tests.receiver import Receiver, receiving

INSIDE = [
    "127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "2130706433", "0x7f.1", "127.1",
    "169.254.169.254", "[fe80::1]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fd00::1]",
]  # fmt: skip


@pytest.fixture
def public_site(config: Config) -> Iterator[Flask]:
    """A site that is on the network: on loopback, messages to the same machine are somebody trying things out."""
    site = create_app(replace(config, site_url="https://blog.example", site_url_given=True))
    yield site
    site.extensions["typecase.db"].close()


@pytest.fixture
def admin(public_site: Flask, session: Session, alice: Account) -> FlaskClient:
    client = public_site.test_client()
    token = open_session(session, alice)
    session.commit()
    with client.session_transaction(base_url="https://blog.example") as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.mark.parametrize("host", INSIDE)
def test_no_message_goes_to_the_own_network(admin: FlaskClient, receiver: Receiver, host: str) -> None:
    port = receiver.url.rsplit(":", 1)[1].partition("/")[0]
    site = "https://blog.example"
    token = page(admin.get("/logout", base_url=site)).xpath("//input[@name='csrf_token']/@value")[0]
    fields = {
        "csrf_token": token, "purge_url": f"http://{host}:{port}/latest/meta-data", "purge_secret": "x" * 20,
        "name": "N", "language": "en", "time_zone": "UTC", "articles_per_page": "10",
    }  # fmt: skip
    saved = admin.post("/admin/settings", data=fields, base_url=site, headers={"Referer": f"{site}/"})
    assert saved.status_code in {303, 422}, saved.text
    answer = admin.post("/admin/settings/purge-test", data=fields, base_url=site, headers={"Referer": f"{site}/"})
    assert answer.status_code in {303, 409, 422}
    shown = text_of(answer) if answer.status_code != 303 else text_of(admin.get("/admin/settings", base_url=site))
    assert saved.status_code == 422 or "private network" in shown, shown
    assert receiver.posts == []
