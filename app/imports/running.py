"""Carrying out what was planned for a file. Each file stands or falls alone; the door commits."""

from dataclasses import dataclass, replace

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.accounts.naming import NameBlank
from app.articles import addresses, publishing, writing
from app.articles.models import Article
from app.articles.reading import get_article
from app.articles.tagging import TagTooLong
from app.imports.markdown import Post
from app.imports.models import ImportedFile
from app.imports.planning import Outcome, Plan
from app.pageviews.writing import set_starting

# What a room may refuse although the plan was sound: somebody else was quicker, or the file says nonsense.
_REFUSALS = (
    addresses.SlugTaken,
    writing.TitleBlank,
    writing.AuthorsBlank,
    writing.FieldTooLong,
    publishing.WithdrawalTooEarly,
    NameBlank,
    TagTooLong,
    IntegrityError,
    DataError,
)


@dataclass(frozen=True)
class Result:
    """The line of one file in the report."""

    path: str
    outcome: Outcome
    slug: str = ""
    target: str | None = None
    is_draft: bool = False
    reason: str = ""
    notes: tuple[str, ...] = ()


def report(plan: Plan) -> Result:
    """What the report says if the plan is carried out."""
    post = plan.file.post
    return Result(
        plan.file.path,
        plan.outcome,
        plan.slug,
        plan.target,
        post is not None and post.is_draft,
        plan.reason,
        plan.notes,
    )


def carry_out(session: Session, plan: Plan) -> Result:
    """Do what was planned for a file; flushes. What cannot be done leaves nothing behind and is in the result."""
    result = report(plan)
    if plan.outcome is Outcome.UNCHANGED or (plan.outcome is Outcome.SKIPPED and not plan.is_edited_here):
        return result
    try:
        # Autoflush would write an article in a dozen steps; the verbs flush where they need it.
        with session.begin_nested(), session.no_autoflush:
            article_id = _apply(session, plan)
            _remember(session, plan, article_id)
            session.flush()
    except _REFUSALS as refusal:
        said = type(refusal).__doc__ or str(refusal)
        return replace(result, outcome=Outcome.SKIPPED, reason=said.strip().splitlines()[0], notes=())
    return result


def _remember(session: Session, plan: Plan, article_id: int | None) -> None:
    memory = session.get(ImportedFile, plan.file.path) if plan.file.is_known else None
    if memory is None:
        memory = ImportedFile(path=plan.file.path)
        session.add(memory)
    memory.digest, memory.article_id, memory.imported_at = plan.file.digest, article_id, clock.now()


def _apply(session: Session, plan: Plan) -> int | None:
    post = plan.file.post
    assert post is not None
    if plan.target is not None:
        addresses.add_redirects(session, plan.addresses, target=plan.target)
        return None
    if plan.article_id is None:
        article = _create(session, plan, post)
    else:
        article = get_article(session, plan.article_id)
        if plan.is_edited_here:
            _keep_incoming(session, plan, post, article)
            return article.id
        _update(session, plan, post, article)
    addresses.add_redirects(session, plan.addresses, article_id=article.id)
    if post.views is not None:
        set_starting(session, article.id, views=post.views)
    return article.id


def _content(plan: Plan, post: Post) -> writing.Content:
    return writing.Content(
        title=post.title,
        body=plan.file.body,
        excerpt=post.excerpt,
        slug=plan.slug,
        tags=list(post.tags),
        authors=list(post.authors) or None,
        language=post.language,
        cover_url=post.cover_url,
        cover_alt=post.cover_alt,
        canonical_url=post.canonical_url,
        is_featured=post.is_featured,
    )


def _create(session: Session, plan: Plan, post: Post) -> Article:
    article = writing.create(session, _content(plan, post), by_id=None, reason="imported")
    article.source_path = plan.file.path
    if not post.is_draft:
        _publish(session, plan, post, article, is_new=True)
    return article


def _update(session: Session, plan: Plan, post: Post, article: Article) -> None:
    """Bring a changed file to its article. What was taken off here stays off; what was live shows the new text."""
    was_live_as_saved = article.live_version == article.draft.version
    content = replace(_content(plan, post), slug=None)
    writing.save(session, article, content, by_id=None, based_on=plan.based_on, reason="imported")
    status = article.status(clock.now())
    if post.is_draft or status == "withdrawn":
        return
    if status == "draft" or was_live_as_saved:
        _publish(session, plan, post, article)


def _publish(session: Session, plan: Plan, post: Post, article: Article, *, is_new: bool = False) -> None:
    rendered = plan.file.rendered
    ready = publishing.RenderedDraft(article.draft.version, rendered) if rendered is not None else None
    at = post.published_at
    if article.published_at is not None:
        # Published before: its date stays, also one that was changed here; without one, due means now.
        at = article.published_at if article.published_at > clock.now() else None
    withdraw_at = post.withdraw_at if post.withdraw_at is not None else publishing.KEEP
    publishing.publish(session, article, by_id=None, at=at, withdraw_at=withdraw_at, rendered=ready, is_new=is_new)
    if post.updated_at is not None and post.published_at is not None:
        article.updated_at = max(post.updated_at, post.published_at)


def _keep_incoming(session: Session, plan: Plan, post: Post, article: Article) -> None:
    """Somebody has edited the article since: put the file's text into its history, where it can be compared."""
    content = replace(_content(plan, post), slug=None)
    try:
        writing.save(session, article, content, by_id=None, based_on=plan.based_on or 0, reason="imported")
    except writing.SaveConflict:
        return
