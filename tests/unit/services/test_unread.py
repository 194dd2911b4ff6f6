"""What is unread follows from the log and the read mark, whatever happens."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.local import LocalBroadcaster
from adapters.memory.rooms import MemoryRoomViews
from adapters.memory.storage import MemoryStorage
from chat_domain.model.ephemeral import ReadMarkMoved
from chat_domain.model.errors import ChatError, NotAMember, RoomNotFound
from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import MessageBody
from chat_domain.model.views import RoomView
from chat_domain.ports.storage import Snapshot, UnitOfWork
from tests.builders import Chat, a_chat
from tests.unit.delivery.held import InterruptedStorage


def a_room_of_two() -> tuple[Chat, RoomId, UserId, UserId]:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    return chat, chat.open_room(ann, bob), ann, bob


def counted(chat: Chat, user: UserId, room: RoomId) -> tuple[int, int]:
    view = chat.view(user, room)
    return view.unread, view.mentions


def test_messages_of_others_after_the_read_mark_are_unread() -> None:
    chat, room, ann, bob = a_room_of_two()
    for text in ("one", "two @bob", "three"):
        chat.say(ann, room, text)
    chat.say(bob, room, "mine")
    assert counted(chat, bob, room) == (3, 1)
    assert counted(chat, ann, room) == (1, 0)
    assert (chat.reading.mark_read(bob, room, Seq(3)).unread, counted(chat, bob, room)) == (2, (2, 1))


def test_a_deleted_message_is_not_unread() -> None:
    chat, room, ann, bob = a_room_of_two()
    message = chat.say(ann, room, "hi @bob")
    chat.messaging.delete(ann, room=room, message=message.id)
    assert counted(chat, bob, room) == (0, 0)


def test_an_edit_takes_mentions_away_and_brings_others() -> None:
    chat, room, ann, bob = a_room_of_two()
    message = chat.say(ann, room, "hi @bob")
    chat.messaging.edit(ann, room=room, message=message.id, body=MessageBody("hi"))
    assert counted(chat, bob, room) == (1, 0)
    chat.messaging.edit(ann, room=room, message=message.id, body=MessageBody("hi @BOB."))
    assert counted(chat, bob, room) == (1, 1)


def test_a_mention_is_for_members_of_the_room_and_not_of_oneself() -> None:
    chat, room, ann, bob = a_room_of_two()
    eve = chat.register("eve")
    chat.say(ann, room, "@ann @eve @nobody")
    assert [chat.view(user, room).mentions for user in (ann, bob, eve)] == [0, 0, 0]


def test_a_moved_mark_is_told_to_ones_other_devices_only() -> None:
    chat, room, ann, bob = a_room_of_two()
    chat.say(ann, room)
    for connection, user in (("a", ann), ("b1", bob), ("b2", bob)):
        chat.connect(connection, user)
    view = chat.reading.mark_read(bob, room, Seq(3), origin="b1")
    assert [chat.heard(connection) for connection in ("a", "b1", "b2")] == [[], [], [ReadMarkMoved(view, "b1")]]
    chat.reading.mark_read(bob, room, Seq(2), origin="b1")
    assert len(chat.heard("b2")) == 1


class CountedViews(MemoryRoomViews):
    """Counts how often somebody looked at what is unread."""

    looks = 0

    def of(self, user_id: UserId, room_id: RoomId) -> RoomView:
        self.looks += 1
        return super().of(user_id, room_id)


class CountedStorage(MemoryStorage):
    """A storage that has one view of rooms, and notes the units of work."""

    def __init__(self) -> None:
        super().__init__(LocalBroadcaster())
        self.views = CountedViews(self._tables)
        self.units = 0

    def snapshot(self) -> Snapshot:
        seen = super().snapshot()
        seen.views = self.views
        return seen

    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        work = super().unit_of_work(room)
        work.views = self.views
        self.units += 1
        return work


def test_what_is_unread_is_counted_once_for_a_mark_and_nobody_waits_for_one_that_does_not_move() -> None:
    storage = CountedStorage()
    chat = a_chat(storage=storage)
    ann = chat.register("ann")
    room = chat.open_room(ann)
    said = chat.say(ann, room)
    for moves in (1, 0):
        storage.views.looks = storage.units = 0
        assert chat.reading.mark_read(ann, room, said.seq).read_seq == said.seq
        assert (storage.views.looks, storage.units) == (1, moves)


@pytest.mark.parametrize(("kind", "error"), [(RoomKind.PUBLIC, NotAMember), (RoomKind.PRIVATE, RoomNotFound)])
def test_who_is_led_out_while_reading_has_no_read_mark(kind: RoomKind, error: type[ChatError]) -> None:
    storage = InterruptedStorage(LocalBroadcaster())
    chat = a_chat(storage=storage)
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob, kind=kind)
    chat.say(ann, room)
    chat.connect("b2", bob)
    storage.afterwards = lambda: chat.members.leave(bob, room)
    with pytest.raises(error):
        chat.reading.mark_read(bob, room, Seq(3))
    assert chat.heard("b2", ReadMarkMoved) == []


def test_who_may_only_look_in_has_no_read_mark() -> None:
    chat, room, _, _ = a_room_of_two()
    with pytest.raises(NotAMember):
        chat.reading.mark_read(chat.register("eve"), room, Seq(1))


@given(st.lists(st.integers(-5, 30).map(Seq), max_size=10))
def test_the_read_mark_only_moves_forward_and_never_past_the_log(marks: list[Seq]) -> None:
    chat, room, ann, bob = a_room_of_two()
    for _ in range(10):
        chat.say(ann, room)
    highest = chat.view(bob, room).read_seq
    for mark in marks:
        highest = max(highest, min(mark, Seq(12)))
        assert chat.reading.mark_read(bob, room, mark).read_seq == highest


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["say", "say", "mention", "delete", "edit", "read", "leave", "join"]), st.integers(0, 20)
    ),
    max_size=30,
)


@given(STEPS)
def test_unread_is_always_the_messages_of_others_after_the_mark(steps: list[tuple[str, int]]) -> None:
    chat, room, ann, bob = a_room_of_two()
    said = [chat.say(ann, room)]
    for what, number in steps:
        sender, message = (ann, bob)[number % 2], said[number % len(said)]
        with suppress(ChatError):
            if what in ("say", "mention"):
                said.append(chat.say(sender, room, "hello" if what == "say" else "hello @bob"))
            elif what == "delete":
                chat.messaging.delete(message.sender.id, room=room, message=message.id)
            elif what == "edit":
                body = MessageBody(f"@bob {number}" if number % 3 else f"{number}")
                chat.messaging.edit(message.sender.id, room=room, message=message.id, body=body)
            elif what == "read":
                chat.reading.mark_read(bob, room, Seq(number))
            else:
                {"leave": chat.members.leave, "join": chat.members.join}[what](bob, room)
    view = chat.view(bob, room)
    messages = [event.message for event in chat.log(room) if isinstance(event, MessagePosted)]
    unread = [m for m in messages if view.joined and m.seq > view.read_seq and m.sender.id == ann and not m.deleted]
    assert view.unread == len(unread)
    assert view.mentions == sum("@bob" in str(message.body) for message in unread)
