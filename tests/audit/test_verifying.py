"""A chain that was tampered with is found out: changed, removed, swapped, cut off, made anew."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit import chaining
from app.audit.models import AuditEntry
from app.audit.verifying import Head, HeadUnreadable, get_head, read_head, verify
from tests.audit.conftest import Sql


def numbers(session: Session, *known: Head) -> list[int]:
    """The rows at which something is wrong."""
    session.rollback()
    session.expire_all()
    return sorted({fault.number for fault in verify(session, known=known).faults})


def test_an_untouched_log_holds(five: Session) -> None:
    assert verify(five, known=[get_head(five)]).holds
    assert verify(five).rows == 5


def test_an_empty_log_holds(session: Session) -> None:
    assert verify(session).holds
    assert str(get_head(session)) == "0:-"


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'Somebody else'",
        "network = '198.51.100.0/24'",
        "subject = 'Something else'",
        'details = \'{"slug": {"before": "a", "after": "c"}}\'',
        "details = NULL",
        "actor = ''",
        "action = 'article.withdraw'",
        "actor_id = NULL",
        "subject_id = 99",
        "subject_kind = 'tag'",
        "at = '2020-01-01 00:00:00.000000'",
    ],
)
def test_a_changed_row_is_found(five: Session, forge: Sql, change: str) -> None:
    forge(f"UPDATE audit SET {change} WHERE number = 3")
    assert numbers(five) == [3]


def test_a_row_that_pretends_to_be_erased_must_keep_its_digest(five: Session, forge: Sql) -> None:
    forge("UPDATE audit SET digest = :other, erased_at = at, details = NULL WHERE number = 3", other="0" * 64)
    assert numbers(five) == [3]


@pytest.mark.parametrize("removed", [1, 3, 5])
def test_a_removed_row_is_found(five: Session, forge: Sql, removed: int) -> None:
    forge("DELETE FROM audit WHERE number = :number", number=removed)
    assert numbers(five) == [removed]


def test_a_removed_row_is_found_when_the_others_move_up(five: Session, forge: Sql) -> None:
    forge("DELETE FROM audit WHERE number = 3")
    for number in (4, 5):
        forge("UPDATE audit SET number = number - 1 WHERE number = :number", number=number)
    assert 3 in numbers(five)


def test_swapped_rows_are_found(five: Session, forge: Sql) -> None:
    for former, now in ((2, 99), (4, 2), (99, 4)):
        forge("UPDATE audit SET number = :now WHERE number = :former", former=former, now=now)
    assert {2, 4} <= set(numbers(five))


def test_a_cut_off_end_is_found_by_the_head_beside_it(five: Session, forge: Sql) -> None:
    forge("DELETE FROM audit WHERE number > 3")
    assert numbers(five) == [4]


def test_and_by_the_logged_head_where_that_one_was_set_back_too(five: Session, forge: Sql) -> None:
    known = get_head(five)
    chain = five.get_one(AuditEntry, 3).chain
    five.rollback()
    forge("DELETE FROM audit WHERE number > 3")
    forge("UPDATE audit_head SET number = 3, chain = :chain", chain=chain)
    assert numbers(five) == []
    assert numbers(five, known) == [5]


def test_a_chain_made_anew_is_found_by_the_logged_head(five: Session, forge: Sql) -> None:
    known = get_head(five)
    five.rollback()
    forge("UPDATE audit SET subject = 'Something else' WHERE number = 3")
    five.rollback()
    before = five.get_one(AuditEntry, 2).chain
    five.rollback()
    for number in (3, 4, 5):
        five.expire_all()
        entry = five.get_one(AuditEntry, number)
        digest = chaining.digest_of(entry)
        five.rollback()
        forge("UPDATE audit SET digest = :digest WHERE number = :number", digest=digest, number=number)
        five.rollback()
        five.expire_all()
        before = chaining.chain_of(five.get_one(AuditEntry, number), before=before)
        five.rollback()
        forge("UPDATE audit SET chain = :chain WHERE number = :number", chain=before, number=number)
    forge("UPDATE audit_head SET chain = :chain", chain=before)
    assert numbers(five) == []
    assert numbers(five, known) == [5]


def test_a_head_that_does_not_belong_to_the_end_is_found(five: Session, forge: Sql) -> None:
    forge("UPDATE audit_head SET chain = :chain", chain="0" * 64)
    assert numbers(five) == [5]


def test_a_log_of_many_rows_is_read_in_parts(five: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.audit.verifying.BATCH", 2)
    assert verify(five).rows == 5


def test_a_head_is_written_as_it_is_read(five: Session) -> None:
    head = get_head(five)
    assert read_head(f" {head}\n") == head
    for odd in ("", "5", "5:", f"x:{head.chain}", f"-5:{head.chain}", f"5:{head.chain}0", f"5:{head.chain.upper()}"):
        with pytest.raises(HeadUnreadable):
            read_head(odd)


def test_the_guard_stands_again_after_the_hand_of_these_tests(five: Session, forge: Sql) -> None:
    forge("UPDATE audit SET subject = subject")
    with pytest.raises(Exception, match="append-only"):
        five.execute(text("DELETE FROM audit"))
