"""One shortcode, read: its name, its arguments by place and by name, in six dialects. Pure."""

import re
from dataclasses import dataclass, field, replace

_NAME = re.compile(r"[A-Za-z_][\w./-]*")
_ARGUMENT = re.compile(
    r"(?:(?P<key>[\w-]+)\s*[=:]\s*)?"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'|`(?P<back>[^`]*)`|(?P<bare>[^\s,\"'`=]+))"
)
_FILTER = re.compile(
    r"(?P<subject>\"[^\"]*\"|'[^']*'|[A-Za-z_][\w.]*)\s*\|\s*(?P<name>[A-Za-z_]\w*)\s*(?::\s*(?P<rest>.*))?", re.DOTALL
)
_FIGURE_FILE = re.compile(r"(?:[\w-]*(?:figure|image|img)[\w-]*)\.(?:html|md|njk|liquid)")


@dataclass(frozen=True)
class Call:
    """``name`` with what it was given; ``subject_name`` is the front matter's field a filter is applied to."""

    name: str
    label: str
    """How the report calls it: with its dialect's braces, ``{% name %}``."""
    places: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    subject_name: str = ""
    is_go: bool = False
    """Go's blog: what follows the first argument of an image is its size."""

    def positional(self, index: int) -> str:
        return self.places[index] if index < len(self.places) else ""

    def get(self, *names: str) -> str:
        """The first of these named arguments that says something, or ''."""
        return next((self.names[name] for name in names if self.names.get(name)), "")

    def about(self, subject: str) -> "Call":
        return replace(self, places=(subject, *self.places[1:]), subject_name="")


def read_call(opening: str, inside: str) -> Call | None:
    """Read what stands between the braces. None where it is no call at all (a stray brace)."""
    inside = inside.strip().removeprefix("-").removesuffix("-").strip()
    if "{{" in inside or "{%" in inside:
        return None
    filtered = _FILTER.fullmatch(inside) if opening == "{{" else None
    if filtered:
        return _filtered(filtered)
    name = _NAME.match(inside)
    if name is None:
        return None
    rest = inside[name.end() :].strip()
    is_go = opening == "{{" and rest.startswith(('"', "`")) and "(" not in rest
    if opening == "{{" and rest and not is_go and not (rest.startswith("(") and rest.endswith(")")):
        return None
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    places, names = _arguments(rest)
    call = Call(name[0], _labelled(opening, name[0]), places, names, is_go=is_go)
    return _included(call) if call.name == "include" else call


def _filtered(found: re.Match[str]) -> Call:
    subject = found["subject"]
    label = "{{ … | " + found["name"] + " }}"
    others, names = _arguments(found["rest"] or "")
    if subject[0] in "\"'":
        return Call(found["name"], label, (subject[1:-1], *others), names)
    return Call(found["name"], label, ("", *others), names, subject_name=subject.removeprefix("page."))


def _included(call: Call) -> Call:
    """``{% include figure.html src="…" %}`` is a figure; other includes are unknown by their file."""
    file = call.positional(0)
    if _FIGURE_FILE.fullmatch(file.rpartition("/")[2]):
        return replace(call, name="figure", places=())
    return replace(call, label="{% include " + file + " %}")


def _arguments(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    places: list[str] = []
    names: dict[str, str] = {}
    for found in _ARGUMENT.finditer(text):
        quoted = found["double"] if found["double"] is not None else found["single"]
        if quoted is not None:
            value = re.sub(r"\\(.)", r"\1", quoted)
        else:
            value = found["back"] if found["back"] is not None else found["bare"]
        if found["key"]:
            names[found["key"].lower()] = value
        else:
            places.append(value)
    return tuple(places), names


def _labelled(opening: str, name: str) -> str:
    return {
        "{{<": "{{< " + name + " >}}",
        "{{%": "{{% " + name + " %}}",
        "{{": "{{ " + name + " }}",
        "{%": "{% " + name + " %}",
    }[opening]
