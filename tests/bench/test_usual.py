"""The usual way of counting, which ours is compared with, is a fair one: it counts right."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from bench.usual import Base, UsualArticle, make_app


def test_it_counts_each_view_once(database: Database) -> None:
    app = make_app(database.url.render_as_string(hide_password=False))
    engine = app.extensions["usual.engine"]
    try:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            for slug in ("one", "two"):
                session.add(UsualArticle(slug=slug, title=slug, author="A", excerpt="E", body="<p>B</p>", tail=""))
            session.commit()
        for number in (1, 2, 3):
            assert f"{number} views" in app.test_client().get("/one").text
        assert app.test_client().get("/none").status_code == 404
        with Session(engine) as session:
            views = {article.slug: article.views for article in session.scalars(select(UsualArticle))}
        assert views == {"one": 3, "two": 0}
    finally:
        Base.metadata.drop_all(engine)
        engine.dispose()
