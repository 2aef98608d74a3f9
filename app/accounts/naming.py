"""What people are called and where mail reaches them: the checks on a typed name or e-mail address. Pure."""

import re

from app.text import clean_line, is_blank

NAME_LENGTH = 300
EMAIL_LENGTH = 254
_LOCAL_LENGTH = 64
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+")


class NameBlank(Exception):
    """Please give a name: readers see it above the articles."""


class NameTooLong(Exception):
    """A name has at most 300 characters."""


class EmailInvalid(Exception):
    """This is not an e-mail address like alice@example.org."""


def check_name(typed: str) -> str:
    """The name as it is kept: one line, trimmed. Raises ``NameBlank`` or ``NameTooLong``."""
    name = clean_line(typed)
    if is_blank(name):
        raise NameBlank
    if len(name) > NAME_LENGTH:
        raise NameTooLong
    return name


def check_email(typed: str) -> str:
    """The e-mail address as it is kept: in lower case. Raises ``EmailInvalid``."""
    email = tidy_email(typed)
    local, at, domain = email.rpartition("@")
    if not at or len(email) > EMAIL_LENGTH or len(local) > _LOCAL_LENGTH or not _LOCAL.fullmatch(local):
        raise EmailInvalid
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or (len(labels) == 1 and domain != "localhost"):
        raise EmailInvalid
    return email


def tidy_email(typed: str) -> str:
    """A typed address as it would be stored, whether or not it is one: for looking people up."""
    return clean_line(typed).lower()
