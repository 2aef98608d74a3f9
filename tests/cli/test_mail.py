"""flask mail …: the outbox on the command line."""

from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.config import Config


def run(app: Flask, *arguments: str) -> Result:
    result = app.test_cli_runner().invoke(args=["mail", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def post(session: Session) -> None:
    mail.post(session, kind="reset", recipient="ada@example.org", subject="S", text="https://x/secret")
    session.commit()


def test_send_sends_what_waits_and_list_shows_it(app: Flask, session: Session, config: Config) -> None:
    post(session)
    assert run(app, "list").stdout.split("\t")[2:] == ["waiting", "reset", "ada@example.org", "-\n"]
    assert run(app, "send").stdout == "1 message was tried.\n"
    assert len(list(config.outbox_dir.glob("*.eml"))) == 1
    shown = run(app, "list").stdout
    assert shown.split("\t")[2] == "sent"
    assert "secret" not in shown
    assert run(app, "list", "--failed").stdout == ""


def test_a_failure_is_said_and_can_be_sent_again(app: Flask, session: Session, config: Config) -> None:
    post(session)
    config.outbox_dir.write_text("a file where the folder should be")
    result = run(app, "send")
    assert result.exit_code == 1
    assert "mail list --failed" in result.stderr
    assert "cannot be written" in run(app, "list", "--failed").stdout
    config.outbox_dir.unlink()
    assert run(app, "send").stdout == "0 messages were tried.\n", "the pause is not over"
    result = run(app, "send", "1")
    assert (result.exit_code, result.stdout) == (0, "1 message was tried.\n")
    assert run(app, "send", "1").exit_code == 1
    assert run(app, "send", "7").stderr == "Error: There is no message with the number 7.\n"
