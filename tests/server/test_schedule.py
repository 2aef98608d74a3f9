"""Publishing and withdrawing are true at the second, with nothing that carries them out, when clocks are changed too.

Real workers with the page cache and the reader lane; the clock they read stands where the test puts it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.admin.times import parse_site_time
from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.db import Database
from app.settings import change_settings
from tests.servers import Server

ZONE = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
ASKED = 8
"""Requests for one moment, on connections of their own: each worker answers some, from what it keeps."""
SPRING = [("2026-03-29T01:59", "2026-03-29T03:00"), ("2026-03-29T03:01", "2026-03-29T03:02")]
"""Clocks go from 02:00 to 03:00: the first is public for one minute only."""
AUTUMN = [("2026-10-25T02:30", "2026-10-25T03:00"), ("2026-10-25T03:01", "2026-10-25T03:30")]
"""Clocks go from 03:00 back to 02:00: the first 02:30 is meant, so the first is public for an hour and a half."""


def put_clock(file: Path, moment: datetime) -> None:
    new = file.with_suffix(".new")
    new.write_text(moment.isoformat())
    new.replace(file)


def schedule(database_url: str, times: list[tuple[str, str]]) -> list[tuple[str, datetime, datetime]]:
    """Articles that appear and disappear at typed times; their paths and moments."""
    made = []
    database = Database(database_url)
    with database.writer() as session:
        change_settings(session, time_zone=str(ZONE))
        for number, typed in enumerate(times):
            at, until = (parse_site_time(time, ZONE) for time in typed)
            content = Content(title=f"Article {number}", body=prepare("<p>Words.</p>", "html"), authors=["A"])
            article = writing.create(session, content, by_id=None)
            publishing.publish(session, article, by_id=None, at=at, withdraw_at=until)
            made.append((f"/{article.draft.slug}", at, until))
        session.commit()
    database.close()
    return made


def check(server: Server, path: str, *, expected: int) -> None:
    """Every worker gives this answer, and the home page names the article while it is public."""
    assert {server.get(path)[0] for _ in range(ASKED)} == {expected}
    assert {path in server.get("/")[1] for _ in range(ASKED)} == {expected == 200}


def test_at_the_second_over_a_change_of_clocks(
    start_server: Callable[..., Server], database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "clock"
    made = schedule(database_url, [*SPRING, *AUTUMN])
    put_clock(file, made[0][1] - timedelta(hours=1))
    server = start_server(app="tests.server.timed:app", CLOCK_FILE=str(file))
    for number, (path, at, until) in enumerate(made):
        put_clock(file, at - SECOND)
        check(server, path, expected=404)
        put_clock(file, at)
        check(server, path, expected=200)
        if number == 2:  # the hour that comes twice: still public when it is 02:30 for the second time
            put_clock(file, datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
            check(server, path, expected=200)
        put_clock(file, until - SECOND)
        check(server, path, expected=200)
        put_clock(file, until)
        check(server, path, expected=410)
    assert [until - at for _, at, until in made] == [
        timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=90), timedelta(minutes=29),
    ]  # fmt: skip
    lanes = [server.get("/-lane")[1] for _ in range(ASKED)]
    assert any(said.isdigit() and int(said) for said in lanes), "the reader lane answered some of it"
