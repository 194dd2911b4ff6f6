"""What happened in other processes without a hint is found by the poll, whatever else happens while it reads."""

from dataclasses import replace

import pytest

from chat_domain.model.ephemeral import Heads, RoomAdded, RoomDeleted, RoomRemoved, Typing
from chat_domain.model.errors import Unavailable
from chat_domain.model.events import UserLeft
from chat_domain.model.identifiers import Seq
from chat_domain.model.memberships import Role
from tests.unit.delivery.held import Held, seqs


class Unhinted(Held):
    """What happens is told by no hint, unless the test hands it on."""

    def poll(self, times: int = 1) -> None:
        self.bus.take()
        for _ in range(times):
            self.chat.delivery.poll()
        assert self.storage.afterwards is None, "the poll did not read so often"


def test_what_no_hint_told_of_is_delivered_also_the_last_of_a_room() -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    for text in ("one", "two"):
        world.chat.say(world.ann, world.room, text)
    world.poll()
    assert world.heard("a") == [2, 3]
    world.poll()
    assert world.heard("a") == [2, 3]


def test_many_rooms_are_polled_in_parts() -> None:
    world = Unhinted()
    rooms = []
    for _ in range(1_001):
        world.chat.clock.advance(seconds=60)
        rooms.append(world.chat.open_room(world.ann))
    world.bus.take()
    world.chat.connect("a", world.ann)
    for room in rooms:
        world.chat.say(world.ann, room)
    world.bus.all_heard = False
    world.poll()
    assert all(seqs(world.chat, "a", room) == [2] for room in rooms)


def test_who_was_removed_without_a_hint_is_told_and_hears_nothing_more() -> None:
    world = Unhinted()
    world.invite(world.bob)
    world.chat.connect("b", world.bob)
    world.chat.connect("a", world.ann)
    world.chat.members.remove(world.ann, world.room, world.bob)
    world.chat.say(world.ann, world.room, "he is gone")
    world.poll()
    assert world.chat.heard("b") == [RoomRemoved(world.bob, world.room)]
    assert [type(heard) for heard in world.chat.heard("a")][:1] == [UserLeft]
    assert not world.hears_typing("b", world.ann)


def test_who_was_invited_without_a_hint_is_told_and_hears_the_room_from_the_joining_on() -> None:
    world = Unhinted()
    world.chat.connect("b", world.bob)
    world.chat.say(world.ann, world.room, "before")
    world.invite(world.bob)
    world.chat.say(world.ann, world.room, "after")
    world.poll()
    (added,) = world.chat.heard("b", RoomAdded)
    assert isinstance(added, RoomAdded)
    assert added.view == world.chat.view(world.bob, world.room)
    assert world.heard("b") == [3, 4]
    world.poll()
    assert len(world.chat.heard("b", RoomAdded)) == 1


def test_who_was_invited_to_a_room_that_others_hear_is_subscribed_too() -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.poll()
    assert world.heard("a") == world.heard("b") == [2]
    assert world.hears_typing("b", world.ann)


def test_who_was_invited_without_a_hint_is_subscribed_on_every_device() -> None:
    world = Unhinted()
    world.chat.connect("b1", world.bob)
    world.invite(world.bob)
    world.bus.take()
    world.chat.connect("b2", world.bob)
    world.poll()
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert world.heard("b1") == world.heard("b2") == [3]


def test_a_room_that_was_deleted_without_a_hint_is_told_and_heard_no_more() -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.rooms.delete(world.ann, world.room)
    world.poll(2)
    assert world.chat.heard("a") == [RoomDeleted(world.room)]
    assert not world.chat.audience.has_subscribers(world.room)


def test_two_polls_at_once_deliver_once() -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.connect("c", world.cem)
    world.invite(world.cem)
    world.chat.say(world.ann, world.room)
    world.bus.take()
    for _ in range(6):  # each of the reads of a poll

        def again() -> None:
            world.chat.delivery.poll()

        world.storage.afterwards = again
        world.poll()
    assert world.heard("a") == world.heard("c") == [2, 3]


@pytest.mark.parametrize("read", range(4))
def test_a_hint_that_comes_while_the_poll_reads_is_neither_lost_nor_doubled(read: int) -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.say(world.ann, world.room, "one")
    world.bus.take()

    def two() -> None:
        world.chat.say(world.ann, world.room, "two")
        world.hand_over()

    world.interrupt_read(read, two)
    world.poll()
    assert world.heard("a") == [2, 3]


