"""Under gevent nothing that waits for a database, a disk or another process holds the others up."""

import os
import subprocess
import sys

import pytest

from tests.integration.contracts.homes import SqlHome

BEGINNING = """
from gevent import monkey
monkey.patch_all()
import sqlite3, sys, time
import gevent
from sqlalchemy import text

from adapters.broadcasting.local import LocalBroadcaster
from adapters.sql.postgresql.connections import cooperate
from adapters.sql.postgresql.database import postgres_storage
from adapters.sql.sqlite.connections import path_of
from adapters.sql.sqlite.database import sqlite_storage
from adapters.system.threads import NativeThreads
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import UserId
from chat_domain.model.values import MessageBody
from tests.builders import a_chat

url, longest_wait = sys.argv[1], 0.0

def open_storage(broadcaster):
    if url.startswith("sqlite:"):
        return sqlite_storage(url, broadcaster=broadcaster, offload=NativeThreads(size=1, waiting=1).run)
    cooperate()
    return postgres_storage(url, broadcaster=broadcaster)

def tick():
    global longest_wait
    while True:
        before = time.monotonic()
        gevent.sleep(0.001)
        longest_wait = max(longest_wait, time.monotonic() - before)

broadcaster = LocalBroadcaster()
storage = open_storage(broadcaster)
chat = a_chat(broadcaster=broadcaster, storage=storage)
people = [chat.register(f"user{number}") for number in range(20)]
room = chat.open_room(*people)

def post(number):
    return chat.messaging.post(people[number], room=room, body=MessageBody("hello"), key=None, reply_to=None)[0]
"""

MANY_POST = """
gevent.spawn(tick)
sent = [greenlet.get() for greenlet in [gevent.spawn(post, number) for number in list(range(20)) * 5]]
assert sorted(message.seq for message in sent) == list(range(21, 121))
assert [event.seq for event in chat.log(room)] == list(range(1, 121))
"""

IN_ONE_TURN_OF_THE_LOOP = """
commits = 0
offload = storage._database.writer._offload

def counted(commit):
    global commits
    commits += 1
    offload(commit)

storage._database.writer._offload = counted
for _ in range(3):
    for posting in [gevent.spawn(post, number) for number in range(20)]:
        posting.get()
assert commits == 3, commits
"""

CLOSED_MEANWHILE = """
posting = [gevent.spawn(post, number) for number in range(3)]
closing = gevent.spawn(storage.close)
gevent.joinall([*posting, closing], timeout=5, raise_error=True)
assert [greenlet.get(block=False).seq for greenlet in posting] == [21, 22, 23]
assert closing.successful()
kept = sqlite3.connect(path_of(url))
assert kept.execute("SELECT max(seq) FROM messages WHERE room_id = ?", [room]).fetchone() == (23,)
kept.close()
"""

ANOTHER_PROCESS_WRITES = """
other = sqlite3.connect(path_of(url), isolation_level=None)
other.execute("BEGIN IMMEDIATE")
gevent.spawn(tick)
posting = [gevent.spawn(post, number) for number in range(20)]
gevent.sleep(0.6)
assert not any(greenlet.ready() for greenlet in posting)
other.execute("COMMIT")
assert len({greenlet.get().seq for greenlet in posting}) == 20
assert longest_wait < 0.3, longest_wait
"""

SOME_ARE_KILLED = """
import random
answered = []
for _ in range(20):
    posting = [gevent.spawn(post, number) for number in range(20)]
    gevent.sleep(random.random() * 0.004)
    gevent.killall(random.sample(posting, 10))
    gevent.joinall(posting)
    answered += [greenlet.value.seq for greenlet in posting if greenlet.successful() and hasattr(greenlet.value, "seq")]
    chat.clock.advance(seconds=20)
log = chat.log(room)
assert [event.seq for event in log] == list(range(1, len(log) + 1))
assert set(answered) <= {event.seq for event in log}
assert len(set(answered)) == len(answered) >= 200
assert post(0).seq == len(log) + 1
"""

READERS_ARE_KILLED = """
import random

def read():
    with storage.snapshot() as seen:
        return seen.messages.before(room, None, limit=50), seen.log.after(room, 0, limit=50)

for _ in range(30):
    reading = [gevent.spawn(read) for _ in range(9)]
    gevent.sleep(random.random() * 0.01)
    gevent.killall(reading)
post(0)
for page, log in [greenlet.get() for greenlet in [gevent.spawn(read) for _ in range(30)]]:
    assert [message.seq for message in page] == [21]
    assert len(log.events) == 21
"""

THE_DATABASE_IS_SLOW = """
def sleep():
    with storage.snapshot() as seen:
        seen.users._executor._cursor.execute("SELECT pg_sleep(0.5)", {})

before = time.monotonic()
gevent.spawn(tick)
gevent.joinall([gevent.spawn(sleep) for _ in range(10)], raise_error=True)
assert time.monotonic() - before < 2.5
assert longest_wait < 0.3, longest_wait
"""


THE_DATABASE_HANGS = """
from adapters.sql.postgresql import connections
connections.ANSWERED_WITHIN = 0.3
for _ in range(3):
    before = time.monotonic()
    try:
        with storage.snapshot() as seen:
            seen.users._executor._cursor.execute("SELECT pg_sleep(3)", {})
            raise AssertionError("it answered")
    except (Unavailable, connections.psycopg2.OperationalError):
        assert time.monotonic() - before < 1
with storage.unit_of_work() as work:
    sleep = text("SELECT pg_sleep(0.6)")
    storage._database._statements.declare("sleep", sleep)
    work.rooms._executor.run_long(sleep)
connections.ANSWERED_WITHIN = 5
assert post(0).seq == 21
"""

