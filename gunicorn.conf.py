"""How gunicorn serves Typecase: ``gunicorn --config gunicorn.conf.py wsgi:app`` (that is ``make run``).

The master only watches over the workers: it keeps no database connection and no thread over a fork.
"""

import gc
import socket
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from gunicorn import systemd
from sqlalchemy.exc import SQLAlchemyError

from app import request_log
from app.access_log import AccessLog
from app.accounts import joining
from app.config import ConfigError, from_env
from app.db import Database
from app.pageviews import classes
from app.pageviews.counter import Counter

try:
    _installation = from_env()
except ConfigError as error:
    sys.exit(f"typecase: {error}")

_host = f"[{_installation.host}]" if ":" in _installation.host else _installation.host
bind = f"{_host}:{_installation.port}"
workers = _installation.web_concurrency + 1  # one of them folds views instead of answering
worker_class = (
    "app.site.reader_lane.ReaderLane" if _installation.reader_lane else "app.site.folding_worker.FoldingWorker"
)
threads = 8
timeout = 60
graceful_timeout = 30
preload_app = True  # a worker that died is back in milliseconds, and the workers share the code's memory
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (the heartbeat: never on a slow disk)
control_socket_disable = True  # two servers of one user would share it
forwarded_allow_ips = ""  # TRUSTED_PROXIES decides, in app/proxies.py
accesslog = None  # app/request_log.py writes it
loglevel = "warning"


def on_starting(server: Any) -> None:
    """In the master, once."""
    if not server.master_pid and not systemd.listen_fds(unset_environment=False):
        _check_port()  # neither socket is handed over from a former master or by systemd
    days = _installation.access_log_days
    request_log.configure(AccessLog(_installation.log_dir, days=days) if _installation.logs_to_files else None)


def _check_port() -> None:
    """Say in one sentence what gunicorn would say in twelve lines and five seconds."""
    family, kind, *_, address = socket.getaddrinfo(_installation.host, _installation.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            sys.exit(
                f"typecase: PORT: {bind} cannot be listened at ({error.strerror}). "
                f"If something else runs there, choose another: make run PORT={_installation.port + 1}"
            )


def when_ready(server: Any) -> None:
    """In the master, once it listens and before there are workers: say where, and how to set the site up."""
    site = _installation.site_url
    lines = [f"Typecase is at {site}"]
    database = Database(_installation.database_url)
    try:
        with database.writer() as session:
            token = joining.offer_setup_link(session)
            session.commit()
        if token:
            lines.append(f"Set it up, once, at {site}/setup/{token}")
    except SQLAlchemyError:
        lines.append("Its database does not answer yet, or is not migrated: flask --app wsgi db upgrade")
    finally:
        database.close()
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def post_worker_init(worker: Any) -> None:
    """In a worker, after the fork: what an earlier server left in the journals is folded even if nobody comes."""
    classes.prepare()
    _counter(worker).start()
    worker.wsgi.extensions["typecase.courier"].start()  # mail may wait since the last server stopped
    worker.wsgi.extensions["typecase.audit"].start()  # its head is logged each hour
    # Readers first. What was loaded by now stays, so collections need not look at it, which would hold up every
    # thread; and who computes gives the interpreter back after a fifth of a millisecond, not five.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    sys.setswitchinterval(0.0002)


def worker_exit(server: Any, worker: Any) -> None:
    """In a worker that stops in peace: its last views are folded."""
    if worker.wsgi is not None:
        _counter(worker).close()


def _counter(worker: Any) -> Counter:
    counter: Counter = worker.wsgi.extensions["typecase.counter"]
    return counter
