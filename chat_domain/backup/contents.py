"""What a backup holds: the same plain records, whichever storage they come from.

PARTS is the format of a file that is read for ever, and not the schema of a storage, which may keep the same otherwise.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chat_domain.model.errors import Invalid
from chat_domain.ports.backups import Record

Types = tuple[type, ...]
Records = Callable[[str], Iterator[Record]]
"""The records of a part by its name, as Contents has them."""

NUMBER: Final[Types] = (int,)
NUMBER_OR_NOTHING: Final[Types] = (int, type(None))
TEXT: Final[Types] = (str,)
TEXT_OR_NOTHING: Final[Types] = (str, type(None))


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one kind: the types of their fields, and the fields by which they ascend, no two of them alike."""

    key: tuple[str, ...]
    fields: Mapping[str, Types]


PARTS: Final[Mapping[str, Part]] = {
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
            "created_at": NUMBER,
            "suspended_at": NUMBER_OR_NOTHING,
        },
    ),
    "credentials": Part(
        key=("user_id",),
        fields={
            "user_id": NUMBER,
            "password_hash": TEXT,
        },
    ),
    "sessions": Part(
        key=("id",),
        fields={
            "id": NUMBER,
            "user_id": NUMBER,
            "created_at": NUMBER,
            "last_used_at": NUMBER,
            "user_agent": TEXT,
            "address": TEXT,
            "cookie_digest": TEXT_OR_NOTHING,
            "generation": NUMBER,
            "ended_at": NUMBER_OR_NOTHING,
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
            "first_seq": NUMBER,
            "last_seq": NUMBER,
            "direct_key": TEXT_OR_NOTHING,
        },
    ),
    "memberships": Part(
        key=("room_id", "user_id"),
        fields={
            "room_id": NUMBER,
            "user_id": NUMBER,
            "role": TEXT,
            "joined_seq": NUMBER,
            "read_seq": NUMBER,
        },
    ),
    "messages": Part(
        key=("room_id", "seq"),
        fields={
            "room_id": NUMBER,
            "seq": NUMBER,
            "id": NUMBER,
            "sender_id": NUMBER,
            "body": TEXT,
            "created_at": NUMBER,
            "edited_at": NUMBER_OR_NOTHING,
            "deleted_at": NUMBER_OR_NOTHING,
            "reply_to": NUMBER_OR_NOTHING,
            "reply_to_seq": NUMBER_OR_NOTHING,
            "client_id": TEXT_OR_NOTHING,
            "fingerprint": TEXT,
        },
    ),
    "events": Part(
        key=("room_id", "seq"),
        fields={
            "room_id": NUMBER,
            "seq": NUMBER,
            "type": TEXT,
            "at": NUMBER,
            "actor_id": NUMBER,
            "message_seq": NUMBER_OR_NOTHING,
            "user_id": NUMBER_OR_NOTHING,
            "detail": TEXT_OR_NOTHING,
        },
    ),
    "consumers": Part(
        key=("name",),
        fields={
            "name": TEXT,
            "started_at": NUMBER,
        },
    ),
    "consumer_cursors": Part(
        key=("room_id", "consumer"),
        fields={
            "room_id": NUMBER,
            "consumer": TEXT,
            "seq": NUMBER,
        },
    ),
    "mentions": Part(
        key=("room_id", "seq", "user_id"),
        fields={
            "room_id": NUMBER,
            "seq": NUMBER,
            "user_id": NUMBER,
        },
    ),
}
"""The parts of the newest format; a part refers only to those before it. Times: milliseconds since 1970.

A change is a new format: `chat_domain.backup.formats` says how.
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """How much a backup holds, counted while all of it was validated."""

    users: int
    rooms: int
    messages: int
    events: int


class DamagedBackup(Invalid):
    """The file is no backup, is incomplete, or contradicts itself."""

    code = "damaged_backup"
    detail = "The backup is damaged."


def require(condition: bool, otherwise: str) -> None:
    """Raise DamagedBackup, saying `otherwise`, unless the condition holds."""
    if not condition:
        raise DamagedBackup(f"The backup is damaged: {otherwise}.")


class ByRoom:
    """Records of which each is of a room, taken room by room in their order."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._next = next(records, None)

    def of(self, room_id: int) -> Iterator[Record]:
        """Those of the next room."""
        while self._next is not None and self._next["room_id"] == room_id:
            record, self._next = self._next, next(self._records, None)
            yield record

    def require_end(self) -> None:
        """After the last room; raises DamagedBackup where there is more."""
        require(self._next is None, "something is in a room that is not there")


def ascending(part: str, records: Iterable[Record]) -> Iterator[Record]:
    """The records of this part; raises DamagedBackup where a record's key is not above the one before."""
    key, before = PARTS[part].key, tuple[Any, ...]()
    for record in records:
        place = tuple(record[name] for name in key)
        require(place > before, f"its {part} are not in order")
        before = place
        yield record
