"""Passkeys: made, kept once they have worked, used, and refused for everything that is not as it was asked."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts import passkeys
from app.accounts.models import Account
from app.accounts.models_doors import Passkey
from app.accounts.passkeys import Asked, PasskeyRefused, PasskeyUnknown, PasskeyUnverified, Site
from tests.accounts.conftest import person
from tests.accounts.soft_passkey import SoftPasskey

SITE = Site("localhost", "http://localhost", "Typecase")


def ask() -> Asked:
    return passkeys.ask_to_make(SITE, handle="a-handle", email="ada@example.org", name="Ada")


def own(session: Session, account: Account, device: SoftPasskey) -> Passkey:
    """A passkey of this person, made and used once as in a browser."""
    account.handle = account.handle or passkeys.make_handle()
    asked = passkeys.ask_to_make(SITE, handle=account.handle, email="ada@example.org", name="Ada")
    new = passkeys.check_new(SITE, kept=asked.kept, **device.make_and_use(asked.options))
    return passkeys.keep(session, account.id, new=new, name="My phone")


def use(session: Session, device: SoftPasskey, site: Site = SITE, **wrong: Any) -> Passkey:
    """Use it as it is asked, or wrongly."""
    must_verify, account_id = wrong.pop("must_verify", True), wrong.pop("account_id", None)
    asked = passkeys.ask_to_use(site, must_verify=must_verify)
    answer = device.use(asked.options, **wrong)
    return passkeys.use(
        session, site, challenge=asked.kept["challenge"], used=answer, must_verify=must_verify, account_id=account_id
    )


def test_what_a_browser_is_asked_names_no_address_of_the_device_and_knows_what_is_there(
    session: Session, ada: Account
) -> None:
    made = own(session, ada, SoftPasskey())
    create = passkeys.ask_to_make(SITE, handle="h", email="ada@example.org", name="Ada", known=[made]).options["create"]
    assert create["rp"] == {"id": "localhost", "name": "Typecase"}
    assert create["authenticatorSelection"] == {
        "residentKey": "preferred", "requireResidentKey": False, "userVerification": "preferred",
    }  # fmt: skip
    assert create["attestation"] == "none"
    excluded = create["excludeCredentials"]
    assert excluded == [{"id": made.credential_id, "type": "public-key", "transports": ["internal", "hybrid"]}]


def test_it_is_kept_once_it_has_worked(session: Session, ada: Account) -> None:
    device = SoftPasskey()
    made = own(session, ada, device)
    assert passkeys.list_passkeys(session, ada.id) == [made]
    used = use(session, device)
    assert (used.id, used.account_id, used.sign_count) == (made.id, ada.id, 2)


def test_what_was_made_and_not_used_is_refused() -> None:
    device, asked = SoftPasskey(), ask()
    answers = device.make_and_use(asked.options)
    another = SoftPasskey()
    another.make(asked.options["create"])
    for used in ("", "{}", answers["made"], another.use(asked.options["get"])):
        with pytest.raises(PasskeyRefused):
            passkeys.check_new(SITE, kept=asked.kept, made=answers["made"], used=used)


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "http://localhost:8001"}, {"challenge": "bm90IGl0"}, {"type": "webauthn.get"}],
    ids=["origin", "challenge", "kind"],
)
def test_one_made_for_something_else_is_refused(wrong: dict[str, str]) -> None:
    device, asked = SoftPasskey(), ask()
    made = device.make(asked.options["create"], **wrong)
    with pytest.raises(PasskeyRefused):
        passkeys.check_new(SITE, kept=asked.kept, made=made, used=device.use(asked.options["get"]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost"},
        {"challenge": "bm90IGl0"},
        {"type": "webauthn.create"},
        {"handle": "c29tZWJvZHkgZWxzZQ"},
    ],
    ids=lambda wrong: "-".join(str(part) for part in next(iter(wrong.items()))),
)
def test_one_used_for_something_else_is_refused(session: Session, ada: Account, wrong: dict[str, str]) -> None:
    device = SoftPasskey()
    made = own(session, ada, device)
    before = made.sign_count
    with pytest.raises(PasskeyRefused):
        use(session, device, **wrong)
    assert made.sign_count == before
    assert use(session, device).id == made.id, "the device itself still works"


def test_one_for_another_host_is_refused(session: Session, ada: Account) -> None:
    device = SoftPasskey()
    own(session, ada, device)
    device.rp_id = "evil.example"
    with pytest.raises(PasskeyRefused):
        use(session, device)


def test_a_count_that_does_not_grow_is_a_copy(session: Session, ada: Account) -> None:
    device = SoftPasskey()
    own(session, ada, device)
    use(session, device, count=9)
    for count in (9, 8, 0):
        with pytest.raises(PasskeyRefused):
            use(session, device, count=count)
    assert use(session, device, count=10).sign_count == 10


def test_an_answer_is_not_taken_twice(session: Session, ada: Account) -> None:
    device = SoftPasskey()
    own(session, ada, device)
    first = passkeys.ask_to_use(SITE)
    answer = device.use(first.options)
    passkeys.use(session, SITE, challenge=first.kept["challenge"], used=answer, must_verify=True)
    for challenge in (first.kept["challenge"], passkeys.ask_to_use(SITE).kept["challenge"]):
        with pytest.raises(PasskeyRefused):
            passkeys.use(session, SITE, challenge=challenge, used=answer, must_verify=True)


def test_one_that_checks_nobody_is_a_second_step_only(session: Session, ada: Account) -> None:
    device = SoftPasskey(verifies=False)
    own(session, ada, device)
    with pytest.raises(PasskeyUnverified):
        use(session, device)
    assert use(session, device, must_verify=False, account_id=ada.id).account_id == ada.id


def test_somebody_elses_is_unknown(session: Session, ada: Account) -> None:
    ben = person(session, "Ben")
    device = SoftPasskey()
    own(session, ben, device)
    with pytest.raises(PasskeyUnknown):
        use(session, device, account_id=ada.id)
    with pytest.raises(PasskeyUnknown):
        use(session, SoftPasskey())


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "{", '{"id": 1}', '{"id": "x"}', '{"id": {"a": 1}, "response": []}', "[" * 5000, "x" * 30_000],
)
def test_what_is_no_answer_is_refused(session: Session, ada: Account, answer: str) -> None:
    asked = ask()
    with pytest.raises(PasskeyRefused):
        passkeys.use(session, SITE, challenge=asked.kept["proof"], used=answer, must_verify=True)
    with pytest.raises(PasskeyRefused):
        passkeys.check_new(SITE, kept=asked.kept, made=answer, used=answer)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("broken", ["", "!!", "AAAA", 7, None, ["x"]])
def test_a_broken_answer_is_refused(session: Session, ada: Account, part: str, broken: object) -> None:
    device = SoftPasskey()
    own(session, ada, device)
    asked = passkeys.ask_to_use(SITE)
    answer = json.loads(device.use(asked.options))
    answer["response"][part] = broken
    with pytest.raises(PasskeyRefused):
        passkeys.use(session, SITE, challenge=asked.kept["challenge"], used=json.dumps(answer), must_verify=True)


def test_one_passkey_is_registered_once(session: Session, ada: Account) -> None:
    device = SoftPasskey()
    own(session, ada, device)
    with pytest.raises(passkeys.PasskeyTaken):
        own(session, ada, device)
    assert len(passkeys.list_passkeys(session, ada.id)) == 1


def test_names(session: Session, ada: Account) -> None:
    made = own(session, ada, SoftPasskey())
    assert passkeys.rename(session, ada.id, passkey_id=made.id, name=" The\ngrey key ").name == "The grey key"
    for name in ("", " \u200b ", "x" * 101):
        with pytest.raises(passkeys.PasskeyNameUnfit):
            passkeys.rename(session, ada.id, passkey_id=made.id, name=name)
    ben = person(session, "Ben")
    for change in (
        lambda: passkeys.rename(session, ben.id, passkey_id=made.id, name="Mine"),
        lambda: passkeys.forget(session, ben.id, passkey_id=made.id),
    ):
        with pytest.raises(passkeys.PasskeyGone):
            change()
