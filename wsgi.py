"""The WSGI application, for gunicorn and for any other server, and for ``flask --app wsgi``."""

import sys

from app import create_app
from app.config import ConfigError, from_env

try:
    app = create_app(from_env())
except ConfigError as error:
    sys.exit(f"typecase: {error}")
