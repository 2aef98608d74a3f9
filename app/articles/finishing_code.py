"""Code coloured on the server: spans with classes of ours, which style sheets give colours. Pure.

Works on a cleaned tree and adds nothing but ``<span class="hl-…">`` around text that stays what it is.
"""

import re
import threading
import zlib

from pygments import token
from pygments.lexers import get_lexer_by_name
from pygments.token import _TokenType

from app.html_tree import Element

LONGEST = 20_000
"""Characters of a block that is coloured; a longer one is shown plain, as is what comes after ``ALTOGETHER``."""
ALTOGETHER = 100_000
MOST_REPEATED = 20
"""How many times smaller a block may become when packed. Lexers take time quadratic in what repeats itself; code
written by people becomes three to eight times smaller."""
LANGUAGES = {
    "bash": "bash sh shell zsh", "c": "c h", "console": "console shell-session", "cpp": "cpp c++ hpp",
    "csharp": "csharp c# cs", "css": "css", "dart": "dart", "diff": "diff patch udiff",
    "docker": "docker dockerfile", "elixir": "elixir ex exs", "go": "go golang", "graphql": "graphql",
    "haskell": "haskell hs", "html": "html xhtml htm", "ini": "ini cfg dosini", "java": "java",
    "javascript": "javascript js mjs cjs node", "json": "json jsonc json5", "julia": "julia jl",
    "kotlin": "kotlin kt", "lua": "lua", "make": "make makefile", "markdown": "markdown md", "nginx": "nginx",
    "php": "php", "powershell": "powershell ps1 pwsh", "python": "python py python3", "r": "r",
    "ruby": "ruby rb", "rust": "rust rs", "scala": "scala", "scss": "scss", "sql": "sql mysql postgresql psql sqlite",
    "swift": "swift", "toml": "toml", "typescript": "typescript ts", "xml": "xml svg rss", "yaml": "yaml yml",
}  # fmt: skip
"""Names of Pygments' lexers, each with what people write after ``language-`` for it."""
LEXERS = {name: lexer for lexer, known in LANGUAGES.items() for name in known.split()}
CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (token.Comment.Preproc, "hl-k"), (token.Comment, "hl-c"), (token.Keyword, "hl-k"), (token.Operator.Word, "hl-k"),
    (token.String, "hl-s"), (token.Number, "hl-n"), (token.Keyword.Constant, "hl-n"),
    (token.Name.Function, "hl-f"), (token.Name.Class, "hl-f"), (token.Name.Decorator, "hl-a"),
    (token.Name.Tag, "hl-k"), (token.Name.Attribute, "hl-a"), (token.Name.Builtin, "hl-a"),
    (token.Name.Variable, "hl-v"), (token.Name.Constant, "hl-n"), (token.Generic.Deleted, "hl-d"),
    (token.Generic.Inserted, "hl-i"), (token.Generic.Heading, "hl-f"), (token.Generic.Subheading, "hl-f"),
    (token.Generic.Prompt, "hl-c"), (token.Generic.Output, "hl-c"),
)  # fmt: skip
"""What is coloured, and as what. All else, operators and names above all, keeps the colour of text."""
_LANGUAGE = re.compile(r"language-(\S+)")
# Pygments makes its lexers' tables on first use, on the class, and is not made for two threads doing it at once.
_ONE_AT_A_TIME = threading.Lock()


def highlight(tree: Element) -> None:
    """Colour each ``<pre><code class="language-…">`` in a language we know."""
    left = ALTOGETHER
    for pre in [element for element in tree.elements() if element.name == "pre"]:
        inside = [child for child in pre.children if isinstance(child, Element) or child.strip()]
        if len(inside) != 1 or not isinstance(inside[0], Element) or inside[0].name != "code":
            continue
        code = inside[0]
        lexer = find_lexer(code) or find_lexer(pre)
        words = code.words()
        if not lexer or any(isinstance(child, Element) for child in code.children) or not _is_worth_it(words, left):
            continue
        left -= len(words)
        code.children = coloured(words, lexer)


def find_lexer(element: Element) -> str | None:
    """The name of the lexer for the language that an element's class names, if there is one."""
    named = _LANGUAGE.search(element.attributes.get("class", ""))
    return LEXERS.get(named[1].lower()) if named else None


def coloured(code: str, lexer: str) -> list[Element | str]:
    """The same text in pieces: strings, and spans with a class."""
    with _ONE_AT_A_TIME:
        try:
            pieces = list(get_lexer_by_name(lexer, stripnl=False, ensurenl=False).get_tokens(code))
        except Exception:  # whatever a lexer of others stumbles over: the code is shown plain
            return [code]
    made: list[Element | str] = []
    for kind, text in pieces:
        name = _class_of(kind) if text.strip() else ""
        last = made[-1] if made else None
        if isinstance(last, Element) and name == last.attributes["class"]:
            last.children = [f"{last.children[0]}{text}"]
        elif name:
            span = Element("span", attributes={"class": name})
            span.children = [text]
            made.append(span)
        elif isinstance(last, str):
            made[-1] = last + text
        else:
            made.append(text)
    # A lexer that loses or adds a character would change what people copy.
    return made if "".join(text for _, text in pieces) == code else [code]


def _class_of(kind: _TokenType) -> str:
    fitting = [(wanted, name) for wanted, name in CLASSES if kind[: len(wanted)] == wanted]
    return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else ""


def _is_worth_it(code: str, left: int) -> bool:
    if not code.strip() or len(code) > min(LONGEST, left):
        return False
    raw = code.encode("utf-8", "replace")
    return len(raw) < 500 or len(raw) < MOST_REPEATED * len(zlib.compress(raw, 1))
