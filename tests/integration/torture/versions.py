"""Another version of the program, which a server is during an upgrade, beside those that are not yet. It is no bug."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pydantic import TypeAdapter

from adapters.broadcasting.bus.codec import EventCodec
from adapters.sql import migrations
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.errors import ChatError
from chat_domain.model.events import MessagePosted, RoomEvent, UnknownEvent
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.messages import Message
from chat_domain.services.messaging import MessagingService

REVISION: Final = "another"


@dataclass(frozen=True, slots=True)
class Posted(RoomEvent):
    """A MessagePosted as the other version tells it: one field has another name."""

    KIND: ClassVar[str] = MessagePosted.KIND

    post: Message


@dataclass(frozen=True, slots=True)
class MessagePinned(RoomEvent):
    """A kind of event that only the other version knows."""

    KIND: ClassVar[str] = "message_pinned"


def another_version() -> None:
    """Tell of messages as no other version does, log and say more than they know, and want a newer database."""
    _knows_more()
    _logs_more()
    migrations.NEWEST = REVISION  # type: ignore[misc]
    upgrade(os.environ["DATABASE_URL"])


def upgrade(url: str) -> None:
    """Expand the tables as a migration of the other version does, if nobody did."""
    with migrations.opened(url) as connection:
        if migrations.revision_of(connection) != REVISION:
            connection.exec_driver_sql("ALTER TABLE rooms ADD COLUMN pinned bigint")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (REVISION,))


def foreign_events(url: str) -> int:
    """How many events of the other version's own kind the logs hold."""
    with migrations.opened(url) as connection:
        count = "SELECT count(*) FROM events WHERE type = %s"
        return int(connection.exec_driver_sql(count, (MessagePinned.KIND,)).scalar_one())


def take_back(url: str) -> str | None:
    """Make the tables those of this version again, when none of the other is left. Returns what revision they were."""
    with migrations.opened(url) as connection:
        revision = migrations.revision_of(connection)
        connection.exec_driver_sql("ALTER TABLE rooms DROP COLUMN IF EXISTS pinned")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (migrations.NEWEST,))
    return revision


def _logs_more() -> None:
    """After each new message comes an event of a kind that only this version knows, in the log itself."""
    post = MessagingService.post

    def post_and_pin(self: MessagingService, actor: UserId, *, room: RoomId, **wanted: Any) -> tuple[Message, bool]:
        message, is_new = post(self, actor, room=room, **wanted)
        if is_new:
            with suppress(ChatError), self._storage.unit_of_work(room) as work:
                member = work.memberships.of(actor, room)
                place = room, member.room.next_seq, self._clock.now(), member.person
                work.append(UnknownEvent(*place, MessagePinned.KIND, {"message_seq": message.seq, "colour": "red"}))
                work.commit()
        return message, is_new

    MessagingService.post = post_and_pin  # type: ignore[method-assign]


def _knows_more() -> None:
    begin, encode = EventCodec.__init__, EventCodec.encode
    posted, pinned = TypeAdapter(Posted), TypeAdapter(MessagePinned)

    def say(event: MessagePosted, **_options: Any) -> bytes:
        return posted.dump_json(Posted(event.room_id, event.seq, event.at, event.actor, event.message))

    def hear(value: Any) -> MessagePosted:
        event = posted.validate_python(value)
        return MessagePosted(event.room_id, event.seq, event.at, event.actor, event.post)

    def begin_knowing_more(self: Any) -> None:
        begin(self)
        self._dump |= {MessagePosted.KIND: say, MessagePinned.KIND: pinned.serializer.to_json}
        self._load |= {MessagePosted.KIND: hear, MessagePinned.KIND: lambda _value: None}

    def encode_more(self: EventCodec, events: Iterable[AnyEvent]) -> bytes:
        return encode(self, [each for event in events for each in (event, *_pinned(event))])

    EventCodec.__init__ = begin_knowing_more  # type: ignore[method-assign]
    EventCodec.encode = encode_more  # type: ignore[method-assign]


def _pinned(event: AnyEvent) -> Iterable[Any]:
    if isinstance(event, MessagePosted):
        yield MessagePinned(event.room_id, event.seq, event.at, event.actor)
