"""The source as the house rules look at it: every module of the app, parsed once, and where it belongs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from app.config import ROOT

FOUNDATION = (
    "access_log",
    "appending",
    "changes",
    "clock",
    "config",
    "csv_cells",
    "db",
    "html",
    "html_limits",
    "html_tree",
    "mail",
    "mail_courier",
    "mail_sending",
    "mail_url",
    "migrating",
    "outbound",
    "purges",
    "settings",
    "slugging",
    "stamp",
    "text",
)
ROOMS = ("audit", "accounts", "pageviews", "media", "articles", "imports")  # each may use those before it
SHARED_BY_DOORS = (
    "bounds",
    "assets",
    "errors",
    "forms",
    "headers",
    "health",
    "hosts",
    "letters",
    "login",
    "octets",
    "one_at_a_time",
    "parting",
    "proxies",
    "request_log",
    "web",
)
DOORS = ("site", "admin", "cli")


@dataclass(frozen=True)
class Module:
    """One file of the app."""

    path: Path
    name: str
    """Dotted, like app.accounts.models."""

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def part(self) -> str:
        """What it is part of: the room, the door, or the module itself on the top level; "" for app itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def is_room(self) -> bool:
        return self.part in ROOMS

    @property
    def is_door(self) -> bool:
        return self.part in DOORS

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything it imports, wherever in the file; names of ``from`` included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name} imports by a relative name"
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with what is called as written, like session.commit."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)

    def at(self, line: int, what: str) -> str:
        """How a violation is reported."""
        return f"{self.path.relative_to(ROOT)}:{line} {what}"


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """Every module of the app."""
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.append(Module(path, ".".join(parts[:-1] if parts[-1] == "__init__" else parts)))
    return tuple(found)


@lru_cache(maxsize=1)
def templates() -> dict[str, str]:
    """Every template's text by its name, like admin/base.html."""
    folder = ROOT / "templates"
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a request leads to it: it is decorated with a route."""
    routes = {"get", "post", "put", "delete", "patch", "route"}
    calls = (decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in routes for call in calls)
