"""S19: who asks does not learn who has an account: the same words, the same status, the same work."""

import re
from typing import Any

import argon2
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.accounts import passwords
from app.accounts.models import Account
from tests.accounts.conftest import person
from tests.forms import csrf_token, page


class Counting(argon2.PasswordHasher):
    """Argon2 that says how often it worked."""

    checks = 0

    def verify(self, *args: Any, **kwargs: Any) -> Any:
        self.checks += 1
        return super().verify(*args, **kwargs)


def test_signing_in_tells_nobody_who_has_an_account(
    client: FlaskClient, session: Session, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = person(session, "Gone")
    gone.deactivated_at = clock.now()
    session.add(Account(name="Byline", slug="byline", role="author", email="byline@example.org"))
    session.commit()
    hasher = Counting(time_cost=2, memory_cost=19456, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    seen = []
    for email in ("ada@example.org", "nobody@example.org", "gone@example.org", "byline@example.org", "no address"):
        hasher.checks = 0
        token = csrf_token(client)
        answer = client.post("/login", data={"csrf_token": token, "email": email, "password": "a wrong password"})
        tree = page(answer)
        for field in tree.xpath("//input[@name='csrf_token' or @name='email']"):
            field.getparent().remove(field)
        words = re.sub(r"\s+", " ", tree.text_content())
        seen.append((answer.status_code, words, hasher.checks, sorted(name for name, _ in answer.headers)))
    assert seen[0][0] == 401 and seen[0][2] == 1
    assert all(one == seen[0] for one in seen)
