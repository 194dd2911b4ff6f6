"""What every storage promises of units of work and snapshots: whole or not at all, and the world hears afterwards."""

import time
from collections.abc import Callable, Sequence
from threading import Event, Thread

import pytest

from chat_domain.model.ephemeral import AnyEvent, RoomDeleted, RoomRemoved
from chat_domain.model.errors import UserNotFound
from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import RoomId, Seq, SessionId, UserId
from chat_domain.model.rooms import RoomKind
from chat_domain.model.sessions import Session
from chat_domain.ports.storage import Storage, UnitOfWork
from tests.builders import NOON, Chat, a_membership, a_room, a_user
from tests.integration.contracts.homes import Home, SqlHome

ANN, BOB = a_user("ann"), a_user("bob", id=2)


def exists(storage: Storage, id: int = 1) -> bool:
    with storage.snapshot() as seen:
        try:
            seen.users.get(UserId(id))
        except UserNotFound:
            return False
        return True


def add(work: UnitOfWork) -> None:
    work.users.add(ANN)


def add_and_fail(work: UnitOfWork) -> None:
    work.users.add(ANN)
    raise ZeroDivisionError


def add_and_fail_late(work: UnitOfWork) -> None:
    work.users.add(ANN)
    work.users.add(BOB)
    work.record(RoomDeleted(RoomId(1)))
    raise ZeroDivisionError


def add_and_fail_after_the_commit(work: UnitOfWork) -> None:
    work.users.add(ANN)
    work.commit()
    raise ZeroDivisionError


def add_and_be_refused(work: UnitOfWork) -> None:
    work.users.add(ANN)
    work.users.get(UserId(99))


@pytest.mark.parametrize("change", [add, add_and_fail, add_and_fail_late, add_and_be_refused])
def test_nothing_is_kept_or_published_without_a_commit(home: Home, change: Callable[[UnitOfWork], None]) -> None:
    storage, published = home.open(), home.published()
    try:
        with storage.unit_of_work() as work:
            change(work)
    except (ZeroDivisionError, UserNotFound):
        pass
    assert not exists(storage)
    assert published == []
    with storage.unit_of_work() as work:
        work.users.add(ANN)
        work.commit()
    assert exists(storage)


def test_what_was_committed_stays_whatever_is_raised_after_it(storage: Storage) -> None:
    with pytest.raises(ZeroDivisionError), storage.unit_of_work() as work:
        add_and_fail_after_the_commit(work)
    assert exists(storage)


def test_a_unit_of_work_reads_what_it_wrote(storage: Storage) -> None:
    with storage.unit_of_work() as work:
        work.users.add(ANN)
        assert work.users.get(ANN.id) == ANN


def test_what_was_recorded_is_published_in_order_when_it_is_durable_and_before_the_commit_returns(home: Home) -> None:
    storage, heard = home.open(), list[AnyEvent]()
    events = [RoomDeleted(RoomId(id)) for id in (3, 1, 2)]

    def hear(published: Sequence[AnyEvent]) -> None:
        assert exists(storage)
        heard.extend(published)

    home.broadcaster.subscribe(hear)
    with storage.unit_of_work() as work:
        work.users.add(ANN)
        work.record(events[0])
        work.record(*events[1:])
        assert heard == []
        work.commit()
        assert heard == events


def test_an_appended_event_is_published_too(home: Home) -> None:
    chat = home.chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    published = home.published()
    message = chat.say(ann, room)
    assert [event.message for event in published if isinstance(event, MessagePosted)] == [message]


