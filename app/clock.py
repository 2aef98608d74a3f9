"""What time it is. The only caller of ``datetime.now()``, so that a test can set the clock in one place."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The current moment: an aware datetime in UTC."""
    return datetime.now(UTC)


def microseconds() -> int:
    """The current moment in whole microseconds since 1970."""
    return (now() - _EPOCH) // _MICROSECOND


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
