"""An example of every kind of event, for the tests that hold each layer to all kinds."""

from collections.abc import Mapping, Sequence
from typing import Final

from chat_domain.model.events import (
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomChanged,
    RoomEvent,
    UserJoined,
    UserLeft,
)
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.memberships import Member, Role
from chat_domain.model.values import MessageBody, RoomDescription, RoomName
from tests.builders import NOON, a_message, a_person

ANN: Final = a_person("ann", id=1)
BOB: Final = a_person("bob", id=2)
PLACE: Final = (RoomId(10), Seq(2), NOON, ANN)
_MESSAGE: Final = a_message(sender=ANN)

EXAMPLES: Final[Mapping[str, Sequence[RoomEvent]]] = {
    "message": [MessagePosted(*PLACE, _MESSAGE)],
    "message_edited": [MessageEdited(*PLACE, _MESSAGE.edited(MessageBody("other words"), NOON))],
    "message_deleted": [MessageDeleted(*PLACE, _MESSAGE.delete(NOON))],
    "user_join": [UserJoined(*PLACE, BOB)],
    "user_left": [UserLeft(*PLACE, BOB)],
    "room_changed": [
        RoomChanged(*PLACE, RoomName('"Ännas" Küche'), RoomDescription("two\nlines 😀")),
        RoomChanged(*PLACE, member=Member(BOB, Role.MODERATOR)),
    ],
}
"""By kind. An event about a message is about the one that was posted at its own place."""
