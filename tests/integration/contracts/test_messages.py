"""What every storage promises of messages and their history."""

from dataclasses import FrozenInstanceError, fields, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from chat_domain.model.errors import MessageNotFound
from chat_domain.model.events import MessageDeleted, MessageEdited, MessagePosted, UserJoined
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.messages import Message
from chat_domain.model.rooms import Room
from chat_domain.model.values import ClientKey, DisplayName, MessageBody
from chat_domain.ports.storage import Storage
from tests.builders import NOON, Chat, a_membership, a_room, a_user

ANN, BOB = a_user("ann"), a_user("bob", id=2)


def a_lobby(storage: Storage) -> Room:
    """A room with Ann and Bob in it, and an empty log."""
    room = a_room(last_seq=0)
    with storage.unit_of_work() as work:
        for user in (ANN, BOB):
            work.users.add(user)
        work.rooms.add(room)
        for user in (ANN, BOB):
            work.memberships.add(a_membership(user.person, room=room))
        work.commit()
    return room


def post(
    storage: Storage, room: Room, text: str = "hello", *, key: str | None = None, reply_to: Message | None = None
) -> Message:
    with storage.unit_of_work() as work:
        member = work.memberships.of(ANN.id, room.id)
        message = member.post(
            MessageBody(text),
            id=MessageId(100 + work.next_id()),
            at=NOON + timedelta(milliseconds=7),
            key=ClientKey(key) if key else None,
            reply_to=reply_to,
        )
        work.log.append(MessagePosted(room.id, message.seq, message.created_at, ANN.person, message))
        work.commit()
    return message


def join_and_leave_a_gap(storage: Storage, room: Room) -> None:
    """An event that is no message takes a place among them."""
    with storage.unit_of_work() as work:
        seq = work.rooms.get(room.id).next_seq
        work.log.append(UserJoined(room.id, seq, NOON, ANN.person, BOB.person))
        work.commit()


def test_a_message_comes_back_as_it_was_posted(storage: Storage) -> None:
    room = a_lobby(storage)
    first = post(storage, room, " spaces, \t tabs\r\n, 😀 and ünïcödé \u202e ")
    second = post(storage, room, "x" * 4_000, key="a key ☂", reply_to=first)
    with storage.snapshot() as seen:
        assert seen.messages.get(room.id, first.id) == first
        assert seen.messages.get(room.id, second.id) == second
    assert (second.reply_to, second.reply_to_seq) == (first.id, first.seq)


def test_what_is_read_is_as_unchangeable_as_what_was_made(storage: Storage) -> None:
    room = a_lobby(storage)
    posted = post(storage, room, key="a key")
    with storage.snapshot() as seen:
        read = seen.messages.get(room.id, posted.id)
    assert hash(read) == hash(posted)
    for thing in (read, read.body, read.client_key):
        for field in fields(cast(Any, thing)):
            with pytest.raises(FrozenInstanceError):
                setattr(thing, field.name, None)


def test_a_message_of_another_room_or_none_is_not_found(storage: Storage) -> None:
    room = a_lobby(storage)
    message = post(storage, room)
    for room_id, id in ((room.id, MessageId(99)), (RoomId(11), message.id)):
        with storage.snapshot() as seen, pytest.raises(MessageNotFound):
            seen.messages.get(room_id, id)


def test_a_message_shows_its_sender_as_they_are_called_now(storage: Storage) -> None:
    message = post(storage, a_lobby(storage))
    renamed = ANN.renamed(DisplayName("Ännchen"))
    with storage.unit_of_work() as work:
        work.users.save(renamed)
        work.commit()
    with storage.snapshot() as seen:
        assert seen.messages.get(message.room_id, message.id) == replace(message, sender=renamed.person)


def test_a_send_is_found_by_its_key_only_for_its_sender_and_its_room(storage: Storage) -> None:
    room = a_lobby(storage)
    message = post(storage, room, key="one")
    post(storage, room)
    with storage.snapshot() as seen:
        assert seen.messages.sent_with(ClientKey("one"), room_id=room.id, sender_id=ANN.id) == message
        assert seen.messages.sent_with(ClientKey("One"), room_id=room.id, sender_id=ANN.id) is None
        assert seen.messages.sent_with(ClientKey("one"), room_id=room.id, sender_id=BOB.id) is None
        assert seen.messages.sent_with(ClientKey("one"), room_id=RoomId(11), sender_id=ANN.id) is None


