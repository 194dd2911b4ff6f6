"""The simulation's clients pass over an event of a kind that they do not know."""

from dataclasses import dataclass

from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.log import Entry, MessagePosted
from tests.builders import NOON, a_message, a_person
from tests.integration.simulation.client import Client, Copy, Line
from tests.integration.simulation.world import World

ROOM = RoomId(10)


@dataclass(frozen=True, slots=True)
class FromTheFuture(Entry):
    """A kind that only another version knows."""


def a_listener() -> tuple[Client, list[object]]:
    """A client in the room, whose log it has up to 4, and what it is told."""
    world = World(1)
    client, (process, *_) = world.clients[0], world.processes
    actor = process.chat.sessions.identify(token=process.chat.log_in(client.username).access)
    client.line = Line(process, "a line", client.user, actor)
    client.rooms[ROOM] = Copy(Seq(4))
    told: list[object] = []
    process.chat.audience.heard["a line"] = told  # type: ignore[assignment]  # another version tells of other kinds
    return client, told


def posted(seq: int) -> MessagePosted:
    return MessagePosted(ROOM, Seq(seq), NOON, a_person(), a_message())


def test_it_moves_the_cursor_and_shows_nothing() -> None:
    client, told = a_listener()
    told += [FromTheFuture(ROOM, Seq(5), NOON, a_person()), posted(6)]
    client.take()
    assert client.rooms[ROOM].applied == [5, 6]
    assert len(client.rooms[ROOM].messages) == 1
    assert not client.wants_sync


def test_past_a_gap_it_is_asked_for_like_any_other() -> None:
    client, told = a_listener()
    told += [FromTheFuture(ROOM, Seq(6), NOON, a_person())]
    client.take()
    assert client.rooms[ROOM].applied == []
    assert client.wants_sync
