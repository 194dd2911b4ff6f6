"""The formats of backups, from 1 on: a file that was ever written is read for ever.

A change of PARTS, or of what a field means, is a new format. The one before joins OLDER: its parts as they were, told
by what the next one changed (`{**PARTS, "rooms": Part(...)}`), and a function from its records to those of the next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chat_domain.backup.contents import PARTS, TEXT, DamagedBackup, Part, require
from chat_domain.ports.backups import Record

Records = Callable[[str], Iterator[Record]]
"""The records of a part by its name, as Contents has them."""


@dataclass(frozen=True, slots=True)
class OlderFormat:
    """A format that is no longer written. `upgrade` takes its records, which are well-formed, to those of the next."""

    parts: Mapping[str, Part]
    upgrade: Callable[[Records], Records]


@dataclass(frozen=True, slots=True)
class Formats:
    """All formats: the older ones in order, and the parts of the newest."""

    older: Sequence[OlderFormat]
    parts: Mapping[str, Part]

    @property
    def newest(self) -> int:
        """The number of the format that is written."""
        return len(self.older) + 1

    def parts_of(self, number: int) -> Mapping[str, Part]:
        """The parts of this format; raises DamagedBackup where there is none."""
        if number > self.newest:
            raise DamagedBackup("This backup was made by a newer version of Parley; use that one.")
        require(number > 0, "it tells no known format")
        return self.parts if number == self.newest else self.older[number - 1].parts

    def upgraded(self, records: Records, *, number: int) -> Records:
        """Records of the newest format, made of those of this format."""
        for older in self.older[number - 1 :]:
            records = older.upgrade(records)
        return records


_KINDS_OF_FORMAT_1: Final = {
    "posted": "message",
    "edited": "message_edited",
    "erased": "message_deleted",
    "joined": "user_join",
    "left": "user_left",
    "role": "room_changed",
    "room": "room_changed",
}


_ROLES_OF_FORMAT_1: Final = {"user": "member", "admin": "administrator"}


def _parts_of_format_1() -> Mapping[str, Part]:
    users = dict(PARTS["users"].fields)
    del users["suspended_at"]
    parts = {**PARTS, "users": Part(PARTS["users"].key, {**users, "password_hash": TEXT})}
    del parts["credentials"]
    return parts


def _upgrade_1_to_2(records: Records) -> Records:
    """Events have the kinds of the wire; credentials stand apart from users, whose roles have the names of the wire."""

    def users() -> Iterator[Record]:
        for user in records("users"):
            kept = {name: value for name, value in user.items() if name != "password_hash"}
            yield {**kept, "role": _ROLES_OF_FORMAT_1.get(user["role"], user["role"]), "suspended_at": None}

    def credentials() -> Iterator[Record]:
        for user in records("users"):
            yield {"user_id": user["id"], "password_hash": user["password_hash"]}

    def events() -> Iterator[Record]:
        for event in records("events"):
            yield {**event, "type": _KINDS_OF_FORMAT_1.get(event["type"], event["type"])}

    changed = {"users": users, "credentials": credentials, "events": events}
    return lambda part: changed[part]() if part in changed else records(part)


OLDER: Final[Sequence[OlderFormat]] = (OlderFormat(_parts_of_format_1(), _upgrade_1_to_2),)
FORMATS: Final = Formats(OLDER, PARTS)
