"""A room and its log's head."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from chat_domain.model.errors import Forbidden, Invalid
from chat_domain.model.identifiers import EMPTY_LOG, FIRST, RoomId, Seq, UserId
from chat_domain.model.values import RoomDescription, RoomName

MOST_IN_A_DIRECT_ROOM: Final = 9


class RoomKind(StrEnum):
    """Public rooms can be found and joined; private ones are by invitation; direct ones belong to fixed people."""

    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Room:
    """A room. `name` is None for a direct room, which is called after the other people in it.

    Its log has the events from `first_seq` to `last_seq`; those before are gone.
    `direct_key` names the people of a direct room, so that the same people always get the same room.
    """

    id: RoomId
    kind: RoomKind
    name: RoomName | None
    description: RoomDescription
    created_at: datetime
    first_seq: Seq = FIRST
    last_seq: Seq = EMPTY_LOG
    direct_key: str | None = None

    def others_than(self, user_id: UserId) -> tuple[UserId, ...]:
        """The other users of a direct room, also users who left it; empty for other kinds."""
        return tuple(other for other in people_of(self.direct_key) if other != user_id) if self.direct_key else ()

    @property
    def next_seq(self) -> Seq:
        """The place of the next event in this room's log."""
        return Seq(self.last_seq + 1)

    def advanced(self) -> Self:
        """The room after one more event."""
        return replace(self, last_seq=self.next_seq)

    def changed(self, *, name: RoomName | None, description: RoomDescription | None) -> Self:
        """The room under another name or description; None keeps what it was."""
        if self.kind is RoomKind.DIRECT:
            raise Forbidden("A direct conversation has no name of its own.")
        return replace(self, name=name or self.name, description=description or self.description)


def direct_key(people: Iterable[UserId]) -> str:
    """The key of the direct room of these users, the same in every order and for each of them."""
    ids = sorted(set(people))
    if len(ids) > MOST_IN_A_DIRECT_ROOM:
        raise Invalid(f"At most {MOST_IN_A_DIRECT_ROOM} people.", code="too_many", field="user_ids")
    return ",".join(map(str, ids))


def people_of(key: str) -> tuple[UserId, ...]:
    """Whose direct room a key names."""
    return tuple(UserId(int(part)) for part in key.split(","))
