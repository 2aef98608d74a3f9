"""The operators' door: ``flask --app wsgi NOUN VERB``. Exit status 0; 1 for a refusal; 2 for wrong usage."""

from flask import Flask

from app.cli.articles import articles_group
from app.cli.audit import audit_group
from app.cli.db import db_group
from app.cli.imports import import_command
from app.cli.mail import mail_group
from app.cli.media import media_group
from app.cli.pageviews import pageviews_group
from app.cli.people import people_group
from app.cli.roles import roles_group


def furnish(app: Flask) -> None:
    """Register the commands."""
    articles_group.add_command(import_command)
    for group in (
        articles_group,
        audit_group,
        db_group,
        mail_group,
        media_group,
        pageviews_group,
        people_group,
        roles_group,
    ):
        app.cli.add_command(group)
