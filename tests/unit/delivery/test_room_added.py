"""A user who joins a room is told of the room right before the joining, whichever hints come, in whatever order."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from chat_domain.model.ephemeral import AnyEvent, Heads, RoomAdded, RoomRemoved
from chat_domain.model.events import UserJoined
from chat_domain.model.identifiers import Seq
from chat_domain.model.rooms import RoomKind
from tests.unit.delivery.held import Held

JOINING = ("RoomAdded", "UserJoined")
RETURN = ("UserLeft", *JOINING)


def some_of(names: Sequence[str]) -> list[tuple[str, ...]]:
    """All choices of these, in all orders."""
    return [order for size in range(len(names) + 1) for order in permutations(names, size)]


def named(names: Sequence[str], hints: Sequence[AnyEvent]) -> list[AnyEvent]:
    return [hint for name in names for hint in hints if type(hint).__name__ == name]


def told(world: Held) -> list[type[AnyEvent]]:
    return [type(heard) for heard in world.chat.heard("b") if not isinstance(heard, Heads)]


class Room(Held):
    """Ann's room, which she hears or not, and bob, who is connected."""

    def __init__(self, *, ann_hears: bool = True, bob_is_in: bool = False, kind: RoomKind = RoomKind.PRIVATE) -> None:
        super().__init__(kind)
        if bob_is_in:
            self.invite(self.bob)
            self.hand_over()
        if ann_hears:
            self.chat.connect("a", self.ann)
        self.chat.connect("b", self.bob)

    def remove_bob(self) -> None:
        self.chat.members.remove(self.ann, self.room, self.bob)


@pytest.mark.parametrize("come", some_of(JOINING), ids=str)
@pytest.mark.parametrize("ann_hears", [True, False])
def test_who_joined(ann_hears: bool, come: tuple[str, ...]) -> None:
    world = Room(ann_hears=ann_hears)
    world.invite(world.bob)
    for hint in named(come, world.bus.take()):
        world.hand_over(hint)
    world.chat.delivery.poll()
    assert told(world) == [RoomAdded, UserJoined]


@pytest.mark.parametrize("come", some_of(JOINING), ids=str)
def test_who_joined_after_something_that_no_hint_told_of(come: tuple[str, ...]) -> None:
    world = Room()
    world.chat.say(world.ann, world.room)
    world.bus.take()
    world.invite(world.bob)
    for hint in named(come, world.bus.take()):
        world.hand_over(hint)
    world.chat.delivery.poll()
    assert told(world) == [RoomAdded, UserJoined]


@pytest.mark.parametrize("come", some_of(RETURN), ids=str)
@pytest.mark.parametrize("ann_hears", [True, False])
def test_who_left_and_is_back(ann_hears: bool, come: tuple[str, ...]) -> None:
    world = Room(ann_hears=ann_hears, bob_is_in=True)
    world.remove_bob()
    world.invite(world.bob)
    for hint in named(come, world.bus.take()):
        world.hand_over(hint)
    world.chat.delivery.poll()
    assert told(world) == [RoomRemoved, RoomAdded, UserJoined]
    assert world.hears_typing("b", world.ann)


@pytest.mark.parametrize("come", some_of(RETURN), ids=str)
def test_who_left_and_is_back_while_the_storage_is_away(come: tuple[str, ...]) -> None:
    world = Room(bob_is_in=True)
    world.remove_bob()
    world.invite(world.bob)
    world.storage.away = True
    for hint in named(come, world.bus.take()):
        world.hand_over(hint)
    world.storage.away = False
    world.chat.delivery.beacon()
    world.chat.delivery.poll()
    assert told(world) == [RoomRemoved, RoomAdded, UserJoined]


@pytest.mark.parametrize("come", some_of(RETURN), ids=str)
@pytest.mark.parametrize("kind", [RoomKind.PRIVATE, RoomKind.PUBLIC])
def test_who_left_was_back_and_left_again_is_told_so_last(kind: RoomKind, come: tuple[str, ...]) -> None:
    world = Room(bob_is_in=True, kind=kind)
    world.remove_bob()
    world.invite(world.bob)
    hints = named(come, world.bus.take())
    world.remove_bob()
    world.bus.take()
    for hint in hints:
        world.hand_over(hint)
    world.chat.delivery.poll()
    assert told(world)[0] is told(world)[-1] is RoomRemoved
    assert all(isinstance(added, RoomAdded) and added.view.joined for added in world.chat.heard("b", RoomAdded))
    assert not world.hears_typing("b", world.ann)


def test_who_joined_left_and_is_back_is_told_of_each_joining() -> None:
    world = Room()
    world.invite(world.bob)
    world.remove_bob()
    world.invite(world.bob)
    world.bus.take()
    world.chat.delivery.poll()
    assert told(world) == [RoomAdded, UserJoined, RoomRemoved, RoomAdded, UserJoined]


def test_who_learns_of_a_room_by_the_sync_of_one_device_is_told_on_the_others_too() -> None:
    world = Room()
    world.chat.connect("b2", world.bob)
    world.invite(world.bob)
    world.bus.take()
    world.chat.delivery.sync(world.bob, {})
    assert told(world) == [RoomAdded, UserJoined]


def test_who_is_told_on_one_device_while_another_connects_is_told() -> None:
    world = Room()
    world.invite(world.bob)
    world.bus.take()
    world.storage.afterwards = lambda: world.hand_over(Heads(world.room, Seq(2)))
    world.chat.connect("b2", world.bob)
    assert told(world) == [RoomAdded, UserJoined]


def test_a_joining_that_is_told_in_order_costs_no_look_into_the_storage() -> None:
    world = Room()
    world.invite(world.bob)
    world.storage.away = True
    world.hand_over()
    assert told(world) == [RoomAdded, UserJoined]