A_NAME_IS_SLOW_TO_FIND = """
import _socket
from gevent.monkey import get_original
from adapters.broadcasting.bus.channel import ChannelAway
from adapters.broadcasting.bus.postgres import PostgresChannel
from adapters.sql.postgresql.database import PostgresDatabase

native, known = _socket.getaddrinfo, True

def find(host, *args, **kwargs):
    get_original("time", "sleep")(0.5)
    if host == "db.parley.example" and known:
        return native("127.0.0.1", *args, **kwargs)
    raise _socket.gaierror(_socket.EAI_AGAIN, "nobody answers")

_socket.getaddrinfo = find
named = url.replace("127.0.0.1", "db.parley.example")
ways = {
    "storage": (Unavailable, lambda: PostgresDatabase(named).read().end()),
    "bus, speaking": (ChannelAway, lambda: PostgresChannel(named).publish(b"hello")),
    "bus, listening": (ChannelAway, lambda: PostgresChannel(named).subscribe()),
}
gevent.spawn(tick)
for way, (error, connect) in ways.items():
    known = True
    connect()
    known = False
    try:
        connect()
        raise AssertionError(way)
    except error as away:
        assert "nobody answers" in f"{away} {away.__cause__}"
assert longest_wait < 0.3, longest_wait
"""

THE_DATABASE_MOVES = """
import _socket
from adapters.broadcasting.bus.postgres import PostgresChannel
from adapters.sql.postgresql.database import PostgresDatabase

native, addresses = _socket.getaddrinfo, ["127.0.0.9"]

def find(host, *args, **kwargs):
    return [place for address in addresses for place in native(address, *args, **kwargs)]

_socket.getaddrinfo = find
named = url.replace("127.0.0.1", "db.parley.example")
database = PostgresDatabase(named)
try:
    database.read()
    raise AssertionError("nobody listens there")
except Unavailable:
    addresses.append("127.0.0.1")
database.read().end()
PostgresChannel(named).publish(b"hello")
"""

A_LARGE_ROOM_GOES = """
connection = sqlite3.connect(path_of(url), isolation_level=None)
connection.execute(
    "WITH RECURSIVE n(seq) AS (SELECT 1000 UNION ALL SELECT seq + 1 FROM n WHERE seq < 400000)"
    "INSERT INTO messages (room_id, seq, id, sender_id, body, created_at, client_id, fingerprint)"
    " SELECT ?, seq, 1000000 + seq, 1, 'hello', 0, 'key' || seq, 'x' FROM n", [room]
)
connection.close()
other = chat.open_room(*people)
ticking = gevent.spawn(tick)
removing = gevent.spawn(chat.rooms.delete, people[0], room)
gevent.sleep(0.05)
assert not removing.ready()
assert chat.log(other)
removing.get()
assert longest_wait < 0.1, longest_wait
"""


def run(script: str, home: SqlHome) -> None:
    """Run it in a process of its own: what gevent changes cannot be undone."""
    ended = subprocess.run(
        [sys.executable, "-c", BEGINNING + script, home.url],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_many_greenlets_post_into_one_room(sql_home: SqlHome) -> None:
    run(MANY_POST, sql_home)


def test_units_that_begin_in_the_same_turn_of_the_loop_share_one_commit(sqlite_home: SqlHome) -> None:
    run(IN_ONE_TURN_OF_THE_LOOP, sqlite_home)


def test_those_whose_turn_came_before_the_end_are_committed_and_answered(sqlite_home: SqlHome) -> None:
    run(CLOSED_MEANWHILE, sqlite_home)


def test_while_another_process_writes_to_the_file_the_loop_goes_on(sqlite_home: SqlHome) -> None:
    run(ANOTHER_PROCESS_WRITES, sqlite_home)


def test_greenlets_that_are_killed_take_nobody_with_them(sql_home: SqlHome) -> None:
    run(SOME_ARE_KILLED, sql_home)


def test_readers_that_are_killed_leave_their_connections_to_others(sql_home: SqlHome) -> None:
    run(READERS_ARE_KILLED, sql_home)


def test_while_the_database_works_the_loop_goes_on(postgresql_home: SqlHome) -> None:
    run(THE_DATABASE_IS_SLOW, postgresql_home)


def test_a_database_that_hangs_is_given_up_and_asked_again(postgresql_home: SqlHome) -> None:
    run(THE_DATABASE_HANGS, postgresql_home)


def test_while_the_name_of_the_database_is_looked_up_the_loop_goes_on(postgresql_home: SqlHome) -> None:
    run(A_NAME_IS_SLOW_TO_FIND, postgresql_home)


def test_a_database_whose_name_has_another_address_as_well_is_found_there(postgresql_home: SqlHome) -> None:
    run(THE_DATABASE_MOVES, postgresql_home)


@pytest.mark.alone
def test_while_a_large_room_is_removed_the_loop_goes_on(sqlite_home: SqlHome) -> None:
    run(A_LARGE_ROOM_GOES, sqlite_home)
