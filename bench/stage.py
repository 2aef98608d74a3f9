"""An installation to be measured: a migrated database with articles, an instance folder, somebody signed in."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import create_app, migrating
from app.accounts.joining import add_person
from app.accounts.signing_in import open_session
from app.config import Config
from app.db import Database
from bench import synthetic
from bench.browsers import HOST
from bench.client import Client
from bench.load import Target
from bench.machine import SERVER_CORE, pinned, tell
from tests.postgres import find_postgres, new_database
from tests.servers import Server

SECRET_KEY = "a key for benchmarks only"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Stage:
    """One database of a kind ("sqlite", "postgresql") and what belongs to it. ``close`` it."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind, self.instance = kind, folder
        folder.mkdir(parents=True)
        self.url = f"sqlite:///{folder}/typecase.db" if kind == "sqlite" else new_database(find_postgres())
        self.database = Database(self.url)
        migrating.upgrade(self.database)
        app = create_app(Config(database_url=self.url, secret_key=SECRET_KEY, instance_dir=folder, fold_seconds=None))
        self._serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.cookie = self.sign_in("bench@example.org")

    def load(self, total: int, *, sections: int = synthetic.SECTIONS) -> list[str]:
        """Grow to so many articles; the addresses of up to 1,000 of those that are public."""
        tell(f"{self.kind}: loading {total:,} articles")
        with self.database.writer() as session:
            synthetic.load(session, total=total, sections=sections)
        return addresses(total)

    def sign_in(self, email: str) -> str:
        """The cookie of a browser in which a new admin is signed in."""
        with self.database.writer() as session:
            person = add_person(session, name=email.partition("@")[0], email=email, role="admin")
            token = open_session(session, person)
            session.commit()
        return f"session={self._serializer.dumps({'_user_id': token, '_fresh': True})}"

    def server(
        self, *, workers: int = 1, app: str = "wsgi:app", instance: Path | None = None, **environ: str
    ) -> Server:
        """Our server, not started: as ``make run`` starts it, but for the number of workers."""
        folder = instance or self.instance
        folder.mkdir(exist_ok=True)
        given = {"WEB_CONCURRENCY": str(workers), "SECRET_KEY": SECRET_KEY} | environ
        return Server(database_url=self.url, instance_dir=folder, app=app, **given)

    def close(self) -> None:
        self.database.close()


def addresses(total: int, *, most: int | None = 1000) -> list[str]:
    """The addresses of public articles, evenly spread; None: of all."""
    found = [f"/synthetic-{number}" for number in range(1, total + 1) if number % 10]
    return found if most is None else found[:: max(1, total // most)][:most]


@contextmanager
def running(server: Server, *, cores: set[int] | None = None, command: list[str] | None = None) -> Iterator[Target]:
    """A server for as long as it is needed: gunicorn with our configuration, or another command."""
    try:
        with pinned(cores):
            if command is None:
                server.start()
            else:
                server.start_command(command)
        assert server.process is not None
        yield Target(server.port, server.process.pid, cores)
    finally:
        if server.process is not None:
            server.stop()


def on_one_core(server: Server, command: list[str] | None = None):  # type: ignore[no-untyped-def]
    """``running`` for the rows of one core."""
    return running(server, cores=SERVER_CORE, command=command)


def granian(server: Server, app: str) -> list[str]:
    """granian with one worker, as it comes, at this server's port."""
    arguments = ["--interface", "wsgi", "--workers", "1", "--port", str(server.port), "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *arguments, app]


def plain_gunicorn(server: Server, app: str) -> list[str]:
    """gunicorn with gthread and the numbers of gunicorn.conf.py, without what is ours in it."""
    settings = server.log_file.parent / f"gunicorn-{server.port}.conf.py"
    settings.write_text(  # named, or else gunicorn would find ours by itself
        f"bind = '127.0.0.1:{server.port}'\nworkers = {server.environment['WEB_CONCURRENCY']}\n"
        "worker_class = 'gthread'\nthreads = 8\ncontrol_socket_disable = True\nloglevel = 'warning'\n"
    )
    return [sys.executable, "-m", "gunicorn", "--config", str(settings), app]


def warm(port: int, paths: list[str], *, cookie: str = "", connections: int = 1) -> None:
    """Ask for each page once on so many connections, so that it is kept: by the host name that the load uses.

    A connection is one worker's: for several workers some connections for each, or else one of them starts cold.
    """
    clients = [Client(port, cookie, host=HOST) for _ in range(connections)]
    for path in paths:
        for client in clients:
            client.raw(path, Accept_Encoding="gzip")
    for client in clients:
        client.close()
