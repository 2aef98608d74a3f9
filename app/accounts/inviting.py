"""Inviting: somebody is asked by mail to join, in a role, and makes their account when they accept.

An invitation lasts seven days and works once. Sending it again makes a new link, and the former useless.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Update, delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.accounts.joining import LinkUseless
from app.accounts.models import Account
from app.accounts.models_doors import Invitation
from app.accounts.naming import check_email, check_name
from app.accounts.reading import find_account_by_email
from app.accounts.registering import EmailTaken, register
from app.accounts.roles import get_role
from app.accounts.tokens import hash_token, make_token

LASTS = timedelta(days=7)


class InvitedAlready(Exception):
    """They are invited already: send that invitation again, or revoke it first."""


class InvitationUnknown(Exception):
    """There is no such invitation."""


class InvitationOver(Exception):
    """This invitation has been accepted or revoked."""


# Questions


def get_invitation(session: Session, invitation_id: int) -> Invitation:
    """The invitation with this number; raises ``InvitationUnknown``."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise InvitationUnknown
    return invitation


def list_invitations(session: Session) -> list[Invitation]:
    """Those that nobody has accepted and nobody has revoked, also where they have expired; the newest first."""
    open_ones = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    return list(session.scalars(select(Invitation).where(*open_ones).order_by(Invitation.id.desc())))


def find_invitation(session: Session, token: str) -> Invitation | None:
    """The invitation that can be accepted with this token now."""
    invitation = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
    return invitation if invitation is not None and is_open(invitation) else None


def is_open(invitation: Invitation) -> bool:
    """Whether it can be accepted now. One that was made by somebody who has been deactivated cannot."""
    by = invitation.invited_by
    return (
        invitation.accepted_at is None
        and invitation.revoked_at is None
        and invitation.expires_at > clock.now()
        and (by is None or by.is_active)
    )


# Changes


def invite(session: Session, *, email: str, role: str, by_id: int | None) -> tuple[Invitation, str]:
    """Invite somebody; ``by_id`` None: the command line. Returns the invitation and the token of its link.

    Raises ``EmailInvalid``, ``EmailTaken``, ``InvitedAlready``, ``RoleUnknown``.
    """
    kept = check_email(email)
    get_role(session, role)
    if find_account_by_email(session, kept) is not None:
        raise EmailTaken
    if any(invitation.email == kept and is_open(invitation) for invitation in list_invitations(session)):
        raise InvitedAlready
    session.execute(_revoking(Invitation.email == kept))  # what had expired
    token, now = make_token(), clock.now()
    invitation = Invitation(
        email=kept,
        role=role,
        token_hash=hash_token(token),
        invited_by_id=by_id,
        created_at=now,
        sent_at=now,
        expires_at=now + LASTS,
    )
    session.add(invitation)
    session.flush()
    return invitation, token


def renew(session: Session, invitation_id: int, *, by_id: int | None) -> tuple[Invitation, str]:
    """A new link for another seven days; from now on it is ``by_id`` who invites.

    Raises ``InvitationUnknown``, ``InvitationOver``, and ``EmailTaken`` where they have joined in another way.
    """
    invitation = _take_hold(session, invitation_id)
    if find_account_by_email(session, invitation.email) is not None:
        raise EmailTaken
    token, now = make_token(), clock.now()
    invitation.token_hash, invitation.sent_at, invitation.expires_at = hash_token(token), now, now + LASTS
    invitation.invited_by_id = by_id
    session.flush()
    return invitation, token


def revoke(session: Session, invitation_id: int) -> Invitation:
    """Make the link useless. Raises ``InvitationUnknown``, ``InvitationOver``."""
    invitation = _take_hold(session, invitation_id)
    invitation.revoked_at = clock.now()
    session.flush()
    return invitation


def accept(session: Session, *, token: str, name: str, password_hash: str | None) -> Account:
    """Make the account and use the invitation up. Without a password the caller adds a passkey in the same commit.

    Raises ``LinkUseless``, also for the second of two at the same moment; ``EmailTaken``; what ``naming`` has against
    the name.
    """
    kept = check_name(name)
    invitation = session.scalar(
        select(Invitation).where(Invitation.token_hash == hash_token(token)).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if invitation is None or not is_open(invitation):
        raise LinkUseless
    account = register(session, name=kept, email=invitation.email, role=invitation.role, password_hash=password_hash)
    invitation.accepted_at, invitation.account_id = clock.now(), account.id
    session.flush()
    return account


def revoke_all_by(session: Session, account_id: int) -> None:
    """Make the links useless that somebody gave who is going."""
    session.execute(_revoking(Invitation.invited_by_id == account_id))


def forget_invitations(session: Session, email: str) -> None:
    """Remove what is known of how this address was invited."""
    session.execute(delete(Invitation).where(Invitation.email == email))


def _revoking(condition: ColumnElement[bool]) -> Update:
    open_ones = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    return update(Invitation).where(condition, *open_ones).values(revoked_at=clock.now())


def _take_hold(session: Session, invitation_id: int) -> Invitation:
    invitation = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None:
        raise InvitationUnknown
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise InvitationOver
    return invitation
