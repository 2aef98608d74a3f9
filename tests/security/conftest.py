"""What attacks share: browsers of people with and without rights, and an article that is not theirs."""

import pytest
from flask.testing import FlaskClient

from tests.accounts.conftest import ada
from tests.admin.conftest import author, editor, write
from tests.site.conftest import publish

__all__ = ["ada", "author", "editor", "publish"]


@pytest.fixture
def article_of_bob(editor: FlaskClient) -> int:
    """A draft that Charlie has no right to."""
    return write(editor, "Zebras in confidence", "<p>Nobody else reads this yet.</p>")
