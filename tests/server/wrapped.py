"""The application with routes that only tests need: slow ones."""

import time

from flask import request

from app import create_app, web
from app.config import from_env

app = create_app(from_env())


@app.get("/-slow")
@web.public
def slow() -> str:
    """Answers after two seconds."""
    time.sleep(2)
    return "done"


@app.post("/-length")
@web.public
def length() -> str:
    """Reads what is sent, as slowly as it comes, and answers with its length."""
    return str(len(request.get_data()))
