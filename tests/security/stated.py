"""What each role may, stated by hand: the tests compare the application with this, and never ask ``may()``.

A new right has its line here, beside the one in ``permissions.RIGHTS``: what is stated twice is not wrong in silence.
"""

ALL, OWN, DRAFTS, NO = "all", "own", "own unpublished", "no"

# What "Nothing" and "Most" may is written into the rows of two own roles: no right at all, and all but an admin's.
ROLES = ("admin", "editor", "author", "nothing", "most")
STATED = {
    "article.list":        (ALL, ALL, OWN, NO, ALL),
    "article.create":      (ALL, ALL, ALL, NO, ALL),
    "article.see":         (ALL, ALL, OWN, NO, ALL),
    "article.edit":        (ALL, ALL, OWN, NO, ALL),
    "article.assign":      (ALL, ALL, NO, NO, ALL),
    "article.publish":     (ALL, ALL, NO, NO, ALL),
    "article.withdraw":    (ALL, ALL, NO, NO, ALL),
    "article.trash":       (ALL, ALL, DRAFTS, NO, ALL),
    "article.restore":     (ALL, ALL, DRAFTS, NO, ALL),
    "article.delete":      (ALL, ALL, NO, NO, ALL),
    "article.duplicate":   (ALL, ALL, OWN, NO, ALL),
    "statistics.see":      (ALL, ALL, OWN, NO, ALL),
    "statistics.correct":  (ALL, ALL, NO, NO, ALL),
    "media.see":           (ALL, ALL, ALL, NO, ALL),
    "media.add":           (ALL, ALL, ALL, NO, ALL),
    "media.edit":          (ALL, ALL, OWN, NO, ALL),
    "media.delete":        (ALL, ALL, OWN, NO, ALL),
    "tag.manage":          (ALL, ALL, NO, NO, ALL),
    "people.list":         (ALL, NO, NO, NO, NO),
    "people.add":          (ALL, NO, NO, NO, NO),
    "people.link":         (ALL, NO, NO, NO, NO),
    "people.change_role":  (ALL, NO, NO, NO, NO),
    "people.deactivate":   (ALL, NO, NO, NO, NO),
    "people.delete":       (ALL, NO, NO, NO, NO),
    "mail.manage":         (ALL, NO, NO, NO, NO),
    "role.see":            (ALL, NO, NO, NO, NO),
    "role.manage":         (ALL, NO, NO, NO, NO),
    "settings.edit":       (ALL, NO, NO, NO, NO),
    "audit.see":           (ALL, NO, NO, NO, NO),
    "audit.erase":         (ALL, NO, NO, NO, NO),
    "profile.edit":        (ALL, ALL, ALL, ALL, ALL),
}  # fmt: skip

# Rights over something that belongs to somebody, and the value in an address that says what it is.
OWNED_BY = {"article": "article_id", "media": "media_id"}
NOT_ASKED_OF_ONE = {"media.see", "media.add", "article.list", "article.create"}
"""These are about the whole list."""


def is_let_in(role: str, action: str, *, owns: bool | None, was_published: bool = False) -> bool:
    """Whether a door opens; ``owns`` is None where the address names nothing that could be somebody's."""
    scope = STATED[action][ROLES.index(role)]
    if scope in (ALL, NO) or owns is None:
        return scope != NO
    return owns and (scope == OWN or not was_published)
