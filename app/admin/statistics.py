"""Statistics: the site, an article, an author, a tag; what is popular now; the same as files.

Authors see the numbers of their own articles only.
"""

import json

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, csv_cells, web
from app.admin import editing, statistics_words
from app.admin import statistics_asked as asked
from app.admin.statistics_asked import Subject, load_byline
from app.admin.statistics_files import HEADER, as_json, list_lines
from app.admin.statistics_numbers import IN_FILES, gather, list_popular

bp = Blueprint("statistics", __name__, url_prefix="/admin/statistics")
FILE = "export.<any(csv, json):kind>"


@bp.get("")
@web.needs("statistics.see")
def site() -> ResponseReturnValue:
    """Everything that one may see the numbers of."""
    return _show(asked.of_site())


@bp.get("/articles/<int:article_id>")
@web.needs("statistics.see", editing.load)
def article(article_id: int) -> ResponseReturnValue:
    return _show(asked.of_article(editing.load(article_id)))


@bp.get("/authors/<int:account_id>")
@web.needs("statistics.see", load_byline)
def author(account_id: int) -> ResponseReturnValue:
    return _show(asked.of_author(account_id))


@bp.get("/tags/<int:tag_id>")
@web.needs("statistics.see")
def tag(tag_id: int) -> ResponseReturnValue:
    return _show(asked.of_tag(tag_id))


@bp.get(f"/{FILE}")
@web.needs("statistics.see")
def site_file(kind: str) -> ResponseReturnValue:
    return _file(asked.of_site(), kind)


@bp.get(f"/articles/<int:article_id>/{FILE}")
@web.needs("statistics.see", editing.load)
def article_file(article_id: int, kind: str) -> ResponseReturnValue:
    return _file(asked.of_article(editing.load(article_id)), kind)


@bp.get(f"/authors/<int:account_id>/{FILE}")
@web.needs("statistics.see", load_byline)
def author_file(account_id: int, kind: str) -> ResponseReturnValue:
    return _file(asked.of_author(account_id), kind)


@bp.get(f"/tags/<int:tag_id>/{FILE}")
@web.needs("statistics.see")
def tag_file(tag_id: int, kind: str) -> ResponseReturnValue:
    return _file(asked.of_tag(tag_id), kind)


@bp.get("/now.json")
@web.needs("statistics.see")
def now() -> ResponseReturnValue:
    """What is popular now, for the script that keeps the list fresh."""
    return {
        "articles": [
            {
                "title": line.title or f"Deleted article {line.article_id}",
                "address": url_for(".article", article_id=line.article_id) if line.title else "",
                "views": line.views,
                "views_in_words": statistics_words.views(line.views),
            }
            for line in list_popular(web.reader(), asked.of_site(), clock.now())
        ]
    }


def _show(subject: Subject) -> ResponseReturnValue:
    session, wanted = web.reader(), asked.read_period()
    page = render_template(
        "admin/statistics/show.html",
        subject=subject,
        asked=wanted,
        numbers=gather(session, subject, wanted.period),
        popular=list_popular(session, subject, clock.now()) if subject.kind == "site" else None,
        words=statistics_words.HELPERS,
        others=asked.list_others(subject.article) if subject.article else [],
    )
    return page, 422 if wanted.errors else 200


def _file(subject: Subject, kind: str) -> ResponseReturnValue:
    wanted = asked.read_period()
    if wanted.errors:
        return Response(" ".join(wanted.errors.values()) + "\n", 422, content_type="text/plain; charset=utf-8")
    numbers = gather(web.reader(), subject, wanted.period, limit=IN_FILES)
    name = f"statistics-{subject.kind}{subject.id or ''}-{wanted.period.name}.{kind}"
    if kind == "csv":
        answer = Response("".join(csv_cells.write_csv(HEADER, list_lines(numbers))), content_type=csv_cells.TYPE)
    else:
        answer = Response(json.dumps(as_json(numbers), ensure_ascii=False), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