@pytest.mark.parametrize("read", range(4))
def test_a_room_that_is_deleted_while_the_poll_reads_is_told_once(read: int) -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.say(world.ann, world.room)
    world.bus.take()

    def deleted() -> None:
        world.chat.rooms.delete(world.ann, world.room)
        world.hand_over()

    world.interrupt_read(read, deleted)
    world.poll(2)
    assert len(world.chat.heard("a", RoomDeleted)) == 1
    assert not world.chat.audience.has_subscribers(world.room)


@pytest.mark.parametrize("read", range(4))
def test_who_is_removed_while_the_poll_looks_at_their_joining_is_not_subscribed(read: int) -> None:
    world = Unhinted()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.bus.take()

    def removed() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.hand_over()

    world.interrupt_read(read, removed)
    world.poll()
    assert not world.hears_typing("b", world.ann)


@pytest.mark.parametrize("read", range(4))
def test_a_removal_that_another_connection_begins_after_while_the_poll_reads_is_not_passed_over(read: int) -> None:
    world = Unhinted()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.bus.take()

    def removed_and_ann_connects() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.bus.take()
        world.chat.connect("a", world.ann)

    world.interrupt_read(read, removed_and_ann_connects)
    world.poll()
    assert not world.hears_typing("b", world.ann)
    assert world.chat.heard("b")[-1:] in ([], [RoomRemoved(world.bob, world.room)])


@pytest.mark.parametrize("read", range(4))
def test_who_connects_while_the_poll_reads_is_told_of_a_new_room_once_at_most(read: int) -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.connect("old", world.bob)
    world.invite(world.bob)
    world.bus.take()

    def reload() -> None:
        world.chat.audience.disconnect("old")
        world.storage.afterwards = world.chat.delivery.poll
        world.chat.connect("new", world.bob)

    world.interrupt_read(read, reload)
    world.poll()
    world.chat.say(world.ann, world.room)
    world.hand_over()
    assert len(world.chat.heard("new", RoomAdded)) <= 1
    assert world.heard("new")[-1:] == [3]
    assert world.hears_typing("new", world.ann)


def test_the_poll_during_a_connection_leads_it_nowhere_by_itself() -> None:
    world = Unhinted()
    world.storage.afterwards = world.chat.delivery.poll
    world.chat.connect("a", world.ann)
    assert world.chat.heard("a") == []
    assert world.hears_typing("a", world.bob)


def test_a_poll_that_fails_in_the_middle_is_made_up_for_by_the_next() -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.say(world.ann, world.room)
    world.interrupt_read(1, world.lose_storage)
    with pytest.raises(Unavailable):
        world.poll()
    assert world.heard("a") == []
    world.storage.away = False
    world.poll()
    assert world.heard("a") == [2]


@pytest.mark.parametrize(("all_heard", "at_a_time"), [(True, 25), (False, 500)])
def test_many_connected_users_are_looked_at_in_turns_and_few_in_one_question(all_heard: bool, at_a_time: int) -> None:
    world = Unhinted()
    world.poll()
    world.bus.all_heard = all_heard
    users = [world.chat.register(f"user{number}") for number in range(at_a_time + 1)]
    rooms = []
    for user in users:
        world.chat.clock.advance(seconds=60)
        world.chat.connect(f"c{user}", user)
        rooms.append(world.chat.open_room(world.ann))
        world.chat.members.put(world.ann, rooms[-1], user, Role.MEMBER)
    for expected in (at_a_time, at_a_time + 1):
        world.poll()
        assert sum(map(world.chat.audience.has_subscribers, rooms)) == expected
    assert world.storage.most_users <= 25


