"""A membership: who a person is in one room. Authorisation inside a room is decided here and nowhere else."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from chat_domain.model.errors import Forbidden, Invalid, NotAMember, RoomNotFound
from chat_domain.model.identifiers import MessageId, Seq
from chat_domain.model.messages import Message, fingerprint
from chat_domain.model.rights import Right, Rights
from chat_domain.model.rooms import Room, RoomKind
from chat_domain.model.users import Person, User
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
class Authority:
    """What a person may do to one room, by their account's rights and their role in it: None if they are not a member.

    An account that may moderate public rooms has at least a moderator's rank in them.
    """

    room: Room
    person: Person
    role: Role | None
    rights: Rights

    def require_visible(self) -> Self:
        """Raise RoomNotFound for a person for whom the room does not exist: neither a member nor a possible visitor."""
        if self.role is None and not (
            self.room.kind is RoomKind.PUBLIC and self.rights.include(Right.VISIT_PUBLIC_ROOMS)
        ):
            raise RoomNotFound
        return self

    def delete(self, message: Message, *, at: datetime) -> Message:
        """The tombstone of one's own message as a member, or for moderators of anybody's."""
        if message.sender.id != self.person.id or self.role is None:
            self.require_moderator()
        return message.delete(at)

    def require_moderator(self) -> None:
        """Raise Forbidden for a user who does not moderate the room. A direct room has no moderators."""
        self.rights.require(Right.WRITE)
        if self._rank is None:
            raise NotAMember
        if self.room.kind is RoomKind.DIRECT or self._rank < _RANK[Role.MODERATOR]:
            raise Forbidden("Only the room's owners and moderators may do this.")

    def require_may_delete_room(self) -> None:
        """Raise Forbidden for a person who neither owns the room nor moderates public ones, of which this is one."""
        self.require_moderator()
        if self.role is not Role.OWNER and not self._moderates_public_rooms:
            raise Forbidden("Only the room's owners may delete it.")

    def invite(self, user: User, role: Role) -> "Membership":
        """A new member, in a role that the one who invites may give."""
        self.require_moderator()
        self._require_may_give(role)
        return Membership.begun(self.room, user, role)

    def promote(self, other: "Membership", role: Role) -> "Membership":
        """The other member in another role. One may lower oneself, and change whom one does not rank below."""
        self.require_moderator()
        self._require_may_give(role)
        self._require_rank_of(other)
        return replace(other, role=role)

    def require_may_remove(self, other: "Membership") -> None:
        """Raise Forbidden if this person may not remove the other."""
        if other.person.id == self.person.id:
            raise Invalid("Leave the room instead.", code="self", field="user_id")
        self.require_moderator()
        self._require_rank_of(other)

    @property
    def _moderates_public_rooms(self) -> bool:
        return self.room.kind is RoomKind.PUBLIC and self.rights.include(Right.MODERATE_PUBLIC_ROOMS)

    @property
    def _rank(self) -> int | None:
        own = None if self.role is None else _RANK[self.role]
        return max(own or 0, _RANK[Role.MODERATOR]) if self._moderates_public_rooms else own

    def _require_may_give(self, role: Role) -> None:
        if _RANK[role] > (self._rank or 0):
            raise Forbidden("This role is above your own.")

    def _require_rank_of(self, other: "Membership") -> None:
        if _RANK[other.role] > (self._rank or 0):
            raise Forbidden("This member ranks above you.")


@dataclass(frozen=True, slots=True)
class Membership(Authority):
    """One person in one room. `read_seq` is the read mark; `joined_seq` the place in the log of the joining."""

    role: Role
    joined_seq: Seq
    read_seq: Seq

    @classmethod
    def begun(cls, room: Room, user: User, role: Role) -> Self:
        """A new member, for whom everything up to the joining counts as read."""
        return cls(room, user.person, role, user.rights, joined_seq=room.next_seq, read_seq=room.next_seq)

    def post(
        self, body: MessageBody, *, id: MessageId, at: datetime, key: ClientKey | None, reply_to: Message | None
    ) -> Message:
        """The next message of the room, perhaps in reply to another one of it."""
        replied_id, replied_seq = (reply_to.id, reply_to.seq) if reply_to else (None, None)
        return Message(
            id=id,
            room_id=self.room.id,
            seq=self.room.next_seq,
            sender=self.person,
            body=body,
            created_at=at,
            client_key=key,
            reply_to=replied_id,
            reply_to_seq=replied_seq,
            fingerprint=fingerprint(body, replied_id) if key else "",
        )

    def edit(self, message: Message, body: MessageBody, *, at: datetime) -> Message:
        """One's own message with another body."""
        if message.sender.id != self.person.id:
            raise Forbidden("Only the sender may edit a message.")
        return message.edited(body, at)

    def succeeded(self) -> Self:
        """This membership as the room's owner, when the last owner left."""
        return replace(self, role=Role.OWNER)
