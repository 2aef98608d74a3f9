"""What leans on what, and who may do what: the storeys of the house."""

import ast

import pytest

from tests.house.source import DOORS, FOUNDATION, ROOMS, SHARED_BY_DOORS, Module, modules

WEB_LIBRARIES = {"flask", "flask_login", "flask_wtf", "jinja2", "werkzeug", "wtforms"}
# Work in the background, which belongs to no request, ends its own transactions.
COMMITS_IN_ROOMS = {
    "app.mail_courier",
    "app.pageviews.folding",
    "app.pageviews.closing_days",
    "app.pageviews.thinning",
    "app.pageviews.visitors",
    "app.imports.running",
}
# Names of files that sort by age; no moment that anybody reads.
TICKS_ALLOWED = {"app.pageviews.folding", "app.pageviews.journal"}


def storey(module: str) -> int:
    """How high a module stands: 0 the foundation, then the rooms, what doors share, the doors, create_app."""
    part = module.split(".")[1] if module.startswith("app.") else ""
    if part in FOUNDATION:
        return 0
    if part in ROOMS:
        return 1 + ROOMS.index(part)
    if part in SHARED_BY_DOORS:
        return 10
    return 20 if part in DOORS else 30


def test_every_module_has_its_place() -> None:
    known = {"", *FOUNDATION, *ROOMS, *SHARED_BY_DOORS, *DOORS}
    assert {module.name for module in modules() if module.part not in known} == set()


def test_imports_run_downhill() -> None:
    uphill = [
        module.at(line, f"imports {name}")
        for module in modules()
        if module.name != "app"  # create_app knows everything and is known by nobody
        for line, name in module.imports()
        if name.startswith("app.") and _is_uphill(module, name)
    ]
    assert uphill == []


def _is_uphill(module: Module, name: str) -> bool:
    if name.split(".")[1] == module.part:
        return False
    here, there = storey(module.name), storey(name)
    return there > here or (here == there == 20)


def test_rooms_and_foundation_know_no_http() -> None:
    found = [
        module.at(line, f"imports {name}")
        for module in modules()
        if module.is_room or module.part in FOUNDATION
        for line, name in module.imports()
        if name.split(".")[0] in WEB_LIBRARIES
    ]
    assert found == []


def test_doors_ask_no_questions_of_their_own() -> None:
    """Doors pass sessions on and recognise a database that is away; every question is a room's."""
    fine = ("sqlalchemy.orm.Session", "sqlalchemy.exc.")
    found = [
        module.at(line, f"imports {name}")
        for module in modules()
        if module.is_door
        for line, name in module.imports()
        if name.startswith("sqlalchemy") and not name.startswith(fine)
    ]
    assert found == []


def test_only_doors_commit() -> None:
    found = [
        module.at(call.lineno, written)
        for module in modules()
        if (module.is_room or module.part in FOUNDATION) and module.name not in COMMITS_IN_ROOMS
        for call, written in module.calls()
        if written.endswith(".commit")
    ]
    assert found == []


def test_questions_stand_where_they_are_looked_for() -> None:
    """A file of nouns or of pure rules asks the database nothing."""
    quiet = {"models", "permissions", "naming", "passwords", "tokens", "classes", "rendering", "slugs"}
    found = [
        module.at(line, f"imports {name}")
        for module in modules()
        if module.is_room and module.name.rpartition(".")[2] in quiet
        for line, name in module.imports()
        if name in {"sqlalchemy.select", "sqlalchemy.update", "sqlalchemy.delete", "sqlalchemy.insert"}
    ]
    assert found == []


def test_the_environment_is_read_in_config_only() -> None:
    found = [
        module.at(node.lineno, ast.unparse(node))
        for module in modules()
        if module.name != "app.config"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"os.environ", "os.getenv", "os.environb", "os.putenv"}
    ]
    found += [
        module.at(line, name)
        for module in modules()
        for line, name in module.imports()
        if name in {"os.environ", "os.getenv"}
    ]
    assert found == []


def test_the_clock_is_the_only_one_who_knows_the_time() -> None:
    asks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.localtime", "time.gmtime",
            "func.now", "func.current_timestamp", "func.localtimestamp"}  # fmt: skip
    ticks = {"time.time", "time.time_ns"}
    found = [
        module.at(call.lineno, written)
        for module in modules()
        if module.name != "app.clock"
        for call, written in module.calls()
        if (_ending(written) in asks) or (_ending(written) in ticks and module.name not in TICKS_ALLOWED)
    ]
    assert found == []


def _ending(written: str) -> str:
    return ".".join(written.split(".")[-2:])


def test_the_clock_is_asked_in_a_way_that_a_test_can_set() -> None:
    found = [
        module.at(line, name)
        for module in modules()
        for line, name in module.imports()
        if name.startswith("app.clock.") or name in {"time.time", "time.time_ns"}
    ]
    assert found == [], "import clock, then call clock.now()"


def test_bleach_is_known_to_html_only() -> None:
    found = {module.name for module in modules() for _, name in module.imports() if name.split(".")[0] == "bleach"}
    assert found == {"app.html"}


@pytest.mark.parametrize("forbidden", ["pickle", "marshal", "shelve", "subprocess"])
def test_nothing_is_run_or_unpacked_that_came_from_outside(forbidden: str) -> None:
    found = [module.name for module in modules() for _, name in module.imports() if name.split(".")[0] == forbidden]
    assert found == []


def test_nothing_is_printed() -> None:
    found = [
        module.at(call.lineno, "print")
        for module in modules()
        for call, written in module.calls()
        if written == "print"
    ]
    assert found == [], "the command line says things by click.echo, the server by its log"


def test_handlers_stand_behind_doors() -> None:
    """A room has no classes of forms, and a template is rendered by a door or by the error pages."""
    found = [
        module.at(call.lineno, written)
        for module in modules()
        if module.part in FOUNDATION or module.is_room
        for call, written in module.calls()
        if written.rpartition(".")[2] in {"render_template", "url_for", "redirect", "abort"}
    ]
    assert found == []
