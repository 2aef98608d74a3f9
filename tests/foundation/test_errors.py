"""The site's own pages for what goes wrong: the right status, plain words, and no need of a database."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app, web
from app.config import Config
from app.db import Database
from app.errors import PAGES


def add_page(app: Flask, code: int) -> None:
    app.add_url_rule(f"/raise/{code}", f"raise_{code}", lambda: abort(code))


@pytest.mark.parametrize("code", sorted(PAGES))
def test_each_status_has_a_page_in_plain_words(app: Flask, code: int) -> None:
    add_page(app, code)
    answer = app.test_client().get(f"/raise/{code}")
    assert answer.status_code == code
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"<h1>{PAGES[code][0]}</h1>" in answer.text
    assert 'href="/"' in answer.text
    assert "noindex" in answer.text


@pytest.mark.parametrize("code", [409, 418, 429, 501, 504])
def test_other_statuses_keep_their_number(app: Flask, code: int) -> None:
    add_page(app, code)
    answer = app.test_client().get(f"/raise/{code}")
    assert answer.status_code == code
    assert f">{code}<" in answer.text


def test_an_unknown_address(client: FlaskClient) -> None:
    for path in ["/no-such-page", "/a/b/c/d", "/%F0%9F%92%A9", "/admin/no-such-page", "/static/no-such.css", "/.env"]:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "There is nothing at this address" in answer.text


def test_what_was_asked_is_not_echoed(client: FlaskClient) -> None:
    answer = client.get("/%3Cscript%3Ealert(1)%3C/script%3E?q=%3Cscript%3E")
    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert "alert" not in answer.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_no_row_can_have_is_an_unknown_address(app: Flask, number: int) -> None:
    @app.get("/row/<int:number>")
    @web.public
    def row(number: int) -> str:
        return str(number)

    client = app.test_client()
    assert client.get(f"/row/{2**31 - 1}").status_code == 200
    assert client.get(f"/row/{number}").status_code == 404


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    """A browser on a site one page of which fails with a message that is nobody's business."""

    @app.get("/fail")
    def fail() -> str:
        raise ValueError("password=hunter2")

    return app.test_client()


def test_a_failure_tells_an_id_and_nothing_else(failing: FlaskClient) -> None:
    answer = failing.get("/fail")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text


def test_error_pages_carry_the_security_headers(failing: FlaskClient) -> None:
    for path in ["/fail", "/no-such-page"]:
        assert "default-src 'none'" in failing.get(path).headers["Content-Security-Policy"]


def test_head_has_no_body(client: FlaskClient) -> None:
    answer = client.head("/no-such-page")
    assert (answer.status_code, answer.data) == (404, b"")


@pytest.fixture
def taking(app: Flask) -> FlaskClient:
    """A browser on a site with a form."""
    app.add_url_rule("/take", view_func=lambda: str(len(request.form["body"])), methods=["POST"])
    return app.test_client()


def test_too_large_a_request(taking: FlaskClient) -> None:
    answer = taking.post("/take", data={"body": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "Your browser still has it" in answer.text


def test_a_little_below_the_limit_is_not_too_large(taking: FlaskClient, config: Config) -> None:
    length = config.max_request_bytes - 10_000
    answer = taking.post("/take", data={"body": "x" * length})
    assert answer.text == str(length)


def test_a_request_of_unknown_length_is_refused_and_never_cut(taking: FlaskClient) -> None:
    class Chunks:
        """Ten megabytes sent in chunks, without a Content-Length."""

        left = 10_000_000

        def read(self, size: int) -> bytes:
            sent = min(self.left, size)
            self.left -= sent
            return b"x" * sent

    stream = Chunks()
    answer = taking.post(
        "/take",
        content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code == 411
    assert stream.left == 0, "the rest is read, or a browser never shows the page"


# A database that is away


@pytest.fixture(params=["sqlite", "postgresql"])
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser on a site whose database does not answer; one page asks for the settings."""
    unreachable = {
        "sqlite": f"sqlite:///{tmp_path}/no-such-folder/typecase.db",
        "postgresql": "postgresql+psycopg://me@127.0.0.1:9/name",  # the discard port: refused at once
    }[request.param]
    config = Config(
        database_url=unreachable, secret_key="a key for tests only", instance_dir=tmp_path, fold_seconds=None
    )
    app = create_app(config)

    @app.get("/settings-are-needed")
    def needs_settings() -> str:
        return web.settings().name

    yield app.test_client()
    app.extensions["typecase.db"].close()


def test_without_a_database_the_answer_is_503_and_when_to_come_back(away: FlaskClient) -> None:
    answer = away.get("/settings-are-needed")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Back in a moment" in answer.text


def test_without_a_database_the_other_error_pages_still_show(away: FlaskClient) -> None:
    assert away.get("/a/b/c/d/e").status_code in {404, 503}
    assert away.post("/healthz").status_code == 405
    assert away.get("/healthz", headers={"Host": "evil.example"}).status_code == 200


def test_without_a_database_the_process_lives_but_is_not_ready(away: FlaskClient) -> None:
    assert away.get("/healthz").status_code == 200
    answer = away.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "reason": "the database does not answer"}


def test_an_unmigrated_database_is_not_ready(config: Config, tmp_path: Path) -> None:
    app = create_app(replace(config, database_url=f"sqlite:///{tmp_path}/empty.db"))
    answer = app.test_client().get("/readyz")
    app.extensions["typecase.db"].close()
    assert answer.status_code == 503
    assert "flask --app wsgi db upgrade" in answer.json["reason"]


def test_a_database_of_another_version_is_not_ready(client: FlaskClient, database: Database) -> None:
    with database.writer() as session:
        current = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
        session.commit()
    try:
        assert client.get("/readyz").status_code == 503
    finally:
        with database.writer() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :current"), {"current": current})
            session.commit()
    assert client.get("/readyz").status_code == 200


def test_our_own_mistake_in_a_question_is_a_500(app: Flask) -> None:
    @app.get("/mistake")
    def mistake() -> str:
        return str(web.reader().execute(text("SELECT secret FROM no_such_table WHERE x = :x"), {"x": "hunter2"}))

    answer = app.test_client().get("/mistake")
    assert answer.status_code == 500
    assert "no_such_table" not in answer.text


def test_what_people_typed_is_not_in_a_database_error(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @app.get("/mistake")
    def mistake() -> str:
        return str(web.reader().execute(text("SELECT secret FROM no_such_table WHERE x = :x"), {"x": "hunter2"}))

    app.test_client().get("/mistake")
    assert "no_such_table" in caplog.text
    assert not re.search("hunter2['\"]", caplog.text.replace('{"x": "hunter2"}', ""))
