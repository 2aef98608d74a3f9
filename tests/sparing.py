"""Work that each test's own application would do anew and that comes out the same: done once a process instead.

It is a third of the time that the tests of the doors take, and none of it is ours.
"""

from typing import Any

from sqlalchemy import Dialect
from werkzeug.routing import Rule

from app.db import Database

_dialects: dict[str, tuple[Dialect, Any]] = {}
_builders: dict[tuple[object, ...], Any] = {}
_compile_builder = Rule._compile_builder


def share_statements(database: Database) -> None:
    """Let this database use the SQL that SQLAlchemy has compiled for others of its kind: it is kept by dialect."""
    engine = database.engine
    kind = engine.dialect.name
    if kind not in _dialects:
        with engine.connect():
            pass  # now the dialect has asked what the server can
        _dialects[kind] = engine.dialect, engine._compiled_cache
    dialect, cache = _dialects[kind]
    for of_kind in (engine, database._reading):
        of_kind.dialect, of_kind._compiled_cache = dialect, cache


def share_routes() -> None:
    """Have werkzeug compile what builds the addresses of a route for the first application only."""
    Rule._compile_builder = _compile_builder_once  # type: ignore[method-assign]


def _compile_builder_once(rule: Rule, append_unknown: bool = True) -> Any:
    key = (rule.rule, append_unknown, tuple(rule._trace), repr(rule.defaults))
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]
