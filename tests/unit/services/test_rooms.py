import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.ephemeral import RoomAdded
from chat_domain.model.errors import Forbidden, Invalid, NotAMember, RoomNotFound, TooMany
from chat_domain.model.events import MessagePosted, RoomChanged, UserJoined
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import RoomDescription, RoomName
from chat_domain.services.rooms import NEWEST_PAGE, ROOMS_BY_USER
from tests.builders import a_chat


def test_whoever_opens_a_room_owns_it() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    chat.connect("a", ann)
    view = chat.rooms.create(ann, name=RoomName("Lobby"), description=RoomDescription("for all"), kind=RoomKind.PRIVATE)
    assert (view.title, view.role, view.member_count, view.room.last_seq, view.unread) == ("Lobby", Role.OWNER, 1, 1, 0)
    added, joined = chat.heard("a")
    assert added == RoomAdded(view)
    assert isinstance(joined, UserJoined)


def test_rooms_may_have_the_same_name() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    assert chat.open_room(ann, name="lobby") != chat.open_room(ann, name="lobby")


def test_a_direct_conversation_is_not_made_like_a_room() -> None:
    chat = a_chat()
    with pytest.raises(Invalid):
        chat.open_room(chat.register("ann"), kind=RoomKind.DIRECT)


def test_rooms_are_limited_by_user() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    for _ in range(ROOMS_BY_USER.times):
        chat.open_room(ann)
    with pytest.raises(TooMany):
        chat.open_room(ann)
    with pytest.raises(TooMany):
        chat.rooms.open_direct(ann, others=[bob])
    chat.open_room(bob)


def test_who_moderates_renames_a_room_and_everybody_hears_of_it() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.connect("b", bob)
    view = chat.rooms.change(ann, room, name=RoomName("New"), description=None)
    (changed,) = chat.heard("b")
    assert isinstance(changed, RoomChanged)
    assert (str(changed.name), view.title, changed.seq, view.room.last_seq) == ("New", "New", 3, 3)


def test_a_change_that_changes_nothing_is_no_event() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann, name="lobby")
    chat.rooms.change(ann, room, name=RoomName("lobby"), description=None)
    assert len(chat.log(room)) == 1


def test_members_and_outsiders_change_nothing() -> None:
    chat = a_chat()
    ann, bob, eve = (chat.register(name) for name in ("ann", "bob", "eve"))
    room = chat.open_room(ann, bob)
    for user, error in ((bob, Forbidden), (eve, NotAMember)):
        with pytest.raises(error):
            chat.rooms.change(user, room, name=RoomName("mine"), description=None)
        with pytest.raises(error):
            chat.rooms.delete(user, room)


def test_a_deleted_room_is_gone_for_everybody() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.say(ann, room)
    chat.rooms.delete(ann, room)
    for user in (ann, bob):
        with pytest.raises(RoomNotFound):
            chat.view(user, room)
        assert chat.rooms.joined(user, "", after=RoomId(0), limit=9).items == ()
        assert chat.delivery.sync(user, {}).joined == ()


def test_the_details_are_of_one_moment_with_the_newest_messages() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    for number in range(NEWEST_PAGE + 5):
        chat.say(ann, room, str(number))
    details = chat.rooms.details(bob, room, members_after=UserId(0), members=1)
    assert [str(member.person.username) for member in details.members] == ["ann"]
    assert details.more_members
    assert [str(message.body) for message in details.history.messages] == [str(n) for n in range(5, NEWEST_PAGE + 5)]
    assert (details.history.more_before, details.history.more_after) == (True, False)
    rest = chat.rooms.details(bob, room, members_after=ann, members=1)
    assert ([member.person.id for member in rest.members], rest.more_members) == ([bob], False)


def test_anybody_looks_into_a_public_room() -> None:
    chat = a_chat()
    ann, eve = chat.register("ann"), chat.register("eve")
    room = chat.open_room(ann)
    chat.say(ann, room)
    details = chat.rooms.details(eve, room, members_after=UserId(0), members=9)
    assert (details.view.joined, details.view.unread, len(details.history.messages)) == (False, 0, 1)


