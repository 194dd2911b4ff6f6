"""One process at a time runs the consumers, and another takes over when it dies."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest

from adapters.sql.postgresql.consumer_lock import LEASE, PostgresConsumerLock
from chat_domain.model.errors import Unavailable
from chat_domain.ports.consumers import PAGE_WITHIN
from tests.integration.contracts.homes import Home, SqlHome

A_LEASE, A_RESERVE = 0.5, 0.1


@pytest.fixture
def new_lock(postgresql_home: SqlHome) -> Iterator[Callable[[], PostgresConsumerLock]]:
    """The lock as each of several processes has it, with times as short as a test."""
    made: list[PostgresConsumerLock] = []

    def new() -> PostgresConsumerLock:
        made.append(PostgresConsumerLock(postgresql_home.url, lease=A_LEASE, reserve=A_RESERVE))
        return made[-1]

    yield new
    for lock in made:
        lock.release()


def held_after(lock: PostgresConsumerLock, within: float = 10) -> float:
    """After how many seconds it is held, while it is renewed."""
    began = time.monotonic()
    while not lock.is_held():
        assert time.monotonic() < began + within
        lock.renew()
        time.sleep(0.01)
    return time.monotonic() - began


def end_connections_with_the_lock(url: str) -> None:
    with closing(psycopg2.connect(url)) as other, other.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert cursor.fetchall() == [(True,)]


@pytest.mark.parametrize("name", ["memory", "sqlite"])
def test_a_process_that_has_the_storage_alone_has_the_lock(request: pytest.FixtureRequest, name: str) -> None:
    home: Home = request.getfixturevalue(f"{name}_home")
    lock = home.open().consumer_lock()
    lock.renew()
    assert lock.is_held()
    lock.release()


def test_the_lock_of_postgresql_is_taken_by_a_connection_of_its_own(postgresql_home: SqlHome) -> None:
    lock = postgresql_home.open().consumer_lock()
    assert isinstance(lock, PostgresConsumerLock)
    assert not lock.is_held()
    lock.renew()
    end_connections_with_the_lock(postgresql_home.url)
    lock.release()


def test_one_of_two_processes_holds_it(new_lock: Callable[[], PostgresConsumerLock]) -> None:
    one, other = new_lock(), new_lock()
    assert held_after(one) >= A_LEASE, "who had it before may still count on it"
    for _ in range(20):
        one.renew()
        other.renew()
        assert (one.is_held(), other.is_held()) == (True, False)
        time.sleep(0.05)


def test_who_does_not_renew_it_in_time_holds_it_no_more_and_again_once_it_does(
    new_lock: Callable[[], PostgresConsumerLock],
) -> None:
    lock = new_lock()
    held_after(lock)
    lock.renew()
    time.sleep(A_LEASE - A_RESERVE + 0.01)
    assert not lock.is_held()
    lock.renew()
    assert lock.is_held()


def test_when_the_connection_of_the_holder_breaks_it_stops_before_another_begins(
    postgresql_home: SqlHome, new_lock: Callable[[], PostgresConsumerLock]
) -> None:
    one, other = new_lock(), new_lock()
    held_after(one)
    one.renew()
    end_connections_with_the_lock(postgresql_home.url)
    last_of_one = time.monotonic()
    while not other.is_held():
        if one.is_held():
            last_of_one = time.monotonic()
        other.renew()
        time.sleep(0.005)
    assert not one.is_held()
    assert time.monotonic() - last_of_one >= A_RESERVE
    with pytest.raises(Unavailable):
        one.renew()
    one.renew()
    assert not one.is_held()


def test_another_takes_over_when_the_holder_lets_go(new_lock: Callable[[], PostgresConsumerLock]) -> None:
    one, other = new_lock(), new_lock()
    held_after(one)
    other.renew()
    one.release()
    assert held_after(other) < A_LEASE + 2
    assert not one.is_held()


def test_a_database_that_is_away_is_told_and_the_lock_not_held() -> None:
    lock = PostgresConsumerLock("postgresql://nobody@127.0.0.1:1/parley")
    with pytest.raises(Unavailable):
        lock.renew()
    assert not lock.is_held()
    lock.release()


def test_another_process_takes_over_within_ten_seconds() -> None:
    renewed_each = 1.0
    assert renewed_each + LEASE + renewed_each < 10
    assert 2 * renewed_each < LEASE - PAGE_WITHIN, "one renewal may fail or be late"
