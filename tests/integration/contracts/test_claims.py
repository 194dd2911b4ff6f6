"""Who serves an SQLite file has it alone, and nothing is restored into a database that somebody has."""

import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.sql.migrations import migrate
from adapters.sql.postgresql import claim
from adapters.sql.sqlite.claim import claimed
from adapters.sql.storages import sql_backup_storage
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.ports.storage import Storage
from tests.builders import a_chat
from tests.integration.contracts.homes import SqlHome
from tests.unit.backup.contents import GivenContents, some_parts


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'parley.db'}"


def restore(url: str) -> None:
    sql_backup_storage(url).replace(GivenContents(some_parts()), overwrite=True)


def test_a_file_that_is_served_is_not_given_to_another(url: str) -> None:
    with claimed(url):
        for _ in range(2):
            with pytest.raises(Conflict, match="stop that one first"), claimed(url, patience=0):
                pytest.fail("there are two")
        with claimed(f"{url}-another", patience=0):
            """Another file in the same folder is nobody's."""
    with claimed(url, patience=0):
        """It is free again."""


def test_a_link_in_the_place_of_the_lock_is_not_followed(url: str, tmp_path: Path) -> None:
    (tmp_path / "parley.db.lock").symlink_to(tmp_path / "of another")
    with pytest.raises(Unavailable), claimed(url, patience=0):
        pytest.fail("it was followed")
    assert not (tmp_path / "of another").exists()


def test_whoever_comes_while_the_one_before_ends_waits_for_it(url: str) -> None:
    had: list[str] = []

    def come() -> None:
        had.append("came")
        with claimed(url, patience=30):
            had.append("has it")

    coming = threading.Thread(target=come)
    with claimed(url):
        coming.start()
        while not had:
            time.sleep(0.001)
        coming.join(0.1)
        assert had == ["came"]
    coming.join(30)
    assert had == ["came", "has it"]


@pytest.mark.parametrize(
    "use", [lambda storage: storage.check(), lambda storage: a_chat(storage=storage).register("ann")]
)
def test_nothing_is_restored_into_a_database_on_postgres_that_a_server_has_read_or_written(
    fresh_postgres_url: str, monkeypatch: pytest.MonkeyPatch, use: Callable[[Storage], object]
) -> None:
    migrate(fresh_postgres_url)
    monkeypatch.setattr(claim, "ENDED_WITHIN", 0.0)
    home = SqlHome(fresh_postgres_url)
    use(home.open())
    with pytest.raises(Conflict, match="stop every one first"):
        restore(fresh_postgres_url)
    home.close()
    monkeypatch.undo()
    restore(fresh_postgres_url)


def test_where_files_cannot_be_locked_it_is_told_and_goes_on(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_file: object, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with claimed(url):
        assert "nothing keeps a second server away" in caplog.text


def test_where_no_file_can_be_made_the_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="The database cannot be opened: "), claimed(f"sqlite:///{tmp_path}/file/db"):
        pytest.fail("there is no such folder")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_restored_the_owner_of_the_database_can_serve(url: str, tmp_path: Path) -> None:
    migrate(url)
    os.chown(tmp_path / "parley.db", 12345, 12345)
    restore(url)
    beside = (tmp_path / "parley.db.lock").stat()
    assert (beside.st_uid, beside.st_gid) == (12345, 12345)
