"""Another version of the program, which a server is during an upgrade, beside those that are not yet. It is no bug."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from adapters.broadcasting.bus.codec import HappeningCodec
from adapters.sql import migrations
from chat_domain.model.log import Entry, MessagePosted
from chat_domain.model.messages import Message
from chat_domain.model.notices import Happening

REVISION: Final = "another"


@dataclass(frozen=True, slots=True)
class Posted(Entry):
    """A MessagePosted as the other version tells it: one field has another name."""

    post: Message


@dataclass(frozen=True, slots=True)
class MessagePinned(Entry):
    """A kind of happening that only the other version knows."""


def another_version() -> None:
    """Tell of messages as no other version does, say more than they know, and want a newer database."""
    _knows_more()
    migrations.NEWEST = REVISION  # type: ignore[misc]
    upgrade(os.environ["DATABASE_URL"])


def upgrade(url: str) -> None:
    """Expand the tables as a migration of the other version does, if nobody did."""
    with migrations.opened(url) as connection:
        if migrations.revision_of(connection) != REVISION:
            connection.exec_driver_sql("ALTER TABLE rooms ADD COLUMN pinned bigint")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (REVISION,))


def take_back(url: str) -> str | None:
    """Make the tables those of this version again, when none of the other is left. Returns what revision they were."""
    with migrations.opened(url) as connection:
        revision = migrations.revision_of(connection)
        connection.exec_driver_sql("ALTER TABLE rooms DROP COLUMN IF EXISTS pinned")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (migrations.NEWEST,))
    return revision


def _knows_more() -> None:
    begin, encode = HappeningCodec.__init__, HappeningCodec.encode
    posted, pinned = TypeAdapter(Posted), TypeAdapter(MessagePinned)

    def say(event: MessagePosted, **_options: Any) -> bytes:
        return posted.dump_json(Posted(event.room_id, event.seq, event.at, event.actor, event.message))

    def hear(value: Any) -> MessagePosted:
        event = posted.validate_python(value)
        return MessagePosted(event.room_id, event.seq, event.at, event.actor, event.post)

    def begin_knowing_more(self: Any) -> None:
        begin(self)
        self._dump |= {"MessagePosted": say, "MessagePinned": pinned.serializer.to_json}
        self._load |= {"MessagePosted": hear, "MessagePinned": lambda _value: None}

    def encode_more(self: HappeningCodec, happenings: Iterable[Happening]) -> bytes:
        return encode(self, [each for happening in happenings for each in (happening, *_pinned(happening))])

    HappeningCodec.__init__ = begin_knowing_more  # type: ignore[method-assign]
    HappeningCodec.encode = encode_more  # type: ignore[method-assign]


def _pinned(happening: Happening) -> Iterable[Any]:
    if isinstance(happening, MessagePosted):
        yield MessagePinned(happening.room_id, happening.seq, happening.at, happening.actor)
