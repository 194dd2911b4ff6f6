"""What happens to messages."""

from dataclasses import dataclass
from typing import ClassVar

from chat_domain.model.events.base import RoomEvent
from chat_domain.model.messages import Message


@dataclass(frozen=True, slots=True)
class MessagePosted(RoomEvent):
    """A message was posted. Read from the log later, it carries the message as it is by then."""

    KIND: ClassVar[str] = "message"

    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited(RoomEvent):
    """A message got another body."""

    KIND: ClassVar[str] = "message_edited"

    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted(RoomEvent):
    """A message was deleted; its tombstone stays."""

    KIND: ClassVar[str] = "message_deleted"

    message: Message
