"""What every storage promises of the room logs."""

from dataclasses import replace
from itertools import chain

import pytest

from chat_domain.model.errors import Conflict, RoomNotFound
from chat_domain.model.events import (
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomChanged,
    RoomEvent,
    UnknownEvent,
    UserJoined,
    UserLeft,
    kind_of,
)
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.values import ClientKey, DisplayName, MessageBody, RoomName
from chat_domain.model.views import LogSpan
from chat_domain.ports.storage import Storage
from tests.builders import NOON, Chat, a_membership, a_message, a_room, a_user
from tests.events import EXAMPLES
from tests.integration.contracts.homes import Home

ANN, BOB = a_user("ann"), a_user("bob", id=2)
ROOM = a_room(last_seq=0)
MANY = 40_000  # more than databases take as separate parameters
HEAD = (ROOM.id, Seq(1), NOON, ANN.person)


@pytest.fixture
def storage(storage: Storage) -> Storage:
    """With Ann and Bob in a room whose log is empty."""
    with storage.unit_of_work() as work:
        for user in (ANN, BOB):
            work.users.add(user)
        work.rooms.add(ROOM)
        for user in (ANN, BOB):
            work.memberships.add(a_membership(user.person, room=ROOM))
        work.commit()
    return storage


def append(storage: Storage, *events: RoomEvent) -> None:
    for event in events:
        with storage.unit_of_work() as work:
            work.log.append(event)
            work.commit()


def log(storage: Storage, after: int = 0, limit: int = 100) -> tuple[RoomEvent, ...]:
    with storage.snapshot() as seen:
        return seen.log.after(ROOM.id, Seq(after), limit=limit).events


@pytest.mark.parametrize("event", [*chain(*EXAMPLES.values())], ids=kind_of)
def test_an_event_of_every_kind_comes_back_as_it_was_appended(storage: Storage, event: RoomEvent) -> None:
    (posted,) = EXAMPLES[MessagePosted.KIND]
    append(storage, UserJoined(*HEAD, BOB.person))
    if isinstance(event, MessagePosted):
        append(storage, event)
    else:
        event = replace(event, seq=Seq(3))
        append(storage, posted, event)
    assert log(storage)[-1] == event


def test_message_events_carry_the_message_as_it_is_now(storage: Storage) -> None:
    message = a_message("a secret", room=ROOM, sender=ANN.person)
    edited = message.edited(MessageBody("another secret"), NOON)
    events = (
        MessagePosted(*HEAD, message),
        MessageEdited(ROOM.id, Seq(2), NOON, ANN.person, edited),
        MessageDeleted(ROOM.id, Seq(3), NOON, BOB.person, edited.delete(NOON)),
    )
    append(storage, *events)
    assert log(storage) == tuple(replace(event, message=edited.delete(NOON)) for event in events)


def test_events_show_people_as_they_are_called_now(storage: Storage) -> None:
    append(storage, UserJoined(*HEAD, BOB.person))
    ann, bob = (user.renamed(DisplayName("new")) for user in (ANN, BOB))
    with storage.unit_of_work() as work:
        work.users.save(ann)
        work.users.save(bob)
        work.commit()
    assert log(storage) == (UserJoined(ROOM.id, Seq(1), NOON, ann.person, bob.person),)


@pytest.mark.parametrize("seq", [1, 3, 4, 2**53 - 1])
def test_only_the_next_event_of_a_room_is_taken(storage: Storage, seq: int) -> None:
    append(storage, UserJoined(*HEAD, BOB.person))
    with pytest.raises(Conflict), storage.unit_of_work() as work:
        work.log.append(UserLeft(ROOM.id, Seq(seq), NOON, ANN.person, BOB.person))
    assert len(log(storage)) == 1
    append(storage, UserLeft(ROOM.id, Seq(2), NOON, ANN.person, BOB.person))


def test_nothing_is_appended_to_a_room_that_is_not_there(storage: Storage) -> None:
    with pytest.raises(RoomNotFound), storage.unit_of_work() as work:
        work.log.append(UserLeft(RoomId(99), Seq(1), NOON, ANN.person, BOB.person))
    with storage.snapshot() as seen, pytest.raises(RoomNotFound):
        seen.log.after(RoomId(99), Seq(0), limit=1)


def test_a_client_key_is_taken_once_in_a_room_by_each_sender(storage: Storage) -> None:
    first = a_message(room=ROOM, key="one", sender=ANN.person)
    append(storage, MessagePosted(*HEAD, first))
    second = replace(first, id=MessageId(101), seq=Seq(2))
    with pytest.raises(Conflict), storage.unit_of_work() as work:
        work.log.append(MessagePosted(ROOM.id, Seq(2), NOON, ANN.person, second))
    append(
        storage,
        MessagePosted(ROOM.id, Seq(2), NOON, BOB.person, replace(second, sender=BOB.person)),
        MessagePosted(
            ROOM.id, Seq(3), NOON, ANN.person, replace(second, seq=Seq(3), id=MessageId(102), client_key=ClientKey("2"))
        ),
    )
    assert [event.seq for event in log(storage)] == [1, 2, 3]


