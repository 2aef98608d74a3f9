"""Invitations: asking somebody to join, by mail, and the page on which they do."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import letters, web
from app import login as our_login
from app.accounts import inviting
from app.accounts.joining import LinkUseless
from app.accounts.models import Account, Role
from app.accounts.models_doors import Invitation
from app.accounts.passwords import hash_password
from app.accounts.registering import EmailTaken
from app.accounts.roles import get_role
from app.admin.fields import check_new_password, email_field, name_field, new_password_field, role_field
from app.admin.passkey_asking import find_site
from app.audit.recording import record

bp = Blueprint("invitations", __name__)


class InviteForm(web.Form):
    read_only = frozenset({"id", "name", "token", "expires_at"})

    email = email_field()
    role = role_field("people.add")


class AcceptForm(web.Form):
    read_only = frozenset({"id", "email", "role", "slug", "is_admin"})

    name = name_field("Your name")
    password = new_password_field("A password")

    def __init__(self, email: str, *, is_empty: bool = False) -> None:
        super().__init__(**({"formdata": None} if is_empty else {}))
        self.address = email

    def validate_password(self, field: Any) -> None:
        check_new_password(field, name=self.name.data or "", email=self.address)


def role_of(invitation_id: int) -> Role:
    """What the policy is about: nobody invites to a role that may more than they."""
    try:
        return get_role(web.reader(), inviting.get_invitation(web.reader(), invitation_id).role)
    except inviting.InvitationUnknown:
        abort(404)


# For whoever invites


@bp.get("/admin/people/invite")
@web.needs("people.add")
def new() -> str:
    # Nothing of the address is taken over: a link from elsewhere must not fill this form in.
    return _invite_page(InviteForm(formdata=None, data={"role": "author"}))


@bp.post("/admin/people/invite")
@web.needs("people.add", fresh=True)
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if not form.validate_on_submit():
        return _invite_page(form), form.refusal_status
    try:
        invitation, token = inviting.invite(
            web.writer(), email=form.email.data or "", role=form.role.data, by_id=web.myself().id
        )
    except (EmailTaken, inviting.InvitedAlready) as refusal:
        form.refuse(refusal, "email")
        return _invite_page(form), 422
    web.note("invitation.send", kind="invitation", id=invitation.id, name=invitation.email, role=invitation.role)
    return _send(invitation, token, done="invited")


@bp.post("/admin/people/invitations/<int:invitation_id>/again")
@web.needs("people.add", subject=role_of, fresh=True)
def again(invitation_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        invitation, token = inviting.renew(web.writer(), invitation_id, by_id=web.myself().id)
    except (inviting.InvitationUnknown, inviting.InvitationOver, EmailTaken) as refusal:
        return _list_with(refusal)
    web.note("invitation.send", kind="invitation", id=invitation.id, name=invitation.email, again=True)
    return _send(invitation, token, done="invited-again")


@bp.post("/admin/people/invitations/<int:invitation_id>/revoke")
@web.needs("people.add", subject=role_of)
def revoke(invitation_id: int) -> ResponseReturnValue:
    web.require_button()
    try:
        invitation = inviting.revoke(web.writer(), invitation_id)
    except (inviting.InvitationUnknown, inviting.InvitationOver) as refusal:
        return _list_with(refusal)
    letters.take_back_invitation(web.writer(), invitation)
    web.note("invitation.revoke", kind="invitation", id=invitation.id, name=invitation.email)
    web.writer().commit()
    return redirect(url_for("admin.people.index", done="invitation-revoked"), 303)


def _send(invitation: Invitation, token: str, *, done: str) -> ResponseReturnValue:
    """Post the letter and commit; without a mail server show the link, this once, as only its hash is kept."""
    letters.post_invitation(web.writer(), invitation, token=token, by=web.myself().name)
    email = invitation.email
    web.writer().commit()
    if letters.is_mailed():
        return redirect(url_for("admin.people.index", done=done), 303)
    return render_template("admin/invitations/link.html", link=letters.invitation_link(token), email=email)


def _invite_page(form: InviteForm) -> str:
    return render_template("admin/invitations/new.html", form=form, is_mailed=letters.is_mailed())


def _list_with(refusal: Exception) -> ResponseReturnValue:
    """Back to the list, which says what was refused: it shows how things are now."""
    web.tell(refused=web.sentence(refusal))
    return redirect(url_for("admin.people.index"), 303)


# For whoever is invited


@bp.get("/invitation/<token>")
@web.public
def open_invitation(token: str) -> ResponseReturnValue:
    invitation = inviting.find_invitation(web.reader(), token)
    if invitation is None:
        return guessed()
    return accept_page(invitation)


@bp.post("/invitation/<token>")
@web.public
def accept(token: str) -> ResponseReturnValue:
    invitation = inviting.find_invitation(web.reader(), token)
    if invitation is None:
        return guessed()
    form = AcceptForm(invitation.email)
    if not form.validate_on_submit():
        return accept_page(invitation, form=form), form.refusal_status
    password_hash = hash_password(form.password.data or "")
    try:
        account = inviting.accept(web.writer(), token=token, name=form.name.data or "", password_hash=password_hash)
    except (LinkUseless, EmailTaken):
        return over()
    come_in(account)
    # There they can add a passkey, and see whether a second step is asked of them.
    return redirect(url_for("admin.factors.show", done="joined"), 303)


def come_in(account: Account, *, means: str = "link") -> None:
    """Sign in somebody who has just joined, and commit that."""
    who: dict[str, Any] = {"actor_id": account.id, "actor": account.name, "network": web.network()}
    record(web.writer(), "person.join", **who, subject_kind="person", subject_id=account.id, subject=account.name)
    token = our_login.open_here(account, means=means)
    web.writer().commit()
    our_login.admit(token)


def accept_page(invitation: Invitation, *, form: AcceptForm | None = None, passkey_form: web.Form | None = None) -> str:
    """The page on which somebody joins, with a password or a passkey; one of the forms may have been refused."""
    return render_template(
        "admin/invitations/accept.html",
        form=form or passkey_form,
        password_form=form or AcceptForm(invitation.email, is_empty=True),
        invitation=invitation,
        role=get_role(web.reader(), invitation.role),
        link_token=request.view_args["token"] if request.view_args else "",
        site=find_site(),
    )


def guessed() -> ResponseReturnValue:
    """No invitation is open with this link: another try at the next, after too many of them a refusal (429)."""
    web.take_try("invitation")
    return over()


def over() -> tuple[str, int]:
    return render_template("admin/invitations/over.html"), 404
