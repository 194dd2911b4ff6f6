"""On PostgreSQL units of work in rooms that wait for each other share one transaction, and nothing else."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg2
import pytest
from sqlalchemy import text

from adapters.broadcasting.local import LocalBroadcaster
from adapters.sql.postgresql.database import PostgresDatabase
from adapters.sql.postgresql.group_commit import LARGEST_BATCH, MOST_WAITING
from adapters.sql.postgresql.room_unit import RoomUnit
from adapters.sql.storage import SqlStorage
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.messages import Message
from chat_domain.model.values import ClientKey, MessageBody
from chat_domain.ports.storage import UnitOfWork
from tests.builders import NOON, Chat, a_chat
from tests.integration.contracts.homes import SqlHome

_TRANSACTION = text("SELECT txid_current()")

Work = Callable[[UnitOfWork], object]


class Crowd:
    """Threads that each do a unit of work in a room, all in one batch."""

    def __init__(self, home: SqlHome, *, patience: float = 5) -> None:
        self.url = home.url
        self.database = PostgresDatabase(home.url, patience=patience)
        self.database._statements.declare("_TRANSACTION", _TRANSACTION)
        self.storage = SqlStorage(self.database, home.broadcaster)
        self.another = SqlStorage(PostgresDatabase(home.url, patience=patience), home.broadcaster)
        self.chat: Chat = a_chat(storage=self.storage, broadcaster=home.broadcaster)
        self.ann = self.chat.register("ann")
        self.bea = self.chat.register("bea")
        self.transactions: set[object] = set()
        self.pool = ThreadPoolExecutor(64)

    @property
    def waiting(self) -> int:
        return len(self.database.batches._waiting)

    def together(self, *works: tuple[RoomId, Work]) -> list[Future[None]]:
        """Begin all of them while a batch is at work; they start when it has ended."""
        before = self.chat.open_room(self.ann)
        with self.storage.unit_of_work(before) as blocker:
            blocker.memberships.of(self.ann, before)
            begun = []
            for number, (room, work) in enumerate(works, start=1):
                begun.append(self.begin(room, work))
                self.wait_until(lambda wanted=number: self.waiting == wanted)  # type: ignore[misc]
        return begun

    def open_room(self) -> RoomId:
        self.chat.clock.advance(seconds=60)  # nobody may open so many at once
        return self.chat.open_room(self.ann)

    def begin(self, room: RoomId, work: Work) -> Future[None]:
        return self.pool.submit(self._do, room, work)

    def somebody_waits_for_a_lock(self) -> bool:
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            ((count,),) = cursor.fetchall()
        connection.close()
        return bool(count)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.002)

    def _do(self, room: RoomId, work: Work) -> None:
        with self.storage.unit_of_work(room) as unit:
            work(unit)
            unit.commit()

    def posting(self, room: RoomId, body: str = "hello", key: str | None = None) -> tuple[RoomId, Work]:
        def note(work: UnitOfWork) -> None:
            self.transactions.add(work.users._executor.first(_TRANSACTION))  # type: ignore[attr-defined]

        return room, lambda work: self.post(work, room, body, key, before_writing=note)

    def post(
        self,
        work: UnitOfWork,
        room: RoomId,
        body: str = "hello",
        key: str | None = None,
        before_writing: Work = lambda _: None,
    ) -> Message:
        member = work.memberships.of(self.ann, room)
        before_writing(work)
        message = member.post(
            MessageBody(body), id=MessageId(work.next_id()), at=NOON, key=ClientKey(key) if key else None, reply_to=None
        )
        work.append(MessagePosted(room, message.seq, NOON, member.person, message))
        return message

    def close(self) -> None:
        self.pool.shutdown()
        self.storage.close()
        self.another.close()


@pytest.fixture
def crowd(postgresql_home: SqlHome) -> Iterator[Crowd]:
    found = Crowd(postgresql_home)
    yield found
    found.close()


def test_another_batch_begins_when_one_takes_long(postgresql_home: SqlHome) -> None:
    crowd = Crowd(postgresql_home, patience=0.5)
    before, room = crowd.open_room(), crowd.open_room()
    with crowd.storage.unit_of_work(before) as blocker:
        blocker.memberships.of(crowd.ann, before)
        time.sleep(0.3)
        crowd.begin(*crowd.posting(room)).result(timeout=5)
    crowd.close()


def test_another_batch_begins_meanwhile_only_when_it_is_a_whole_one(crowd: Crowd) -> None:
    before, *rooms = [crowd.open_room() for _ in range(LARGEST_BATCH + 1)]
    with crowd.storage.unit_of_work(before) as blocker:
        blocker.memberships.of(crowd.ann, before)
        some = [crowd.begin(*crowd.posting(room)) for room in rooms[:-1]]
        crowd.wait_until(lambda: crowd.waiting == LARGEST_BATCH - 1)
        assert crowd.transactions == set()
        for one in [*some, crowd.begin(*crowd.posting(rooms[-1]))]:
            one.result(timeout=5)
    assert len(crowd.transactions) == 1


def test_units_in_different_rooms_share_a_transaction(crowd: Crowd) -> None:
    rooms = [crowd.chat.open_room(crowd.ann) for _ in range(8)]
    for posted in crowd.together(*(crowd.posting(room) for room in rooms)):
        posted.result()
    assert [[event.seq for event in crowd.chat.log(room)] for room in rooms] == [[1, 2]] * 8
    assert len(crowd.transactions) == 1


def test_units_in_one_room_share_a_transaction_one_after_the_other(crowd: Crowd) -> None:
    room = crowd.chat.open_room(crowd.ann)
    for posted in crowd.together(*(crowd.posting(room, str(number)) for number in range(8))):
        posted.result()
    log = crowd.chat.log(room)
    assert [event.seq for event in log] == list(range(1, 10))
    assert [str(event.message.body) for event in log if isinstance(event, MessagePosted)] == list("01234567")
    assert len(crowd.transactions) == 1


def test_what_one_posted_the_next_in_the_same_batch_sees(crowd: Crowd) -> None:
    room = crowd.chat.open_room(crowd.ann)
    seen: list[Message | None] = []

    def look(work: UnitOfWork) -> None:
        work.memberships.of(crowd.ann, room)
        seen.append(work.messages.sent_with(ClientKey("one"), room_id=room, sender_id=crowd.ann))

    for done in crowd.together(crowd.posting(room, "hello", "one"), (room, look)):
        done.result()
    assert [message and str(message.body) for message in seen] == ["hello"]


def test_a_unit_that_is_refused_leaves_the_others_alone(crowd: Crowd) -> None:
    first, second, third = (crowd.chat.open_room(crowd.ann) for _ in range(3))
    crowd.chat.messaging.post(crowd.ann, room=second, body=MessageBody("x"), key=ClientKey("used"), reply_to=None)
    posted = crowd.together(crowd.posting(first), crowd.posting(second, "y", "used"), crowd.posting(third))
    with pytest.raises(Conflict):
        posted[1].result()
    posted[0].result()
    posted[2].result()
    assert [len(crowd.chat.log(room)) for room in (first, second, third)] == [2, 2, 2]


def test_a_unit_that_is_rolled_back_leaves_the_others_alone(crowd: Crowd) -> None:
    first, second = crowd.chat.open_room(crowd.ann), crowd.chat.open_room(crowd.ann)

    def give_up(work: UnitOfWork) -> None:
        crowd.post(work, second)
        raise LookupError("changed my mind")

    posted = crowd.together(crowd.posting(first), (second, give_up))
    with pytest.raises(LookupError):
        posted[1].result()
    posted[0].result()
    assert [len(crowd.chat.log(room)) for room in (first, second)] == [2, 1]


@pytest.mark.parametrize("commits", [True, False])
def test_a_unit_that_loads_a_second_member_goes_on_alone_and_is_whole_or_not_at_all(
    crowd: Crowd, *, commits: bool
) -> None:
    rooms = [crowd.chat.open_room(crowd.ann, crowd.bea) for _ in range(3)]

    def load_both_and_write(room: RoomId) -> tuple[RoomId, Work]:
        def work(unit: UnitOfWork) -> None:
            crowd.post(unit, room, before_writing=lambda _: unit.memberships.of(crowd.bea, room))
            unit.memberships.remove(crowd.bea, room)
            if not commits:
                raise LookupError("changed my mind")

        return room, work

    posted = crowd.together(load_both_and_write(rooms[0]), crowd.posting(rooms[1]), load_both_and_write(rooms[2]))
    for number, done in enumerate(posted):
        if commits or number == 1:
            done.result()
        else:
            with pytest.raises(LookupError):
                done.result()
    written = 3 if commits else 2
    assert [len(crowd.chat.log(room)) for room in rooms] == [written, 3, written]
    assert [crowd.chat.view(crowd.ann, room).member_count for room in rooms] == ([1, 2, 1] if commits else [2, 2, 2])


def test_a_unit_that_goes_on_alone_is_refused_whole(crowd: Crowd) -> None:
    room, other = crowd.chat.open_room(crowd.ann, crowd.bea), crowd.chat.open_room(crowd.ann)
    crowd.chat.messaging.post(crowd.ann, room=room, body=MessageBody("x"), key=ClientKey("used"), reply_to=None)

    def load_both_and_write_wrongly(unit: UnitOfWork) -> None:
        crowd.post(unit, room, "y", "used", before_writing=lambda _: unit.memberships.of(crowd.bea, room))

    refused, posted = crowd.together((room, load_both_and_write_wrongly), crowd.posting(other))
    with pytest.raises(Conflict):
        refused.result()
    posted.result()
    assert [len(crowd.chat.log(each)) for each in (room, other)] == [3, 2]


def test_nobody_waits_for_a_room_that_somebody_else_has_locked_but_who_wants_it(crowd: Crowd) -> None:
    locked, free = crowd.chat.open_room(crowd.ann), crowd.chat.open_room(crowd.ann)
    with crowd.another.unit_of_work() as elsewhere:
        elsewhere.rooms.get(locked)
        waits, goes = crowd.together(crowd.posting(locked), crowd.posting(free))
        goes.result(timeout=2)
        assert not waits.done()
    waits.result()
    assert [len(crowd.chat.log(room)) for room in (locked, free)] == [2, 2]


def test_of_those_who_want_a_locked_room_one_alone_takes_a_connection_to_wait(crowd: Crowd) -> None:
    locked, free = crowd.chat.open_room(crowd.ann), crowd.chat.open_room(crowd.ann)
    with crowd.another.unit_of_work() as elsewhere:
        elsewhere.rooms.get(locked)
        first = crowd.together(crowd.posting(locked), crowd.posting(free))
        first[1].result(timeout=2)
        others = [crowd.begin(*crowd.posting(locked)) for _ in range(5)]
        crowd.wait_until(lambda: crowd.waiting == len(others))
        crowd.begin(*crowd.posting(free)).result(timeout=2)
        assert crowd.database._writers.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    for done in (first[0], *others):
        done.result()
    assert [event.seq for event in crowd.chat.log(locked)] == list(range(1, 8))


def test_who_loads_a_second_member_goes_on_alone_and_holds_up_nobody(crowd: Crowd) -> None:
    room, other = crowd.chat.open_room(crowd.ann, crowd.bea), crowd.chat.open_room(crowd.ann)

    def load_both(work: UnitOfWork) -> None:
        crowd.post(work, room, before_writing=lambda _: work.memberships.of(crowd.bea, room))

    with crowd.another.unit_of_work() as elsewhere:
        elsewhere.memberships.move_read_mark(crowd.bea, room, Seq(3))
        waits, goes = crowd.together((room, load_both), crowd.posting(other))
        goes.result(timeout=2)
        assert not waits.done()
    waits.result()
    assert [len(crowd.chat.log(each)) for each in (room, other)] == [3, 2]


def test_who_goes_on_alone_is_sent_away_if_what_it_decided_by_has_changed(crowd: Crowd) -> None:
    room, blocker = crowd.chat.open_room(crowd.ann, crowd.bea), crowd.chat.open_room(crowd.ann)
    another = a_chat(storage=crowd.another, broadcaster=LocalBroadcaster())

    def be_overtaken(work: UnitOfWork) -> None:
        work.memberships.of(crowd.ann, room)
        overtaking.append(crowd.pool.submit(another.messaging.post, crowd.ann, room=room, body=MessageBody("first"),
                                            key=None, reply_to=None))  # fmt: skip
        crowd.wait_until(crowd.somebody_waits_for_a_lock)
        work.memberships.of(crowd.bea, room)

    overtaking: list[Future[object]] = []
    with pytest.raises(Unavailable):
        crowd.together((room, be_overtaken), crowd.posting(blocker))[0].result()
    overtaking[0].result()
    assert [event.seq for event in crowd.chat.log(room)] == [1, 2, 3]


def test_who_is_no_member_is_told_so(crowd: Crowd) -> None:
    room = crowd.chat.open_room(crowd.ann)
    stranger, posted = crowd.together(
        (room, lambda work: work.memberships.of(crowd.bea, room)), crowd.posting(room)
    )  # fmt: skip
    assert type(stranger.exception()).__name__ == "NotAMember"
    posted.result()


def test_numbers_are_never_given_twice(crowd: Crowd) -> None:
    rooms = [crowd.chat.open_room(crowd.ann) for _ in range(20)]
    ids: list[int] = []

    def take_many(work: UnitOfWork) -> None:
        ids.extend(work.next_id() for _ in range(100))

    with crowd.storage.unit_of_work() as work:
        take_many(work)

    def work_in(room: RoomId) -> tuple[RoomId, Work]:
        def work(unit: UnitOfWork) -> None:
            unit.memberships.of(crowd.ann, room)
            take_many(unit)

        return room, work

    for done in crowd.together(*map(work_in, rooms)):
        done.result()
    assert len(set(ids)) == len(ids) == 2_100


def test_who_waits_too_long_for_a_batch_is_sent_away(postgresql_home: SqlHome) -> None:
    crowd = Crowd(postgresql_home, patience=0.2)
    room = crowd.chat.open_room(crowd.ann)
    with crowd.storage.unit_of_work(room) as first:
        first.memberships.of(crowd.ann, room)
        with pytest.raises(Unavailable):
            crowd.begin(room, lambda second: second.memberships.of(crowd.ann, room)).result()
    crowd.chat.say(crowd.ann, room)
    crowd.close()


def test_when_too_many_wait_the_next_is_sent_away_at_once(crowd: Crowd) -> None:
    room = crowd.chat.open_room(crowd.ann)
    batches = crowd.database.batches
    with crowd.storage.unit_of_work(room) as first:
        first.memberships.of(crowd.ann, room)
        crowd.wait_until(lambda: not batches._waiting)
        waiting = [RoomUnit(batches, room) for _ in range(MOST_WAITING)]
        for unit in waiting:
            batches.queue(unit)
        with pytest.raises(Unavailable):
            crowd.begin(room, lambda last: last.memberships.of(crowd.ann, room)).result()
        assert all(batches.withdraw(unit) for unit in waiting)


def test_a_killed_connection_fails_the_batch_and_not_the_next(crowd: Crowd) -> None:
    room, other = crowd.chat.open_room(crowd.ann), crowd.chat.open_room(crowd.ann)

    def kill(work: UnitOfWork) -> None:
        work.memberships.of(crowd.ann, room)
        connection = psycopg2.connect(crowd.url)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
            )
        connection.close()

    for failed in crowd.together((room, kill), crowd.posting(other)):
        with pytest.raises(Unavailable):
            failed.result()
    crowd.chat.say(crowd.ann, other)
    assert len(crowd.chat.log(other)) == 2


def test_who_never_reads_in_its_room_still_writes(crowd: Crowd) -> None:
    room = crowd.chat.open_room(crowd.ann)
    with crowd.storage.unit_of_work(room) as work:
        work.memberships.move_read_mark(UserId(crowd.ann), room, crowd.chat.log(room)[-1].seq)
        work.commit()
