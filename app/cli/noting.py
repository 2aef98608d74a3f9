"""What the audit log is told of a command: that it came from the command line, and by which of the server's users."""

import os
import pwd

from sqlalchemy.orm import Session

from app.audit.recording import record


def note(
    session: Session, action: str, *, kind: str = "", id: int | None = None, name: str = "", **details: object
) -> None:
    """Have in the audit log what this command does, in the commit of ``session``; as ``web.note`` for handlers."""
    record(session, action, actor=operator(), subject_kind=kind, subject_id=id, subject=name, details=details)


def operator() -> str:
    """Who runs the command: "command line (www-data)"."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a number without a name, as in containers
        user = str(os.getuid())
    return f"command line ({user})"
