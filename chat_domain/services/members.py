"""Members: joining and leaving, inviting and removing, and who ranks how."""

from typing import Final

from chat_domain.model.errors import LastOwner, MemberNotFound, NotAMember, NotFound, UserNotFound
from chat_domain.model.events import RoomChanged
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Authority, Member, Membership, Role
from chat_domain.model.rights import Right
from chat_domain.model.views import RoomView
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Storage, UnitOfWork
from chat_domain.services.admission import admit, dismiss
from chat_domain.services.people import findable

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
            visitor = work.memberships.authority(actor, room_id)
            visitor.rights.require(Right.READ)
            if visitor.role is None:
                room, user = visitor.room, work.users.get(actor)
                user.rights.require(Right.VISIT_PUBLIC_ROOMS)
                deserted = not work.memberships.in_room(room_id, after=UserId(0), limit=1)
                role = Role.OWNER if deserted else Role.MEMBER
                admit(work, Membership.begun(room, user, role), by=user.person, at=self._clock.now())
            view = work.views.of(actor, room_id)
            work.commit()
        return view

    def leave(self, actor: UserId, room_id: RoomId) -> RoomView:
        """Be a member no more: the room as one saw it last. Always allowed."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            member = work.memberships.of(actor, room_id)
            member.rights.require(Right.READ)
            view = work.views.of(actor, room_id)
            room = dismiss(work, member, by=member.person, at=self._clock.now())
            work.commit()
        return view.left(room)

    def put(self, actor: UserId, room_id: RoomId, user_id: UserId, role: Role) -> tuple[Member, bool]:
        """Bring somebody in, or give a member another role; and whether they are new in the room."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            host = work.memberships.authority(actor, room_id)
            other = _member_or_none(work, user_id, room_id)
            if other is None:
                host.require_moderator()
                if user_id not in findable(work, host.rights, actor, [user_id]):
                    raise UserNotFound
                invited = host.invite(work.users.get(user_id), role)
                admit(work, invited, by=host.person, at=self._clock.now())
            else:
                invited = self._promote(work, host, other, role)
            work.commit()
        return Member(invited.person, invited.role), other is None

    def remove(self, actor: UserId, room_id: RoomId, user_id: UserId) -> None:
        """Remove a member from the room."""
        self._limits.hit(MOVES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            remover = work.memberships.authority(actor, room_id)
            other = _member_or_none(work, user_id, room_id)
            if other is None:
                remover.require_moderator()
                raise MemberNotFound
            remover.require_may_remove(other)
            dismiss(work, other, by=remover.person, at=self._clock.now())
            work.commit()

    def _promote(self, work: UnitOfWork, promoter: Authority, other: Membership, role: Role) -> Membership:
        promoted = promoter.promote(other, role)
        if promoted != other:
            room = promoted.room
            work.memberships.save(promoted)
            if work.memberships.successor(room.id):
                raise LastOwner
            at = self._clock.now()
            changed = Member(promoted.person, promoted.role)
            work.append(RoomChanged(room.id, room.next_seq, at, promoter.person, member=changed))
        return promoted


def _member_or_none(work: UnitOfWork, user_id: UserId, room_id: RoomId) -> Membership | None:
    """The membership of the user to whom something is done."""
    try:
        return work.memberships.of(user_id, room_id)
    except (NotAMember, NotFound):
        return None
