"""What every answer says to browsers about what its page may do, whichever handler made it."""

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data: https: http:; media-src 'self' https: http:; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def furnish(app: Flask) -> None:
    """Add them to every answer, but for those that a handler has set itself."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if "token" in (request.view_args or {}):
        response.headers["Referrer-Policy"] = "no-referrer"  # the address itself lets somebody in
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static" and (request.blueprint or "").startswith("admin"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
