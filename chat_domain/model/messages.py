"""A message: what the room log adds up to, one row a message, its tombstone included."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import takewhile
from typing import Final, Self

from chat_domain.model.errors import ClientKeyReused, Invalid, MessageIsDeleted
from chat_domain.model.identifiers import MessageId, RoomId, Seq
from chat_domain.model.users import Person
from chat_domain.model.values import ClientKey, MessageBody, Username, may_be_in_username

# Not after an ASCII letter, where it is an email address; scripts that need no spaces have other letters before it.
_MENTION: Final = re.compile(r"(?<![0-9A-Za-z_@])@([^\s@]+)")
MOST_MENTIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a room: it has content until it is deleted, and then nothing of it is left.

    `reply_to` and `reply_to_seq` are the id and the place of the message that it answers. `fingerprint` tells what the
    first send asked for, where the sender gave it a client key.
    """

    id: MessageId
    room_id: RoomId
    seq: Seq
    sender: Person
    body: MessageBody
    created_at: datetime
    client_key: ClientKey | None = None
    reply_to: MessageId | None = None
    reply_to_seq: Seq | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not self.deleted:
            self.body.require_text()
        elif self.body.value:
            raise Invalid("Nothing is left of a deleted message.", field="message")

    @property
    def deleted(self) -> bool:
        """Whether only the tombstone is left."""
        return self.deleted_at is not None

    def edited(self, body: MessageBody, at: datetime) -> Self:
        """The message with another body."""
        if self.deleted:
            raise MessageIsDeleted
        return replace(self, body=body, edited_at=at)

    def delete(self, at: datetime) -> Self:
        """The tombstone: the place stays, the words are gone. What is deleted already stays as it is."""
        return self if self.deleted else replace(self, body=MessageBody(""), deleted_at=at)

    def require_same(self, body: MessageBody, reply_to: MessageId | None) -> Self:
        """This message, if a send with its client key asked for the same; else ClientKeyReused."""
        if self.fingerprint != fingerprint(body, reply_to):
            raise ClientKeyReused
        return self


def fingerprint(body: MessageBody, reply_to: MessageId | None) -> str:
    """What was asked for in a send, so that a repetition is told from a reuse even when the body is long gone."""
    return sha256(f"{reply_to or 0} {body.value}".encode()).hexdigest()[:32]


def mentioned(body: MessageBody) -> frozenset[str]:
    """The keys of the usernames that `body` mentions with an @, the first MOST_MENTIONS of them."""
    if "@" not in body.value:
        return frozenset()
    keys: set[str] = set()
    for match in _MENTION.finditer(body.value):
        name = "".join(takewhile(may_be_in_username, match[1]))
        # A full stop or a dash may end the sentence, or be part of the name that it follows.
        for candidate in dict.fromkeys((name, name.rstrip(".-"))):
            if len(keys) == MOST_MENTIONS:
                return frozenset(keys)
            try:
                keys.add(Username(candidate).key)
            except Invalid:
                continue
    return frozenset(keys)
