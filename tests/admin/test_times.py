"""Times in the site's zone: typed, shown, and those that clocks skip or repeat."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admin.times import (
    TimeInvalid,
    TimeSkipped,
    comes_twice,
    for_field,
    for_people,
    parse_site_time,
    when_for_people,
)

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_typed_time_is_in_the_sites_zone() -> None:
    assert parse_site_time(" 2026-07-01T08:30 ", BERLIN) == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    assert parse_site_time("2026-07-01 08:30:59", BERLIN) == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["", "now", "2026-07-01", "2026-07-01T24:00", "٢٠٢٦-07-01T08:30", "2026-07-01T08:30Z"]
)
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(TimeInvalid):
        parse_site_time(typed, BERLIN)


def test_skipped_and_repeated_times() -> None:
    with pytest.raises(TimeSkipped, match=r"02:30 does not exist on Sun 29 Mar 2026.*Choose 03:30, or an earlier time"):
        parse_site_time("2026-03-29T02:30", BERLIN)
    assert parse_site_time("2026-10-25T02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_repeated_time_is_known_and_shown_with_its_zone() -> None:
    assert comes_twice("2026-10-25T02:30", BERLIN)
    assert not any(comes_twice(typed, BERLIN) for typed in ("2026-10-25T03:00", "2026-03-29T02:30", "no time"))
    both = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert [when_for_people(moment, BERLIN) for moment in both] == [
        "Sun 25 Oct 2026, 02:30 CEST",
        "Sun 25 Oct 2026, 02:30 CET",
    ]


@given(
    st.datetimes(min_value=datetime(1001, 1, 1), max_value=datetime(8998, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]),
)
def test_what_the_field_shows_is_read_back_but_for_repeated_hours(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    shown = for_field(moment, zone)
    assert for_field(parse_site_time(shown, zone), zone) == shown
    assert for_people(moment, zone)
