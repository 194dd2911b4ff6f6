from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.ephemeral import RoomAdded, RoomRemoved
from chat_domain.model.errors import (
    ChatError,
    Forbidden,
    Invalid,
    LastOwner,
    MemberNotFound,
    NotAMember,
    RoomNotFound,
    TooMany,
    UserNotFound,
)
from chat_domain.model.events import RoomChanged, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.services.members import MOVES_BY_USER
from tests.builders import Chat, a_chat

NOBODY, NOWHERE = UserId(10**9), RoomId(10**9)


def roles(chat: Chat, room: RoomId) -> dict[str, Role]:
    with chat.storage.snapshot() as seen:
        members = seen.memberships.in_room(room, after=UserId(0), limit=100)
    return {str(member.person.username): member.role for member in members}


def a_room_of_three(kind: RoomKind = RoomKind.PUBLIC) -> tuple[Chat, RoomId, UserId, UserId, UserId]:
    chat = a_chat()
    ann, bob, cem = (chat.register(name) for name in ("ann", "bob", "cem"))
    return chat, chat.open_room(ann, bob, cem, kind=kind), ann, bob, cem


def test_a_public_room_is_joined_once() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann)
    view = chat.members.join(bob, room)
    assert (view.role, view.member_count, view.unread, view.read_seq) == (Role.MEMBER, 2, 0, 2)
    assert chat.members.join(bob, room) == view
    assert [type(event) for event in chat.log(room)] == [UserJoined, UserJoined]


@pytest.mark.parametrize("kind", [RoomKind.PRIVATE, RoomKind.DIRECT])
def test_for_an_outsider_a_private_room_is_not_there_whatever_they_try(kind: RoomKind) -> None:
    chat = a_chat()
    ann, bob, eve = (chat.register(name) for name in ("ann", "bob", "eve"))
    if kind is RoomKind.DIRECT:
        room = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    else:
        room = chat.open_room(ann, bob, kind=kind)
    message = chat.say(ann, room)
    before = chat.log(room)

    def answers(place: RoomId) -> list[str]:
        tries: list[Callable[[], object]] = [
            lambda: chat.members.join(eve, place),
            lambda: chat.members.leave(eve, place),
            lambda: chat.members.put(eve, place, eve, Role.MEMBER),
            lambda: chat.members.put(eve, place, ann, Role.MEMBER),
            lambda: chat.members.put(eve, place, NOBODY, Role.MEMBER),
            lambda: chat.members.remove(eve, place, ann),
            lambda: chat.members.remove(eve, place, NOBODY),
            lambda: chat.rooms.details(eve, place, members_after=UserId(0), members=9),
            lambda: chat.rooms.change(eve, place, name=None, description=None),
            lambda: chat.rooms.delete(eve, place),
            lambda: chat.say(eve, place),
            lambda: chat.say(eve, place, reply_to=message.id),
            lambda: chat.messaging.edit(eve, room=place, message=message.id, body=message.body),
            lambda: chat.messaging.delete(eve, room=place, message=message.id),
            lambda: chat.messaging.type(eve, room=place),
            lambda: chat.reading.before(eve, place, None, limit=9),
            lambda: chat.reading.after(eve, place, message.seq, limit=9),
            lambda: chat.reading.around(eve, place, message.seq, limit=9),
            lambda: chat.reading.events(eve, place, after=message.seq, limit=9),
            lambda: chat.reading.mark_read(eve, place, message.seq),
        ]
        found = []
        for attempt in tries:
            with pytest.raises(ChatError) as caught:
                attempt()
            found.append(f"{caught.value.code}: {caught.value.message}")
        return found

    assert set(answers(room)) == {f"room_not_found: {RoomNotFound.detail}"}
    assert answers(room) == answers(NOWHERE)
    assert chat.log(room) == before
    assert chat.delivery.sync(eve, {room: message.seq}).pages == {}
    assert chat.rooms.public(eve, "", after=RoomId(0), limit=9).items == ()


def test_everybody_may_leave_and_sees_the_room_as_it_is_then() -> None:
    chat, room, _, bob, _ = a_room_of_three()
    view = chat.members.leave(bob, room)
    assert (view.joined, view.member_count, view.room.last_seq) == (False, 2, 4)
    with pytest.raises(NotAMember):
        chat.members.leave(bob, room)


def test_who_comes_back_has_read_everything_and_is_a_member_again() -> None:
    chat, room, ann, bob, _ = a_room_of_three()
    chat.members.put(ann, room, bob, Role.MODERATOR)
    chat.members.leave(bob, room)
    chat.say(ann, room)
    view = chat.members.join(bob, room)
    assert (view.role, view.unread) == (Role.MEMBER, 0)


def test_an_invitation_is_told_to_the_invited_and_to_the_room() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, kind=RoomKind.PRIVATE)
    for connection, user in (("a", ann), ("b", bob)):
        chat.connect(connection, user)
    member, new = chat.members.put(ann, room, bob, Role.MODERATOR)
    assert (member.role, new) == (Role.MODERATOR, True)
    assert [type(heard) for heard in chat.heard("a")] == [UserJoined]
    assert [type(heard) for heard in chat.heard("b")] == [RoomAdded, UserJoined]