def test_lists_are_paged_and_searched_without_case() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    rooms = [chat.open_room(ann, name=name) for name in ("Alpha", "beta", "ALPHABET", "Straße")]
    first = chat.rooms.public(bob, "alpha", after=RoomId(0), limit=1)
    assert ([view.room.id for view in first.items], first.more) == ([rooms[0]], True)
    rest = chat.rooms.public(bob, "alpha", after=rooms[0], limit=1)
    assert ([view.room.id for view in rest.items], rest.more) == ([rooms[2]], False)
    assert [view.title for view in chat.rooms.joined(ann, "STRASSE", after=RoomId(0), limit=9).items] == ["Straße"]
    assert chat.rooms.joined(bob, "", after=RoomId(0), limit=9).items == ()


def test_the_same_people_always_get_the_same_direct_conversation() -> None:
    chat = a_chat()
    ann, bob, cem = (chat.register(name) for name in ("ann", "bob", "cem"))
    view, new = chat.rooms.open_direct(ann, others=[bob])
    again, new_again = chat.rooms.open_direct(bob, others=[ann, bob, ann])
    assert (view.room.id, new, new_again) == (again.room.id, True, False)
    assert (view.title, again.title, view.member_count) == ("bob", "ann", 2)
    assert chat.rooms.open_direct(ann, others=[bob, cem])[0].room.id != view.room.id


def test_one_may_write_to_oneself() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    view, new = chat.rooms.open_direct(ann, others=[ann])
    assert (view.title, view.member_count, new) == ("ann", 1, True)


def test_a_direct_conversation_needs_people_who_exist() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    with pytest.raises(Invalid) as caught:
        chat.rooms.open_direct(ann, others=[UserId(10**9)])
    assert (caught.value.reason, caught.value.field) == ("user_not_found", "user_ids")
    assert chat.rooms.joined(ann, "", after=RoomId(0), limit=9).items == ()


def test_who_left_a_direct_conversation_is_back_when_it_is_opened_again() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    chat.say(bob, room, "hello")
    chat.members.leave(ann, room)
    view, new = chat.rooms.open_direct(ann, others=[bob])
    assert (view.room.id, new, view.unread, view.joined) == (room, False, 0, True)


def test_who_left_a_direct_conversation_is_back_when_they_are_written_to() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    chat.connect("a", ann)
    room = chat.rooms.open_direct(ann, others=[bob])[0].room.id
    chat.members.leave(ann, room)
    message = chat.say(bob, room, "are you there?")
    assert message.seq == 5
    assert [type(heard) for heard in chat.heard("a")[-3:]] == [RoomAdded, UserJoined, MessagePosted]
    assert chat.view(ann, room).unread == 1


def test_nobody_comes_back_to_a_room_by_being_written_to() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.members.leave(bob, room)
    chat.say(ann, room, "are you there?")
    assert not chat.view(bob, room).joined


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["open", "leave", "say"])), max_size=15))
def test_a_direct_conversation_never_has_another_member(steps: list[tuple[int, str]]) -> None:
    chat = a_chat()
    people = [chat.register(name) for name in ("ann", "bob", "eve")]
    room = chat.rooms.open_direct(people[0], others=[people[1]])[0].room.id
    for who, what in steps:
        user = people[who]
        if what == "open" and who < 2:
            assert chat.rooms.open_direct(user, others=people[:2])[0].room.id == room
        elif who == 2:
            with pytest.raises(RoomNotFound):
                chat.members.join(user, room)
        elif chat.rooms.joined(user, "", after=RoomId(0), limit=1).items:
            chat.say(user, room) if what == "say" else chat.members.leave(user, room)
    assert {event.user.id for event in chat.log(room) if isinstance(event, UserJoined)} == set(people[:2])
