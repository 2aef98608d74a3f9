"""/healthz: this process answers. /readyz: so does the database, and its schema is this code's."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app import web
from app.config import ROOT

bp = Blueprint("health", __name__)


def furnish(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["typecase.head"] = ScriptDirectory(str(ROOT / "migrations")).get_current_head()


@bp.get("/healthz")
@web.public
def healthz() -> tuple[dict[str, str], int]:
    """200 as long as the process answers; asks nothing of the database."""
    return {"status": "ok"}, 200


@bp.get("/readyz")
@web.public
def readyz() -> tuple[dict[str, str], int]:
    """200 if the database answers and is migrated to this code's head, else 503 with the reason."""
    try:
        current = MigrationContext.configure(web.reader().connection()).get_current_revision()
    except SQLAlchemyError:
        return {"status": "unavailable", "reason": "the database does not answer"}, 503
    if current != current_app.extensions["typecase.head"]:
        return {
            "status": "unavailable",
            "reason": "the database is not migrated: flask --app wsgi db upgrade",
        }, 503
    return {"status": "ok"}, 200
