"""flask pageviews …: the count on the command line."""

from flask import Flask
from sqlalchemy.orm import Session

from app.articles import publishing, writing
from app.articles.rendering import prepare
from app.articles.writing import Content
from app.pageviews.classes import ViewClass
from app.pageviews.writing import set_starting


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
    assert ran.stdout.splitlines() == ["47", "starting balance: 44", "bot: 1 (not counted)", "browser: 3"]


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
