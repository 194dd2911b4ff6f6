"""While the broadcaster may have missed something, nothing is delivered to a session that is over."""

from collections.abc import Callable

import pytest

from chat_domain.model.ephemeral import PresenceChanged, RoomAdded, RoomDeleted, SessionEnd, SessionEnded, Typing
from chat_domain.model.errors import Unavailable
from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import UserId
from tests.builders import NOON
from tests.unit.delivery.held import Held


class Doubtful(Held):
    """Bob is in ann's room, both are connected, and the broadcaster may have missed something."""

    def __init__(self) -> None:
        super().__init__()
        self.invite(self.bob)
        self.bus.take()
        self.chat.connect("a", self.ann)
        self.chat.connect("b", self.bob)
        self.bus.current = False

    def log_out(self, user: UserId) -> None:
        """Without a hint of it."""
        self.chat.sessions.log_out(self.chat.actor(user))
        self.bus.held = [hint for hint in self.bus.held if not isinstance(hint, SessionEnded)]

    def ended(self, user: UserId) -> SessionEnded:
        return SessionEnded(self.chat.actor(user).session_id, SessionEnd.EXPIRED)


def say(world: Doubtful) -> None:
    world.chat.say(world.ann, world.room)


def type_(world: Doubtful) -> None:
    world.chat.messaging.type(world.ann, room=world.room)


def come_online(world: Doubtful) -> None:
    world.bus.publish([PresenceChanged(world.ann, True, NOON, (world.room,))])


def delete(world: Doubtful) -> None:
    world.chat.rooms.delete(world.ann, world.room)


def add(world: Doubtful) -> None:
    world.bus.publish([RoomAdded(world.chat.view(world.bob, world.room))])


@pytest.mark.parametrize("happen", [say, type_, come_online, delete, add])
def test_a_session_that_is_over_hears_its_end_and_nothing_else(happen: Callable[[Doubtful], None]) -> None:
    world = Doubtful()
    world.log_out(world.bob)
    happen(world)
    world.hand_over()
    assert world.chat.heard("b") == [world.ended(world.bob)]


def test_a_session_that_is_over_hears_nothing_of_what_is_read_from_the_log() -> None:
    world = Doubtful()
    say(world)
    world.bus.take()
    world.log_out(world.bob)
    say(world)
    world.hand_over()
    assert world.chat.heard("b") == [world.ended(world.bob)]
    assert world.heard("a") == [3, 4]


def test_a_session_that_ends_after_it_was_asked_for_hears_nothing_of_what_the_log_holds_after_that() -> None:
    world = Doubtful()
    say(world)
    world.bus.take()
    say(world)

    def log_out_and_say_more() -> None:
        world.log_out(world.bob)
        say(world)
        world.bus.take()

    world.storage.afterwards = log_out_and_say_more
    world.hand_over()
    assert world.chat.heard("b") == [world.ended(world.bob)]
    assert world.heard("a") == [3, 4, 5]


@pytest.mark.parametrize("way", ["poll", "beacon", "connect"])
def test_a_session_that_is_over_hears_nothing_however_the_log_is_read(way: str) -> None:
    world = Doubtful()
    say(world)
    world.storage.away = True
    world.hand_over()
    world.storage.away = False
    world.log_out(world.bob)
    ways: dict[str, Callable[[], None]] = {
        "poll": world.chat.delivery.poll,
        "beacon": world.chat.delivery.beacon,
        "connect": lambda: world.chat.connect("again", world.ann),
    }
    ways[way]()
    assert world.chat.heard("b") == [world.ended(world.bob)]


def test_what_comes_while_the_sessions_are_asked_for_waits_and_shares_the_next_question() -> None:
    world = Doubtful()

    def more() -> None:
        for _ in range(3):
            say(world)
            world.hand_over()
        assert world.heard("b") == []
        world.log_out(world.bob)

    say(world)
    world.storage.afterwards = more
    before = world.storage.reads
    world.hand_over()
    assert world.storage.reads == before + 2
    assert world.heard("a") == [3, 4, 5, 6]
    assert world.heard("b") == [3]


def test_a_call_that_checks_for_others_is_not_held_up_without_end_and_nothing_is_lost() -> None:
    world = Doubtful()

    def yet_another() -> None:
        come_online(world)
        world.storage.afterwards = yet_another
        world.hand_over()

    come_online(world)
    world.storage.afterwards = yet_another
    before = world.storage.reads
    world.hand_over()
    asked = world.storage.reads - before
    world.storage.afterwards = None
    assert len(world.chat.heard("a")) == asked
    world.bus.current = True
    world.chat.delivery.poll()
    assert len(world.chat.heard("a")) == asked + 1


