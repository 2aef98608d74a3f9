"""How long things may be, and what their names promise."""

import ast
import re

from app.config import ROOT
from tests.house.source import is_handler, modules

FILE, FUNCTION, HANDLER = 320, 40, 30  # about 300: a few lines more are no reason to tear a file apart


def lines(node: ast.stmt | ast.Module) -> int:
    """How long a file or function is, without its docstring and decorators."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module)
    start = 1 if isinstance(node, ast.Module) else node.lineno
    length = (node.body[-1].end_lineno or 0) - start + 1 if node.body else 0
    docstring = node.body[0] if ast.get_docstring(node) else None
    return length - ((docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0)


def test_files_are_short_enough_to_be_read() -> None:
    long = {module.name: lines(module.tree) for module in modules() if lines(module.tree) > FILE}
    assert long == {}


def test_functions_fit_on_a_screen() -> None:
    found = [
        module.at(function.lineno, f"{function.name}: {lines(function)} lines")
        for module in modules()
        for function in module.functions()
        if lines(function) > (HANDLER if is_handler(function) else FUNCTION)
    ]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    assert [module.name for module in modules() if not ast.get_docstring(module.tree)] == []


def test_names_promise_what_comes_back() -> None:
    """``find_`` may return None, ``get_`` never does, ``list_`` returns several."""
    found = []
    for module in modules():
        if not module.is_room:
            continue
        for function in module.functions():
            returned = ast.unparse(function.returns) if function.returns else ""
            may_be_none = "None" in returned
            if function.name.startswith("get_") and may_be_none:
                found.append(module.at(function.lineno, f"{function.name} -> {returned}: get_ raises"))
            if function.name.startswith("list_") and not re.match(
                r"(list|dict|tuple|set|Slice|Page|Iterator|Sequence)", returned
            ):
                found.append(module.at(function.lineno, f"{function.name} -> {returned}: list_ gives several"))
    assert found == []


def test_rooms_take_the_session_first_and_the_rest_by_name() -> None:
    """Of a public function with a session, what follows the subject is named at the call."""
    found = []
    for module in modules():
        if not module.is_room:
            continue
        for function in module.tree.body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                names = [argument.arg for argument in function.args.args]
                if "session" in names and (names[0] != "session" or len(names) > 3):
                    found.append(module.at(function.lineno, f"{function.name}({', '.join(names)})"))
    assert found == []


def test_refusals_are_sentences_for_people() -> None:
    """An exception of a room has a docstring that can be shown."""
    found = []
    for module in modules():
        if not module.is_room:
            continue
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base).endswith(("Exception", "Unfit")) for base in node.bases
            ):
                said = " ".join((ast.get_docstring(node) or "").split())
                if not said or said[-1] not in ".?!" or not (said[0].isupper() or said[0] in "“`"):
                    found.append(module.at(node.lineno, f"{node.name}: {said!r}"))
    assert found == []


def test_there_is_no_attic() -> None:
    attics = {"utils", "util", "helpers", "misc", "common", "base"}
    assert [module.name for module in modules() if module.name.rpartition(".")[2] in attics] == []


def test_what_is_required_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-front.txt", "requirements-s3.txt"):
        for line in (ROOT / name).read_text().splitlines():
            wanted = line.partition("#")[0].strip()
            assert not wanted or wanted.startswith("-r ") or re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", wanted), line
