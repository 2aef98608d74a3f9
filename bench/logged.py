"""Our application for a server that does not read gunicorn.conf.py: with the log that is written there too."""

from app import request_log
from app.access_log import AccessLog
from app.config import from_env
from wsgi import app

_installation = from_env()
request_log.configure(AccessLog(_installation.log_dir, days=_installation.access_log_days))

__all__ = ["app"]
