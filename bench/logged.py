"""Our application for a server that does not read gunicorn.conf.py: with the log that is written there too."""

from app import request_log

request_log.configure()

from wsgi import app  # noqa: E402

__all__ = ["app"]
