"""What a backup is made of: the same plain records, whichever storage they come from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chat_domain.model.errors import Invalid

Record = Mapping[str, Any]
"""Numbers, text and None, by the names of the fields."""

FORMAT: Final = 1
"""Goes up with every change of PARTS, and of what its fields mean."""

NUMBER: Final = (int,)
NUMBER_OR_NOTHING: Final = (int, type(None))
TEXT: Final = (str,)
TEXT_OR_NOTHING: Final = (str, type(None))

PARTS: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "users": {
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
    "sessions": {
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
    "rooms": {
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
    "memberships": {
        "room_id": NUMBER,
        "user_id": NUMBER,
        "role": TEXT,
        "joined_seq": NUMBER,
        "read_seq": NUMBER,
    },
    "messages": {
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
    "events": {
        "room_id": NUMBER,
        "seq": NUMBER,
        "type": TEXT,
        "at": NUMBER,
        "actor_id": NUMBER,
        "message_seq": NUMBER_OR_NOTHING,
        "user_id": NUMBER_OR_NOTHING,
        "detail": TEXT_OR_NOTHING,
    },
    "mentions": {"room_id": NUMBER, "seq": NUMBER, "user_id": NUMBER},
}
"""The parts and the fields of their records; a part refers only to those before it. Times: milliseconds since 1970."""

ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "users": ("id",),
    "sessions": ("id",),
    "rooms": ("id",),
    "memberships": ("room_id", "user_id"),
    "messages": ("room_id", "seq"),
    "events": ("room_id", "seq"),
    "mentions": ("room_id", "seq", "user_id"),
}
"""By which fields the records of a part ascend, no two of them alike."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is, counted while all of it was looked at."""

    users: int
    rooms: int
    messages: int
    events: int


class DamagedBackup(Invalid):
    """It is no backup, or not whole, or says what cannot be so."""

    code = "damaged_backup"
    detail = "The backup is damaged."


def require(so: bool, otherwise: str) -> None:
    """Raise DamagedBackup, saying `otherwise`, unless it is so."""
    if not so:
        raise DamagedBackup(f"The backup is damaged: {otherwise}.")


def ascending(part: str, records: Iterable[Record]) -> Iterator[Record]:
    """The records of this part; raises DamagedBackup where one is not after the one before it."""
    fields, before = ORDER[part], tuple[int, ...]()
    for record in records:
        place = tuple(record[name] for name in fields)
        require(place > before, f"its {part} are not in order")
        before = place
        yield record
