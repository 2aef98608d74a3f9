"""A person's details go, the rows and the chain stay; nothing can pretend to have been erased."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.erasing import erase_person
from app.audit.models import AuditEntry
from app.audit.recording import record
from app.audit.verifying import verify
from tests.audit.conftest import Sql


def rows(session: Session) -> list[AuditEntry]:
    session.expire_all()
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def test_who_they_were_goes_and_what_was_done_stays(five: Session) -> None:
    record(five, "role.change", actor_id=1, actor="Person 1", subject_kind="person", subject_id=3, subject="Person 3",
           details={"role": "editor"})  # fmt: skip
    five.commit()
    assert erase_person(five, 3, actor_id=1, actor="Person 1") == 2
    five.commit()
    third, sixth, last = rows(five)[2], rows(five)[5], rows(five)[6]
    assert (third.actor, third.network, third.actor_salt) == ("", "", "")
    assert (third.actor_id, third.subject, third.action) == (3, "Article 3", "article.publish")
    assert third.details is not None
    assert (sixth.actor, sixth.subject, sixth.details, sixth.salt) == ("Person 1", "", None, "")
    assert (last.action, last.subject_id, last.actor, last.details) == ("audit.erase", 3, "Person 1", {"rows": 2})
    verdict = verify(five)
    assert (verdict.holds, verdict.rows, verdict.erased) == (True, 7, 2)


def test_erasing_again_takes_what_came_since(five: Session) -> None:
    erase_person(five, 3)
    five.commit()
    record(five, "article.publish", actor_id=3, actor="Person 3")
    five.commit()
    assert erase_person(five, 3) == 1
    five.commit()
    assert verify(five).holds
    assert "Person 3" not in str([vars(row) for row in rows(five)])


def test_what_was_emptied_by_hand_is_found(five: Session, forge: Sql) -> None:
    for change in (
        "actor = '', actor_salt = '', network = '', actor_erased_at = at WHERE number = 2",
        "subject = '', salt = '', details = NULL, erased_at = at WHERE number = 4",
    ):
        forge(f"UPDATE audit SET {change}")
    assert sorted(fault.number for fault in verify(five).faults) == [2, 4]


def test_also_where_that_person_was_erased_before(five: Session, forge: Sql) -> None:
    erase_person(five, 3)
    record(five, "article.publish", actor_id=3, actor="Person 3")
    five.commit()
    forge("UPDATE audit SET actor = '', actor_salt = '', actor_erased_at = at WHERE number = 7")
    assert [fault.number for fault in verify(five).faults] == [7]