class Wide(Unhinted):
    """Ann, who is connected, is in so many rooms that they are not looked at all at once without need."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms = [self.room]
        for _ in range(449):
            self.chat.clock.advance(seconds=60)
            self.rooms.append(self.chat.open_room(self.ann))
        self.chat.connect("a", self.ann)
        self.poll()

    def say_in_all(self) -> None:
        for room in self.rooms:
            self.chat.say(self.ann, room)

    def rooms_heard(self, seq: int) -> int:
        return sum(seqs(self.chat, "a", room)[-1:] == [seq] for room in self.rooms)


def test_while_all_are_heard_rooms_are_looked_at_in_turns_and_none_is_left_out() -> None:
    world = Wide()
    world.say_in_all()
    heard = []
    for _ in range(4):
        world.poll()
        heard.append(world.rooms_heard(2))
    assert 0 < heard[0] < heard[1] < len(world.rooms)
    assert heard[3] == len(world.rooms)


@pytest.mark.parametrize("doubt", ["current", "all_heard"])
def test_while_hints_may_be_missing_each_poll_looks_at_all_rooms_and_once_more_when_they_come_again(doubt: str) -> None:
    world = Wide()
    world.poll()
    setattr(world.bus, doubt, False)
    for seq in (2, 3):
        world.say_in_all()
        world.poll()
        assert world.rooms_heard(seq) == len(world.rooms)
    world.say_in_all()
    setattr(world.bus, doubt, True)
    world.poll()
    assert world.rooms_heard(4) == len(world.rooms)
    world.say_in_all()
    world.poll()
    assert world.rooms_heard(5) < len(world.rooms)


def test_a_poll_that_failed_is_made_up_for_by_one_that_looks_at_all_rooms() -> None:
    world = Wide()
    world.say_in_all()
    world.interrupt_read(1, world.lose_storage)
    with pytest.raises(Unavailable):
        world.poll()
    world.storage.away = False
    world.poll()
    assert world.rooms_heard(2) == len(world.rooms)


def test_a_head_told_by_others_is_a_hint_to_read_on() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    message = world.chat.say(world.ann, world.room)
    world.bus.take()
    world.hand_over(Heads(world.room, message.seq))
    assert world.heard("a") == [2]


def test_typing_is_told_only_after_what_the_log_had_when_it_was_allowed() -> None:
    world = Held()
    world.invite(world.bob)
    world.chat.connect("a", world.ann)
    world.chat.connect("b", world.bob)
    world.bus.take()
    world.chat.members.remove(world.ann, world.room, world.bob)
    world.bus.take()
    world.chat.messaging.type(world.ann, room=world.room)
    world.hand_over()
    assert world.chat.heard("b", Typing) == []
    assert world.chat.heard("b") == [RoomRemoved(world.bob, world.room)]


def test_typing_waits_for_nobody_where_the_log_is_delivered() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.invite(world.bob)
    world.hand_over()
    world.chat.messaging.type(world.bob, room=world.room)
    world.storage.away = True
    world.hand_over()
    assert len(world.chat.heard("a", Typing)) == 1


def test_typing_is_dropped_while_the_log_cannot_be_read() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.invite(world.bob)
    world.bus.take()
    world.chat.messaging.type(world.bob, room=world.room)
    world.storage.away = True
    world.hand_over()
    world.storage.away = False
    world.chat.delivery.beacon()
    assert world.chat.heard("a", Typing) == []


def test_cursors_of_rooms_that_nobody_hears_any_more_are_forgotten() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.chat.delivery.beacon()
    assert world.cursors() == {world.room: 1}
    world.chat.audience.disconnect("a")
    world.chat.delivery.beacon()
    assert world.cursors() == {}


def test_a_user_who_learns_of_a_room_by_a_sync_hears_it_and_of_being_removed_though_no_hint_tells() -> None:
    world = Unhinted()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)
    world.chat.delivery.sync(world.bob, {})
    world.chat.members.remove(world.ann, world.room, world.bob)
    world.poll()
    assert world.chat.heard("b")[-1] == RoomRemoved(world.bob, world.room)


def test_a_user_who_was_removed_again_by_the_time_of_the_answer_is_told() -> None:
    world = Unhinted()
    world.chat.connect("b", world.bob)
    world.invite(world.bob)

    def remove() -> None:
        world.chat.members.remove(world.ann, world.room, world.bob)
        world.bus.take()

    world.interrupt_read(0, remove)
    (joined,) = world.chat.delivery.sync(world.bob, {}).joined
    assert joined.room.id == world.room
    assert world.chat.heard("b") == [RoomRemoved(world.bob, world.room)]


@pytest.mark.timeout(5)
def test_a_log_with_a_gap_holds_up_its_room_and_not_the_process() -> None:
    world = Unhinted()
    world.chat.connect("a", world.ann)
    world.chat.say(world.ann, world.room)
    gapped = world.storage._tables.events
    event = gapped.get((world.room, Seq(2)))
    assert event
    gapped.put((world.room, Seq(2)), replace(event, seq=Seq(3)))
    world.poll()
    assert world.heard("a") == []
    other = world.chat.open_room(world.ann, name="other")
    world.hand_over()
    world.chat.say(world.ann, other)
    world.poll()
    assert seqs(world.chat, "a", other) == [1, 2]
