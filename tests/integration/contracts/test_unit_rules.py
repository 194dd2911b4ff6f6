"""What a unit of work may not do is refused by every storage alike: at the step that does it, with BrokenRule."""

from collections.abc import Callable
from dataclasses import replace
from inspect import isfunction, signature

import pytest

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.events import MessagePosted, UserLeft
from chat_domain.model.identifiers import MessageId, RoomId, Seq, SessionId
from chat_domain.model.rooms import RoomKind
from chat_domain.model.sessions import Session
from chat_domain.model.values import MessageBody
from chat_domain.ports.consumers import Beginning
from chat_domain.ports.repositories import LOADS
from chat_domain.ports.storage import BrokenRule, Snapshot, Storage, UnitOfWork
from tests.builders import NOON, a_membership, a_room, a_user
from tests.integration.contracts.homes import Home

Step = Callable[[UnitOfWork], object]

ANN, BOB = a_user("ann"), a_user("bob", id=2)
ROOM, OTHER = a_room(id=10), a_room("other", id=11)
MEMBER, OTHER_MEMBER = a_membership(ANN.person, room=ROOM), a_membership(ANN.person, room=OTHER)
SESSION = Session(SessionId(5), ANN.id, NOON, NOON, "a browser", "192.0.2.1")
MESSAGE = MEMBER.post(MessageBody("hello"), id=MessageId(100), at=NOON, key=None, reply_to=None)
POSTED = MessagePosted(ROOM.id, MESSAGE.seq, NOON, ANN.person, MESSAGE)
LEFT_OTHER = UserLeft(OTHER.id, OTHER.next_seq, NOON, ANN.person, ANN.person)

BEYOND_THE_ROOM: dict[str, Step] = {
    "Users.get": lambda work: work.users.get(ANN.id),
    "Users.add": lambda work: work.users.add(a_user("eve", id=9)),
    "Users.save": lambda work: work.users.save(ANN),
    "Credentials.save": lambda work: work.credentials.save(UserCredentials(ANN.id, "a hash")),
    "Sessions.get": lambda work: work.sessions.get(SESSION.id),
    "Sessions.add": lambda work: work.sessions.add(replace(SESSION, id=SessionId(6))),
    "Sessions.save": lambda work: work.sessions.save(SESSION),
    "Sessions.forget": lambda work: work.sessions.forget(ANN.id, ended_before=NOON, used_before=NOON),
    "Rooms.get": lambda work: work.rooms.get(OTHER.id),
    "Rooms.find_direct": lambda work: work.rooms.find_direct("1,2"),
    "Rooms.add": lambda work: work.rooms.add(a_room(id=12)),
    "Rooms.save": lambda work: work.rooms.save(OTHER),
    "Rooms.remove": lambda work: work.rooms.remove(room_id=OTHER.id),
    "Memberships.of": lambda work: work.memberships.of(ANN.id, room_id=OTHER.id),
    "Memberships.authority": lambda work: work.memberships.authority(ANN.id, OTHER.id),
    "Memberships.add": lambda work: work.memberships.add(a_membership(BOB.person, room=OTHER)),
    "Memberships.save": lambda work: work.memberships.save(OTHER_MEMBER),
    "Memberships.move_read_mark": lambda work: work.memberships.move_read_mark(ANN.id, OTHER.id, Seq(1)),
    "Memberships.remove": lambda work: work.memberships.remove(ANN.id, OTHER.id),
    "Messages.set_mentions": lambda work: work.messages.set_mentions(
        OTHER_MEMBER.post(MessageBody("hello"), id=MessageId(100), at=NOON, key=None, reply_to=None), frozenset()
    ),
    "Log.append": lambda work: work.log.append(LEFT_OTHER),
    "ConsumerCursors.start": lambda work: work.consumers.start("counting", Beginning.HEAD, NOON),
    "ConsumerCursors.move": lambda work: work.consumers.move(
        "other", OTHER.id, before=OTHER.last_seq, to=Seq(OTHER.last_seq + 1)
    ),
}
READS: dict[str, Step] = {
    "Memberships.of": lambda work: work.memberships.of(ANN.id, ROOM.id),
    "Memberships.authority": lambda work: work.memberships.authority(ANN.id, ROOM.id),
    "Users.rights": lambda work: work.users.rights(ANN.id),
    "Rooms.get": lambda work: work.rooms.get(ROOM.id),
    "Rooms.save": lambda work: work.rooms.save(ROOM),
    "Messages.before": lambda work: work.messages.before(ROOM.id, None, limit=1),
    "Users.find": lambda work: work.users.find(ANN.username),
    "RoomViews.of": lambda work: work.views.of(ANN.id, ROOM.id),
    "Log.spans": lambda work: work.log.spans(ANN.id),
}


