"""What each right is called, for people: on the screen of roles, in answers to "why", in the documentation."""

from typing import NamedTuple

from app.accounts.models import Role
from app.accounts.permissions import ALL, NO, OWN, OWN_UNPUBLISHED

WORDS = {
    "article.list": "See the list of articles",
    "article.create": "Write a new article",
    "article.see": "Open and preview an article",
    "article.edit": "Edit an article",
    "article.assign": "Say who an article is by",
    "article.publish": "Publish",
    "article.withdraw": "Withdraw",
    "article.trash": "Move to the trash",
    "article.restore": "Restore from the trash",
    "article.delete": "Delete for good",
    "article.duplicate": "Duplicate",
    "statistics.see": "See statistics",
    "statistics.correct": "Take views out of the count, and put them back",
    "media.see": "See the library of pictures and files",
    "media.add": "Upload files",
    "media.edit": "Describe and replace a file",
    "media.delete": "Delete a file that is not in use",
    "tag.manage": "Rename, merge and delete tags",
    "people.list": "See who there is",
    "people.add": "Invite and add people",
    "people.link": "Give people a new link",
    "people.change_role": "Change a role",
    "people.deactivate": "Deactivate and reactivate",
    "people.delete": "Delete a person, and hand over what is theirs",
    "mail.manage": "See which mail failed, and send it again",
    "role.see": "See what each role may do, and look through its eyes",
    "role.manage": "Make, change and delete roles",
    "settings.edit": "Change the settings",
    "audit.see": "See and export the audit log",
    "audit.erase": "Erase a person's details from the audit log",
    "profile.edit": "Change the own name, biography, password",
}
SCOPES = {ALL: "all", OWN: "own", OWN_UNPUBLISHED: "own, until published", NO: "no"}
"""A scope in one word or two, as in a cell of the table."""

GROUPS = {
    "article": "Articles",
    "statistics": "Statistics",
    "media": "Pictures and files",
    "tag": "Tags",
    "people": "People",
    "mail": "People",
    "role": "Roles",
    "settings": "The site",
    "profile": "Oneself",
}
"""What the part of a right before the dot is about; any other stands under "The site"."""


class Group(NamedTuple):
    """Rights about one thing, as they stand together."""

    label: str
    actions: list[str]


def list_groups() -> list[Group]:
    """Every right, in groups, both in the order in which people read them."""
    groups = {label: Group(label, []) for label in GROUPS.values()}
    for action in WORDS:
        groups[GROUPS.get(action.partition(".")[0], GROUPS["settings"])].actions.append(action)
    return [group for group in groups.values() if group.actions]


def a_role(role: Role) -> str:
    """What somebody is, after "is": an admin; in the role “Guest writer”."""
    if not role.is_builtin:
        return f"in the role “{role.label}”"
    return f"{'an' if role.name[0] in 'ae' else 'a'} {role.name}"