def test_a_receiver_that_fails_undoes_nothing(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    storage = home.open()

    def fail(_: Sequence[AnyEvent]) -> None:
        raise ZeroDivisionError

    home.broadcaster.subscribe(fail)
    published = home.published()
    with storage.unit_of_work() as work:
        work.users.add(ANN)
        work.record(RoomRemoved(ANN.id, RoomId(1)))
        work.commit()
    assert exists(storage)
    assert published == [RoomRemoved(ANN.id, RoomId(1))]
    assert "ZeroDivisionError" in caplog.text


def test_numbers_are_positive_grow_and_are_not_given_twice(storage: Storage) -> None:
    given: list[int] = []
    for _ in range(5):
        with storage.unit_of_work() as work:
            given += [work.next_id(), work.next_id()]
            work.commit()
    assert given == sorted(set(given))
    assert 0 < given[0] <= given[-1] < 2**53


def test_a_snapshot_sees_one_moment(sql_home: SqlHome) -> None:
    storage, other = sql_home.open(), sql_home.open()
    with storage.snapshot() as seen:
        assert not seen.users.search("", after=UserId(0), limit=5)
        with other.unit_of_work() as work:
            work.users.add(ANN)
            work.commit()
        assert not seen.users.search("", after=UserId(0), limit=5)
    assert exists(storage)


def test_a_single_lookup_sees_what_was_committed_before_it(home: Home) -> None:
    writer, reader = home.open(), home.open()
    with reader.lookup() as seen:
        assert seen.users.find(ANN.username) is None
    with writer.unit_of_work() as work:
        work.users.add(ANN)
        work.commit()
    with reader.lookup() as seen:
        assert seen.users.find(ANN.username) == ANN


def test_a_snapshot_does_not_see_what_is_not_committed(sql_home: SqlHome) -> None:
    storage = sql_home.open()
    with storage.unit_of_work() as work:
        work.users.add(ANN)
        assert not exists(storage)
        work.commit()
    assert exists(storage)


def test_a_snapshot_never_sees_half_a_unit_of_work(home: Home) -> None:
    writer, reader = home.chat(), home.chat()
    ann, bob = writer.register("ann"), writer.register("bob")
    room = writer.open_room(ann, bob)

    def write(chat: Chat = writer) -> None:
        for _ in range(40):
            chat.say(ann, room, "@bob")

    thread = Thread(target=write)
    thread.start()
    looks = 0
    while thread.is_alive() or not looks:
        with reader.storage.snapshot() as seen:
            messages = seen.messages.before(room, None, limit=1_000)
            page = seen.log.after(room, Seq(0), limit=1_000)
            view = seen.views.of(bob, room)
            head = seen.log.spans(bob)[room].last_seq
        assert head == view.room.last_seq == page.span.last_seq == len(page.events) == len(messages) + 2
        assert len(messages) == view.unread == view.mentions
        looks += 1
        time.sleep(0.001)  # the lock of memory is not fair
    thread.join()


ROOM = a_room(id=10, kind=RoomKind.DIRECT, people=(1, 2))
MEMBERSHIP = a_membership(ANN.person, room=ROOM)
SESSION = Session(SessionId(5), ANN.id, NOON, NOON, "a browser", "192.0.2.1")


@pytest.mark.parametrize(
    ("load", "change"),
    [
        (lambda work: work.users.get(ANN.id), lambda work: work.users.save(ANN.reached_at(None))),
        (lambda work: work.sessions.get(SESSION.id), lambda work: work.sessions.save(SESSION.ended(NOON))),
        (lambda work: work.rooms.get(ROOM.id), lambda work: work.rooms.remove(ROOM.id)),
        (lambda work: work.rooms.find_direct("1,2"), lambda work: work.rooms.save(ROOM)),
        (lambda work: work.memberships.of(ANN.id, ROOM.id), lambda work: work.rooms.save(ROOM)),
        (lambda work: work.memberships.of(ANN.id, ROOM.id), lambda work: work.memberships.remove(ANN.id, ROOM.id)),
    ],
    ids=["account", "session", "room", "direct room", "room of a membership", "membership"],
)
def test_what_a_unit_of_work_loaded_nobody_changes_until_it_ends(
    home: Home, load: Callable[[UnitOfWork], object], change: Callable[[UnitOfWork], None]
) -> None:
    storage, other = home.open(), home.open()
    with storage.unit_of_work() as work:
        for user in (ANN, BOB):
            work.users.add(user)
        work.sessions.add(SESSION)
        work.rooms.add(ROOM)
        work.memberships.add(MEMBERSHIP)
        work.commit()
    changed = Event()

    def change_it() -> None:
        with other.unit_of_work() as work:
            change(work)
            work.commit()
            changed.set()

    thread = Thread(target=change_it)
    with storage.unit_of_work() as work:
        loaded = load(work)
        thread.start()
        assert not changed.wait(0.1)
        assert load(work) == loaded
        work.commit()
    thread.join()
    assert changed.is_set()


def test_a_storage_that_answers_says_so(storage: Storage) -> None:
    storage.check()
