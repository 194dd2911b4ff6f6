"""Units of work that wait for each other on SQLite share one commit, and one fate only where the disk decides it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from adapters.broadcasting.local import LocalBroadcaster
from adapters.sql.sqlite.connections import connect_to_write
from adapters.sql.sqlite.database import SqliteDatabase
from adapters.sql.sqlite.group_commit import LARGEST_GROUP
from adapters.sql.sqlite.turns import Turns
from adapters.sql.storage import SqlStorage
from chat_domain.model.ephemeral import AnyEvent, RoomDeleted
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId, UserId
from tests.builders import a_user
from tests.integration.contracts.homes import a_sqlite_url


class Disk:
    """Runs the physical commits: counts them, holds them up, or refuses them."""

    def __init__(self) -> None:
        self.commits = 0
        self.is_broken = False
        self.is_reached, self._free = Event(), Event()
        self._free.set()

    def __call__(self, commit: Callable[[], None]) -> None:
        self.is_reached.set()
        self._free.wait()
        if self.is_broken:
            raise OSError("the disk is gone")
        self.commits += 1
        commit()

    def hold_up(self) -> None:
        self._free.clear()

    def go_on(self) -> None:
        self._free.set()


class Crowd:
    """Threads that each do a unit of work at the same storage, in a known order."""

    def __init__(self, path: Path, *, patience: float = 5) -> None:
        self.path, self.disk = path, Disk()
        self._database = SqliteDatabase(path, self.disk, patience=patience)
        self.connection = self._database.writer.connection
        self.published: list[AnyEvent] = []
        broadcaster = LocalBroadcaster()
        broadcaster.subscribe(self.published.extend)
        self.storage = SqlStorage(self._database, broadcaster)
        self._pool = ThreadPoolExecutor(LARGEST_GROUP * 2)

    def add(self, id: int, *, fail: bool = False) -> None:
        """Add a user in a unit of work that commits, or fails."""
        with self.storage.unit_of_work() as work:
            work.users.add(a_user(f"user{id}", id=id, name="n" * 80))
            work.record(RoomDeleted(RoomId(id)))
            if fail:
                raise ZeroDivisionError
            work.commit()
            assert RoomDeleted(RoomId(id)) in self.published

    def queue(self, id: int, *, fail: bool = False) -> Future[None]:
        """The same in a thread of its own, which waits for its turn when this returns."""
        waiting = self._database.writer.turns.waiting
        future = self._pool.submit(self.add, id, fail=fail)
        while self._database.writer.turns.waiting == waiting:
            time.sleep(0.001)
        return future

    def hold_up(self) -> Future[None]:
        """A first unit that is held up in its physical commit, so that others have to wait."""
        self.disk.hold_up()
        future = self.begin(1)
        self.disk.is_reached.wait()
        return future

    def stored(self) -> list[int]:
        """Whoever is there for others to see."""
        with self.storage.snapshot() as seen:
            return [person.id for person in seen.users.search("", after=UserId(0), limit=500)]

    def heard(self) -> list[int]:
        """What was published, in order."""
        return [event.room_id for event in self.published if isinstance(event, RoomDeleted)]

    def begin(self, id: int) -> Future[None]:
        """Add a user in a thread of its own."""
        return self._pool.submit(self.add, id)

    def close(self) -> None:
        self.disk.go_on()
        self._pool.shutdown()
        self.storage.close()


@pytest.fixture
def path(migrated_file: Path, tmp_path: Path) -> Path:
    return Path(a_sqlite_url(migrated_file, tmp_path / "parley.db").removeprefix("sqlite:///"))


@pytest.fixture
def crowd(path: Path) -> Iterator[Crowd]:
    crowd = Crowd(path)
    yield crowd
    crowd.close()


def test_units_that_wait_for_each_other_share_one_commit_and_are_published_in_order(crowd: Crowd) -> None:
    futures = [crowd.hold_up(), *(crowd.queue(id) for id in range(2, 12))]
    assert crowd.stored() == crowd.heard() == []
    crowd.disk.go_on()
    for future in futures:
        future.result()
    assert crowd.disk.commits == 2
    assert crowd.stored() == crowd.heard() == list(range(1, 12))


def test_a_unit_alone_is_committed_at_once(crowd: Crowd) -> None:
    for id in range(1, 4):
        crowd.add(id)
        assert crowd.stored() == crowd.heard() == list(range(1, id + 1))
    assert crowd.disk.commits == 3


def test_a_group_does_not_grow_for_ever(crowd: Crowd) -> None:
    futures = [crowd.hold_up(), *(crowd.queue(id) for id in range(2, LARGEST_GROUP + 3))]
    crowd.disk.go_on()
    for future in futures:
        future.result()
    assert crowd.disk.commits == 3
    assert crowd.heard() == list(range(1, LARGEST_GROUP + 3))


@pytest.mark.parametrize("failing", [{2}, {3}, {4}, {2, 4}, {3, 4}, {2, 3, 4}], ids=str)
def test_a_unit_that_fails_within_a_group_undoes_only_itself(crowd: Crowd, failing: set[int]) -> None:
    first = crowd.hold_up()
    futures = {id: crowd.queue(id, fail=id in failing) for id in (2, 3, 4)}
    crowd.disk.go_on()
    first.result()
    for id, future in futures.items():
        assert isinstance(future.exception(), ZeroDivisionError) == (id in failing)
    assert crowd.stored() == crowd.heard() == [id for id in (1, 2, 3, 4) if id not in failing]
    crowd.add(5)
    assert crowd.stored()[-1] == 5


def test_when_the_physical_commit_fails_nobody_of_the_group_is_told_otherwise(crowd: Crowd) -> None:
    first = crowd.hold_up()
    futures = [crowd.queue(id, fail=id == 3) for id in (2, 3, 4)]
    crowd.disk.is_broken = True
    crowd.disk.go_on()
    answers = [future.exception() for future in (first, *futures)]
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable, ZeroDivisionError, Unavailable]
    assert crowd.stored() == crowd.heard() == []
    crowd.disk.is_broken = False
    crowd.add(5)
    assert crowd.stored() == crowd.heard() == [5]


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_what_was_acknowledged(crowd: Crowd) -> None:
    connection = crowd.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    futures = dict(enumerate([crowd.hold_up(), *map(crowd.queue, range(2, 64))], start=1))
    crowd.disk.go_on()
    refusals = {id for id, future in futures.items() if future.exception()}
    assert 0 < len(refusals) < len(futures)
    assert {type(futures[id].exception()) for id in refusals} == {Unavailable}
    assert crowd.stored() == crowd.heard() == [id for id in futures if id not in refusals]
    connection.execute("PRAGMA max_page_count = 1000000")
    crowd.add(64)
    assert crowd.stored()[-1] == 64


def test_another_process_that_writes_is_waited_for(crowd: Crowd) -> None:
    with sqlite3.connect(crowd.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        future = crowd.begin(1)
        with pytest.raises(TimeoutError):
            future.result(timeout=0.1)
        other.execute("COMMIT")
    future.result()
    other.close()
    assert crowd.stored() == [1]


def test_a_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    with ThreadPoolExecutor(1) as pool:
        connecting = pool.submit(connect_to_write, path)
        with pytest.raises(TimeoutError):
            connecting.result(timeout=0.3)
        other.execute("COMMIT")
        connecting.result().close()
    other.close()


def test_nobody_waits_for_ever_for_another_process(path: Path) -> None:
    crowd = Crowd(path, patience=0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    futures = [crowd.begin(id) for id in range(1, 30)]
    assert {type(future.exception(timeout=2)) for future in futures} == {Unavailable}
    other.close()
    crowd.add(30)
    assert crowd.stored() == crowd.heard() == [30]
    crowd.close()


def test_nobody_waits_for_ever_for_a_disk_that_hangs_but_who_writes_to_it(path: Path) -> None:
    crowd = Crowd(path, patience=0.2)
    with suppress(ZeroDivisionError), crowd.storage.unit_of_work():
        member, last = crowd.queue(1), crowd.queue(2)
        crowd.disk.hold_up()
        raise ZeroDivisionError  # whose turn it was
    crowd.disk.is_reached.wait()
    outside = crowd.queue(3)
    for waiting in (member, outside):
        with pytest.raises(Unavailable):
            waiting.result(2)
    assert not last.done()
    crowd.disk.go_on()
    last.result(2)
    crowd.add(4)
    assert crowd.stored() == crowd.heard() == [1, 2, 4], "what the disk took in the end is told to those who listen"
    crowd.close()


def test_a_unit_of_work_inside_another_is_a_mistake_that_does_not_hang(crowd: Crowd) -> None:
    with crowd.storage.unit_of_work() as work:
        with pytest.raises(RuntimeError, match="inside"), crowd.storage.unit_of_work():
            pass
        work.commit()
    crowd.add(1)


def test_a_broadcaster_that_fails_undoes_nothing_and_strands_nobody(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(LocalBroadcaster):
        def publish(self, events: object) -> None:
            raise ZeroDivisionError

    storage = SqlStorage(SqliteDatabase(path, Disk()), Failing())
    for id in (1, 2):
        with storage.unit_of_work() as work:
            work.users.add(a_user(f"user{id}", id=id))
            work.commit()
    with storage.snapshot() as seen:
        assert len(seen.users.search("", after=UserId(0), limit=5)) == 2
    assert "ZeroDivisionError" in caplog.text
    storage.close()


def test_a_closed_storage_is_unavailable(crowd: Crowd) -> None:
    crowd.storage.close()
    with pytest.raises(Unavailable):
        crowd.add(1)


def test_too_many_who_wait_for_a_turn_are_sent_away() -> None:
    turns = Turns(most_waiting=2)
    current = turns.queue()
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(turns.queue).result() for _ in range(2)]
        with pytest.raises(Unavailable) as refusal:
            pool.submit(turns.queue).result()
        assert refusal.value.retry_after == 1
        assert turns.withdraw(waiting[0])
        pool.submit(turns.queue).result()
    assert not turns.withdraw(current)
