"""Roles are rows: made, changed, deleted, and never beyond what whoever does it holds."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.membership import LastAdmin, change_role
from app.accounts.models import Account, Role
from app.accounts.models_doors import Passkey
from app.accounts.permissions import ALL, NO, OWN, RIGHTS, may, scope_in, scope_of
from app.accounts.reading import has_admin
from app.accounts.signing_in import find_signed_in, open_session
from tests.accounts.conftest import person


def in_role(session: Session, name: str, label: str, **rights: str) -> Account:
    """Somebody in an own role that may what is given (an underscore for the dot)."""
    named = {action.replace("__", "."): scope for action, scope in rights.items()}
    role = roles.make_role(session, label=label, rights=named, by=None)
    return person(session, name, role.name)


def test_an_own_role_may_what_its_row_says_and_nothing_else(session: Session) -> None:
    dora = in_role(session, "Dora", "Guest writer", article__list=OWN, article__create=ALL)
    assert dora.role == "guest-writer"
    allowed = {action for action in RIGHTS if may(dora, action)}
    assert allowed == {"article.list", "article.create", "profile.edit"}
    assert scope_of(dora, "article.list") == OWN


def test_a_right_that_came_after_the_role_is_not_in_it(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    dora = in_role(session, "Dora", "All of it", **{action.replace(".", "__"): ALL for action in RIGHTS})
    monkeypatch.setitem(RIGHTS, "weather.change", (ALL, ALL, ALL))
    assert not may(dora, "weather.change")
    assert may(person(session, "Edith", "editor"), "weather.change")


def test_a_row_of_the_three_holds_differences_only(session: Session) -> None:
    roles.change_rights(session, "author", rights={"article.publish": OWN, "article.edit": OWN}, by=None)
    assert roles.get_role(session, "author").rights == {"article.publish": OWN}
    roles.change_rights(session, "author", rights={"article.publish": NO}, by=None)
    assert roles.get_role(session, "author").rights == {}


def test_nonsense_in_a_row_opens_nothing(session: Session) -> None:
    dora = in_role(session, "Dora", "Guest")
    dora.role_held.rights = {"article.edit": "everything", "media.see": OWN, "no.such": ALL, "article.see": OWN}
    session.flush()
    assert {action for action in RIGHTS if may(dora, action)} == {"article.see", "profile.edit"}


@pytest.mark.parametrize("rights", [{"article.fly": ALL}, {"article.edit": "some"}, {"media.see": OWN}])
def test_rights_that_do_not_exist_are_refused(session: Session, rights: dict[str, str]) -> None:
    with pytest.raises(roles.RightUnknown):
        roles.change_rights(session, "author", rights=rights, by=None)
    with pytest.raises(roles.RightUnknown):
        roles.make_role(session, label="New", rights=rights, by=None)


def test_the_admin_s_row_is_fixed_whatever_is_written_into_it(session: Session) -> None:
    with pytest.raises(roles.RoleFixed):
        roles.change_rights(session, "admin", rights={"people.list": NO}, by=None)
    session.execute(text("UPDATE role SET rights = '{\"people.list\": \"no\"}' WHERE name = 'admin'"))
    assert may(person(session, "Ada", "admin"), "people.list")
    for name in ("admin", "editor", "author"):
        with pytest.raises(roles.RoleBuiltIn):
            roles.delete_role(session, name, into="author" if name == "editor" else "editor", by=None)


@pytest.mark.parametrize(
    ("label", "refusal"),
    [
        ("", roles.RoleNameless),
        (" \t", roles.RoleNameless),
        ("!!!", roles.RoleNameless),
        ("x" * 81, roles.RoleNameTooLong),
        ("EDITOR", roles.RoleNameTaken),
        ("Edi-tor", None),
        ("editor!", roles.RoleNameTaken),
        ("New", None),
    ],
)
def test_what_a_role_can_be_called(session: Session, label: str, refusal: type[Exception] | None) -> None:
    if refusal is None:
        assert roles.make_role(session, label=label, rights={}, by=None).name not in {"new", "editor"}
        return
    with pytest.raises(refusal):
        roles.make_role(session, label=label, rights={}, by=None)


# Nobody grants more than they hold


def manager(session: Session) -> Account:
    """Somebody who may change roles and people, and read statistics, but not publish."""
    return in_role(session, "Mallory", "Manager", role__see=ALL, role__manage=ALL, people__list=ALL, people__add=ALL,
                   people__link=ALL, people__change_role=ALL, people__deactivate=ALL, statistics__see=OWN)  # fmt: skip


def test_nobody_makes_a_role_that_may_more_than_they(session: Session) -> None:
    mallory = manager(session)
    for rights in ({"article.publish": OWN}, {"statistics.see": ALL}):
        with pytest.raises(roles.BeyondOwn):
            roles.make_role(session, label="Stronger", rights=rights, by=mallory)
    assert roles.make_role(session, label="Weaker", rights={"statistics.see": OWN}, by=mallory).name == "weaker"


def test_nobody_changes_a_role_to_or_from_what_they_may_not(session: Session) -> None:
    mallory = manager(session)
    with pytest.raises(roles.BeyondOwn):
        roles.change_rights(session, "manager", rights={"settings.edit": ALL}, by=mallory)
    with pytest.raises(roles.BeyondOwn):
        roles.change_rights(session, "author", rights={"article.edit": NO}, by=mallory)
    with pytest.raises(roles.BeyondOwn):
        roles.demand_second_factor(session, "admin", demanded=False, grace_days=0, by=mallory)
    roles.make_role(session, label="Weaker", rights={"people.list": ALL}, by=None)
    with pytest.raises(roles.BeyondOwn):
        roles.delete_role(session, "weaker", into="author", by=mallory)
    roles.change_rights(session, "manager", rights={"people.link": NO}, by=mallory)
    assert not may(mallory, "people.link")


def test_nobody_gives_a_role_that_may_more_than_they_nor_acts_upon_who_may(session: Session) -> None:
    mallory, ada, nobody = manager(session), person(session, "Ada", "admin"), in_role(session, "Nora", "Nobody")
    get = roles.get_role
    for action in ("people.add", "people.change_role", "role.manage"):
        given = {name: may(mallory, action, get(session, name)) for name in ("admin", "author", "manager", "nobody")}
        assert given == {"admin": False, "author": False, "manager": True, "nobody": True}
    for action in ("people.link", "people.deactivate", "people.change_role"):
        assert (may(mallory, action, ada), may(mallory, action, nobody), may(ada, action, mallory)) == (
            False, True, True)  # fmt: skip


# Deleting, and what giving a role does


def test_who_had_a_deleted_role_has_the_other_and_signs_in_anew(session: Session) -> None:
    dora = in_role(session, "Dora", "Guest", article__list=OWN)
    token = open_session(session, dora)
    assert [account.id for account in roles.delete_role(session, "guest", into="author", by=None)] == [dora.id]
    session.commit()
    assert (dora.role, find_signed_in(session, token), roles.find_role(session, "guest")) == ("author", None, None)
    with pytest.raises(roles.RoleUnknown):
        roles.delete_role(session, "guest", into="author", by=None)


def test_a_demanded_second_factor_is_due_after_the_grace(session: Session) -> None:
    bob = person(session, "Bob", "editor")
    roles.demand_second_factor(session, "editor", demanded=True, grace_days=3, by=None)
    session.expire_all()
    due = bob.second_factor_due_at
    assert due is not None
    roles.demand_second_factor(session, "editor", demanded=True, grace_days=3, by=None)
    session.expire_all()
    assert bob.second_factor_due_at == due, "saving the same again gives no more time"
    change_role(session, bob.id, role="author")
    assert bob.second_factor_due_at is None
    roles.demand_second_factor(session, "author", demanded=True, grace_days=0, by=None)
    assert person(session, "New", "author").second_factor_due_at is not None, "who comes later has their days as well"
    with pytest.raises(roles.GraceInvalid):
        roles.demand_second_factor(session, "editor", demanded=True, grace_days=91, by=None)


def test_looking_only_narrows(session: Session) -> None:
    charlie, bob = person(session, "Charlie", "author"), person(session, "Bob", "editor")
    everything = Role(name="admin", label="Admin", rights={})
    before = {action: scope_of(charlie, action) for action in RIGHTS}
    charlie.looks_as = everything
    assert {action: scope_of(charlie, action) for action in RIGHTS} == before
    bob.looks_as = roles.get_role(session, "author")
    assert {action: scope_of(bob, action) for action in RIGHTS} == {
        action: scope_in(roles.get_role(session, "author"), action) for action in RIGHTS
    }


def test_an_admin_with_a_passkey_and_no_password_is_an_admin(session: Session) -> None:
    ada = person(session, "Ada", "admin")
    ada.password_hash = None
    session.flush()
    assert not has_admin(session), "the one who cannot sign in"
    session.add(Passkey(account_id=ada.id, credential_id="x", public_key=b"x", name="Key"))
    session.flush()
    assert has_admin(session)
    with pytest.raises(LastAdmin):
        change_role(session, ada.id, role="editor")