def test_edits_and_tombstones_are_what_is_found_from_then_on(storage: Storage) -> None:
    room = a_lobby(storage)
    message = post(storage, room, "secret", key="one")
    edited = message.edited(MessageBody("other"), NOON + timedelta(seconds=1))
    tombstone = edited.delete(NOON + timedelta(seconds=2))
    for event, after in (
        (MessageEdited(room.id, Seq(2), NOON, ANN.person, edited), edited),
        (MessageDeleted(room.id, Seq(3), NOON, ANN.person, tombstone), tombstone),
    ):
        with storage.unit_of_work() as work:
            work.log.append(event)
            work.commit()
        with storage.snapshot() as seen:
            assert seen.messages.get(room.id, message.id) == after
            assert seen.messages.sent_with(ClientKey("one"), room_id=room.id, sender_id=ANN.id) == after
            assert seen.messages.before(room.id, None, limit=5) == [after]


def seqs(messages: object) -> list[int]:
    assert isinstance(messages, list)
    return [message.seq for message in messages]


@pytest.mark.parametrize(
    ("before", "limit", "expected"),
    [
        (None, 3, [4, 6, 7]),
        (None, 50, [1, 2, 4, 6, 7]),
        (6, 2, [2, 4]),
        (5, 2, [2, 4]),
        (7, 50, [1, 2, 4, 6]),
        (1, 50, []),
        (0, 50, []),
        (2**53 - 1, 1, [7]),
    ],
)
def test_history_before_a_place_is_the_last_messages_in_ascending_order(
    storage: Storage, before: int | None, limit: int, expected: list[int]
) -> None:
    room = a_history(storage)
    with storage.snapshot() as seen:
        assert seqs(seen.messages.before(room.id, None if before is None else Seq(before), limit=limit)) == expected


@pytest.mark.parametrize(
    ("after", "limit", "expected"),
    [(0, 2, [1, 2]), (2, 2, [4, 6]), (3, 1, [4]), (4, 50, [6, 7]), (7, 50, []), (2**53 - 1, 50, [])],
)
def test_history_after_a_place_is_the_first_messages_in_ascending_order(
    storage: Storage, after: int, limit: int, expected: list[int]
) -> None:
    room = a_history(storage)
    with storage.snapshot() as seen:
        assert seqs(seen.messages.after(room.id, Seq(after), limit=limit)) == expected


def a_history(storage: Storage) -> Room:
    """Messages at 1, 2, 4, 6 and 7, with other events between them, and another room beside."""
    room = a_lobby(storage)
    with storage.unit_of_work() as work:
        work.rooms.add(a_room(id=11, last_seq=0))
        work.memberships.add(a_membership(ANN.person, room=a_room(id=11)))
        work.commit()
    for place in (1, 2, 0, 4, 0, 6, 7):
        if place:
            post(storage, room)
            post(storage, a_room(id=11))
        else:
            join_and_leave_a_gap(storage, room)
    return room


def test_a_room_that_is_not_there_has_no_history(storage: Storage) -> None:
    with storage.snapshot() as seen:
        assert not seen.messages.before(RoomId(99), None, limit=5)
        assert not seen.messages.after(RoomId(99), Seq(0), limit=5)


def mentions(storage: Storage, user: UserId) -> int:
    with storage.snapshot() as seen:
        return seen.views.of(user, RoomId(10)).mentions


def test_only_members_are_mentioned_and_only_by_the_names_set_last(storage: Storage) -> None:
    room = a_lobby(storage)
    with storage.unit_of_work() as work:
        work.users.add(a_user("carl", id=3))
        work.commit()
    message = post(storage, room)
    for keys, expected in (({"bob", "carl", "nobody"}, 1), ({"ann"}, 0), ({"bob"}, 1), (set[str](), 0)):
        with storage.unit_of_work() as work:
            work.memberships.move_read_mark(ANN.id, room.id, Seq(0))
            work.messages.set_mentions(message, frozenset(keys))
            work.commit()
        with storage.unit_of_work() as work:
            work.memberships.remove(BOB.id, room.id)
            work.memberships.add(replace(a_membership(BOB.person, room=room), read_seq=Seq(0)))
            work.commit()
        assert mentions(storage, BOB.id) == expected
    assert mentions(storage, UserId(3)) == 0


def test_a_mention_in_one_message_says_nothing_of_another(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    first = chat.say(ann, room, "@bob")
    chat.say(ann, room, "@bob again")
    chat.messaging.edit(ann, room=room, message=first.id, body=MessageBody("nobody"))
    assert chat.view(bob, room).mentions == 1
