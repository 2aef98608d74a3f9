"""The staff's door: closed by default. Each module is one thing staff do."""

from flask import Blueprint

from app.admin import entrance, people, profile, settings

bp = Blueprint("admin", __name__)
for module in (entrance, people, profile, settings):
    bp.register_blueprint(module.bp)
