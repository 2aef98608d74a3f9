"""The slow part of an import, before any transaction: a file is read, parsed, cleaned and rendered."""

import hashlib
from dataclasses import dataclass, replace
from datetime import tzinfo

from app import html
from app.articles.rendering import MAX_BODY, Body, Rendered, prepare, prepare_and_render
from app.imports import files, markdown
from app.imports.files import Found
from app.imports.frontmatter import Broken
from app.imports.markdown import NotAPost, Post

IMPORTER = 1
"""Grows when files should be read anew although they have not changed."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A file, ready to be brought in; or the reason why it cannot be."""

    path: str
    digest: str = ""
    """SHA-256 of the file and of the importer's version, in hexadecimal."""
    is_known: bool = False
    """Whether a file at this path has been imported before."""
    was_seen: bool = False
    """Whether exactly this has been imported before."""
    post: Post | None = None
    body: Body | None = None
    rendered: Rendered | None = None
    """The page to show; None for drafts and redirects."""
    reason: str = ""


@dataclass(frozen=True)
class Known:
    """What an earlier import remembers of a file."""

    digest: str
    article_id: int | None


def prepare_file(found: Found, *, zone: tzinfo, known: Known | None) -> Prepared:
    """Read one file; ``known`` is what an earlier import remembers of it. Never fails: the reason says why not."""
    prepared = Prepared(path=found.path, is_known=known is not None)
    try:
        content = files.read(found)
        digest = hashlib.sha256(f"{IMPORTER}\n".encode() + content).hexdigest()
        was_seen = known is not None and known.digest == digest
        prepared = replace(prepared, digest=digest, was_seen=was_seen)
        if known is not None and was_seen and known.article_id is not None:
            return prepared
        return _parse(prepared, content, found, zone)
    except (files.Unreadable, Broken, NotAPost) as reason:
        return replace(prepared, reason=str(reason))
    except html.TooDeep:
        return replace(prepared, reason="its text nests too many elements: flatten its lists or tables.")
    except html.TooIntricate:
        return replace(prepared, reason="its text has too much formatting in one piece: make several files of it.")
    except Exception as error:  # one bad file never stops the rest; it is reported, not swallowed
        return replace(prepared, reason=f"it cannot be read ({type(error).__name__}: {str(error)[:200]}).")


def _parse(prepared: Prepared, content: bytes, found: Found, zone: tzinfo) -> Prepared:
    source, note = files.decode(content)
    post = markdown.read_post(source, path=found.path, zone=zone, needs_front_matter=not found.is_alone)
    if note:
        post = replace(post, notes=(note, *post.notes))
    if post.redirect is not None:
        return replace(prepared, post=post)
    if len(post.body) > MAX_BODY:
        raise NotAPost(f"its text is longer than {MAX_BODY:,} characters.")
    rendered: Rendered | None = None
    if post.is_draft:
        body = prepare(post.body, post.body_format)
    else:
        body, rendered = prepare_and_render(post.body, post.body_format, excerpt=post.excerpt)
    if body.removed:
        post = replace(post, notes=(*post.notes, f"taken out of its HTML: {', '.join(body.removed[:10])}."))
    return replace(prepared, post=post, body=body, rendered=rendered)
