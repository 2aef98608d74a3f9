"""The list of routes: ``python -m tests.house.routes > tests/house/routes.txt`` writes it anew."""

from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from app import create_app, web
from app.config import Config

LIST = Path(__file__).with_name("routes.txt")


def build_app() -> Flask:
    """An application that has its routes and never touches its database."""
    config = Config(
        database_url="sqlite:////nonexistent/typecase.db",
        secret_key="a key for tests only",
        instance_dir=Path("/nonexistent"),
        fold_seconds=None,
    )
    return create_app(config)


def policy(app: Flask, rule: Rule) -> str:
    """What a route's handler states: "public", an action of the rights table, or "" for nothing."""
    return str(getattr(app.view_functions[rule.endpoint], web.POLICY, ""))


def describe(app: Flask) -> str:
    """One line a route: endpoint, methods, rule, policy."""
    lines = []
    for rule in own_rules(app):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"{rule.endpoint} {methods} {rule.rule} {policy(app, rule)}\n")
    return "".join(sorted(lines))


def own_rules(app: Flask) -> list[Rule]:
    """All routes but Flask's own for static files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


if __name__ == "__main__":
    print(describe(build_app()), end="")
