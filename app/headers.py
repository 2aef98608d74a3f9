"""What every answer says to browsers about what its page may do, whichever handler made it.

Kept pages keep the headers that they were made with: a changed setting makes all of them old.
"""

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from app.config import Config

DOORWAY = frozenset({"admin.entrance", "admin.factors_entrance", "admin.proving", "admin.reset", "admin.invitations"})
"""Where secrets are typed: nothing there comes from elsewhere, pictures neither."""
SECURE = "max-age=31536000"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page."""
_FEATURES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
             "midi", "payment", "usb")  # fmt: skip
_PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
NO_FEATURES = ", ".join(f"{name}=()" for name in (*_FEATURES, *_PASSKEYS))
STAFF_FEATURES = ", ".join([*(f"{name}=()" for name in _FEATURES), *(f"{name}=(self)" for name in _PASSKEYS)])


def furnish(app: Flask) -> None:
    """Add them to every answer, but for those that a handler has set itself."""
    app.after_request(_add)


def policy(*, frames: bool = False, framed: bool = False) -> str:
    """The Content-Security-Policy of the page of this request; to be asked for once it is rendered.

    ``frames``: it shows pages of this site in a frame; ``framed``: they may show it in theirs. Pictures and
    recordings of other sites are in it while a setting allows them, over https only.
    """
    foreign = " https:" if _allows_foreign() else ""
    directives = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "img-src": f"'self' data:{foreign}",
        "media-src": f"'self'{foreign}",
        "manifest-src": "'self'",
        "frame-src": "'self'" if frames else "",
        "form-action": "'self'",
        "frame-ancestors": "'self'" if framed else "'none'",
        "base-uri": "'none'",
    }
    said = "; ".join(f"{name} {value}" for name, value in directives.items() if value)
    return f"{said}; upgrade-insecure-requests" if _is_https() else said


def _allows_foreign() -> bool:
    """What the settings say, if the page was made with them; no answer asks the database for its headers' sake."""
    return "settings" in g and bool(g.settings.allows_foreign_pictures) and request.blueprint not in DOORWAY


def _is_https() -> bool:
    config: Config = current_app.extensions["typecase.config"]
    return config.is_https


def _add(response: Response) -> Response:
    headers, part = response.headers, request.blueprint or ""
    is_staff, is_page = part.startswith("admin"), response.mimetype == "text/html"
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = policy() if is_page else NOTHING
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if "token" in (request.view_args or {}):
        headers["Referrer-Policy"] = "no-referrer"  # the address itself lets somebody in
    headers.setdefault("Referrer-Policy", "same-origin" if is_staff else "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    # Other sites' feed readers and search engines show our pictures; pages belong in nobody's.
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin" if is_staff or is_page else "cross-origin")
    headers.setdefault("Permissions-Policy", STAFF_FEATURES if is_staff else NO_FEATURES)
    if _is_https():
        headers.setdefault("Strict-Transport-Security", SECURE)
    if request.endpoint == "static" and "v" in request.args:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static" and is_staff:
        headers.setdefault("Cache-Control", "no-store")
    return response
