"""What every storage promises of rooms as one person sees them."""

from itertools import islice

import pytest

from chat_domain.model.errors import RoomNotFound
from chat_domain.model.events import UserJoined
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import MessageBody, RoomDescription, RoomName
from chat_domain.model.views import MOST_COUNTED, RoomView
from tests.builders import Chat


def joined(chat: Chat, user: UserId, query: str = "", *, after: int = 0, limit: int = 100) -> list[RoomView]:
    with chat.storage.snapshot() as seen:
        return list(seen.views.joined(user, query, after=RoomId(after), limit=limit))


def public(chat: Chat, user: UserId, query: str = "", *, after: int = 0, limit: int = 100) -> list[RoomView]:
    with chat.storage.snapshot() as seen:
        return list(seen.views.public(user, query, after=RoomId(after), limit=limit))


def ids(views: list[RoomView]) -> list[int]:
    return [view.room.id for view in views]


def test_a_member_sees_the_role_the_count_and_what_is_unread(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.say(ann, room, "hello @bob")
    chat.say(bob, room, "@bob himself")
    view = chat.view(bob, room)
    assert view.viewer.id == bob
    assert (view.member_count, view.role, view.read_seq) == (2, Role.MEMBER, 2)
    assert (view.unread, view.mentions, view.people) == (1, 1, ())
    assert chat.view(ann, room).role is Role.OWNER


def test_what_was_deleted_or_is_ones_own_or_no_message_is_not_unread(chat: Chat) -> None:
    ann, bob, carl = (chat.register(name) for name in ("ann", "bob", "carl"))
    room = chat.open_room(ann, bob)
    gone = chat.say(ann, room, "@bob")
    chat.say(ann, room, "stays")
    chat.say(bob, room, "mine")
    chat.messaging.delete(ann, room=room, message=gone.id)
    chat.members.put(ann, room, carl, Role.MEMBER)
    assert (chat.view(bob, room).unread, chat.view(bob, room).mentions) == (1, 0)


def test_what_is_unread_follows_the_read_mark_and_edits(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    first, second, third = (chat.say(ann, room, f"@bob {n}") for n in range(3))
    chat.messaging.edit(ann, room=room, message=third.id, body=MessageBody("nobody"))
    for mark, unread, mentions in ((0, 3, 2), (first.seq, 2, 1), (second.seq, 1, 0), (99, 0, 0)):
        view = chat.reading.mark_read(bob, room, Seq(mark))
        assert (view.unread, view.mentions) == (unread, mentions)
        assert chat.view(bob, room) == view


def test_what_is_unread_is_counted_at_the_end_of_the_log_only(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    read_up_to, first = chat.view(bob, room).read_seq, chat.say(ann, room, "@bob")
    between = iter(range(first.seq + 1, read_up_to + MOST_COUNTED + 1))
    while some := list(islice(between, 200)):  # all at once would be slow in PostgreSQL
        with chat.storage.unit_of_work(room) as work:
            for seq in some:
                work.log.append(UserJoined(room, Seq(seq), first.created_at, first.sender, first.sender))
            work.commit()
    assert (chat.view(bob, room).unread, chat.view(bob, room).mentions) == (1, 1)
    chat.say(ann, room, "nobody")
    for view in (chat.view(bob, room), *joined(chat, bob), *public(chat, bob)):
        assert (view.read_seq, view.unread, view.mentions) == (read_up_to, 1, 0)
    assert chat.reading.mark_read(bob, room, Seq(99_999)).unread == 0


def test_who_is_not_a_member_of_a_public_room_sees_it_with_nothing_unread(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann)
    chat.say(ann, room, "@bob")
    view = chat.view(bob, room)
    assert not view.joined
    assert (view.viewer.id, view.member_count, view.read_seq, view.unread, view.mentions) == (bob, 1, 0, 0, 0)


def test_a_room_of_others_does_not_exist(chat: Chat) -> None:
    ann, bob, carl = (chat.register(name) for name in ("ann", "bob", "carl"))
    private = chat.open_room(ann, kind=RoomKind.PRIVATE)
    direct = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    for room in (private, direct, RoomId(99)):
        with chat.storage.snapshot() as seen:
            for look in (seen.views.of, seen.memberships.of, seen.memberships.authority):
                with pytest.raises(RoomNotFound):
                    look(carl, room)


def test_a_direct_room_is_called_after_the_others_also_when_they_left(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    chat.members.leave(bob, room)
    view = chat.view(ann, room)
    assert ([person.id for person in view.people], view.title, view.member_count) == ([bob], "bob", 1)


def test_a_direct_room_shows_the_others_in_order_of_id(chat: Chat) -> None:
    ann, bob, carl = (chat.register(name) for name in ("ann", "bob", "carl"))
    room = chat.rooms.open_direct(bob, others=[carl, ann])[0].room.id
    alone = chat.rooms.open_direct(bob, others=[])[0].room.id
    assert [person.id for person in chat.view(bob, room).people] == [ann, carl]
    assert [person.id for person in chat.view(ann, room).people] == [bob, carl]
    assert {view.room.id: len(view.people) for view in joined(chat, bob)} == {room: 2, alone: 0}
    assert chat.view(bob, room) == joined(chat, bob)[0]


def test_ones_rooms_are_listed_as_each_is_seen_alone(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    rooms = [
        chat.open_room(ann, bob, name=name, kind=kind) for kind in (RoomKind.PUBLIC, RoomKind.PRIVATE) for name in "xy"
    ]
    rooms.append(chat.rooms.open_direct(ann, others=[bob])[0].room.id)
    left = chat.open_room(ann, bob)
    chat.members.leave(bob, left)
    chat.open_room(ann)
    for room in rooms[::2]:
        chat.say(ann, room, "@bob")
    assert joined(chat, bob) == [chat.view(bob, room) for room in rooms]
    assert [view.unread for view in joined(chat, bob)] == [1, 0, 1, 0, 1]


def test_lists_come_in_order_of_id_page_by_page(chat: Chat) -> None:
    ann = chat.register("ann")
    rooms = [chat.open_room(ann) for _ in range(5)]
    for views in (joined, public):
        assert ids(views(chat, ann, limit=3)) == rooms[:3]
        assert ids(views(chat, ann, after=rooms[2], limit=3)) == rooms[3:]
        assert ids(views(chat, ann, after=rooms[4], limit=3)) == []


@pytest.mark.parametrize(
    ("query", "by_name", "by_description"),
    [
        ("", [0, 1, 2], []),
        ("ÄNNA", [0], []),
        ("STRASSE", [1], []),
        ("100%", [2], []),
        ("0_", [], []),
        ("%", [2], [1]),
        ("quiet", [], [0]),
        ("QUIET", [], [0]),
        ("küche\nall", [], [0]),
        ("\0", [], []),
        ("\udfff", [], []),
    ],
)
def test_rooms_are_searched_in_any_case_and_public_ones_by_description_too(
    chat: Chat, query: str, by_name: list[int], by_description: list[int]
) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    described = {"Ännas Küche": "All quiet here", "Große Straße": "50% off", "100%": "a_b"}
    rooms = [
        chat.rooms.create(
            ann, name=RoomName(name), description=RoomDescription(description), kind=RoomKind.PUBLIC
        ).room.id
        for name, description in described.items()
    ]  # fmt: skip
    chat.open_room(ann, name="Ännas Straße 100%", kind=RoomKind.PRIVATE)
    assert ids(joined(chat, ann, query))[: len(by_name)] == [rooms[place] for place in by_name]
    assert ids(public(chat, bob, query)) == sorted(rooms[place] for place in {*by_name, *by_description})


def test_direct_rooms_have_no_name_to_be_found_by(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    assert ids(joined(chat, ann)) == [room]
    assert ids(joined(chat, ann, "bob")) == ids(public(chat, ann)) == []


def test_public_rooms_are_seen_by_members_with_what_is_unread(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    mine, other = chat.open_room(ann, bob), chat.open_room(ann)
    chat.say(ann, mine, "@bob")
    assert public(chat, bob) == [chat.view(bob, mine), chat.view(bob, other)]
    assert [(view.joined, view.unread) for view in public(chat, bob)] == [(True, 1), (False, 0)]
