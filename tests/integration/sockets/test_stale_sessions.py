"""A socket does not outlive its session, even when nobody was told of the end."""

from collections.abc import Sequence

from adapters.memory.broadcasting import LocalBroadcaster
from chat_domain.model.notices import Happening, SessionEnd, SessionEnded
from entrypoints.services import Services
from entrypoints.sockets.connections import Connections
from entrypoints.sockets.sessions import end_stale_sessions
from tests.builders import Chat, a_chat


def services_of(chat: Chat) -> Services:
    return Services(
        accounts=chat.accounts,
        sessions=chat.sessions,
        people=chat.people,
        rooms=chat.rooms,
        members=chat.members,
        messaging=chat.messaging,
        reading=chat.reading,
        presence=chat.presence,
        delivery=chat.delivery,
        storage=chat.storage,
    )


def test_a_session_that_was_idle_too_long_loses_its_sockets_and_an_active_one_does_not() -> None:
    chat = a_chat()
    connections = Connections(most_per_user=0, most_per_address=0)
    for name, days in (("ann", 29), ("ben", 2)):  # days between signing in
        user = chat.register(name)
        chat.connect(name, user)
        connections.add(name, chat.actor(user))
        end_stale_sessions(services_of(chat), connections)
        assert chat.heard(name, SessionEnded) == []
        chat.clock.advance(days=days)
    end_stale_sessions(services_of(chat), connections)
    (told,) = chat.heard("ann", SessionEnded)
    assert isinstance(told, SessionEnded)
    assert told.reason is SessionEnd.EXPIRED
    assert chat.heard("ben", SessionEnded) == []


class LosingBroadcaster(LocalBroadcaster):
    """Everything is lost on the way, as when the bus between processes is down."""

    def publish(self, happenings: Sequence[Happening]) -> None:
        """Lose them."""


def test_a_session_whose_end_was_not_told_loses_its_sockets() -> None:
    chat = a_chat(broadcaster=LosingBroadcaster())
    ann = chat.register("ann")
    connections = Connections(most_per_user=0, most_per_address=0)
    chat.connect("one", ann)
    connections.add("one", chat.actor(ann))
    chat.sessions.log_out(chat.actor(ann))
    assert chat.heard("one") == []
    end_stale_sessions(services_of(chat), connections)
    assert chat.heard("one") == [SessionEnded(chat.actor(ann).session_id, SessionEnd.EXPIRED)]
