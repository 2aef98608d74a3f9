"""What a role's demand for a second factor does: a line on every page while there is time, then one page only."""

from datetime import datetime

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app import clock, web
from app.accounts.factors import find_due, is_overdue

bp = Blueprint("factors_demand", __name__)
STAYS_OPEN = {"admin.factors", "admin.factors_passkeys", "admin.factors_proving", "admin.proving", "admin.sessions"}
"""Where a second step is set up, and what that needs; what everybody may call stays open as well."""


@bp.record
def _furnish(state: BlueprintSetupState) -> None:
    app = state.app
    app.before_request(_require_second_factor)
    app.add_template_global(second_factor_due)


def second_factor_due() -> datetime | None:
    """Until when whoever is signed in may still go on without the second factor that their role demands, if so."""
    account = web.me()
    due_at = find_due(web.reader(), account) if account else None
    return due_at if due_at is not None and due_at > clock.now() else None


def _require_second_factor() -> ResponseReturnValue | None:
    handler = current_app.view_functions.get(request.endpoint or "")
    if getattr(handler, web.POLICY, "public") == "public" or request.blueprint in STAYS_OPEN:
        return None
    account = web.me()
    if account is None or not is_overdue(web.reader(), account):
        return None
    if request.method not in {"GET", "HEAD"} or web.wants_json():
        abort(403, description="second-factor")
    return redirect(url_for("admin.factors.show"), 303)
