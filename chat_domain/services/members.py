"""Members: joining and leaving, inviting and removing, and who ranks how."""

from typing import Final

from chat_domain.model.errors import LastOwner, MemberNotFound, NotAMember, NotFound
from chat_domain.model.events import RoomChanged
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Member, Membership, Role
from chat_domain.model.views import RoomView
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Storage, UnitOfWork
from chat_domain.services.admission import admit, dismiss

MOVES_BY_USER: Final = Limit("members", times=60, seconds=60)
"""Each stays in a log for good, and is told to everybody in the room."""


class MemberService:
    """Lets people into rooms and out of them."""

    def __init__(self, *, storage: Storage, limits: RateLimiter, clock: Clock) -> None:
        self._storage = storage
        self._limits = limits
        self._clock = clock

    def join(self, actor: UserId, room_id: RoomId) -> RoomView:
        """Become a member of a public room, or the owner of a deserted one. Members stay what they are."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            if _joinable_membership(work, actor, room_id) is None:
                room, person = work.rooms.get(room_id), work.users.get(actor).person
                room.require_joinable()
                deserted = not work.memberships.in_room(room_id, after=UserId(0), limit=1)
                role = Role.OWNER if deserted else Role.MEMBER
                admit(work, Membership.begun(room, person, role), by=person, at=self._clock.now())
            view = work.views.of(actor, room_id)
            work.commit()
        return view

    def leave(self, actor: UserId, room_id: RoomId) -> RoomView:
        """Be a member no more: the room as one saw it last. Always allowed."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            member = work.memberships.of(actor, room_id)
            view = work.views.of(actor, room_id)
            room = dismiss(work, member, by=member.person, at=self._clock.now())
            work.commit()
        return view.left(room)

    def put(self, actor: UserId, room_id: RoomId, user_id: UserId, role: Role) -> tuple[Member, bool]:
        """Bring somebody in, or give a member another role; and whether they are new in the room."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            member = work.memberships.of(actor, room_id)
            other = _member_or_none(work, user_id, room_id)
            if other is None:
                member.require_moderator()
                invited = member.invite(work.users.get(user_id).person, role)
                admit(work, invited, by=member.person, at=self._clock.now())
            else:
                invited = self._promote(work, member, other, role)
            work.commit()
        return Member(invited.person, invited.role), other is None

    def remove(self, actor: UserId, room_id: RoomId, user_id: UserId) -> None:
        """Lead a member out of the room."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            member = work.memberships.of(actor, room_id)
            other = _member_or_none(work, user_id, room_id)
            if other is None:
                member.require_moderator()
                raise MemberNotFound
            member.require_may_remove(other)
            dismiss(work, other, by=member.person, at=self._clock.now())
            work.commit()

    def _promote(self, work: UnitOfWork, member: Membership, other: Membership, role: Role) -> Membership:
        promoted = member.promote(other, role)
        if promoted != other:
            room = promoted.room
            work.memberships.save(promoted)
            if work.memberships.successor(room.id):
                raise LastOwner
            at = self._clock.now()
            changed = Member(promoted.person, promoted.role)
            work.append(RoomChanged(room.id, room.next_seq, at, member.person, member=changed))
        return promoted


def _joinable_membership(work: UnitOfWork, user_id: UserId, room_id: RoomId) -> Membership | None:
    """The membership, or None for somebody who may join the room. Others learn nothing of it: RoomNotFound."""
    try:
        return work.memberships.of(user_id, room_id)
    except NotAMember:
        return None


def _member_or_none(work: UnitOfWork, user_id: UserId, room_id: RoomId) -> Membership | None:
    """The membership of somebody else, asked for by a member."""
    try:
        return work.memberships.of(user_id, room_id)
    except (NotAMember, NotFound):
        return None
