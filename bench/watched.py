"""Our application with one more address: what the page cache of the worker that answers holds now."""

from app import web
from wsgi import app


@app.get("/bench/kept")
@web.public
def kept() -> dict[str, int]:
    """How many pages, and their bytes as the cache reckons them."""
    cache = app.extensions["typecase.page_cache"]
    return {"pages": len(cache._pages), "bytes": cache.bytes}
