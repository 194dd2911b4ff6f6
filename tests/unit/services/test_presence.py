from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.ephemeral import PresenceChanged
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import UserId
from chat_domain.services.presence import GRACE
from tests.builders import NOON, Chat, a_chat
from tests.unit.delivery.held import Held


def ann_and_bob_in_a_room() -> tuple[Chat, UserId, UserId]:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    chat.open_room(ann, bob)
    chat.connect("b", bob)
    return chat, ann, bob


def told(chat: Chat) -> list[bool]:
    return [event.online for event in chat.heard("b") if isinstance(event, PresenceChanged)]


def test_somebody_is_online_from_the_first_connection_on() -> None:
    chat, ann, bob = ann_and_bob_in_a_room()
    chat.presence.arrive(ann)
    chat.presence.arrive(ann)
    assert told(chat) == [True]
    assert chat.presence.online(ann, [ann, bob, UserId(99)]) == [ann]


def test_somebody_is_offline_10_seconds_after_the_last_connection_went() -> None:
    chat, ann, _ = ann_and_bob_in_a_room()
    for _ in range(2):
        chat.presence.arrive(ann)
    chat.presence.depart(ann)
    chat.clock.advance(seconds=60)
    chat.presence.sweep()
    chat.presence.depart(ann)
    chat.clock.advance(seconds=9.999)
    chat.presence.sweep()
    assert (told(chat), chat.presence.is_online(ann)) == ([True], True)
    chat.clock.advance(seconds=0.001)
    chat.presence.sweep()
    chat.presence.sweep()
    assert (told(chat), chat.presence.is_online(ann)) == ([True, False], False)


@pytest.mark.parametrize("hours", [-1, -24, 1])
def test_somebody_who_went_is_offline_within_a_minute_or_so_although_the_clock_was_set(hours: int) -> None:
    chat, ann, _ = ann_and_bob_in_a_room()
    chat.presence.arrive(ann)
    chat.presence.depart(ann)
    chat.clock.advance(hours=hours)
    for _ in range(61):
        chat.presence.sweep()
        chat.clock.advance(seconds=1)
    assert (told(chat), chat.presence.is_online(ann)) == ([True, False], False)


def test_departures_that_the_storage_kept_from_being_told_are_told_later_but_for_those_who_are_back() -> None:
    world = Held()
    chat, ann, bob, cem = world.chat, world.ann, world.bob, world.cem
    for user in (ann, bob, cem):
        chat.presence.arrive(user)
        chat.presence.depart(user)
    chat.clock.advance(seconds=10)
    world.bus.take()
    world.storage.away = True
    with pytest.raises(Unavailable):
        chat.presence.sweep()
    world.storage.away = False
    chat.presence.arrive(bob)
    chat.presence.sweep()
    chat.presence.sweep()
    told = [(event.user_id, event.online) for event in world.bus.take() if isinstance(event, PresenceChanged)]
    assert told == [(bob, True), (ann, False), (cem, False)]


def test_who_comes_back_while_their_departure_is_about_to_be_told_is_told_to_be_online() -> None:
    world = Held()
    world.chat.presence.arrive(world.ann)
    world.chat.presence.depart(world.ann)
    world.chat.clock.advance(seconds=10)
    world.bus.take()
    world.interrupt_read(0, lambda: world.chat.presence.arrive(world.ann))
    world.chat.presence.sweep()
    assert [event.online for event in world.bus.take() if isinstance(event, PresenceChanged)] == [True]


def test_a_reload_is_not_a_departure() -> None:
    chat, ann, _ = ann_and_bob_in_a_room()
    chat.presence.arrive(ann)
    for _ in range(3):
        chat.presence.depart(ann)
        chat.clock.advance(seconds=9)
        chat.presence.sweep()
        chat.presence.arrive(ann)
    chat.clock.advance(seconds=60)
    chat.presence.sweep()
    assert told(chat) == [True]


def test_only_people_who_share_a_room_hear_of_it() -> None:
    chat, ann, _ = ann_and_bob_in_a_room()
    eve = chat.register("eve")
    chat.open_room(eve)
    chat.connect("e", eve)
    chat.presence.arrive(ann)
    assert chat.heard("e") == []
    (event,) = chat.heard("b")
    assert isinstance(event, PresenceChanged)
    assert (event.user_id, event.at) == (ann, NOON)


def test_a_departure_that_was_counted_already_changes_nothing() -> None:
    chat, ann, _ = ann_and_bob_in_a_room()
    chat.presence.depart(ann)
    assert not chat.presence.is_online(ann)
    chat.clock.advance(seconds=60)
    chat.presence.sweep()
    assert told(chat) == []


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 15)), max_size=30))
def test_online_is_who_has_a_connection_or_had_one_in_the_last_10_seconds(steps: list[tuple[bool, int]]) -> None:
    chat, ann, _ = ann_and_bob_in_a_room()
    connections, gone_at = 0, NOON - timedelta(days=1)
    for arrives, seconds in steps:
        if arrives:
            chat.presence.arrive(ann)
            connections += 1
        elif connections:
            chat.presence.depart(ann)
            connections -= 1
            gone_at = chat.clock.now()
        chat.clock.advance(seconds=seconds)
        chat.presence.sweep()
        online = connections > 0 or chat.clock.now() - gone_at < GRACE
        assert chat.presence.is_online(ann) == online
        assert told(chat) == [True, False] * (len(told(chat)) // 2) + [True] * online
