"""Templates: where they stand, and what never stands in one."""

import re

from jinja2 import Environment, nodes

from tests.house.source import DOORS, modules, templates

# The only places that print HTML as it is: cleaned on saving, or a constant of the template.
PRINTS_HTML = {
    ("site/articles/show.html", "rendered|safe"),
    ("admin/publication/preview.html", "rendered.html|safe"),
    ("site/feeds/atom.xml", ""),
    ("admin/history/show.html", "text|safe"),
    ("admin/history/compare.html", "difference.text.html|safe"),
    ("admin/history/compare.html", "field.comparison.html|safe"),
    ("admin/articles/_conflict.html", "difference.text.html|safe"),
    ("admin/articles/_conflict.html", "field.comparison.html|safe"),
}
_SAFE = re.compile(r"[\w.\"'=() ]*\|\s*safe\b")
_TAG = re.compile(r"<(\w+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")


def test_html_is_printed_as_it_is_where_it_was_cleaned_only() -> None:
    found = {
        (name, re.sub(r"\s", "", expression))
        for name, text in templates().items()
        for expression in _SAFE.findall(text)
    }
    assert found - PRINTS_HTML == set()
    off = [name for name, text in templates().items() if re.search(r"{%-?\s*autoescape\b", text)]
    assert off == []
    assert [
        module.at(line, name)
        for module in modules()
        for line, name in module.imports()
        if "arkup" in name.rpartition(".")[2] and name.startswith(("markupsafe", "flask"))
    ] == []


def test_there_is_no_inline_style_or_script() -> None:
    found = []
    for name, text in templates().items():
        for tag, attributes in _TAG.findall(text):
            if tag == "style" or re.search(r"\bstyle\s*=", attributes) or re.search(r"\son[a-z]+\s*=", attributes):
                found.append(f"{name}: <{tag}{attributes}>")
            if tag == "script" and "src=" not in attributes and "application/ld+json" not in attributes:
                found.append(f"{name}: <{tag}{attributes}>")
        if "javascript:" in text:
            found.append(f"{name}: javascript:")
    assert found == []


def test_templates_stand_where_their_endpoint_says() -> None:
    """templates/<door>/<module>/<handler>.html; parts begin with an underscore, or are shared by a door."""
    places = {tuple(module.name.split(".")[1:3]) for module in modules() if module.is_door}
    stray = []
    for name in templates():
        door, *rest = name.split("/")
        if door not in DOORS or len(rest) == 1:
            continue
        if (door, rest[0]) not in places:
            stray.append(name)
    assert stray == []


def test_handlers_show_templates_of_their_own_module() -> None:
    found = []
    for module in modules():
        for call, written in module.calls():
            if not written.endswith("render_template") or not call.args or not hasattr(call.args[0], "value"):
                continue
            name = call.args[0].value
            if name not in templates():
                found.append(module.at(call.lineno, f"{name} is missing"))
    assert found == []


def test_no_template_is_left_over() -> None:
    named = set()
    environment = Environment(autoescape=True)
    for text in templates().values():
        tree = environment.parse(text)
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            named |= {constant.value for constant in node.template.find_all(nodes.Const)}
            if isinstance(node.template, nodes.Const):
                named.add(node.template.value)
    in_code = "\n".join(module.text for module in modules())
    left = [name for name in templates() if name not in named and f'"{name}"' not in in_code]
    assert left == []
