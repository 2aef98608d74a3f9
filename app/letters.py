"""What people are told by mail: each letter goes into the outbox in the commit of what it tells of.

Links begin with the site's own address (``web.address``), never with what a request claims. What a visitor typed
stands in no letter.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from app import clock, mail, web
from app.accounts.addresses import BACK_LASTS
from app.accounts.addresses import LASTS as ADDRESS_LASTS
from app.accounts.models import Account
from app.accounts.models_doors import Invitation
from app.accounts.resetting import LASTS as RESET_LASTS


def invitation_link(token: str) -> str:
    """Where an invitation is accepted."""
    return f"{web.address()}/invitation/{token}"


def is_mailed() -> bool:
    """Whether a mail server is configured; else links are shown to whoever makes them."""
    return bool(web.config().mail_url)


def post_invitation(session: Session, invitation: Invitation, *, token: str, by: str) -> None:
    """Invite somebody by mail; a former letter that has not gone out does not go out. ``by``: who invites."""
    mail.call_back(session, kind="invitation", recipient=invitation.email)
    site = web.settings().name
    asked = f"{by} invites you" if by else "You are invited"
    _post(
        session,
        "invitation",
        invitation.email,
        f"Your invitation to {site}",
        f"Hello,\n\n{asked} to write for {site} ({web.address()}).\n\n"
        f"Follow this link to choose a name and how you sign in. It works once, within seven days:\n\n"
        f"{invitation_link(token)}\n\n"
        "If you did not expect this, you need not do anything.",
        lasts=invitation.expires_at - clock.now(),
    )


def take_back_invitation(session: Session, invitation: Invitation) -> None:
    """Do not send a letter any more whose link is useless."""
    mail.call_back(session, kind="invitation", recipient=invitation.email)


def post_welcome(session: Session, account: Account, *, token: str, lasts: timedelta) -> None:
    """Send somebody who has an account the link by which they choose a password."""
    mail.call_back(session, kind="welcome", recipient=account.email or "")
    _post(
        session,
        "welcome",
        account.email or "",
        f"Your account at {web.settings().name}",
        f"Hello {account.name},\n\nwith this link you choose a password for {web.settings().name} ({web.address()}). "
        f"It works once, within seven days:\n\n{web.address()}/welcome/{token}\n\n"
        f"From then on you sign in with {account.email}.",
        lasts=lasts,
    )


def post_reset(session: Session, account: Account, *, token: str) -> None:
    """Send the link by which somebody chooses another password."""
    mail.call_back(session, kind="reset", recipient=account.email or "")
    _post(
        session,
        "reset",
        account.email or "",
        f"Choose a new password for {web.settings().name}",
        f"Hello {account.name},\n\nsomebody, we hope you, asked for a new password for {web.settings().name} "
        f"({web.address()}).\n\nChoose one with this link. It works once, within an hour:\n\n"
        f"{web.address()}/reset/{token}\n\n"
        "If it was not you, you need not do anything: your password stays as it is, and nobody can use the link "
        "without reading your mail.",
        lasts=RESET_LASTS,
    )


def post_password_changed(session: Session, account: Account) -> None:
    """Tell somebody that their password was changed."""
    if account.email is None:
        return
    _post(
        session,
        "password-changed",
        account.email,
        f"Your password for {web.settings().name} was changed",
        f"Hello {account.name},\n\nyour password for {web.settings().name} ({web.address()}) was just changed, and all "
        "other browsers were signed out.\n\nIf it was not you, choose another one at once at\n\n"
        f"{web.address()}/login/forgotten\n\nand tell an admin of the site.",
    )


def post_rescued(session: Session, account: Account, *, made: bool) -> None:
    """Tell somebody that a rescue link was made for them, or (not ``made``) that it was used."""
    if account.email is None:
        return
    site = f"{web.settings().name} ({web.address()})"
    what = (
        "whoever runs the server has made a link that lets you in without your password and your second step. It "
        "works for an hour."
        if made
        else "somebody, we hope you, has just come in by the link that whoever runs the server made. Your passkeys, "
        "authenticator app and recovery codes were removed, and all browsers were signed out."
    )
    _post(
        session,
        "rescue",
        account.email,
        "A way back into your account was made" if made else "You are back in your account",
        f"Hello {account.name},\n\nat {site}, {what}\n\nIf you did not ask for it, tell an admin at once.",
    )


def post_address_asked(session: Session, *, email: str, token: str | None) -> None:
    """Ask the new address to confirm; where it is somebody's already (no token), tell them."""
    site = f"{web.settings().name} ({web.address()})"
    if token is None:
        text = (
            f"Hello,\n\nsomebody at {site} wanted to use this address to sign in. It is the address of your own "
            "account already, so nothing was changed. You need not do anything."
        )
    else:
        text = (
            f"Hello,\n\nsomebody at {site}, we hope you, wants to sign in with this address from now on. Confirm it "
            f"with this link. It works once, within a day:\n\n{web.address()}/confirm-address/{token}\n\n"
            "If it was not you, you need not do anything."
        )
    mail.call_back(session, kind="address", recipient=email)
    _post(session, "address", email, f"Your address at {web.settings().name}", text, lasts=ADDRESS_LASTS)


def post_address_changed(session: Session, account: Account, *, former: str, way_back: str) -> None:
    """Tell the former address that it is none any more, and what to do if that was not them."""
    _post(
        session,
        "address-changed",
        former,
        f"Your address at {web.settings().name} was changed",
        f"Hello {account.name},\n\nyou do not sign in at {web.settings().name} ({web.address()}) with this address any "
        f"more, but with {account.email}.\n\nIf it was not you, follow this link within seven days. It gives your "
        f"account this address again, and signs out every browser:\n\n{web.address()}/confirm-address/{way_back}\n\n"
        "Then choose a new password, and tell an admin of the site.",
        lasts=BACK_LASTS,
    )


def _post(
    session: Session, kind: str, recipient: str, subject: str, text: str, *, lasts: timedelta | None = None
) -> None:
    expires_at = clock.now() + lasts if lasts is not None else None
    mail.post(session, kind=kind, recipient=recipient, subject=subject, text=text, expires_at=expires_at)
