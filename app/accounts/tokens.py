"""Secrets that a person carries (cookies, links): long, random, and stored as a hash only."""

import hashlib
import secrets


def make_token() -> str:
    """A new secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What the database keeps of it: SHA-256 in hexadecimal; the token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
