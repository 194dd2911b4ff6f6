"""Messages in SQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select

from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import PERSON, maker, millis, moment, person, restored
from adapters.sql.tables import memberships, mentions, messages, users
from chat_domain.model.errors import MessageNotFound
from chat_domain.model.identifiers import LARGEST_ID, MessageId, RoomId, Seq, UserId
from chat_domain.model.messages import Message
from chat_domain.model.values import ClientKey, MessageBody
from chat_domain.ports.repositories import Messages

MESSAGE: Final = (
    messages.c.id,
    messages.c.room_id,
    messages.c.seq,
    messages.c.body,
    messages.c.created_at,
    messages.c.edited_at,
    messages.c.deleted_at,
    messages.c.reply_to,
    messages.c.reply_to_seq,
    messages.c.client_id,
    messages.c.fingerprint,
)
CHANGING: Final = ("body", "edited_at", "deleted_at")
"""The columns that events change."""

_IN_ROOM: Final = (
    select(*MESSAGE, *PERSON)
    .join_from(messages, users, users.c.id == messages.c.sender_id)
    .where(messages.c.room_id == bindparam("room_id"))
)
_ONE: Final = _IN_ROOM.where(messages.c.id == bindparam("id"))
_SENT_WITH: Final = _IN_ROOM.where(
    messages.c.sender_id == bindparam("sender_id"), messages.c.client_id == bindparam("client_id")
)
_BEFORE: Final = (
    _IN_ROOM.where(messages.c.seq < bindparam("seq")).order_by(messages.c.seq.desc()).limit(bindparam("limit"))
)
_AFTER: Final = _IN_ROOM.where(messages.c.seq > bindparam("seq")).order_by(messages.c.seq).limit(bindparam("limit"))

_MENTIONED: Final = (mentions.c.room_id == bindparam("room_id"), mentions.c.seq == bindparam("seq"))
_FORGET_MENTIONS: Final = delete(mentions).where(*_MENTIONED)
_MENTION: Final = insert(mentions).from_select(
    ["room_id", "user_id", "seq"],
    select(memberships.c.room_id, memberships.c.user_id, bindparam("seq", type_=messages.c.seq.type))
    .join_from(memberships, users, users.c.id == memberships.c.user_id)
    .where(memberships.c.room_id == bindparam("room_id"), users.c.username_key == bindparam("key")),
)


_message: Final = maker(Message)


class SqlMessages(Messages):
    """Messages in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def get(self, room_id: RoomId, message_id: MessageId) -> Message:
        row = self._executor.first(_ONE, room_id=room_id, id=message_id)
        if row is None:
            raise MessageNotFound
        return message(row)

    def sent_with(self, key: ClientKey, *, room_id: RoomId, sender_id: UserId) -> Message | None:
        row = self._executor.first(_SENT_WITH, room_id=room_id, sender_id=sender_id, client_id=str(key))
        return message(row) if row else None

    def before(self, room_id: RoomId, seq: Seq | None, *, limit: int) -> Sequence[Message]:
        end = LARGEST_ID if seq is None else seq
        found = self._executor.all(_BEFORE, room_id=room_id, seq=end, limit=limit)
        return [message(row) for row in reversed(found)]

    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> Sequence[Message]:
        return [message(row) for row in self._executor.all(_AFTER, room_id=room_id, seq=seq, limit=limit)]

    def set_mentions(self, message: Message, keys: frozenset[str]) -> None:
        self._executor.run(_FORGET_MENTIONS, room_id=message.room_id, seq=message.seq)
        for key in keys:
            self._executor.run(_MENTION, room_id=message.room_id, seq=message.seq, key=key)


def message(row: Row) -> Message:
    """A message from the columns MESSAGE and those of its sender, PERSON."""
    id, room_id, seq, body, created_at, edited_at, deleted_at, reply_to, reply_to_seq, client_id, *rest = row
    fingerprint, *sender = rest
    return _message(
        id,
        room_id,
        seq,
        person(*sender),
        restored(MessageBody, body),
        moment(created_at),
        None if client_id is None else restored(ClientKey, client_id),
        reply_to,
        reply_to_seq,
        None if edited_at is None else moment(edited_at),
        None if deleted_at is None else moment(deleted_at),
        fingerprint,
    )


def message_row(message: Message) -> dict[str, Any]:
    """A message as it is stored."""
    return {
        "id": message.id,
        "room_id": message.room_id,
        "seq": message.seq,
        "sender_id": message.sender.id,
        "body": message.body.value,
        "created_at": millis(message.created_at),
        "edited_at": message.edited_at and millis(message.edited_at),
        "deleted_at": message.deleted_at and millis(message.deleted_at),
        "reply_to": message.reply_to,
        "reply_to_seq": message.reply_to_seq,
        "client_id": message.client_key and message.client_key.value,
        "fingerprint": message.fingerprint,
    }
