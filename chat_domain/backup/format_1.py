"""FORMAT 1: its parts, and how its records become those of FORMAT 2.

Events and roles had other names; a user had a password's hash; a message without a body was deleted, and did not know
the place of what it replies to; every log began at 1; there were no consumers.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from chat_domain.backup.contents import (
    NUMBER,
    NUMBER_OR_NOTHING,
    PARTS,
    TEXT,
    TEXT_OR_NOTHING,
    ByRoom,
    Part,
    Records,
)
from chat_domain.ports.backups import Record

_LATER: Final = ("consumers", "consumer_cursors")

PARTS_1: Final[Mapping[str, Part]] = {
    **{name: part for name, part in PARTS.items() if name not in ("credentials", *_LATER)},
    "users": Part(
        key=("id",),
        fields={
            "id": NUMBER,
            "username": TEXT,
            "username_key": TEXT,
            "name": TEXT,
            "name_folded": TEXT,
            "email": TEXT_OR_NOTHING,
            "email_key": TEXT_OR_NOTHING,
            "role": TEXT,
            "password_hash": TEXT,
            "created_at": NUMBER,
        },
    ),
    "rooms": Part(
        key=("id",),
        fields={
            "id": NUMBER,
            "kind": TEXT,
            "name": TEXT_OR_NOTHING,
            "name_folded": TEXT,
            "description": TEXT,
            "description_folded": TEXT,
            "created_at": NUMBER,
            "last_seq": NUMBER,
            "direct_key": TEXT_OR_NOTHING,
        },
    ),
    "messages": Part(
        key=("room_id", "seq"),
        fields={
            "room_id": NUMBER,
            "seq": NUMBER,
            "id": NUMBER,
            "sender_id": NUMBER,
            "body": TEXT_OR_NOTHING,
            "created_at": NUMBER,
            "edited_at": NUMBER_OR_NOTHING,
            "reply_to": NUMBER_OR_NOTHING,
            "client_id": TEXT_OR_NOTHING,
            "fingerprint": TEXT,
        },
    ),
}

_KINDS: Final = {
    "posted": "message",
    "edited": "message_edited",
    "erased": "message_deleted",
    "joined": "user_join",
    "left": "user_left",
    "role": "room_changed",
    "room": "room_changed",
}

_ROLES: Final = {"user": "member", "admin": "administrator"}


def upgrade(records: Records) -> Records:
    """The records of FORMAT 2."""
    changed = {
        "users": _users,
        "credentials": _credentials,
        "rooms": _rooms,
        "messages": _messages,
        "events": _events,
        **dict.fromkeys(_LATER, _nothing),
    }
    return lambda part: changed[part](records) if part in changed else records(part)


def _nothing(_records: Records) -> Iterator[Record]:
    return iter(())


def _users(records: Records) -> Iterator[Record]:
    for user in records("users"):
        kept = {name: value for name, value in user.items() if name != "password_hash"}
        yield {**kept, "role": _ROLES.get(user["role"], user["role"]), "suspended_at": None}


def _credentials(records: Records) -> Iterator[Record]:
    for user in records("users"):
        yield {"user_id": user["id"], "password_hash": user["password_hash"]}


def _rooms(records: Records) -> Iterator[Record]:
    for room in records("rooms"):
        yield {**room, "first_seq": 1}


def _events(records: Records) -> Iterator[Record]:
    for event in records("events"):
        yield {**event, "type": _KINDS.get(event["type"], event["type"])}


def _messages(records: Records) -> Iterator[Record]:
    """With the time of their deletion, which the log tells, and the places of the messages that they reply to.

    Of one room at a time, its deletions and what is replied to are in memory.
    """
    messages, again, events = (ByRoom(records(part)) for part in ("messages", "messages", "events"))
    for room in records("rooms"):
        answered = {message["reply_to"] for message in again.of(room["id"])}
        deleted_at: dict[int, int] = {}
        for event in events.of(room["id"]):
            if event["type"] == "erased":
                deleted_at.setdefault(event["message_seq"], event["at"])
        places: dict[int, int] = {}
        for message in messages.of(room["id"]):
            if message["id"] in answered:
                places[message["id"]] = message["seq"]
            yield {
                **message,
                "body": message["body"] or "",
                "deleted_at": None if message["body"] is not None else deleted_at.get(message["seq"], _last(message)),
                "reply_to_seq": places.get(message["reply_to"]),
            }
    messages.require_end()


def _last(message: Record) -> int:
    """When the message was changed for the last time that it tells of itself."""
    edited_at: int | None = message["edited_at"]
    created_at: int = message["created_at"]
    return created_at if edited_at is None else edited_at
