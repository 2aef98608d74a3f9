"""How much a request may hold: refused with a page that says so, before anything is taken apart."""

from flask.testing import FlaskClient

from app.accounts.models import Account
from app.bounds import MOST_FIELDS, SMALL_BYTES
from tests.forms import csrf_token, text_of


def test_a_form_of_too_many_fields(client: FlaskClient) -> None:
    for body in ("&".join(f"f{n}=1" for n in range(MOST_FIELDS + 1)), "&" * MOST_FIELDS):
        answer = client.post("/login", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 413
        assert "too many fields" in text_of(answer)
    allowed = "&".join(f"f{n}=1" for n in range(MOST_FIELDS))
    assert client.post("/login", data=allowed, content_type="application/x-www-form-urlencoded").status_code < 413


def test_a_form_of_too_many_parts(client: FlaskClient) -> None:
    answer = client.post(
        "/login", data={f"f{n}": "1" for n in range(MOST_FIELDS + 1)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


def test_doors_that_everybody_can_call_take_little(client: FlaskClient, alice: Account) -> None:
    token = csrf_token(client)
    for url in ("/setup/x", "/welcome/x", "/login/forgotten", "/login/passkey/options"):
        answer = client.post(url, data={"csrf_token": token, "email": "x" * SMALL_BYTES})
        assert answer.status_code == 413, url
        assert client.post(url, data={"csrf_token": token, "email": "x" * 1000}).status_code != 413, url
    kept = client.post("/login", data={"csrf_token": token, "email": "a@example.org", "kept": "x" * SMALL_BYTES})
    assert kept.status_code != 413, "a form that was sent while nobody was signed in is carried through it"
