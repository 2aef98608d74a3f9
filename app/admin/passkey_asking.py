"""What all pages that ask for a passkey share: for which site they ask, and the challenge between two requests."""

from typing import Any
from urllib.parse import urlsplit

from flask import abort, jsonify, request, session
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from app import web
from app.accounts import ceremonies
from app.accounts.passkeys import LONGEST_ANSWER, Asked, Site
from app.config import is_loopback

NO_ANSWER = "Your browser has sent no passkey. Press the button for the passkey once more."


class PasskeyForm(web.Form):
    """What the script fills in once a passkey was used, and where to go on."""

    used = HiddenField("Passkey", [InputRequired(NO_ANSWER), Length(max=LONGEST_ANSWER, message=NO_ANSWER)])
    next = HiddenField()
    kept = HiddenField()


def find_site() -> Site | None:
    """For whom passkeys are here; None where browsers make none: without https, and for a bare IP address.

    By SITE_URL or the settings, never by what a request says; only on the machine itself by the host in use, which
    ``hosts.guard`` has found to be a loopback one.
    """
    typed = urlsplit(request.host_url)
    own = web.address()
    if web.config().is_loopback and is_loopback(typed.hostname or ""):
        own = request.host_url.rstrip("/")
    parts = urlsplit(own)
    host = parts.hostname or ""
    is_name = not host.replace(".", "").isdigit() and ":" not in host
    if not is_name or not (parts.scheme == "https" or is_loopback(host)):
        return None
    return Site(host, own, web.settings().name)


def get_site() -> Site:
    """``find_site``, or 404: no page offers passkeys where there can be none."""
    site = find_site()
    if site is None:
        abort(404)
    return site


def where_passkeys_work() -> str:
    """This site's address with a name, where it was opened by the number of this machine; "" elsewhere."""
    parts = urlsplit(request.host_url)
    if find_site() is not None or not web.config().is_loopback or not is_loopback(parts.hostname or ""):
        return ""
    return f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else "")


def put(asked: Asked, *, purpose: str, account_id: int | None = None) -> ResponseReturnValue:
    """Send a browser what it is asked, remember the challenge for this browser alone, and commit."""
    token = ceremonies.begin(web.writer(), purpose, account_id=account_id, data=asked.kept)
    web.writer().commit()
    session[_name(purpose)] = token
    return jsonify(asked.options)


def take_back(purpose: str, *, account_id: int | None = None) -> dict[str, Any]:
    """What this browser was asked. It is used up whatever comes of it, so commit. Raises ``CeremonyOver``."""
    token = str(session.pop(_name(purpose), ""))
    asked = ceremonies.use_up(web.writer(), token, purpose=purpose)
    if asked.account_id != account_id:
        raise ceremonies.CeremonyOver
    return asked.data


def _name(purpose: str) -> str:
    return f"begun-{purpose}"
