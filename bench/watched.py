"""Our application with two more addresses: what the page cache and the reader lane of a worker say of themselves."""

from app import web
from wsgi import app


@app.get("/bench/kept")
@web.public
def kept() -> dict[str, int]:
    """How many pages the cache holds, and their bytes as it reckons them."""
    cache = app.extensions["typecase.page_cache"]
    return {"pages": len(cache._pages), "bytes": cache.bytes}


@app.get("/bench/lane")
@web.public
def lane() -> dict[str, int]:
    """How many requests the lane has answered so far."""
    return {"answered": app.extensions["typecase.reader_lane"].answered}
