"""Saving as an open editor does it: small pieces, answered in JSON. docs/decisions/0011-saving.md has the words."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from app import html, text, web
from app.accounts.permissions import may
from app.admin import editing
from app.admin.article_form import ArticleForm
from app.admin.noting import note_article, noting_choices
from app.articles import blocks, presence, publishing, receipts, receiving, writing
from app.articles.content import Content
from app.articles.models import Article
from app.articles.receiving import Received, Splice
from app.articles.reconciling import Snapshot, find_version, list_savers, snapshot_of
from app.articles.rendering import MAX_BODY, Body
from app.articles.tagging import format_names

bp = Blueprint("autosave", __name__)
MOST_BLOCKS = 20_000
_NAME = re.compile(r"[\w.:-]{1,40}", re.ASCII)


@dataclass(frozen=True)
class Sent:
    """What an editor sends beside the fields of the form."""

    save_id: str
    tab: str
    is_automatic: bool
    splice: tuple[int, int, list[blocks.Pair]] | None
    block_ids: list[object]
    base: list[blocks.Pair] | None
    """The blocks of the version it is based on, sent where that version is not kept any more."""


@bp.post("/admin/articles/<int:article_id>/presence")
@web.needs("article.edit", editing.load)
def be_present(article_id: int) -> ResponseReturnValue:
    """An open tab says that it is there, and hears who else is and what was saved since its version."""
    web.require_button()
    article, sent = editing.load(article_id), read_sent()
    _refuse_gone(article)
    version = request.form.get("version", "")
    answer = _news(article, int(version) if re.fullmatch("[0-9]{1,9}", version) else None)
    session, me = web.writer(), web.myself().id
    if request.form.get("leave"):
        presence.leave(session, article_id, account_id=me, tab=sent.tab)
    elif sent.tab:
        presence.touch(session, article_id, account_id=me, tab=sent.tab)
    session.commit()
    return jsonify(answer | {"others": _others(article, sent.tab)})


def save(article_id: int) -> ResponseReturnValue:
    """Save what an editor sent; the handler of the plain form hands over to here where JSON was asked for."""
    article, sent = editing.load(article_id), read_sent()
    _refuse_gone(article)
    form = editing.read_form(article)
    body, splice = _check(article, form, sent)
    session, me = web.writer(), web.myself().id
    mine = editing.load_in(session, article_id)
    writing.lock(session, mine)
    answer = _find_answer(sent, article_id)
    if answer is None:
        with noting_choices(mine):
            received = _receive(mine, form, sent, body, splice)
            if form.gives("shows_pageviews"):
                publishing.show_pageviews(session, mine, shown=bool(form.shows_pageviews.data))
        answer = _answer(received)
        if sent.save_id:
            receipts.keep(
                session, sent.save_id, by_id=me, article_id=article_id, version=received.now.version, answer=answer
            )
    if sent.tab:
        presence.touch(session, article_id, account_id=me, tab=sent.tab)
    others = _others(mine, sent.tab)
    session.commit()
    return jsonify(answer | {"others": others})


def create() -> ResponseReturnValue:
    """Make an article of what an editor sent; sent again, it is the same article."""
    sent, form = read_sent(), editing.read_form(None)
    body, splice = _check(None, form, sent)
    session, me = web.writer(), web.myself().id
    receipts.lock_creating(session, by_id=me)
    answer = _find_answer(sent, None)
    if answer is None:
        content = replace(editing.content_of(None, form, body), block_ids=sent.block_ids)
        article = editing.refusing(
            None,
            form,
            lambda: receiving.receive_new(
                session,
                content,
                splice=splice,
                body_format=form.body_format.data,
                by_id=me,
                take_over=bool(form.take_over.data),
            ),
        )
        publishing.show_pageviews(session, article, shown=bool(form.shows_pageviews.data))
        answer = _answer_new(article, body, splice)
        note_article("article.create", article)
        if sent.save_id:
            receipts.keep(session, sent.save_id, by_id=me, article_id=article.id, version=1, answer=answer)
        session.commit()
    return jsonify(answer), 201


def read_sent() -> Sent:
    """Read what is no field of the form. Raises ``Refused``."""
    for name in ("save_id", "tab"):
        if request.form.get(name) and not _NAME.fullmatch(request.form[name]):
            raise editing.refusal_as_json({name: "At most 40 letters, digits and . : _ -"})
    return Sent(
        request.form.get("save_id", ""),
        request.form.get("tab", ""),
        bool(request.form.get("automatic")),
        _read_splice(),
        _read_ids(),
        _read_base(),
    )


def _read_splice() -> tuple[int, int, list[blocks.Pair]] | None:
    if "body_splice" not in request.form:
        return None
    match _read_json("body_splice"):
        case {"at": int(at), "remove": int(remove), "blocks": list(sent)} if at >= 0 and remove >= 0:
            pairs = [(pair[0], pair[1]) for pair in sent if _is_pair(pair)]
            if len(pairs) == len(sent) <= MOST_BLOCKS and sum(len(block) for _, block in pairs) <= MAX_BODY:
                return at, remove, pairs
    raise editing.refusal_as_json({"body": "This change cannot be read, or is more than a million characters."})


def _read_base() -> list[blocks.Pair] | None:
    found = _read_json("base") if request.form.get("base") else None
    if not isinstance(found, list) or len(found) > MOST_BLOCKS or not all(_is_pair(pair) for pair in found):
        return None
    pairs = [(pair[0], pair[1]) for pair in found]
    return pairs if blocks.are_ids([item for item, _ in pairs]) else None


def _is_pair(sent: object) -> bool:
    return isinstance(sent, list) and len(sent) == 2 and all(isinstance(part, str) for part in sent)


def _read_ids() -> list[object]:
    found = _read_json("block_ids") if request.form.get("block_ids") else []
    return found if isinstance(found, list) and blocks.are_ids(found) else []


def _read_json(name: str) -> Any:
    try:
        return json.loads(request.form[name])
    except (ValueError, RecursionError):
        return None


def _refuse_gone(article: Article) -> None:
    """What is in the trash is not written on; the editor keeps its text until it is brought back."""
    if article.trashed_at is not None:
        abort(410)


def _check(article: Article | None, form: ArticleForm, sent: Sent) -> tuple[Body | None, Splice | None]:
    """Look through what was sent and clean it, before the first write. Raises ``Refused``."""
    if sent.is_automatic and text.is_blank(form.title.data or ""):
        form.passes_over = frozenset({"title"})
    if sent.splice is None:
        return editing.check(article, form, is_typed=not sent.block_ids), None
    form.passes_over |= {"body", "body_format"}
    editing.check(article, form)
    at, remove, pairs = sent.splice
    try:
        return None, receiving.prepare_splice(at, remove, pairs, body_format=str(form.body_format.data))
    except html.TooIntricate as refusal:
        raise editing.refusal_as_json({"body": web.sentence(refusal)}) from refusal


def _find_answer(sent: Sent, article_id: int | None) -> dict[str, object] | None:
    """What was answered before to the same save. Raises ``Refused``."""
    if not sent.save_id:
        return None
    try:
        return receipts.find_answer(web.writer(), sent.save_id, by_id=web.myself().id, article_id=article_id)
    except receipts.SaveIdTaken as refusal:
        raise editing.refusal_as_json({"save_id": web.sentence(refusal)}) from refusal


def _receive(mine: Article, form: ArticleForm, sent: Sent, body: Body | None, splice: Splice | None) -> Received:
    """Save it. Raises ``Refused``."""
    content = replace(editing.content_of(mine, form, body), block_ids=sent.block_ids)
    if not may(web.me(), "article.assign", mine):
        content = replace(content, authors=None)
    try:
        return editing.refusing(mine, form, lambda: _received(mine, form, sent, content, splice))
    except (receiving.VersionForgotten, receiving.SpliceMisplaced) as refusal:
        raise editing.Refused(({"error": "send-all", "sentence": web.sentence(refusal)}, 409)) from refusal


def _received(mine: Article, form: ArticleForm, sent: Sent, content: Content, splice: Splice | None) -> Received:
    return receiving.receive(
        web.writer(),
        mine,
        content,
        splice=splice,
        typed=form.body.data,
        by_id=web.myself().id,
        based_on=form.based_on,
        is_automatic=sent.is_automatic,
        base=sent.base,
        take_over=bool(form.take_over.data),
    )


def _answer(received: Received) -> dict[str, object]:
    """What the sender does not know yet, and what it has to decide."""
    answer = _differences(received.now, received.believed)
    by = received.merged_with[0] if received.merged_with else web.myself().name
    if received.kept is not None:
        answer["revision"] = received.kept.id
        answer["conflicts"] = [
            {"id": conflict.id, "mine": conflict.mine, "theirs": conflict.theirs, "by": by}
            for conflict in received.found.conflicts
        ]
        answer["field_conflicts"] = [
            {"name": one.name, "mine": _as_typed(one.mine), "theirs": _as_typed(one.theirs), "by": by}
            for one in received.found.field_conflicts
        ]
    if received.removed:
        answer["removed"] = list(received.removed)
    if received.merged_with:
        answer["merged_with"] = received.merged_with
    return answer


def _answer_new(article: Article, body: Body | None, splice: Splice | None) -> dict[str, object]:
    now = snapshot_of(article.draft)
    return {
        "id": article.id,
        "url": url_for("admin.articles.edit", article_id=article.id),
        "version": now.version,
        "block_ids": [item for item, _ in now.text.blocks],
        "blocks": now.text.blocks,
        "fields": {name: _as_typed(now.fields[name]) for name in ("title", "slug")},
        "removed": list(splice.removed if splice else body.removed if body else ()),
    }


def _news(article: Article, version: int | None) -> dict[str, object]:
    """What was saved since a version, for a tab that has nothing of its own to save."""
    session, draft = web.reader(), article.draft
    if version is None or version >= draft.version:
        return {"version": draft.version}
    known = find_version(session, draft, version)
    answer = _differences(snapshot_of(draft), known if known is not None and known.version == version else None)
    return answer | {"merged_with": list_savers(session, draft, since=version, but=web.myself().id)}


def _differences(now: Snapshot, known: Snapshot | None) -> dict[str, object]:
    """A version, and of its text and fields what is not known already."""
    answer: dict[str, object] = {"version": now.version}
    if known is None or now.text != known.text:
        answer["blocks"] = now.text.blocks
    fields = receiving.differing_fields(now, known) if known is not None else now.fields
    if known is None or now.text.format != known.text.format:
        fields = {**fields, "body_format": now.text.format}
    if fields:
        answer["fields"] = {name: _as_typed(value) for name, value in fields.items()}
    return answer


def _others(article: Article, tab: str) -> list[dict[str, object]]:
    me = web.myself().id
    found = presence.list_others(web.writer(), article, account_id=me, tab=tab)
    return [{"name": one.account.name, "seen": one.seconds, "you": one.account.id == me} for one in found]


def _as_typed(value: object) -> str:
    """A field's value as its control holds it; a box that is not ticked is empty."""
    if isinstance(value, list | tuple):
        return format_names(str(name) for name in value)
    return ("1" if value else "") if isinstance(value, bool) else str(value or "")
