"""What the connections of one process hear, when the hints come as they should and when something comes in between."""

import pytest

from chat_domain.model.ephemeral import Heads, RoomAdded, RoomDeleted, RoomRemoved, SessionEnded, Typing
from chat_domain.model.errors import InvalidToken, Unavailable
from chat_domain.model.events import MessagePosted, UserJoined, UserLeft
from chat_domain.model.rooms import RoomKind
from tests.builders import a_chat
from tests.unit.delivery.held import Held, seqs


def test_everybody_in_a_room_hears_everything_in_order() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.connect("a", ann)
    chat.connect("b", bob)
    for text in ("one", "two", "three"):
        chat.say(ann, room, text)
    assert seqs(chat, "a", room) == seqs(chat, "b", room) == [3, 4, 5]


def test_an_open_connection_hears_a_room_from_the_moment_its_user_joins_until_they_leave() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann)
    chat.connect("b", bob)
    chat.say(ann, room, "before")
    chat.members.join(bob, room)
    chat.say(ann, room, "meanwhile")
    chat.members.leave(bob, room)
    chat.say(ann, room, "after")
    assert seqs(chat, "b", room) == [3, 4]
    assert [type(heard) for heard in chat.heard("b")] == [RoomAdded, UserJoined, MessagePosted, RoomRemoved]


def test_who_was_removed_hears_nothing_more() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob, kind=RoomKind.PRIVATE)
    chat.connect("b", bob)
    chat.members.remove(ann, room, bob)
    chat.say(ann, room, "he is gone")
    chat.messaging.type(ann, room=room)
    assert chat.heard("b") == [RoomRemoved(bob, room)]


def test_outsiders_hear_nothing() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    chat.connect("b", bob)
    room = chat.open_room(ann)
    chat.say(ann, room)
    chat.messaging.type(ann, room=room)
    assert chat.heard("b") == []


def test_typing_is_heard_by_the_others_and_not_by_oneself() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.connect("a", ann)
    chat.connect("b", bob)
    chat.messaging.type(ann, room=room)
    assert [len(chat.heard(connection, Typing)) for connection in ("a", "b")] == [0, 1]


def test_the_end_of_a_session_closes_its_connections_and_no_others() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    chat.connect("a1", ann)
    other = chat.sessions.identify(token=chat.log_in("ann").access)
    chat.delivery.connect("a2", other)
    chat.sessions.log_out(other)
    chat.say(ann, room)
    assert [type(heard) for heard in chat.heard("a2")] == [SessionEnded]
    assert seqs(chat, "a1", room) == [2]


def test_nobody_connects_by_a_session_that_is_over() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    actor = chat.actor(ann)
    chat.sessions.log_out(actor)
    with pytest.raises(InvalidToken):
        chat.delivery.connect("a", actor)


@pytest.mark.parametrize("failure", ["away", "over"])
def test_a_connection_that_was_not_added_hears_nothing(failure: str) -> None:
    world = Held()
    actor = world.chat.actor(world.ann)
    if failure == "away":
        world.storage.away = True
    else:
        world.chat.sessions.log_out(actor)
    with pytest.raises((InvalidToken, Unavailable)):
        world.chat.delivery.connect("a", actor)
    assert not world.chat.audience.users()
    assert not world.chat.audience.sessions()


def test_a_connection_that_disconnected_hears_nothing_more_though_it_is_still_there() -> None:
    world = Held()
    world.chat.connect("a1", world.ann)
    world.chat.connect("a2", world.ann)
    world.chat.delivery.disconnect("a1")
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert (world.heard("a1"), world.heard("a2")) == ([], [2])
    world.chat.connect("a1", world.ann)
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert (world.heard("a1"), world.heard("a2")) == ([3], [2, 3])


def test_a_deleted_room_is_heard_of_once_and_then_no_more() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room, other = chat.open_room(ann), chat.open_room(ann)
    chat.connect("a", ann)
    chat.rooms.delete(ann, room)
    chat.say(ann, other)
    assert [type(heard) for heard in chat.heard("a")] == [RoomDeleted, MessagePosted]


def test_a_hint_that_was_lost_is_made_up_for_by_the_next() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    for text in ("one", "two", "three"):
        world.chat.say(world.ann, world.room, text)
    world.hand_over(world.bus.take()[-1])
    assert world.heard("a") == [2, 3, 4]


def test_doubled_and_reordered_hints_change_nothing() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    for text in ("one", "two", "three"):
        world.chat.say(world.ann, world.room, text)
    hints = world.bus.take()
    world.hand_over(*reversed(hints), *hints, *hints)
    assert world.heard("a") == [2, 3, 4]


def test_a_hint_ahead_of_the_log_is_ignored() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.chat.say(world.ann, world.room)
    (hint,) = world.bus.take()
    assert isinstance(hint, MessagePosted)
    ahead = MessagePosted(hint.room_id, type(hint.seq)(9), hint.at, hint.actor, hint.message)
    world.hand_over(ahead, hint)
    assert world.heard("a") == [2]


