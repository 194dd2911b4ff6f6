"""What changes about a room itself."""

from dataclasses import dataclass
from typing import ClassVar

from chat_domain.model.errors import Invalid
from chat_domain.model.events.base import RoomEvent
from chat_domain.model.memberships import Member
from chat_domain.model.values import RoomDescription, RoomName


@dataclass(frozen=True, slots=True)
class RoomChanged(RoomEvent):
    """The room has another name and description, or a member of it another role; the other is None."""

    KIND: ClassVar[str] = "room_changed"

    name: RoomName | None = None
    description: RoomDescription | None = None
    member: Member | None = None

    def __post_init__(self) -> None:
        if (self.name is None) != (self.description is None) or (self.name is None) == (self.member is None):
            raise Invalid("Either the room's name and description changed, or a member's role.")
