"""The simulation's clients pass over an event of a kind that they do not know."""

from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.events import MessagePosted, UnknownEvent
from chat_domain.model.identifiers import RoomId, Seq
from tests.builders import NOON, a_message, a_person
from tests.integration.simulation.client import Client, Copy, Line
from tests.integration.simulation.world import World

ROOM = RoomId(10)


def a_listener() -> tuple[Client, list[AnyEvent]]:
    """A client in the room, whose log it has up to 4, and what it is told."""
    world = World(1)
    client, (process, *_) = world.clients[0], world.processes
    actor = process.chat.sessions.identify(token=process.chat.log_in(client.username).access)
    client.line = Line(process, "a line", client.user, actor)
    client.rooms[ROOM] = Copy(Seq(4))
    return client, process.chat.audience.heard["a line"]


def from_the_future(seq: int) -> UnknownEvent:
    return UnknownEvent(ROOM, Seq(seq), NOON, a_person(), "from_the_future")


def posted(seq: int) -> MessagePosted:
    return MessagePosted(ROOM, Seq(seq), NOON, a_person(), a_message())


def test_it_moves_the_cursor_and_shows_nothing() -> None:
    client, told = a_listener()
    told += [from_the_future(5), posted(6)]
    client.take()
    assert client.rooms[ROOM].applied == [5, 6]
    assert len(client.rooms[ROOM].messages) == 1
    assert not client.wants_sync


def test_past_a_gap_it_is_asked_for_like_any_other() -> None:
    client, told = a_listener()
    told += [from_the_future(6)]
    client.take()
    assert client.rooms[ROOM].applied == []
    assert client.wants_sync
