"""PostgreSQL away, back again, and slow."""

import time
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import text

from adapters.broadcasting.bus.postgres import PostgresChannel
from adapters.broadcasting.local import LocalBroadcaster
from adapters.sql.messages import SqlMessages
from adapters.sql.migrations import migrate
from adapters.sql.postgresql.connections import POOL_SIZE
from adapters.sql.postgresql.database import PostgresDatabase
from adapters.sql.storage import SqlStorage
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.ports.storage import Storage
from tests.builders import a_user
from tests.integration.contracts.homes import SqlHome
from tests.integration.servers.postgres import Postgres, a_postgres


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server of our own, to be killed."""
    with a_postgres(durable=True) as server:
        migrate(server.url())
        yield server


def back_within(seconds: float, storage: Storage) -> None:
    """Wait until the storage answers again."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            storage.check()
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_a_killed_database_is_unavailable_and_back_by_itself_with_what_was_committed(mortal: Postgres) -> None:
    home = SqlHome(mortal.url())
    chat = home.chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    chat.say(ann, room)
    with chat.storage.unit_of_work() as work:
        work.memberships.of(ann, room)
        mortal.kill()
        with pytest.raises(Unavailable):
            work.commit()
    for _ in range(3):
        with pytest.raises(Unavailable):
            chat.storage.check()
        with pytest.raises(Unavailable):
            chat.say(ann, room)
    mortal.start()
    back_within(5, chat.storage)
    chat.say(ann, room)
    assert [event.seq for event in chat.log(room)] == [1, 2, 3]
    home.close()


def test_a_snapshot_that_loses_the_database_is_unavailable(mortal: Postgres) -> None:
    home = SqlHome(mortal.url())
    storage = home.open()
    with storage.snapshot() as seen:
        seen.log.spans(UserId(1))
        mortal.kill()
        mortal.start()
        with pytest.raises(Unavailable):
            seen.log.spans(UserId(1))
    back_within(5, storage)
    home.close()


def test_a_snapshot_leaves_no_transaction_behind_whatever_became_of_it(postgresql_home: SqlHome) -> None:
    storage = postgresql_home.open()
    for reading in (storage.snapshot, storage.lookup):
        with reading():
            pass
        with reading() as seen:
            seen.log.spans(UserId(1))
        with pytest.raises(psycopg2.DataError), reading() as seen:
            seen.log.spans(UserId(2**64))
    with closing(psycopg2.connect(postgresql_home.url)) as other, other.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        )
        assert cursor.fetchone() == (0,)


def test_a_statement_is_planned_once_whatever_its_parameters(postgresql_home: SqlHome) -> None:
    database = PostgresDatabase(postgresql_home.url)
    reading = database.read()
    for seq in range(1, 11):
        SqlMessages(reading.executor).before(RoomId(1), Seq(seq), limit=seq)
    question = text("SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements")
    database._statements.declare("question", question)
    plans = reading.executor.first(question)
    assert plans == (0, 10 + 1)  # the last is this question itself
    reading.end()
    database.close()


def test_nothing_is_written_in_a_snapshot_or_for_a_single_lookup(postgresql_home: SqlHome) -> None:
    storage = postgresql_home.open()
    for reading in (storage.snapshot, storage.lookup):
        with pytest.raises(Unavailable), reading() as seen:
            seen.users.add(a_user("ann"))


def test_every_character_passes_whatever_encoding_the_database_asks_of_its_clients(fresh_postgres_url: str) -> None:
    with closing(psycopg2.connect(fresh_postgres_url)) as other, other.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {other.info.dbname} SET client_encoding = 'LATIN1'")
        other.commit()
    migrate(fresh_postgres_url)
    home = SqlHome(fresh_postgres_url)
    chat = home.chat()
    ann = chat.register("ann")
    chat.say(ann, chat.open_room(ann), "a ship \N{SHIP}")
    home.close()
    channel = PostgresChannel(fresh_postgres_url)
    channel.subscribe()
    channel.publish("a ship \N{SHIP}".encode())
    assert channel.receive() == "a ship \N{SHIP}".encode()
    channel.close()


def test_who_finds_no_connection_within_a_while_is_sent_away(postgresql_home: SqlHome) -> None:
    database = PostgresDatabase(postgresql_home.url, patience=0.2)
    taken = [database.read() for _ in range(POOL_SIZE)]
    with pytest.raises(Unavailable):
        database.read()
    taken.pop().end()
    database.read().end()
    for reading in taken:
        reading.end()
    database.close()


def test_who_waits_too_long_for_a_locked_room_is_sent_away(postgresql_home: SqlHome) -> None:
    chat = postgresql_home.chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    database = PostgresDatabase(postgresql_home.url, patience=0.2)
    impatient = SqlStorage(database, LocalBroadcaster())
    with chat.storage.unit_of_work() as work:
        work.rooms.get(room)
        with pytest.raises(Unavailable), impatient.unit_of_work() as other:
            other.memberships.of(ann, room)
    with impatient.unit_of_work() as other:
        other.memberships.of(ann, room)
    impatient.close()