@pytest.fixture
def storage(storage: Storage) -> Storage:
    with storage.unit_of_work() as work:
        for user in (ANN, BOB):
            work.users.add(user)
        for member in (MEMBER, OTHER_MEMBER):
            work.rooms.add(member.room)
            work.memberships.add(member)
        work.rooms.add(a_room(id=13, kind=RoomKind.DIRECT, people=(1, 2)))
        work.sessions.add(SESSION)
        work.consumers.start("other", Beginning.HEAD, NOON)
        work.commit()
    return storage


def read_and_change(work: UnitOfWork) -> None:
    work.messages.before(OTHER.id, None, limit=1)  # what is only read may be of another room
    member = work.memberships.of(ANN.id, ROOM.id)
    work.memberships.successor(ROOM.id)
    work.append(POSTED)
    work.messages.set_mentions(MESSAGE, frozenset({"ann"}))
    work.memberships.save(member)


def log_of_the_room(storage: Storage) -> int:
    with storage.snapshot() as seen:
        return seen.log.spans(ANN.id)[ROOM.id].last_seq


def test_a_unit_of_work_that_names_its_room_may_read_and_then_change_it(storage: Storage) -> None:
    with storage.unit_of_work(ROOM.id) as work:
        read_and_change(work)
        work.commit()
    assert log_of_the_room(storage) == MESSAGE.seq


@pytest.mark.parametrize("name", BEYOND_THE_ROOM)
def test_it_neither_loads_nor_changes_anything_but_its_room(storage: Storage, name: str) -> None:
    with pytest.raises(BrokenRule, match=f"^{name} "), storage.unit_of_work(ROOM.id) as work:
        BEYOND_THE_ROOM[name](work)
    with storage.unit_of_work() as work:
        BEYOND_THE_ROOM[name](work)  # which may do all of it


@pytest.mark.parametrize("name", READS)
def test_it_reads_nothing_after_its_first_change_and_is_undone_if_it_does(storage: Storage, name: str) -> None:
    def break_the_rule() -> None:
        with storage.unit_of_work(ROOM.id) as work:
            read_and_change(work)
            READS[name](work)

    with pytest.raises(BrokenRule, match=f"^{name} "):
        break_the_rule()
    assert log_of_the_room(storage) == ROOM.last_seq
    with storage.unit_of_work() as work:
        read_and_change(work)
        READS[name](work)


def test_every_method_that_loads_or_changes_is_tried_beyond_the_room() -> None:
    methods = {
        f"{port.__name__}.{name}"
        for port in Snapshot.__annotations__.values()
        for name, method in vars(port).items()
        if isfunction(method) and not name.startswith("_")
        if hasattr(method, LOADS) or signature(method).return_annotation is None
    }
    assert methods == set(BEYOND_THE_ROOM)


@pytest.mark.parametrize("room", [None, OTHER.id])
def test_no_unit_of_work_begins_inside_another(storage: Storage, room: RoomId | None) -> None:
    with storage.unit_of_work(room) as work:
        with pytest.raises(BrokenRule, match="inside"), storage.unit_of_work():
            pass
        work.commit()
    with storage.unit_of_work() as work:
        work.commit()


def test_no_unit_of_work_begins_while_another_is_published(home: Home) -> None:
    storage, refused = home.open(), list[str]()

    def begin_one(_: object) -> None:
        with pytest.raises(BrokenRule, match="published") as caught, storage.unit_of_work():
            pass
        refused.append(str(caught.value))

    home.broadcaster.subscribe(begin_one)
    with storage.unit_of_work() as work:
        work.users.add(ANN)
        work.commit()
    assert len(refused) == 1
