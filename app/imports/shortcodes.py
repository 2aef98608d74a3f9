"""The shortcodes of Jekyll, Hugo, Zola, Eleventy and Go's blog: known ones become Markdown, others stay text.

Known: image, figure, highlight, youtube (and vimeo), raw, link, comment, param. Pure; linear in the text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.imports import code_spans
from app.imports.fields import plain
from app.imports.shortcode_calls import Call, read_call
from app.slugging import slugify

LONGEST = 4000  # characters of one shortcode
_TOKEN = re.compile(r"\{\{[<%]?|\{%")
_CLOSERS = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}"}
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}|\{\{[<%]\s*raw(?:html)?\s*[>%]\}\}|\{\{raw\s+`")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_END_HUGO_RAW = re.compile(r"\{\{[<%]\s*/\s*raw(?:html)?\s*[>%]\}\}")
_END_GO_RAW = re.compile(r"`\s*\}\}")
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}")
_END_COMMENT = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
_HIGHLIGHT = re.compile(r"\{%-?\s*highlight(?:\s+(?P<lang>[\w+#.-]+))?[^%\n]{0,200}%\}")
_END_HIGHLIGHT = re.compile(r"\{%-?\s*endhighlight\s*-?%\}")
_HUGO_HIGHLIGHT = re.compile(r"\{\{[<%]\s*highlight\s+\"?(?P<lang>[\w+#.-]+)\"?[^>%\n]{0,200}[>%]\}\}")
_END_HUGO_HIGHLIGHT = re.compile(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}")
_ESCAPED = re.compile(r"\{\{([<%])/\*(.{0,1000}?)\*/([>%])\}\}", re.DOTALL)
_ZOLA_LINK = re.compile(r"(\]\(|\]:[ \t]+)@/([^\s)#]{1,500})")
# Hugo, Zola and kramdown give a heading its anchor this way: ## Title {#anchor}
_ANCHOR = re.compile(r"[ \t]\{#([A-Za-z][\w.:-]{0,99})\}[ \t]*(?=\n|\Z)")
_KEPT = re.compile("\x02(\\d+)\x03")


@dataclass(frozen=True)
class Translation:
    """A body without known shortcodes, and the names of the unknown ones that stay in it as text."""

    text: str
    unknown: tuple[str, ...] = ()


@dataclass
class _Work:
    fields: Mapping[str, object]
    in_html: bool
    kept: list[str] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)

    def keep(self, text: str) -> str:
        """A mark for text that no later step may touch."""
        self.kept.append(text)
        return f"\x02{len(self.kept) - 1}\x03"


def translate(body: str, *, fields: Mapping[str, object] | None = None, in_html: bool = False) -> Translation:
    """Translate what is known in ``body`` (line ends ``\\n``) into Markdown, or into HTML where that is around it.

    ``fields`` is the front matter; ``in_html`` says that the whole body is HTML.
    """
    body = body.replace("\x02", "").replace("\x03", "")
    if "{" not in body and "@/" not in body:
        return Translation(body)
    work = _Work(fields or {}, in_html)
    body = _between(body, _RAW, _end_of_raw, lambda _opening, content: work.keep(content))
    body = _ESCAPED.sub(lambda found: work.keep("{{" + found[1] + found[2] + found[3] + "}}"), body)
    body = _between(body, _COMMENT, lambda _opening: _END_COMMENT, lambda _opening, _content: "")
    for opening, ending in ((_HIGHLIGHT, _END_HIGHLIGHT), (_HUGO_HIGHLIGHT, _END_HUGO_HIGHLIGHT)):
        body = _between(
            body, opening, _always(ending), lambda found, content: work.keep(_code(found["lang"], content, in_html))
        )
    body = "".join(
        text if is_code else _translate_prose(text, work) for is_code, text in code_spans.divide(body)
    )  # fmt: skip
    return Translation(_put_back(body, work.kept), tuple(work.unknown))


def _always(ending: re.Pattern[str]) -> Callable[[re.Match[str]], re.Pattern[str]]:
    return lambda _opening: ending


def _end_of_raw(opening: re.Match[str]) -> re.Pattern[str]:
    if opening[0].startswith("{%"):
        return _END_RAW
    return _END_GO_RAW if opening[0].endswith("`") else _END_HUGO_RAW


def _between(
    text: str,
    opening: re.Pattern[str],
    ending_of: Callable[[re.Match[str]], re.Pattern[str]],
    replace: Callable[[re.Match[str], str], str],
) -> str:
    """``text`` with each opening, its content and its ending replaced; an opening without an end stays."""
    made: list[str] = []
    position = 0
    without_end: set[re.Pattern[str]] = set()
    for found in opening.finditer(text):
        ending = ending_of(found)
        if found.start() < position or ending in without_end:
            continue
        end = ending.search(text, found.end())
        if end is None:
            without_end.add(ending)
            continue
        made += [text[position : found.start()], replace(found, text[found.end() : end.start()])]
        position = end.end()
    return "".join([*made, text[position:]])


def _code(language: str | None, content: str, in_html: bool) -> str:
    if in_html:
        return f"<pre><code>{_attribute(content.strip(chr(10)).rstrip())}</code></pre>"
    longest = max((len(run) for run in re.findall("`{3,}", content)), default=2)
    fence = "`" * (longest + 1)
    return f"\n{fence}{language or ''}\n{content.strip(chr(10)).rstrip()}\n{fence}\n"


def _put_back(text: str, kept: list[str]) -> str:
    # A kept text may hold earlier marks (raw inside highlight), never later ones.
    for _ in range(3):
        if "\x02" not in text:
            break
        text = _KEPT.sub(lambda found: kept[int(found[1])], text)
    return text


def _translate_prose(text: str, work: _Work) -> str:
    """Translate the shortcodes of some text outside code."""
    in_html = work.in_html or text.lstrip().startswith("<")
    made: list[str] = []
    position = 0
    for opening in _TOKEN.finditer(text):
        start = opening.start()
        if start < position:
            continue
        closer = _CLOSERS[opening[0]]
        end = text.find(closer, opening.end(), opening.end() + LONGEST)
        if end < 0:
            continue
        whole = text[start : end + len(closer)]
        call = read_call(opening[0], text[opening.end() : end])
        if call is None:
            continue
        shown = _translate_call(call, in_html=in_html, work=work)
        if shown is None:
            work.unknown[call.label] = None
            shown = whole
        made += [text[position:start], shown]
        position = end + len(closer)
    prose = _ANCHOR.sub(r' <span id="\1"></span>', "".join([*made, text[position:]]))
    return _ZOLA_LINK.sub(lambda found: found[1] + address_of(found[2]), prose) if "@/" in prose else prose


def address_of(path: str) -> str:
    """Where the article made from a file of the old site probably is: ``_posts/2018-01-02-x.md`` → ``/x``."""
    parts = [part for part in path.strip().strip("/").split("/") if part]
    stem = re.sub(r"\.(?:md|markdown|html?)$", "", parts[-1]) if parts else ""
    if stem in {"index", "_index"} and len(parts) > 1:
        stem = parts[-2]
    return "/" + slugify(re.sub(r"^\d{4}-\d{1,2}-\d{1,2}-", "", stem))


def _translate_call(call: Call, *, in_html: bool, work: _Work) -> str | None:
    """What a call becomes; None if it is not known."""
    if call.name == "param":
        value = work.fields.get(call.positional(0))
        return value if isinstance(value, str) else None
    make = _KNOWN.get(call.name)
    if make is None:
        return None
    if call.subject_name:
        value = work.fields.get(call.subject_name)
        if not isinstance(value, str):
            return None
        call = call.about(value)
    return make(call, in_html)


def _image(call: Call, in_html: bool) -> str | None:
    source = call.get("src", "path", "url", "image") or call.positional(0)
    if not source:
        return None
    described = call.get("alt", "alt_text", "title") or ("" if call.is_go else call.positional(1))
    caption = call.get("caption") or ""
    if call.name == "image_with_class":
        described = call.positional(2)
    described = described or plain(caption)
    if in_html:
        shown = f'<img src="{_attribute(source)}" alt="{_attribute(described)}">'
    else:
        shown = f"![{_label(described)}]({_destination(source)})"
        link = call.get("link")
        shown = f"[{shown}]({_destination(link)})" if link else shown
    return shown + _caption(caption, call, in_html)


def _caption(caption: str, call: Call, in_html: bool) -> str:
    credit, credit_link = call.get("attr"), call.get("attrlink")
    if credit and credit_link and not in_html:
        credit = f"[{_label(credit)}]({_destination(credit_link)})"
    below = " ".join(part for part in (caption, credit) if part)
    if not below:
        return ""
    return f"<br><em>{below}</em>" if in_html else f"\n\n*{below.strip()}*\n"


def _video(call: Call, in_html: bool) -> str | None:
    given = call.get("id", "url", "src") or call.positional(0)
    address = _video_address(given, call.name)
    if address is None:
        return None
    title = call.get("title") or (call.positional(1) if call.name == "embed" else "") or "Watch the video"
    if in_html:
        return f'<a href="{_attribute(address)}">{_attribute(title)}</a>'
    return f"[{_label(title)}]({_destination(address)})"


def _video_address(given: str, name: str) -> str | None:
    youtube = re.search(r"(?:youtube(?:-nocookie)?\.com/(?:embed/|watch\?v=|v/)|youtu\.be/)([\w-]{6,20})", given)
    if youtube:
        return f"https://www.youtube.com/watch?v={youtube[1]}"
    vimeo = re.search(r"vimeo\.com/(?:video/)?(\d{4,15})", given)
    if vimeo:
        return f"https://vimeo.com/{vimeo[1]}"
    if given.startswith(("https://", "http://")):
        return given
    if name == "youtube" and re.fullmatch(r"[\w-]{6,20}", given):
        return f"https://www.youtube.com/watch?v={given}"
    if name == "vimeo" and re.fullmatch(r"\d{4,15}", given):
        return f"https://vimeo.com/{given}"
    return given if name == "video" and given else None


def _link_to_file(call: Call, _in_html: bool) -> str | None:
    path = call.get("path") or call.positional(0)
    name, hash_sign, place = path.partition("#")
    return address_of(name) + hash_sign + place if name else None


def _path_of_site(call: Call, _in_html: bool) -> str | None:
    path = call.positional(0)
    return path or None


def _rooted(call: Call, _in_html: bool) -> str | None:
    path = call.positional(0)
    return path if "://" in path else "/" + path.lstrip("/")


def _nothing(_call: Call, _in_html: bool) -> str:
    return ""


def _label(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", " ".join(text.split()))


def _destination(address: str) -> str:
    return f"<{re.sub('[<>]', '', address)}>" if re.search(r"[\s()<>]", address) else address


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


_KNOWN: dict[str, Callable[[Call, bool], str | None]] = {
    "image": _image,
    "img": _image,
    "figure": _image,
    "image_with_class": _image,
    "imgproc": _image,
    "include-figure": _image,
    "youtube": _video,
    "vimeo": _video,
    "video": _video,
    "embed": _video,
    "link": _link_to_file,
    "post_url": _link_to_file,
    "ref": _link_to_file,
    "relref": _link_to_file,
    "url": _path_of_site,
    "relative_url": _rooted,
    "absolute_url": _rooted,
    "site.baseurl": _nothing,
    "site.url": _nothing,
}