def test_while_the_storage_is_away_too_events_are_put_off_and_passing_notices_are_dropped() -> None:
    world = Doubtful()
    say(world)
    type_(world)
    world.storage.away = True
    world.hand_over()
    assert world.chat.heard("b") == []
    world.storage.away = False
    world.chat.delivery.beacon()
    assert [type(heard) for heard in world.chat.heard("b")][:1] == [MessagePosted]
    assert world.chat.heard("b", Typing) == []


def test_who_was_invited_while_the_storage_was_away_is_let_in_later() -> None:
    world = Doubtful()
    world.chat.connect("c", world.cem)
    world.invite(world.cem)
    world.storage.away = True
    world.hand_over()
    world.storage.away = False
    world.chat.delivery.beacon()
    assert world.heard("c") == [3]


def test_who_was_invited_where_nobody_listens_while_the_storage_was_away_is_let_in_later() -> None:
    world = Doubtful()
    for connection in ("a", "b"):
        world.chat.audience.disconnect(connection)
    world.chat.connect("c", world.cem)
    world.invite(world.cem)
    world.storage.away = True
    world.hand_over()
    world.storage.away = False
    world.chat.delivery.beacon()
    assert world.heard("c") == [3]


def test_the_end_of_a_session_is_told_although_the_storage_is_away() -> None:
    world = Doubtful()
    world.chat.sessions.log_out(world.chat.actor(world.bob))
    world.storage.away = True
    world.hand_over()
    assert [type(heard) for heard in world.chat.heard("b")] == [SessionEnded]


def test_a_deletion_that_could_not_be_told_is_found_by_the_poll() -> None:
    world = Doubtful()
    delete(world)
    world.storage.away = True
    world.hand_over()
    assert world.chat.heard("b") == []
    world.storage.away = False
    world.chat.delivery.poll()
    assert world.chat.heard("b") == [RoomDeleted(world.room)]


def test_heads_that_could_not_be_told_are_told_later() -> None:
    world = Doubtful()
    say(world)
    world.hand_over()
    world.storage.away = True
    world.chat.delivery.beacon()
    world.storage.away = False
    world.chat.delivery.beacon()
    assert [type(heard).__name__ for heard in world.chat.heard("b")] == ["MessagePosted", "Heads"]


def test_nothing_is_asked_while_the_broadcaster_is_current() -> None:
    world = Doubtful()
    world.bus.current = True
    before = world.storage.reads
    say(world)
    world.hand_over()
    world.chat.delivery.beacon()
    assert world.heard("b") == [3]
    assert world.storage.reads == before


def test_when_the_broadcaster_is_current_again_the_sessions_are_asked_for_once_more() -> None:
    world = Doubtful()
    say(world)
    world.hand_over()
    world.log_out(world.bob)
    world.bus.current = True
    say(world)
    world.hand_over()
    assert world.heard("b") == [3]
    assert world.chat.heard("b")[-1] == world.ended(world.bob)
    before = world.storage.reads
    say(world)
    world.hand_over()
    assert world.storage.reads == before


def test_a_doubt_that_arises_while_the_sessions_are_asked_for_is_not_settled_by_the_answer() -> None:
    world = Doubtful()
    world.bus.current = True

    def miss_the_end_of_bob() -> None:
        world.bus.current = False
        world.chat.delivery.receive([])
        world.log_out(world.bob)
        world.bus.current = True

    world.interrupt_read(0, miss_the_end_of_bob)
    world.chat.delivery.poll()
    say(world)
    world.hand_over()
    assert world.chat.heard("b") == [world.ended(world.bob)]


def test_after_a_poll_that_failed_nothing_is_delivered_unchecked() -> None:
    world = Doubtful()
    world.bus.current = True
    world.storage.away = True
    with pytest.raises(Unavailable):
        world.chat.delivery.poll()
    world.log_out(world.bob)
    say(world)
    world.hand_over()
    assert world.chat.heard("b") == []
    world.storage.away = False
    world.chat.delivery.beacon()
    assert world.chat.heard("b") == [world.ended(world.bob)]
    assert world.heard("a") == [3]
