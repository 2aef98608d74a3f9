"""Sending what is in the outbox: to a real mail server, to one that refuses, is away, or comes back; and to files."""

import dataclasses
import os
import signal
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.config import ROOT, Config
from app.db import Database
from app.mail_courier import Courier
from app.settings import change_settings
from tests.conftest import Clock
from tests.sink import PASSWORD, USER, make_certificate, receiving

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


def post(session: Session, recipient: str = "ada@example.org", text: str = "A link: https://x/y\n") -> int:
    message = mail.post(session, kind="reset", recipient=recipient, subject="Grüße", text=text)
    number = message.id
    session.commit()
    return number


def courier(database: Database, config: Config, url: str) -> Courier:
    return Courier(database, dataclasses.replace(config, mail_url=url))


def row(database: Database, message_id: int) -> mail.Message:
    with database.reader() as session:
        return mail.get_message(session, message_id)


def test_a_message_goes_out_once_and_its_text_is_forgotten(
    session: Session, database: Database, config: Config
) -> None:
    change_settings(session, name='The "Ada" Post: <news>', mail_sender="post@example.org")
    number = post(session, text="Hello Ada,\n\nÄ link: https://example.org/" + "x" * 2000 + "\n")
    with receiving() as sink:
        sender = courier(database, config, f"smtp://127.0.0.1:{sink.port}")
        assert sender.deliver()
        assert not sender.deliver()
    (letter,) = sink.letters
    assert (letter.sender, letter.recipients) == ("post@example.org", ["ada@example.org"])
    assert letter.mail["Subject"] == "Grüße"
    assert letter.mail["To"] == "ada@example.org"
    assert letter.mail["From"].addresses[0].addr_spec == "post@example.org"
    assert letter.mail["From"].addresses[0].display_name == "The Ada Post: <news>"
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    assert letter.text == "Hello Ada,\n\nÄ link: https://example.org/" + "x" * 2000 + "\n"
    kept = row(database, number)
    assert (kept.state, kept.text, kept.attempts) == ("sent", "", 1)


def test_without_a_server_it_becomes_a_file_for_the_server_s_own_user(
    session: Session, database: Database, config: Config
) -> None:
    number = post(session)
    assert courier(database, config, "").deliver()
    (path,) = config.outbox_dir.iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert config.outbox_dir.stat().st_mode & 0o777 == 0o700
    written = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert "https://x/y" in written.get_content()
    assert row(database, number).state == "sent"


