"""While sessions may be over without a word, they are asked for as often as it must be, not once for each room."""

from collections.abc import Callable

import pytest

from chat_domain.model.ephemeral import RoomAdded
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Role
from tests.unit.delivery.held import Held, seqs

ROOMS, PEOPLE = 120, 10
A_FEW_TIMES = 6 * PEOPLE


class Crowded(Held):
    """Many are connected, each in all of ann's many rooms; the broadcaster may have missed something."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [self.chat.register(f"user{number}") for number in range(PEOPLE)]
        self.rooms = [self.opens(*self.people) for _ in range(ROOMS)]
        for person in self.people:
            self.chat.connect(f"c{person}", person)
        self.bus.take()
        self.bus.current = False
        self.storage.asked = 0

    def opens(self, *people: UserId) -> RoomId:
        self.chat.clock.advance(seconds=60)
        room = self.chat.open_room(self.ann)
        for person in people:
            self.chat.members.put(self.ann, room, person, Role.MEMBER)
        return room

    def say_in_all(self, times: int = 1) -> None:
        for _ in range(times):
            for room in self.rooms:
                self.chat.say(self.ann, room)

    def everybody_heard(self, times: int) -> bool:
        expected = list(range(2 + PEOPLE, 2 + PEOPLE + times))
        return all(seqs(self.chat, f"c{person}", room) == expected for person in self.people for room in self.rooms)


def poll(world: Crowded) -> None:
    world.bus.take()
    world.chat.delivery.poll()


def hear_of_the_last(world: Crowded) -> None:
    hints = {hint.room_id: hint for hint in world.bus.take() if hasattr(hint, "room_id")}
    world.hand_over(*hints.values())


def retry(world: Crowded) -> None:
    world.storage.away = True
    world.hand_over()
    world.storage.away = False
    world.chat.delivery.beacon()


def connect(world: Crowded) -> None:
    world.bus.take()
    world.chat.connect("another", world.people[0])


@pytest.mark.parametrize("find", [poll, hear_of_the_last, retry, connect])
def test_rooms_that_fell_behind_are_read_on_together(find: Callable[[Crowded], None]) -> None:
    world = Crowded()
    world.say_in_all(times=3)
    find(world)
    assert world.everybody_heard(times=3)
    assert world.storage.asked <= A_FEW_TIMES


def test_who_was_invited_to_many_rooms_is_subscribed_together() -> None:
    world = Crowded()
    person = world.people[0]
    rooms = [world.opens(person) for _ in range(30)]
    poll(world)
    assert len(world.chat.heard(f"c{person}", RoomAdded)) == len(rooms)
    assert all(seqs(world.chat, f"c{person}", room) == [2] for room in rooms)
    assert world.storage.asked <= A_FEW_TIMES


def test_a_room_that_is_far_behind_costs_a_question_for_each_page() -> None:
    world = Crowded()
    for _ in range(600):
        world.chat.say(world.ann, world.rooms[0])
    poll(world)
    assert seqs(world.chat, f"c{world.people[0]}", world.rooms[0]) == list(range(2 + PEOPLE, 602 + PEOPLE))
    assert world.storage.asked <= A_FEW_TIMES
