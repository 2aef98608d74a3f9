"""Why somebody may do something or may not: the answer of ``may()`` in a sentence, with the cell that it comes from."""

from typing import NamedTuple

from app.accounts.models import ADMIN, Account
from app.accounts.permissions import EVERYBODY, OWN, Owned, judge, scope_in
from app.accounts.rights_words import WORDS, a_role


class Explanation(NamedTuple):
    """An answer, and the cell of the table that it comes from."""

    allowed: bool
    sentence: str
    scope: str
    origin: str
    """Where that cell comes from: the software, or this site."""


def explain(account: Account, action: str, *, subject: Owned | None = None, title: str = "") -> Explanation:
    """Why this person may do ``action`` (to ``subject``, which people know as ``title``), or may not."""
    verdict = judge(account, action, subject)
    role = account.role_held
    right = f"“{WORDS[action]}”"
    who = f"{account.name} is {a_role(role)}"
    sentences = {
        "inactive": f"No. {account.name} is deactivated, and so may do nothing at all.",
        "no": f"No. {who}, and this role has not got the right {right}.",
        "all": f"Yes. {who}, and this role has the right {right} without limits.",
        "some": f"It depends on whose it is. {who}, and this role has the right {right} {_limit(verdict.scope)}.",
        "own": f"Yes. {who}, who has the right {right} for what is their own, and “{title}” is.",
        "own-unpublished": f"Yes. {who}, who has the right {right} for their own articles until they are published:"
        f" “{title}” is theirs and never was.",
        "others": f"No. {who}, who has the right {right} {_limit(verdict.scope)}, and “{title}” is not theirs.",
        "published": f"No. {who}, who has the right {right} {_limit(verdict.scope)}: “{title}” is theirs,"
        " but was published already.",
    }
    return Explanation(verdict.allowed, sentences[verdict.reason], scope_in(role, action), _origin(account, action))


def _limit(scope: str) -> str:
    limits = {OWN: "for what is their own only"}
    return limits.get(scope, "for their own articles only, until they are published")


def _origin(account: Account, action: str) -> str:
    role = account.role_held
    if action in EVERYBODY:
        return "everybody has it, whatever their role"
    if role.name == ADMIN:
        return "fixed: an admin may do everything"
    if action in role.rights:
        return "set on this site"
    return "as it comes with the software" if role.is_builtin else "not set on this site, so no"
