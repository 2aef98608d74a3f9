"""The application with routes that only tests need: slow ones."""

import sys
import time
from types import FrameType

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


@app.get("/-lane")
@web.public
def lane() -> str:
    """How many requests the reader lane of this worker answered itself; "none" where there is no lane."""
    found = app.extensions.get("typecase.reader_lane")
    return "none" if found is None else str(found.answered)


@app.get("/-threads")
@web.public
def threads() -> str:
    """How many threads of the pool are at work, this one included."""
    frames = sys._current_frames().values()
    return str(sum(_is_in("handle", frame) for frame in frames))


def _is_in(function: str, frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == function and frame.f_code.co_filename.endswith("gthread.py"):
            return True
        frame = frame.f_back
    return False


@app.get("/-buffered")
@web.public
def buffered() -> str:
    """How many bytes the lane holds for those who speak or read slowly."""
    return str(app.extensions["typecase.reader_lane"].buffered)


@app.get("/-break-the-lane")
@web.public
def break_the_lane() -> str:
    """Let the lane's next decision fail."""
    app.extensions["typecase.reader_lane"].plain.find = None
    return "broken"


@app.get("/-cache")
@web.public
def cache() -> dict[str, object]:
    """What the page cache of this worker holds: its bytes as it says and as they are, its pages and which objects."""
    kept = app.extensions["typecase.page_cache"]
    pages = dict(kept._pages)
    return {
        "said": kept.bytes,
        "bytes": sum(page.size for page in pages.values()),
        "pages": {f"{key.host}{key.path}": id(page) for key, page in pages.items()},
    }
