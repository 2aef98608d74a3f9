"""flask pageviews …: the count on the command line."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.pageviews.classes import ViewClass
from app.pageviews.writing import set_starting
from tests.conftest import Clock
from tests.pageviews.counts import add_detail, add_views


def publish(session: Session) -> int:
    content = Content(title="Cease fire", body=prepare("<p>Words.</p>", "html"), authors=["Jhon Lennon"])
    article = writing.create(session, content, by_id=None)
    publishing.publish(session, article, by_id=None)
    session.commit()
    return article.id


def test_show_prints_the_number_alone_and_then_where_it_is_from(app: Flask, session: Session) -> None:
    article_id = publish(session)
    set_starting(session, article_id, views=44)
    session.commit()
    counter = app.extensions["typecase.counter"]
    for view_class in (ViewClass.BROWSER, ViewClass.BROWSER, ViewClass.BOT, ViewClass.BROWSER):
        counter.count(article_id, view_class)
    ran = app.test_cli_runner().invoke(args=["pageviews", "show", "cease-fire"])
    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[:4] == ["47", "starting balance: 44", "bot: 1 (not counted)", "browser: 3"]


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["pageviews", *args])


@pytest.fixture
def article_id(session: Session, the_clock: Clock) -> int:
    """An article that was read 1,020 times, 1,000 times of them by a bot, and has a balance of 44."""
    the_clock.set(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    article_id = publish(session)
    set_starting(session, article_id, views=44)
    add_views(session, article_id, 1000, hour=10, readers=1)
    add_views(session, article_id, 20, hour=11, readers=15)
    add_detail(session, article_id, 9, "campaign", "=HYPERLINK(1)", "mail\t@spring")
    session.commit()
    return article_id


CORRECT = ("correct", "cease-fire", "--from", "2026-11-20T10", "--to", "2026-11-20T10", "--reason", "a bot")


def test_a_correction_is_made_listed_shown_and_undone(app: Flask, article_id: int) -> None:
    ran = run(app, *CORRECT)
    assert (ran.exit_code, ran.stdout) == (0, "Correction 1: 1000 views (browser) are taken out.\n")
    shown = run(app, "show", "cease-fire").stdout.splitlines()
    assert shown[0] == "64"
    assert shown[1:3] == ["starting balance: 44", "browser: 20"]
    assert shown[-2:] == ["taken out by corrections: 1000", "readers in the last 7 days, added up by day: 16"]
    line = "1\t2026-11-20T10\t2026-11-20T10\tcease-fire\tbrowser\t1000\tcommand line\t{}\ta bot\n"
    assert run(app, "corrections").stdout == line.format("in force")
    ran = run(app, "undo-correction", "1")
    assert (ran.exit_code, ran.stdout) == (0, "Correction 1 is undone: 1000 views (browser) are put back.\n")
    assert run(app, "corrections", "--slug", "cease-fire").stdout == line.format("undone by command line")
    assert run(app, "show", "cease-fire").stdout.splitlines()[0] == "1064"


def test_days_alone_are_whole_days_and_views_may_be_some(app: Flask, article_id: int) -> None:
    days = ("--from", "2026-11-19", "--to", "2026-11-20")
    ran = run(app, "correct", "cease-fire", *days, "--reason", "a bot", "--views", "1020")
    assert ran.exit_code == 0
    assert run(app, "show", "cease-fire").stdout.splitlines()[0] == "44"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((*CORRECT, "--views", "1001"), 1, "There are fewer such views in these hours than you want to take out."),
        ((*CORRECT, "--class", "bot"), 1, "There are no such views in these hours, or all of them have"),
        ((*CORRECT[:-1], " "), 1, "Please say why: others will want to know."),
        (("correct", "nothing-here", *CORRECT[2:]), 1, "There is no article at the address 'nothing-here'."),
        ((*CORRECT, "--to", "2026-11-19"), 1, "The last hour comes before the first."),
        ((*CORRECT, "--to", "2026-11-21"), 1, "These hours have not come yet."),
        ((*CORRECT, "--to", "tomorrow"), 2, "'tomorrow' is not a day like 2026-11-20, or an hour like 2026-11-20T10."),
        ((*CORRECT, "--to", "2026-11-20T24"), 2, "'2026-11-20T24' is not a day like"),
        ((*CORRECT, "--views", "0"), 2, "0 is not in the range"),
        ((*CORRECT, "--class", "people"), 2, "'people' is not one of"),
        (CORRECT[:-2], 2, "Missing option '--reason'"),
        (("undo-correction", "7"), 1, "There is no such correction."),
        (("undo-correction", "x"), 2, "is not a valid int"),
        (("export", "--period", "8d"), 1, "A period is today, 7d"),
        (("export", "--slug", "nothing-here"), 1, "There is no article at the address"),
    ],
)  # fmt: skip
def test_refusals_are_a_sentence(app: Flask, article_id: int, args: tuple[str, ...], code: int, said: str) -> None:
    ran = run(app, *args)
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr
    assert run(app, "show", "cease-fire").stdout.splitlines()[0] == "1064"


def test_the_export_has_every_table_and_no_formula(app: Flask, article_id: int) -> None:
    ran = run(app, "export", "--period", "2026-11-19..2026-11-20")
    assert ran.exit_code == 0
    assert ran.stdout_bytes.decode().split("\r\n") == [
        "table,name,detail,views,readers,corrected",
        "period,2026-11-19..2026-11-20,,1020,16,0",
        "all time,shown,,1064,,",
        "all time,starting,,44,,",
        "all time,counted,,1020,,",
        "all time,corrected,,0,,",
        "day,2026-11-19,,0,0,0",
        "day,2026-11-20,,1020,16,0",
        f"article,cease-fire,{article_id},1020,16,",
        "campaign,'=HYPERLINK(1),mail / @spring,9,,",
        "",
    ]


def test_the_export_of_an_article_for_programs(app: Flask, session: Session, article_id: int) -> None:
    add_views(session, article_id, 3, view_class="bot")
    add_views(session, article_id + 1, 5)
    session.commit()
    ran = run(app, "export", "--slug", "cease-fire", "--period", "today", "--format", "json")
    lines = json.loads(ran.stdout)
    assert [line["table"] for line in lines] == ["period", *["all time"] * 4, "day", "campaign", "not counted"]
    assert lines[0] == {
        "table": "period", "name": "2026-11-20..2026-11-20", "detail": "", "views": 1020, "readers": 16, "corrected": 0,
    }  # fmt: skip
    assert lines[6]["name"] == "=HYPERLINK(1)"
    assert (lines[7]["name"], lines[7]["views"]) == ("bot", 3)


def test_show_knows_an_article_by_its_former_address(app: Flask, session: Session) -> None:
    article_id = publish(session)
    article = session.get_one(writing.Article, article_id)
    writing.save(session, article, Content(slug="a-truce"), by_id=None, based_on=None)
    publishing.publish(session, article, by_id=None)
    session.commit()
    for slug in ("a-truce", "cease-fire"):
        assert app.test_cli_runner().invoke(args=["pageviews", "show", slug]).stdout.splitlines()[0] == "0"


def test_show_refuses_an_unknown_address_with_a_sentence(app: Flask, session: Session) -> None:
    ran = app.test_cli_runner().invoke(args=["pageviews", "show", "nothing-here"])
    assert ran.exit_code == 1
    assert ran.stdout == ""
    assert ran.stderr == "Error: There is no article at the address 'nothing-here'.\n"


def test_fold_says_how_many(app: Flask, session: Session) -> None:
    app.extensions["typecase.counter"].count(7, ViewClass.BROWSER)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["pageviews", "fold"]).stdout == "1 views folded.\n"
    assert runner.invoke(args=["pageviews", "fold"]).stdout == "0 views folded.\n"
