"""The front matter of a file: YAML, TOML or JSON above the text. Pure; time and memory are bounded.

Scalars of YAML and numbers of TOML and JSON stay the text they were (a title ``1.10`` is not the number 1.1);
TOML dates become ``datetime`` objects. Anchors are read by reference and nothing here walks into them twice.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 20
MAX_DOTS = 200  # in one line of TOML: each dot may open a table, and the parser walks all of them for each
_OPENING = re.compile(r"(---|\+\+\+|;;;)[ \t]*(yaml|toml|json)?[ \t]*\n")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
    ";;;": re.compile(r"^;;;[ \t]*$", re.MULTILINE),
}
_LANGUAGE = {"---": "yaml", "+++": "toml", ";;;": "json"}
_JSON_START = re.compile(r"\{\s*(?:\"|\})")
_KNOWN_TAG = re.compile(r"tag:yaml\.org,2002:(?:str|int|float|bool|null|timestamp|seq|map)")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# libyaml where the wheel has it: ten times as fast, the same events.
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Broken(Exception):
    """The front matter cannot be read; the message is a sentence with the file's line where there is one."""


@dataclass(frozen=True)
class Parts:
    """A file in two: what stands above the text, by name, and the text."""

    fields: dict[str, object]
    body: str


def split(text: str) -> Parts | None:
    """Divide a file (line ends are ``\\n``) at the end of its front matter; None if it has none.

    Raises ``Broken``.
    """
    start = len(text) - len(text.lstrip("\ufeff\n\t "))
    opening = _OPENING.match(text, start)
    if opening is None:
        return _split_json(text, start) if _JSON_START.match(text, start) else None
    closing = _CLOSING[opening[1]].search(text, opening.end())
    line = text.count("\n", 0, opening.end()) + 1
    if closing is None:
        raise Broken(f"the front matter that begins in line {line - 1} does not end.")
    if closing.start() - opening.end() > MAX_CHARACTERS:
        raise Broken(f"the front matter is longer than {MAX_CHARACTERS} characters.")
    source = text[opening.end() : closing.start()]
    read = {"yaml": _read_yaml, "toml": _read_toml, "json": _read_json}[opening[2] or _LANGUAGE[opening[1]]]
    return Parts(read(source, line), text[closing.end() :].lstrip("\n"))


def _split_json(text: str, start: int) -> Parts:
    """Hugo's JSON has no fences: the text begins after the brace that closes the object."""
    line = text.count("\n", 0, start) + 1
    try:
        value, end = _json_decoder().raw_decode(text[start : start + MAX_CHARACTERS])
    except (ValueError, RecursionError) as error:
        raise Broken(_json_reason(error, line)) from error
    return Parts(_named(value, line), text[start + end :].lstrip("\n"))


def _read_json(source: str, line: int) -> dict[str, object]:
    try:
        return _named(_json_decoder().decode(source), line)
    except (ValueError, RecursionError) as error:
        raise Broken(_json_reason(error, line)) from error


def _json_decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)


def _json_reason(error: Exception, line: int) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"the front matter is not JSON in line {line + error.lineno - 1}: {error.msg}."
    return "the front matter nests too deep or holds a number too long."


def _read_toml(source: str, line: int) -> dict[str, object]:
    for number, content in enumerate(source.split("\n")):
        if content.count(".") > MAX_DOTS:
            raise Broken(f"the front matter has too many dots in line {line + number}.")
    try:
        return _named(tomllib.loads(source, parse_float=str), line)
    except RecursionError as error:
        raise Broken("the front matter nests too deep.") from error
    except ValueError as error:
        raise Broken(f"the front matter is not TOML: {_moved(str(error), line)}.") from error


def _moved(message: str, line: int) -> str:
    """tomllib counts lines from the front matter's first, people from the file's."""
    return re.sub(r"at line (\d+), column", lambda found: f"at line {int(found[1]) + line - 1}, column", message)


def _named(value: object, line: int) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Broken(f"the front matter in line {line} has no names: it must be “name: value”.")
    return {str(name): content for name, content in value.items()}


# YAML


def _read_yaml(source: str, line: int) -> dict[str, object]:
    if not source.strip():
        return {}
    try:
        return _named(_yaml_value(source, line), line)
    except yaml.YAMLError as error:
        # A tab at the end of a line is allowed in YAML 1.2, and common; this parser knows 1.1.
        trimmed = re.sub(r"[ \t]+$", "", source, flags=re.MULTILINE)
        if "\t" in source and trimmed != source:
            return _read_yaml(trimmed, line)
        raise Broken(_yaml_reason(error, line)) from error
    except (ValueError, RecursionError) as error:
        raise Broken(f"the front matter is not YAML: {error}.") from error


def _yaml_reason(error: yaml.YAMLError, line: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it holds a character that YAML does not allow"
    where = f" in line {line + mark.line}" if mark else ""
    return f"the front matter is not YAML{where}: {problem}."


def _yaml_value(source: str, line: int) -> object:
    """The first document as dicts, lists and strings.

    Built from events rather than with a loader: no object is made from a tag, no merge key multiplies, and
    the depth is ours to bound.
    """
    events = iter(yaml.parse(source, Loader=_YAML_LOADER))
    return _Builder(line).build(events)


class _Builder:
    def __init__(self, line: int) -> None:
        self.line = line
        self.anchors: dict[str, object] = {}
        self.open: list[_Open] = []

    def build(self, events: Iterator[yaml.Event]) -> object:
        """What the events of one document make."""
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                ended = self.open.pop().value
                if not self.open:
                    return ended
                self.open[-1].add(ended, self._line_of(event))
            elif isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
                value = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else self._alias(event)
                if not self.open:
                    return value
                self.open[-1].add(value, self._line_of(event))
        return None

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        self._check_tag(event.tag, event)
        if len(self.open) >= MAX_DEPTH:
            raise Broken(f"the front matter nests too deep in line {self._line_of(event)}.")
        value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if event.anchor:
            self.anchors[event.anchor] = value
        self.open.append(_Open(value))

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        self._check_tag(event.tag, event)
        value = None if event.implicit[0] and event.value in _NULLS else event.value
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def _alias(self, event: yaml.AliasEvent) -> object:
        if event.anchor not in self.anchors:
            raise Broken(f"the front matter refers to an unknown anchor in line {self._line_of(event)}.")
        return self.anchors[event.anchor]

    def _check_tag(self, tag: str | None, event: yaml.Event) -> None:
        if tag is not None and tag != "!" and not _KNOWN_TAG.fullmatch(tag):
            raise Broken(f"the front matter holds a tag ({tag[:60]}) in line {self._line_of(event)}.")

    def _line_of(self, event: yaml.Event) -> int:
        return self.line + (event.start_mark.line if event.start_mark else 0)


class _Open:
    """A list or a mapping that has begun; in a mapping, names and values take turns."""

    def __init__(self, value: dict[str, object] | list[object]) -> None:
        self.value = value
        self.name: str | None = None

    def add(self, value: object, line: int) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.name is not None:
            self.value[self.name] = value
            self.name = None
        elif value is None or isinstance(value, str):
            self.name = value or ""
        else:
            raise Broken(f"the front matter has a name that is no text in line {line}.")
