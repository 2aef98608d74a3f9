"""Readers, sources and devices as a real server counts them: the same in the lane, beside it and in every worker."""

from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import select

from app.db import Database
from app.pageviews.models import SITE, PageviewDay, PageviewDetail, PageviewVisitor
from tests.server.lane import GET, Side, write_articles
from tests.servers import FIREFOX, wait_for

FOUND = GET.replace(b"\r\n\r\n", b"\r\nReferer: https://www.google.com/search?q=words\r\n\r\n")
MAILED = FOUND.replace(b"/an-article", b"/an-article?utm_source=letter&utm_medium=email")
ODD = FOUND.replace(b"\r\n\r\n", b"\r\nX-Unheard-Of: 1\r\n\r\n")  # the lane leaves it to the ordinary path
OTHER_BROWSER = FOUND.replace(FIREFOX.encode(), FIREFOX.replace("140.0", "141.0").encode())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_one_reader_is_one_reader_wherever_the_answer_comes_from(
    sqlite_template: Path, tmp_path: Path, workers: str
) -> None:
    written = copyfile(sqlite_template, tmp_path / "written.db")
    write_articles(written)
    side = Side(tmp_path / "side", written, WEB_CONCURRENCY=workers)
    try:
        before = side.answered()
        for request in [FOUND] * 5 + [MAILED] * 3 + [ODD] * 4 + [OTHER_BROWSER] * 2:
            assert side.ask([request]).startswith(b"HTTP/1.1 200")
        assert workers == "2" or side.answered() > before
        database = Database(side.server.environment["DATABASE_URL"])
        wait_for(lambda: sum(counted(database, 1)) >= 15 + 2)
        assert counted(database, 1) == (15, 2)
        assert counted(database, SITE) == (16, 2)  # the other article was asked for once
        with database.reader() as session:
            details = session.scalars(select(PageviewDetail).where(PageviewDetail.article_id == 1))
            assert {(row.dimension, row.label, row.detail): row.count for row in details} == {
                ("direct", "", ""): 1, ("search", "Google", ""): 14, ("campaign", "letter", "email\t"): 3,
                ("device", "desktop", ""): 15,
            }  # fmt: skip
            assert len(session.scalars(select(PageviewVisitor)).all()) == 2 + 1 + 2
        database.close()
    finally:
        side.server.stop()


def counted(database: Database, article_id: int) -> tuple[int, int]:
    """Views and readers."""
    with database.reader() as session:
        rows = session.scalars(select(PageviewDay).filter_by(article_id=article_id, view_class="browser")).all()
        return sum(row.count for row in rows), sum(row.readers for row in rows)
