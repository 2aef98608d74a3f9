"""Dates as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports import moments

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2015-02-11", "2015-02-11T00:00:00+01:00"),
        ("2015-7-1", "2015-07-01T00:00:00+02:00"),
        ("2014-03-31T11:02:00-04:00", "2014-03-31T11:02:00-04:00"),
        ("2014-03-31T11:02:00Z", "2014-03-31T11:02:00+00:00"),
        ("2014-03-31T11:02:00.123456789Z", "2014-03-31T11:02:00+00:00"),
        ("2019-07-02 11:21:02 -0400", "2019-07-02T11:21:02-04:00"),
        ("2015-03-17 14:00:00 -4", "2015-03-17T14:00:00-04:00"),
        ("2023-01-20 23:00:00 +0530", "2023-01-20T23:00:00+05:30"),
        ("2023-01-20 9:05", "2023-01-20T09:05:00+01:00"),
        ("2023-01-20 9:05 PM", "2023-01-20T21:05:00+01:00"),
        ("2023/01/20", "2023-01-20T00:00:00+01:00"),
        ("20230120", "2023-01-20T00:00:00+01:00"),
        ("March 3, 2015", "2015-03-03T00:00:00+01:00"),
        ("3rd Mar 2015", "2015-03-03T00:00:00+01:00"),
        ("Tue, 03 Mar 2015 10:00:00 EST", "2015-03-03T10:00:00-05:00"),
        (date(2020, 5, 6), "2020-05-06T00:00:00+02:00"),
        (datetime(2020, 5, 6, 7, 8), "2020-05-06T07:08:00+02:00"),
        (datetime(2020, 5, 6, 7, 8, tzinfo=UTC), "2020-05-06T07:08:00+00:00"),
    ],
)
def test_dates_are_read(written: object, meant: str):
    found = moments.read(written, zone=BERLIN)
    assert found is not None
    assert found.isoformat() == meant


@pytest.mark.parametrize(
    "written",
    ["", "soon", "2016-02-30", "2016-13-01", "0000-01-01", "9999-12-31", "2016-01-01 25:00", "1.5", None, 7, []],
)
def test_what_is_no_date_is_none(written: object):
    assert moments.read(written, zone=BERLIN) is None


@given(st.text(max_size=80))
def test_no_text_crashes_it(written: str):
    moments.read(written, zone=BERLIN)
    moments.in_path(written, zone=BERLIN)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("_posts/2016-05-19-title.md", "2016-05-19"),
        ("_posts/2016-5-9-title.md", "2016-05-09"),
        ("blog/2016-05-19-title/index.md", "2016-05-19"),
        ("content/2016/05/19/title.md", "2016-05-19"),
        ("inside-rust/2019/09/25/Welcome", "2019-09-25"),
        ("2016-05-19.md", "2016-05-19"),
    ],
)
def test_paths_tell_their_day(path: str, day: str):
    found = moments.in_path(path, zone=BERLIN)
    assert found is not None
    assert found.date().isoformat() == day


@pytest.mark.parametrize("path", ["about.md", "blog/rfc-2119-10-3.md", "2016-99-99-title.md", "2016/05/title.md"])
def test_other_paths_tell_none(path: str):
    assert moments.in_path(path, zone=BERLIN) is None
