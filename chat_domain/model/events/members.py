"""Who comes into a room and who goes."""

from dataclasses import dataclass
from typing import ClassVar

from chat_domain.model.events.base import RoomEvent
from chat_domain.model.users import Person


@dataclass(frozen=True, slots=True)
class UserJoined(RoomEvent):
    """The user became a member, alone or by the actor's invitation."""

    KIND: ClassVar[str] = "user_join"

    user: Person


@dataclass(frozen=True, slots=True)
class UserLeft(RoomEvent):
    """The user is a member no more, alone or because the actor removed them."""

    KIND: ClassVar[str] = "user_left"

    user: Person