def test_the_log_is_read_page_by_page(storage: Storage) -> None:
    append(storage, *(UserJoined(ROOM.id, Seq(seq), NOON, ANN.person, BOB.person) for seq in range(1, 6)))
    with storage.snapshot() as seen:
        first, last, beyond = (seen.log.after(ROOM.id, Seq(after), limit=3) for after in (0, 3, 9))
    assert ([event.seq for event in first.events], first.span.last_seq, first.has_more) == ([1, 2, 3], 5, True)
    assert ([event.seq for event in last.events], last.span.last_seq, last.has_more) == ([4, 5], 5, False)
    assert (beyond.events, beyond.span.last_seq, beyond.has_more) == ((), 5, False)


def test_the_epoch_is_one_in_all_logs_and_stays(storage: Storage, home: Home) -> None:
    with storage.snapshot() as seen:
        epoch = seen.log.epoch()
    assert len(epoch) == 32
    append(storage, UserJoined(*HEAD, BOB.person))
    for opened in (storage, home.open()):
        with opened.unit_of_work() as work:
            assert work.log.epoch() == epoch


def test_catching_up_from_ahead_of_the_log_gives_no_events_and_where_it_ends(chat: Chat) -> None:
    ann = chat.register("ann")
    ahead, behind = chat.open_room(ann), chat.open_room(ann)
    caught = chat.delivery.sync(ann, {ahead: Seq(2**53 - 1), behind: Seq(0)})
    page = caught.pages[ahead]
    assert (page.events, page.span.last_seq, page.has_more) == ((), 1, False)
    assert [event.seq for event in caught.pages[behind].events] == [1]
    assert caught.epoch == chat.reading.epoch()


def test_spans_are_those_of_ones_own_rooms(storage: Storage) -> None:
    append(storage, UserJoined(*HEAD, BOB.person))
    with storage.unit_of_work() as work:
        for id in (11, 12):
            work.rooms.add(a_room(id=id, last_seq=0))
        work.memberships.add(a_membership(ANN.person, room=a_room(id=12)))
        work.commit()
    with storage.snapshot() as seen:
        assert dict(seen.log.spans(ANN.id)) == {ROOM.id: LogSpan(Seq(1), Seq(1)), RoomId(12): LogSpan(Seq(1), Seq(0))}
        assert dict(seen.log.spans(BOB.id)) == {ROOM.id: LogSpan(Seq(1), Seq(1))}
        assert not seen.log.spans(UserId(9))


def test_everything_that_happens_in_a_room_is_one_dense_log(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    message = chat.say(ann, room)
    chat.messaging.edit(ann, room=room, message=message.id, body=MessageBody("other"))
    chat.messaging.delete(ann, room=room, message=message.id)
    chat.rooms.change(ann, room, name=RoomName("other"), description=None)
    chat.members.put(ann, room, bob, Role.MODERATOR)
    chat.members.leave(ann, room)
    messages = [MessagePosted, MessageEdited, MessageDeleted]
    happened = [UserJoined, UserJoined, *messages, RoomChanged, RoomChanged, UserLeft, RoomChanged]
    assert [(event.seq, type(event)) for event in chat.log(room)] == list(enumerate(happened, start=1))


def test_heads_of_rooms_are_their_last_places_whoever_is_in_them(storage: Storage) -> None:
    append(storage, UserJoined(*HEAD, BOB.person))
    with storage.unit_of_work() as work:
        work.rooms.add(a_room(id=11, last_seq=0))
        work.commit()
    with storage.snapshot() as seen:
        assert dict(seen.log.heads_of([ROOM.id, RoomId(11), RoomId(99)])) == {ROOM.id: 1, RoomId(11): 0}
        assert dict(seen.log.heads_of([])) == {}
        assert dict(seen.log.heads_of([RoomId(id) for id in range(1, MANY + 1)])) == {ROOM.id: 1, RoomId(11): 0}


FROM_THE_FUTURE = [
    UnknownEvent(*HEAD, "from_the_future"),
    UnknownEvent(*HEAD, "from_the_future", {"message_seq": 7, "user_id": BOB.id, "colour": "blue", "deep": {"a": [1]}}),
]


@pytest.mark.parametrize("event", FROM_THE_FUTURE, ids=["empty", "full"])
def test_an_event_of_an_unknown_kind_comes_back_as_it_was_appended(storage: Storage, event: RoomEvent) -> None:
    append(storage, event)
    assert log(storage) == (event,)


def test_the_log_goes_on_after_an_event_of_an_unknown_kind(storage: Storage) -> None:
    message = a_message(room=replace(ROOM, last_seq=Seq(1)), sender=ANN.person)
    append(storage, FROM_THE_FUTURE[1], MessagePosted(ROOM.id, Seq(2), NOON, ANN.person, message))
    assert [type(event) for event in log(storage)] == [UnknownEvent, MessagePosted]
    with storage.snapshot() as seen:
        assert seen.messages.before(ROOM.id, None, limit=10) == [message]
        assert seen.views.of(BOB.id, ROOM.id).unread == 1
        assert seen.log.spans(BOB.id) == {ROOM.id: LogSpan(Seq(1), Seq(2))}
