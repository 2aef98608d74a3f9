"""What tests of the media room share."""

from tests.admin.conftest import author, editor

__all__ = ["author", "editor"]
