"""The head is logged each hour, once a machine."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.audit.telling import HeadTeller
from app.audit.verifying import get_head
from app.db import Database
from tests.conftest import Clock
from tests.servers import wait_for


def test_one_line_an_hour_whoever_looks(
    five: Session, database: Database, tmp_path: Path, the_clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "typecase.audit")
    tellers = [HeadTeller(database, tmp_path / "new") for _ in range(2)]
    head = get_head(five)
    five.rollback()
    begun = clock.now()
    assert tellers[0].find_told() is None
    for minutes, told in ((0, [True, False]), (59, [False, False]), (60, [True, False])):
        the_clock.set(begun + timedelta(minutes=minutes))
        assert [teller.tell() for teller in tellers] == told
    assert [record.getMessage() for record in caplog.records] == [f"audit head {head}"] * 2
    assert tellers[1].find_told() == head


def test_the_thread_tells_by_itself(
    five: Session, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = get_head(five)
    five.rollback()
    monkeypatch.setattr("app.audit.telling.LOOK_SECONDS", 0.01)
    teller = HeadTeller(database, tmp_path)
    teller.start()
    teller.start()
    wait_for(lambda: teller.find_told() == head)
