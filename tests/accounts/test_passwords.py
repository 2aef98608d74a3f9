"""Passwords: what is refused, how they are kept."""

import time

import pytest

from app.accounts import passwords
from app.accounts.passwords import check_password, hash_password, is_outdated, verify

GOOD = "correct horse battery"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", passwords.PasswordTooShort),
        ("elevenchars", passwords.PasswordTooShort),
        ("x" * 201, passwords.PasswordTooLong),
        (" " * 20, passwords.PasswordBlank),
        ("ababababababab", passwords.PasswordTooPlain),
        ("Alice Springfield", passwords.PasswordIsName),
        ("alicespringfield", passwords.PasswordIsName),
        ("Alice.Spring@Example.org", passwords.PasswordIsName),
    ],
)
def test_an_unfit_password_is_refused(password: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        check_password(password, name="Alice Springfield", email="alice.spring@example.org")


@pytest.mark.parametrize("password", [GOOD, "пароль из слов", "🐎 🔋 ✂️ 📎 🐘 🦑 🎺", "twelve chars", "a b c d " * 25])
def test_a_long_password_in_any_script_is_taken_and_recognised(password: str) -> None:
    check_password(password, name="Alice", email="alice@example.org")
    kept = hash_password(password)
    assert verify(kept, password)
    assert not verify(kept, password + " ")
    assert kept.startswith("$argon2id$")
    assert password not in kept


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password(GOOD) != hash_password(GOOD)


def test_the_same_letters_typed_otherwise_are_the_same_password() -> None:
    assert verify(hash_password("Caf\u00e9 au lait, s'il"), "Cafe\u0301 au lait, s'il")


def test_nobodys_password_is_never_right_and_takes_as_long() -> None:
    kept = hash_password(GOOD)
    assert not verify(None, "nobody has this password")

    def quickest(password_hash: str | None) -> float:
        times = []
        for _ in range(5):
            start = time.thread_time()
            verify(password_hash, "some other password")
            times.append(time.thread_time() - start)
        return min(times)

    assert 0.5 < quickest(None) / quickest(kept) < 2
    assert not is_outdated(passwords._NOBODY), "the hash for nobody must cost what a real one costs"


def test_a_damaged_hash_is_no_way_in() -> None:
    assert not verify("", GOOD)
    assert not verify("plain", GOOD)


def test_a_lone_surrogate_or_nul_is_no_accident() -> None:
    assert not verify(hash_password("nul\x00 and \ud800 surrogate"), "nul and surrogate")


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "P@ssw0rd1234!", "qwertyuiop123", "1qaz2wsx3edc", "abcdefghijkl", "passwordpassword",
        "letmeinplease", "Liverpool1892", "december2024", "thisismypassword", "iloveyou2iloveyou2",
        "jennifer1990", "administrator", "123456789012345678", "password" * 25, "qwerty" * 30,
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused_however_long(password: str) -> None:
    with pytest.raises(passwords.PasswordCommon):
        check_password(password, name="Ada", email="ada@example.org")


@pytest.mark.parametrize("password", ["Springfield2026!", "alicespring2024", "spring.alice.99", "evening-gazette-1"])
def test_what_is_known_of_a_person_and_the_site_is_guessed_first(password: str) -> None:
    with pytest.raises(passwords.PasswordCommon):
        check_password(password, name="Alice Springfield", email="spring@example.org", also="The Evening Gazette")
    check_password("evening-gazette-1-" + GOOD, name="Alice Springfield", email="spring@example.org")


def test_what_one_person_is_called_is_no_secret_of_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list's own module keeps the words of the last person asked about."""
    with pytest.raises(passwords.PasswordCommon):
        check_password("Wolkenkuckuck", name="Wolkenkuckuck W", email="w@example.org")
    check_password("Wolkenkuckuck", name="Alice", email="alice@example.org")