def test_an_old_joining_that_comes_late_subscribes_nobody_again() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    joining = next(hint for hint in world.bus.held if isinstance(hint, UserJoined))
    world.hand_over()
    world.chat.members.remove(world.ann, world.room, world.bob)
    world.hand_over()
    world.chat.delivery.beacon()
    world.chat.delivery.beacon()
    world.hand_over(joining)
    assert not world.hears_typing("b", world.ann)
    assert world.heard("b") == [2]


def test_a_joining_that_comes_after_later_messages_still_subscribes() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.chat.say(world.ann, world.room)
    world.hand_over(*reversed(world.bus.take()))
    assert world.heard("b") == [2, 3]


def test_a_joining_still_lets_in_when_somebody_else_connected_between_its_commit_and_its_hint() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.chat.connect("a", world.ann)
    world.hand_over()
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert world.heard("b") == [3]
    assert world.hears_typing("b", world.ann)


def test_a_leaving_that_is_delivered_while_a_late_joining_is_looked_up_wins() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    joining = world.bus.take()
    world.chat.connect("a", world.ann)

    def removed() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.hand_over()

    world.storage.afterwards = removed
    world.hand_over(*joining)
    assert not world.hears_typing("b", world.ann)


def test_nobody_hears_what_was_before_their_joining_though_others_are_still_told_of_it() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.chat.say(world.ann, world.room, "before")
    world.invite(world.bob)
    world.bus.take()  # both hints are lost
    world.chat.connect("b", world.bob)
    world.chat.say(world.ann, world.room, "after")
    world.hand_over()
    assert world.heard("a") == [2, 3, 4]
    assert world.heard("b") == [3, 4]


def test_who_is_removed_while_connecting_is_not_subscribed() -> None:
    world = Held()
    world.invite(world.bob)
    world.chat.connect("a", world.ann)

    def removed() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.hand_over()

    world.storage.afterwards = removed
    world.chat.connect("b", world.bob)
    assert not world.hears_typing("b", world.ann)


def test_a_removal_that_another_connection_begins_after_is_not_passed_over_by_who_is_connecting() -> None:
    world = Held()
    world.invite(world.bob)
    world.hand_over()

    def removed_and_ann_connects() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.bus.take()
        world.chat.connect("a", world.ann)

    world.storage.afterwards = removed_and_ann_connects
    world.chat.connect("b", world.bob)
    assert not world.hears_typing("b", world.ann)
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert (world.heard("a"), world.heard("b")) == ([4], [])


@pytest.mark.parametrize("somebody_listens", [True, False])
def test_who_joins_while_connecting_is_subscribed(somebody_listens: bool) -> None:
    world = Held()
    if somebody_listens:
        world.chat.connect("a", world.ann)

    def invited() -> None:
        world.invite(world.bob)
        world.hand_over()

    world.storage.afterwards = invited
    world.chat.connect("b", world.bob)
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert world.heard("b") == [2, 3]


def test_who_leaves_and_comes_back_while_connecting_is_subscribed() -> None:
    world = Held()
    world.invite(world.bob)
    world.hand_over()

    def away_and_back() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.invite(world.bob)
        world.hand_over()

    world.storage.afterwards = away_and_back
    world.chat.connect("b", world.bob)
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert world.heard("b")[-1] == 5
    assert world.hears_typing("b", world.ann)


def test_a_room_deleted_while_connecting_is_not_listened_to() -> None:
    world = Held()

    def deleted() -> None:
        world.chat.rooms.delete(world.ann, world.room)
        world.hand_over()

    world.storage.afterwards = deleted
    world.chat.connect("a", world.ann)
    assert not world.chat.audience.has_subscribers(world.room)


def test_what_comes_while_a_gap_is_read_is_told_in_its_turn() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    for text in ("one", "two"):
        world.chat.say(world.ann, world.room, text)
    gap = world.bus.take()[-1]

    def three() -> None:
        world.chat.say(world.ann, world.room, "three")
        world.hand_over()

    world.storage.afterwards = three
    world.hand_over(gap)
    assert world.heard("a") == [2, 3, 4]


def test_a_room_deleted_while_a_gap_is_read_stops_nothing_else() -> None:
    world = Held()
    other = world.chat.open_room(world.ann)
    world.hand_over()
    world.chat.connect("a", world.ann)
    for room in (world.room, world.room, other):
        world.chat.say(world.ann, room)
    hints = world.bus.take()[1:]

    def deleted() -> None:
        world.chat.rooms.delete(world.ann, world.room)
        world.hand_over()

    world.storage.afterwards = deleted
    world.hand_over(*hints)
    assert seqs(world.chat, "a", other) == [2]
    world.hand_over(*hints)
    assert seqs(world.chat, "a", other) == [2]


