"""That a session is in use is noted now and then. For want of the note nobody is kept out, and hardly anybody waits."""

from datetime import datetime

import pytest

from adapters.broadcasting.local import LocalBroadcaster
from adapters.memory.storage import MemoryStorage
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId
from chat_domain.model.sessions import Actor
from chat_domain.ports.storage import UnitOfWork
from tests.builders import Chat, a_chat


class FullStorage(MemoryStorage):
    """Takes no change while it is `full`, and counts in `refused` what it did not take."""

    full = False
    refused = 0

    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        if self.full:
            self.refused += 1
            raise Unavailable
        return super().unit_of_work(room)


@pytest.fixture
def storage() -> FullStorage:
    return FullStorage(LocalBroadcaster())


@pytest.fixture
def chat(storage: FullStorage) -> Chat:
    return a_chat(storage=storage)


def last_use(chat: Chat, actor: Actor) -> datetime:
    (session,) = chat.sessions.devices(actor, limit=1).items
    return session.last_used_at


def test_who_is_signed_in_is_known_while_nothing_can_be_written(chat: Chat, storage: FullStorage) -> None:
    chat.register("ann")
    token = chat.log_in("ann").access
    before = chat.sessions.identify(token=token)
    chat.clock.advance(minutes=6)
    storage.full = True
    assert chat.sessions.identify(token=token) == before
    assert storage.refused == 1


def test_while_no_use_can_be_noted_one_call_a_minute_tries_it(chat: Chat, storage: FullStorage) -> None:
    tokens = []
    for name in ("ann", "bob"):
        chat.register(name)
        tokens.append(chat.log_in(name).access)
    chat.clock.advance(minutes=6)
    storage.full = True
    for minute in range(1, 4):
        for _ in range(5):
            for token in tokens:
                chat.sessions.identify(token=token)
        assert storage.refused == minute
        chat.clock.advance(minutes=1)


def test_a_use_that_could_not_be_noted_is_noted_within_a_minute_after_it_can_be(
    chat: Chat, storage: FullStorage
) -> None:
    chat.register("ann")
    token = chat.log_in("ann").access
    chat.clock.advance(minutes=6)
    storage.full = True
    actor = chat.sessions.identify(token=token)
    before = last_use(chat, actor)
    storage.full = False
    chat.clock.advance(minutes=1)
    chat.sessions.identify(token=token)
    assert last_use(chat, actor) == chat.clock.now() > before


def test_the_uses_of_several_sessions_are_noted_at_once(chat: Chat) -> None:
    tokens = []
    for name in ("ann", "bob"):
        chat.register(name)
        tokens.append(chat.log_in(name).access)
    chat.clock.advance(minutes=6)
    for token in tokens:
        assert last_use(chat, chat.sessions.identify(token=token)) == chat.clock.now()