def test_a_removal_is_told_to_the_removed_and_to_the_room() -> None:
    chat, room, ann, bob, _ = a_room_of_three()
    for connection, user in (("a", ann), ("b", bob)):
        chat.connect(connection, user)
    chat.members.remove(ann, room, bob)
    (left,) = chat.heard("a")
    assert isinstance(left, UserLeft)
    assert (left.actor.id, left.user.id) == (ann, bob)
    assert chat.heard("b") == [RoomRemoved(bob, room)]


def test_the_same_role_again_changes_nothing() -> None:
    chat, room, ann, bob, _ = a_room_of_three()
    before = chat.log(room)
    assert chat.members.put(ann, room, bob, Role.MEMBER)[1] is False
    assert chat.log(room) == before


def test_a_member_invites_and_removes_nobody() -> None:
    chat, room, _, bob, cem = a_room_of_three()
    dan = chat.register("dan")
    with pytest.raises(Forbidden):
        chat.members.put(bob, room, dan, Role.MEMBER)
    for other in (cem, dan, NOBODY):
        with pytest.raises(Forbidden):
            chat.members.remove(bob, room, other)
        with pytest.raises(Forbidden):
            chat.members.put(bob, room, other, Role.MEMBER)


def test_who_is_not_there_cannot_be_invited_or_removed() -> None:
    chat, room, ann, _, _ = a_room_of_three()
    with pytest.raises(UserNotFound):
        chat.members.put(ann, room, NOBODY, Role.MEMBER)
    with pytest.raises(MemberNotFound):
        chat.members.remove(ann, room, chat.register("dan"))
    with pytest.raises(Invalid):
        chat.members.remove(ann, room, ann)


def test_nobody_is_brought_into_a_direct_conversation_of_others() -> None:
    chat = a_chat()
    ann, bob, eve = (chat.register(name) for name in ("ann", "bob", "eve"))
    room = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    with pytest.raises(Forbidden):
        chat.members.put(ann, room, eve, Role.MEMBER)
    with pytest.raises(Forbidden):
        chat.members.remove(ann, room, bob)


def test_the_last_owner_cannot_step_down() -> None:
    chat, room, ann, bob, _ = a_room_of_three()
    for lower in (Role.MODERATOR, Role.MEMBER):
        with pytest.raises(LastOwner):
            chat.members.put(ann, room, ann, lower)
    chat.members.put(ann, room, bob, Role.OWNER)
    chat.members.put(ann, room, ann, Role.MEMBER)
    assert roles(chat, room) == {"ann": Role.MEMBER, "bob": Role.OWNER, "cem": Role.MEMBER}


def test_when_the_last_owner_leaves_the_eldest_member_owns_the_room() -> None:
    chat, room, ann, _, _ = a_room_of_three()
    chat.members.leave(ann, room)
    assert roles(chat, room) == {"bob": Role.OWNER, "cem": Role.MEMBER}
    left, handed_on = chat.log(room)[-2:]
    assert isinstance(left, UserLeft)
    assert isinstance(handed_on, RoomChanged)
    assert handed_on.member
    assert (str(handed_on.member.person.username), handed_on.member.role) == ("bob", Role.OWNER)


def test_a_moderator_comes_before_older_members_in_the_succession() -> None:
    chat, room, ann, _, cem = a_room_of_three()
    chat.members.put(ann, room, cem, Role.MODERATOR)
    chat.members.leave(ann, room)
    assert roles(chat, room) == {"bob": Role.MEMBER, "cem": Role.OWNER}


def test_a_room_that_has_another_owner_is_not_handed_on() -> None:
    chat, room, ann, _, cem = a_room_of_three()
    chat.members.put(ann, room, cem, Role.OWNER)
    chat.members.leave(ann, room)
    assert roles(chat, room) == {"bob": Role.MEMBER, "cem": Role.OWNER}


def test_whoever_joins_a_deserted_public_room_owns_it() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann)
    chat.members.leave(ann, room)
    assert chat.members.join(bob, room).role is Role.OWNER
    assert chat.members.join(ann, room).role is Role.MEMBER


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "put", "put", "remove", "say"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(Role),
    ),
    max_size=30,
)


@given(ACTIONS)
def test_whatever_people_do_a_room_with_members_has_an_owner_and_a_dense_log(
    actions: list[tuple[str, int, int, Role]],
) -> None:
    chat = a_chat()
    people = [chat.register(name) for name in ("ann", "bob", "cem", "dan")]
    room = chat.open_room(people[0])
    for what, who, whom, role in actions:
        actor, other = people[who], people[whom]
        ranks = roles(chat, room)
        with suppress(ChatError):
            if what == "put":
                chat.members.put(actor, room, other, role)
            elif what == "remove":
                chat.members.remove(actor, room, other)
            elif what == "say":
                chat.say(actor, room)
            else:
                {"join": chat.members.join, "leave": chat.members.leave}[what](actor, room)
        now = roles(chat, room)
        assert not now or Role.OWNER in now.values()
        if what == "put":
            assert Role.OWNER not in {now[name] for name in now if now[name] != ranks.get(name)} or (
                ranks[str(chat.accounts.me(actor).username)] is Role.OWNER
            )
    assert [event.seq for event in chat.log(room)] == list(range(1, len(chat.log(room)) + 1))


def test_nobody_comes_and_goes_without_end() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann)
    for _ in range(MOVES_BY_USER.times // 2):
        chat.members.join(bob, room)
        chat.members.leave(bob, room)
    with pytest.raises(TooMany):
        chat.members.join(bob, room)
