"""A connection does not outlive its session, even when nobody was told of the end."""

from collections.abc import Callable

import pytest

from chat_domain.model.errors import Unavailable
from chat_domain.model.notices import SessionEnd, SessionEnded
from tests.builders import Chat, a_chat
from tests.unit.services.held import Held

LOOKS: list[Callable[[Chat], None]] = [
    lambda chat: chat.delivery.end_stale_sessions(),
    lambda chat: chat.delivery.poll(),
]


@pytest.mark.parametrize("look", LOOKS, ids=["look", "poll"])
def test_a_session_that_was_idle_too_long_loses_its_connections_and_an_active_one_does_not(
    look: Callable[[Chat], None],
) -> None:
    chat = a_chat()
    for name, days in (("ann", 29), ("ben", 2)):  # days between signing in
        chat.connect(name, chat.register(name))
        look(chat)
        assert chat.heard(name, SessionEnded) == []
        chat.clock.advance(days=days)
    look(chat)
    (told,) = chat.heard("ann", SessionEnded)
    assert isinstance(told, SessionEnded)
    assert told.reason is SessionEnd.EXPIRED
    assert not chat.audience.is_connected("ann")
    assert chat.heard("ben", SessionEnded) == []


@pytest.mark.parametrize("look", LOOKS, ids=["look", "poll"])
def test_a_session_whose_end_was_not_told_loses_its_connections(look: Callable[[Chat], None]) -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.chat.sessions.log_out(world.chat.actor(world.ann))
    world.bus.take()
    assert world.chat.heard("a") == []
    look(world.chat)
    assert world.chat.heard("a") == [SessionEnded(world.chat.actor(world.ann).session_id, SessionEnd.EXPIRED)]


def test_a_session_that_ends_while_it_is_looked_for_is_told_its_end_once() -> None:
    world = Held()
    world.chat.connect("a", world.ann)

    def log_out() -> None:
        world.chat.sessions.log_out(world.chat.actor(world.ann))
        world.hand_on()

    world.storage.afterwards = log_out
    world.chat.delivery.end_stale_sessions()
    world.chat.delivery.end_stale_sessions()
    assert len(world.chat.heard("a")) == 1


def test_while_the_storage_is_away_nobody_loses_anything() -> None:
    world = Held()
    world.chat.connect("a", world.ann)
    world.storage.away = True
    with pytest.raises(Unavailable):
        world.chat.delivery.poll()
    assert world.chat.audience.is_connected("a")
