"""A membership: who a person is in one room. Authorisation inside a room is decided here and nowhere else."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from chat_domain.model.errors import Forbidden, Invalid
from chat_domain.model.identifiers import MessageId, Seq
from chat_domain.model.messages import Message, fingerprint
from chat_domain.model.rooms import Room, RoomKind
from chat_domain.model.users import Person
from chat_domain.model.values import ClientKey, MessageBody


class Role(StrEnum):
    """What a member may do: owners everything, moderators everything but to owners, members talk."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


_RANK: Final = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OWNER: 2}


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a room, and as what."""

    person: Person
    role: Role


@dataclass(frozen=True, slots=True)
class Membership:
    """One person in one room. `read_seq` is the read mark; `joined_seq` the place in the log of the joining."""

    room: Room
    person: Person
    role: Role
    joined_seq: Seq
    read_seq: Seq

    @classmethod
    def begun(cls, room: Room, person: Person, role: Role) -> Self:
        """A new member, for whom everything up to the joining counts as read."""
        return cls(room, person, role, joined_seq=room.next_seq, read_seq=room.next_seq)

    def post(
        self, body: MessageBody, *, id: MessageId, at: datetime, key: ClientKey | None, reply_to: MessageId | None
    ) -> Message:
        """The next message of the room."""
        return Message(
            id=id,
            room_id=self.room.id,
            seq=self.room.next_seq,
            sender=self.person,
            body=body,
            created_at=at,
            client_key=key,
            reply_to=reply_to,
            fingerprint=fingerprint(body, reply_to) if key else "",
        )

    def edit(self, message: Message, body: MessageBody, *, at: datetime) -> Message:
        """One's own message with another body."""
        if message.sender.id != self.person.id:
            raise Forbidden("Only the sender may edit a message.")
        return message.edited(body, at)

    def delete(self, message: Message) -> Message:
        """The tombstone of one's own message, or for moderators of anybody's."""
        if message.sender.id != self.person.id:
            self.require_moderator()
        return message.erased()

    def require_moderator(self) -> None:
        """Refuse whoever does not moderate the room. Nobody moderates a direct conversation."""
        if self.room.kind is RoomKind.DIRECT or self.role is Role.MEMBER:
            raise Forbidden("Only the room's owners and moderators may do this.")

    def invite(self, person: Person, role: Role) -> "Membership":
        """A new member, in a role that the one who invites may give."""
        self.require_moderator()
        self._require_may_give(role)
        return Membership.begun(self.room, person, role)

    def promote(self, other: "Membership", role: Role) -> "Membership":
        """The other member in another role. One may lower oneself, and change whom one does not rank below."""
        self.require_moderator()
        self._require_may_give(role)
        self._require_rank_of(other)
        return replace(other, role=role)

    def require_may_remove(self, other: "Membership") -> None:
        """Refuse the removal of somebody that this member may not remove."""
        if other.person.id == self.person.id:
            raise Invalid("Leave the room instead.", code="self", field="user_id")
        self.require_moderator()
        self._require_rank_of(other)

    def succeeded(self) -> Self:
        """This membership as the room's owner, when the last owner left."""
        return replace(self, role=Role.OWNER)

    def _require_may_give(self, role: Role) -> None:
        if _RANK[role] > _RANK[self.role]:
            raise Forbidden("This role is above your own.")

    def _require_rank_of(self, other: "Membership") -> None:
        if _RANK[other.role] > _RANK[self.role]:
            raise Forbidden("This member ranks above you.")
