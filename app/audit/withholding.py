"""What is never written into the audit log, and how long the rest may be. Pure."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.text import clean_block, clean_line, shorten

NEVER = frozenset({
    "authorization", "codes", "cookie", "csrf", "digest", "handle", "hash", "key", "keys", "link", "passphrase",
    "password", "salt", "secret", "signature", "token", "totp", "otp",
})  # fmt: skip
"""Words that a field's name has none of, or its value stays out: purge_secret, password_hash, csrf_token …"""
WITHHELD = "not recorded"
MOST_TEXT = 1000
MOST_ITEMS = 200
MOST_DEEP = 6
SUBJECT, ACTOR, NETWORK = 300, 300, 64


def one_line(text: str, length: int) -> str:
    """Text as a column of ``length`` characters keeps it."""
    return clean_line(text)[:length]


def fit(details: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Details as they are kept: plain JSON, without secrets, cut where they are long; None for none."""
    if not details:
        return None
    fitted = _fit(details, MOST_DEEP)
    kept: dict[str, Any] = json.loads(json.dumps(fitted))
    return kept


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What is another now: for each name that changed ``{"before": …, "after": …}``."""
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in [*before, *(name for name in after if name not in before)]
        if before.get(name) != after.get(name)
    }


def is_withheld(name: str) -> bool:
    """Whether what stands under this name stays out."""
    return not NEVER.isdisjoint(name.lower().replace("-", "_").split("_"))


def _fit(value: Any, deep: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {
            one_line(str(name), 100): WITHHELD if is_withheld(str(name)) else _fit(inner, deep - 1)
            for name, inner in list(value.items())[:MOST_ITEMS]
        } if deep else "…"  # fmt: skip
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        return [_fit(inner, deep - 1) for inner in items[:MOST_ITEMS]] if deep else "…"
    return shorten(clean_block(str(value)), MOST_TEXT)
