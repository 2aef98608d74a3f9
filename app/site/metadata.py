"""What an article page tells machines: schema.org's BlogPosting, as data for JSON-LD."""

from flask import url_for

from app import web
from app.articles.models import Article
from app.site.presenting import changed_later, full_address, language_of, machine_time


def blog_posting(article: Article) -> dict[str, object]:
    """Plain values only: the template's ``tojson`` writes them so that no text can end the script element."""
    url = web.absolute("site.articles.show", slug=article.slug)
    posting: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": url,
        "url": url,
        "mainEntityOfPage": article.canonical_url or url,
        "headline": article.title,
        "description": article.summary,
        "inLanguage": language_of(article),
        "wordCount": article.words,
        "author": [
            {
                "@type": "Person",
                "name": account.name,
                "url": web.address() + url_for("site.lists.author", slug=account.slug),
            }
            for account in article.authors
        ],
        "keywords": [tag.name for tag in article.tags],
        "publisher": {"@type": "Organization", "name": web.settings().name, "url": web.absolute("site.lists.home")},
    }
    if article.published_at:
        posting["datePublished"] = machine_time(article.published_at)
    if changed := changed_later(article) or article.published_at:
        posting["dateModified"] = machine_time(changed)
    if article.cover_url:
        posting["image"] = full_address(article.cover_url)
    return posting
