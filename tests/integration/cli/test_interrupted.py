"""A command that is told to end leaves nothing behind: half a backup holds secrets as well as a whole one."""

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.cli.command import parley
from tests.integration.servers.parley import COMMAND, environment

MANY_MESSAGES = """
WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 100000)
INSERT INTO messages (room_id, seq, id, sender_id, body, created_at, fingerprint)
SELECT 1, i, i, 1, 'hello there', 0, '' FROM numbers
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of which a backup takes a while."""
    folder = tmp_path_factory.mktemp("large") / "data"
    parley("migrate", data=folder)
    with closing(sqlite3.connect(folder / "parley.db")) as database, database:
        database.execute(MANY_MESSAGES)
    return folder


def begun(data: Path, folder: Path, *before: str) -> subprocess.Popen[bytes]:
    """A backup that has begun to write into the folder."""
    backup = subprocess.Popen(
        [*before, COMMAND, "backup", str(folder / "parley.backup")],
        env=environment({"PARLEY_DATA_DIR": str(data)}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not list(folder.glob(".parley-backup-*")):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return backup


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_backup_that_is_told_to_end_leaves_nothing_behind(data: Path, tmp_path: Path, number: signal.Signals) -> None:
    backup = begun(data, tmp_path)
    backup.send_signal(number)
    assert backup.wait(30) == (1 if number == signal.SIGINT else 128 + number)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_told_twice_leaves_nothing_behind_either(data: Path, tmp_path: Path) -> None:
    backup = begun(data, tmp_path)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
        backup.send_signal(number)
    backup.wait(30)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_goes_on_whose_terminal_it_was_told_not_to_mind(data: Path, tmp_path: Path) -> None:
    backup = begun(data, tmp_path, "nohup")
    backup.send_signal(signal.SIGHUP)
    assert backup.wait(60) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["parley.backup"]