def test_a_late_hint_of_a_deleted_room_stops_nothing_else() -> None:
    world = Held()
    other = world.chat.open_room(world.ann)
    world.hand_over()
    world.chat.connect("a", world.ann)
    for room in (world.room, world.room, other):
        world.chat.say(world.ann, room)
    late = world.bus.take()[1:]
    world.chat.rooms.delete(world.ann, world.room)  # and the hint of that is lost
    world.hand_over(*late)
    assert seqs(world.chat, "a", other) == [2]


def test_a_connection_that_comes_and_goes_while_a_gap_is_read_hears_nothing_twice() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    for text in ("one", "two"):
        world.chat.say(world.ann, world.room, text)
    gap = world.bus.take()[-1]

    def reload() -> None:
        world.chat.audience.disconnect("a")
        world.chat.connect("again", world.ann)

    world.storage.afterwards = reload
    world.hand_over(gap)
    world.chat.say(world.ann, world.room, "three")
    world.hand_over()
    assert world.heard("again") == [4]


def test_what_the_storage_could_not_tell_is_told_by_the_next_beacon() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    for text in ("one", "two"):
        world.chat.say(world.ann, world.room, text)
    world.storage.away = True
    world.hand_over(world.bus.take()[-1])
    world.chat.delivery.beacon()
    assert world.heard("a") == []
    world.storage.away = False
    world.chat.delivery.beacon()
    assert world.heard("a") == [2, 3]


def test_who_was_invited_while_the_storage_was_away_is_let_in_by_the_next_beacon() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.storage.away = True
    world.hand_over()
    world.storage.away = False
    world.chat.delivery.beacon()
    assert world.heard("b") == [2]


def test_the_beacon_tells_the_heads_of_rooms_that_changed_once() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    for text in ("one", "two"):
        world.chat.say(world.ann, world.room, text)
    world.hand_over()
    world.chat.delivery.beacon()
    world.chat.delivery.beacon()
    assert [(heads.room_id, heads.last_seq) for heads in world.chat.heard("a", Heads) if isinstance(heads, Heads)] == [
        (world.room, 3)
    ]


def test_leaving_is_heard_by_those_who_stay() -> None:
    world = Held()
    world.invite(world.bob)
    world.chat.connect("a", world.ann)
    world.chat.connect("b", world.bob)
    world.hand_over()
    world.chat.members.leave(world.bob, world.room)
    world.hand_over()
    assert len(world.chat.heard("a", UserLeft)) == 1
    assert world.chat.heard("b", UserLeft) == []


def test_a_joining_that_comes_late_while_a_gap_is_read_still_subscribes() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    joining = world.bus.take()
    world.chat.connect("a", world.ann)
    for text in ("one", "two"):
        world.chat.say(world.ann, world.room, text)
    gap = world.bus.take()[-1]
    world.storage.afterwards = lambda: world.hand_over(*joining)
    world.hand_over(gap)
    assert world.hears_typing("b", world.ann)


def test_who_joins_is_let_in_though_others_connect_while_their_joining_is_looked_up() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)

    def then_the_log_is_read() -> None:
        world.storage.afterwards = lambda: world.chat.connect("a", world.ann)

    world.storage.afterwards = then_the_log_is_read
    world.hand_over()
    assert world.hears_typing("b", world.ann)


def test_nobody_hears_what_was_before_their_joining_though_others_are_subscribed_while_they_connect() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    late = world.chat.open_room(world.ann, world.bob, name="late")
    joining, *_ = (hint for hint in world.bus.take() if isinstance(hint, UserJoined))
    world.invite(world.bob)  # so that there is something to read while he connects
    world.bus.take()

    def ann_is_subscribed_but_the_log_cannot_be_read() -> None:
        world.storage.afterwards = world.lose_storage
        world.hand_over(joining)
        world.storage.away = False

    world.interrupt_read(1, ann_is_subscribed_but_the_log_cannot_be_read)
    world.chat.connect("b", world.bob)
    world.chat.delivery.beacon()
    assert seqs(world.chat, "a", late) == [1, 2]
    assert seqs(world.chat, "b", late) == [2]
    assert world.chat.audience.is_subscribed(world.bob, late)


@pytest.mark.parametrize("somebody_listens", [True, False])
def test_an_addition_that_comes_after_the_leaving_is_not_told(somebody_listens: bool) -> None:
    world = Held()
    if somebody_listens:
        world.chat.connect("a", world.ann)
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    late = [hint for hint in world.bus.held if isinstance(hint, RoomAdded)]
    world.chat.members.remove(world.ann, world.room, world.bob)
    world.hand_over()
    told = len(world.chat.heard("b"))
    world.hand_over(*late)
    assert len(world.chat.heard("b")) == told


def test_a_joining_that_comes_before_its_addition_is_told_with_the_room() -> None:
    world = Held()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.hand_over(*reversed(world.bus.take()))
    assert [type(heard) for heard in world.chat.heard("b")][:2] == [RoomAdded, UserJoined]
