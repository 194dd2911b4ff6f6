"""The vocabulary of the room log: every durable change of a room is one event, with a dense sequence number from 1.

A kind is declared once, as a class with its KIND, and listed in KINDS. Other versions of the program have other kinds:
what is not listed here is an UnknownEvent.
"""

from collections.abc import Mapping
from typing import Final

from chat_domain.model.events.base import DAMAGED, RoomEvent, UnknownEvent
from chat_domain.model.events.members import UserJoined, UserLeft
from chat_domain.model.events.messages import MessageDeleted, MessageEdited, MessagePosted
from chat_domain.model.events.rooms import RoomChanged

__all__ = [
    "DAMAGED",
    "KINDS",
    "MessageDeleted",
    "MessageEdited",
    "MessagePosted",
    "RoomChanged",
    "RoomEvent",
    "UnknownEvent",
    "UserJoined",
    "UserLeft",
    "kind_of",
]

KINDS: Final[Mapping[str, type[RoomEvent]]] = {
    kind.KIND: kind for kind in (MessagePosted, MessageEdited, MessageDeleted, UserJoined, UserLeft, RoomChanged)
}


def kind_of(event: RoomEvent) -> str:
    """The event's kind, known or not."""
    return event.kind if isinstance(event, UnknownEvent) else event.KIND
