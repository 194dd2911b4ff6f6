"""A connection does not outlive its session, even when nobody was told of the end."""

import pytest

from chat_domain.model.ephemeral import SessionEnd, SessionEnded
from chat_domain.model.errors import Unavailable
from tests.builders import a_chat
from tests.unit.delivery.held import Held


def test_a_session_that_was_idle_too_long_loses_its_connections_and_an_active_one_does_not() -> None:
    chat = a_chat()
    for name, days in (("ann", 29), ("ben", 2)):  # days between signing in
        chat.connect(name, chat.register(name))
        chat.delivery.poll()
        assert chat.heard(name, SessionEnded) == []
        chat.clock.advance(days=days)
    chat.delivery.poll()
    (told,) = chat.heard("ann", SessionEnded)
    assert isinstance(told, SessionEnded)
    assert told.reason is SessionEnd.EXPIRED
    assert not chat.audience.is_connected("ann")
    assert chat.heard("ben", SessionEnded) == []


def test_a_session_whose_end_was_not_told_loses_its_connections() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.chat.sessions.log_out(world.chat.actor(world.ann))
    world.bus.take()
    assert world.chat.heard("a") == []
    world.chat.delivery.poll()
    assert world.chat.heard("a") == [SessionEnded(world.chat.actor(world.ann).session_id, SessionEnd.EXPIRED)]


def test_a_session_that_ends_while_it_is_looked_for_is_told_its_end_once() -> None:
    world = Held()
    world.chat.connect("a", world.ann)

    def log_out() -> None:
        world.chat.sessions.log_out(world.chat.actor(world.ann))
        world.hand_over()

    world.storage.afterwards = log_out
    world.chat.delivery.poll()
    world.chat.delivery.poll()
    assert len(world.chat.heard("a")) == 1


def test_while_the_storage_is_away_nobody_loses_anything() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.storage.away = True
    with pytest.raises(Unavailable):
        world.chat.delivery.poll()
    assert world.chat.audience.is_connected("a")