def test_starttls_is_used_where_it_is_offered_and_the_password_given_over_it(
    session: Session, database: Database, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path / "sink.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    post(session)
    with receiving(certificate=certificate, asks_password=True) as sink:
        assert courier(database, config, f"smtp://{LOGIN}@localhost:{sink.port}").deliver()
    (letter,) = sink.letters
    assert (letter.over_tls, letter.user, letter.sender) == (True, USER, USER)


def test_smtps_begins_with_tls(
    session: Session, database: Database, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path / "sink.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    post(session)
    with receiving(certificate=certificate, tls_at_once=True) as sink:
        assert courier(database, config, f"smtps://localhost:{sink.port}").deliver()
    assert len(sink.letters) == 1


def test_a_password_is_not_given_to_a_server_with_a_certificate_that_nobody_knows(
    session: Session, database: Database, config: Config, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path / "sink.pem")
    number = post(session)
    with receiving(certificate=certificate, asks_password=True) as sink:
        courier(database, config, f"smtp://{LOGIN}@localhost:{sink.port}").deliver()
        assert sink.letters == []
        assert "certificate is not valid" in row(database, number).problem
        # Without a password to lose, some encryption is better than none.
        second = post(session)
    with receiving(certificate=certificate) as sink:
        sender = courier(database, config, f"smtp://localhost:{sink.port}")
        assert sender.deliver()
        assert [letter.over_tls for letter in sink.letters] == [True]
        assert row(database, second).state == "sent"


def test_a_wrong_password_is_said_to_admins_without_the_password(
    session: Session, database: Database, config: Config
) -> None:
    number = post(session)
    with receiving(asks_password=True) as sink:
        courier(database, config, f"smtp://{quote(USER)}:wrong-secret@127.0.0.1:{sink.port}").deliver()
    kept = row(database, number)
    assert kept.state == "failing"
    assert "user and password" in kept.problem and "wrong-secret" not in kept.problem


def test_a_refused_address_is_given_up_and_can_be_sent_again(
    session: Session, database: Database, config: Config
) -> None:
    number = post(session)
    with receiving() as sink:
        sender = courier(database, config, f"smtp://127.0.0.1:{sink.port}")
        sink.refuses_recipients = "550 no such\tmailbox"
        assert sender.deliver()
        assert not sender.deliver()
        kept = row(database, number)
        assert (kept.state, kept.problem) == ("given-up", "The mail server refuses the address: 550 no such mailbox")
        assert kept.text
        sink.refuses_recipients = ""
        mail.send_again(session, number)
        session.commit()
        assert sender.deliver()
        assert len(sink.letters) == 1
        with pytest.raises(mail.MessageGone):
            mail.send_again(session, number)


def test_what_is_refused_for_now_is_tried_again(
    session: Session, database: Database, config: Config, the_clock: Clock
) -> None:
    the_clock.set(START)
    number = post(session)
    with receiving() as sink:
        sender = courier(database, config, f"smtp://127.0.0.1:{sink.port}")
        sink.refuses_recipients = "451 greylisted, come back"
        assert sender.deliver()
        assert row(database, number).state == "failing"
        the_clock.set(START + timedelta(minutes=1))
        sink.refuses_recipients = ""
        sink.refuses_data = "452 disk full"
        assert sender.deliver()
        assert "452 disk full" in row(database, number).problem
        sink.refuses_data = ""
        the_clock.set(START + timedelta(minutes=3))
        assert sender.deliver()
        assert len(sink.letters) == 1


def test_a_server_that_is_away_and_comes_back(
    session: Session, database: Database, config: Config, the_clock: Clock
) -> None:
    with receiving() as sink:
        port = sink.port
    the_clock.set(START)
    number = post(session)
    sender = courier(database, config, f"smtp://127.0.0.1:{port}")
    pauses, now = [], START
    for _ in range(9):
        assert sender.deliver()
        assert not sender.deliver(), "not before the pause is over"
        due = row(database, number).due_at
        pauses.append((due - now) / timedelta(minutes=1))
        now = due
        the_clock.set(now)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert row(database, number).problem == f"Nothing answers at 127.0.0.1:{port}."
    with receiving(port=port) as sink:
        assert sender.deliver()
        assert len(sink.letters) == 1
    assert row(database, number).state == "sent"


def test_after_four_days_it_is_given_up(session: Session, database: Database, config: Config, the_clock: Clock) -> None:
    the_clock.set(START)
    number = post(session)
    with receiving() as sink:
        port = sink.port
    sender = courier(database, config, f"smtp://127.0.0.1:{port}")
    the_clock.set(START + timedelta(days=4))
    assert sender.deliver()
    assert row(database, number).state == "given-up"
    the_clock.set(START + timedelta(days=5))
    assert not sender.deliver()


def test_a_message_whose_link_has_expired_is_not_sent(
    session: Session, database: Database, config: Config, the_clock: Clock
) -> None:
    the_clock.set(START)
    number = mail.post(
        session, kind="reset", recipient="a@example.org", subject="S", text="T", expires_at=START + timedelta(hours=1)
    ).id
    session.commit()
    the_clock.set(START + timedelta(hours=1))
    with receiving() as sink:
        assert courier(database, config, f"smtp://127.0.0.1:{sink.port}").deliver()
        assert sink.letters == []
    kept = row(database, number)
    assert (kept.state, kept.text) == ("given-up", "")
    assert "expired" in kept.problem


def test_of_two_processes_one_takes_a_message(session: Session, database: Database, the_clock: Clock) -> None:
    the_clock.set(START)
    number = post(session)
    with database.writer() as one:
        taken = mail.claim(one, now=START)
        assert taken is not None and taken.id == number
        one.commit()
    with database.writer() as other:
        assert mail.claim(other, now=START) is None
        assert mail.claim(other, now=START + mail.CLAIMED) is not None, "whoever took it first is dead"
        # … and was not: what it then says is too late to count.
        mail.note_failed(other, number, attempt=1, problem="Too late.", is_final=True, now=START)
        assert mail.get_message(other, number).state == "waiting"


def test_a_process_killed_while_sending_loses_no_message(
    session: Session, database: Database, config: Config, the_clock: Clock
) -> None:
    number = post(session)
    code = (
        "import sys; from pathlib import Path; from app.config import Config; from app.db import Database;"
        "from app.mail_courier import Courier;"
        "c = Config(database_url=sys.argv[1], secret_key='x' * 20, instance_dir=Path('.'), mail_url=sys.argv[2]);"
        "Courier(Database(c.database_url), c).deliver()"
    )
    with receiving() as sink:
        url = f"smtp://127.0.0.1:{sink.port}"
        process = subprocess.Popen([sys.executable, "-c", code, config.database_url, url], cwd=ROOT)
        # In the middle of the message, as the server has not said yet that it has it.
        sink.before_data = lambda: os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        sink.before_data = None
        assert row(database, number).state == "waiting" and row(database, number).attempts == 1
        sender = courier(database, config, url)
        assert not sender.deliver(), "for a while it may still be the other's"
        the_clock.set(datetime.now(UTC) + mail.CLAIMED)
        assert sender.deliver()
    assert 1 <= len(sink.letters) <= 2
    assert len({letter.mail["Message-ID"] for letter in sink.letters}) == 1
    assert row(database, number).state == "sent"


def test_nothing_that_somebody_typed_adds_a_header(session: Session, database: Database, config: Config) -> None:
    change_settings(session, name="Post\r\nBcc: eve@example.org\r\n\r\nHello")
    mail.post(
        session,
        kind="invitation",
        recipient="ada@example.org",
        subject="From Bob\r\nBcc: eve@example.org\u2028X-A: b\x85c\x0b",
        text="Hello\n.\r\nRCPT TO:<eve@example.org>\n.\n",
    )
    session.commit()
    with receiving() as sink:
        sender = courier(database, config, f"smtp://127.0.0.1:{sink.port}")
        while sender.deliver():
            pass
    (letter,) = sink.letters
    assert letter.recipients == ["ada@example.org"]
    assert letter.mail["Bcc"] is None and letter.mail["X-A"] is None
    assert letter.text == "Hello\n.\nRCPT TO:<eve@example.org>\n.\n"


def test_names_beyond_ascii(session: Session, database: Database, config: Config) -> None:
    post(session, "ada@bücher.example")
    odd = post(session, "ädä@example.org")
    with receiving() as sink:
        sender = courier(database, config, f"smtp://127.0.0.1:{sink.port}")
        while sender.deliver():
            pass
    assert [letter.recipients for letter in sink.letters] == [["ada@xn--bcher-kva.example"]]
    assert row(database, odd).state == "given-up"
    assert "beyond ASCII" in row(database, odd).problem


def test_months_later_nobody_knows_to_whom_was_written(
    session: Session, database: Database, config: Config, the_clock: Clock
) -> None:
    post(session)
    courier(database, config, "").deliver()
    waiting = post(session)
    mail.remove_old(session, now=datetime.now(UTC) + mail.KEPT_FOR - timedelta(minutes=1))
    assert len(mail.list_messages(session)) == 2
    mail.remove_old(session, now=datetime.now(UTC) + mail.KEPT_FOR)
    assert list(session.scalars(select(mail.Message.id))) == [waiting]


def test_the_default_context_checks_certificates() -> None:
    """What the sending relies on."""
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
