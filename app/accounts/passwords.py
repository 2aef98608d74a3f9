"""Passwords: what is asked of one, how it is kept, how it is checked. Knows no database; each hash takes
tens of milliseconds, so handlers do it before they open their session for changes."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.common_passwords import is_common
from app.text import is_blank

SHORTEST, LONGEST = 12, 200
# OWASP's smallest memory for argon2id: many people signing in at once must not use up a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Checked where there is no password, so that an unknown address takes as long as a known one.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$Q8ofTYRt9oC7UbRWjBaDDA$8JeHPE47o0gBUgm8o6Ga3U8vPEfDZ55HrdcoiJbJd7A"


class PasswordWrong(Exception):
    """This is not your password."""


class PasswordUnfit(Exception):
    """This password cannot be taken. The message of each kind below says why."""


class PasswordTooShort(PasswordUnfit):
    """A password has at least 12 characters. A few words in a row are easy to remember."""


class PasswordTooLong(PasswordUnfit):
    """A password has at most 200 characters."""


class PasswordBlank(PasswordUnfit):
    """A password is more than spaces."""


class PasswordTooPlain(PasswordUnfit):
    """The same few characters again and again are quickly guessed."""


class PasswordCommon(PasswordUnfit):
    """This is among the first things somebody would try: a common password, or a word or two with a few digits."""


class PasswordIsName(PasswordUnfit):
    """Your name or e-mail address is the first thing somebody would try."""


def check_password(password: str, *, name: str, email: str, also: str = "") -> None:
    """Raise a ``PasswordUnfit`` if this may not be the password of the person with this name and address.

    ``also``: other words that are no secret here, like the site's name.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort
    if len(password) > LONGEST:
        raise PasswordTooLong
    if is_blank(password):
        raise PasswordBlank
    if len(set(password)) < 4:
        raise PasswordTooPlain
    local = email.partition("@")[0]
    if _plain(password) in {_plain(word) for word in (name, email, local, name * 2, local * 2, local + name)}:
        raise PasswordIsName
    if is_common(password, known=f"{name} {email} {also}"):
        raise PasswordCommon


def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with a salt and its parameters, as one string."""
    return _HASHER.hash(_octets(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash it is not, after the same work."""
    try:
        _HASHER.verify(password_hash or _NOBODY, _octets(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's: hash the password anew when it is next typed."""
    return _HASHER.check_needs_rehash(password_hash)


def _octets(password: str) -> bytes:
    # The same letters typed on another keyboard may be other code points: NFKC makes them one.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum() or character == "@")
