"""What time it is. The only caller of ``datetime.now()``, so that a test can set the clock in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment: an aware datetime in UTC."""
    return datetime.now(UTC)
