"""Rooms: opening, finding, changing and deleting them."""

from collections.abc import Iterable
from typing import Final

from chat_domain.model.ephemeral import RoomDeleted
from chat_domain.model.errors import Conflict, Invalid, UserNotFound
from chat_domain.model.events import RoomChanged
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.memberships import Member, Membership, Role
from chat_domain.model.rights import Right
from chat_domain.model.rooms import Room, RoomKind, direct_key, people_of
from chat_domain.model.users import User
from chat_domain.model.values import RoomDescription, RoomName
from chat_domain.model.views import HistoryPage, Page, RoomDetails, RoomView
from chat_domain.ports.clock import Clock
from chat_domain.ports.security import Limit, RateLimiter
from chat_domain.ports.storage import Snapshot, Storage, UnitOfWork
from chat_domain.services.admission import admit, reunite
from chat_domain.services.people import findable

ROOMS_BY_USER: Final = Limit("rooms", times=60, seconds=600)
CHANGES_BY_USER: Final = Limit("room-changes", times=30, seconds=60)
NEWEST_PAGE: Final = 50


class RoomService:
    """Opens, finds, changes and deletes rooms."""

    def __init__(self, *, storage: Storage, limits: RateLimiter, clock: Clock) -> None:
        self._storage = storage
        self._limits = limits
        self._clock = clock

    def create(self, actor: UserId, *, name: RoomName, description: RoomDescription, kind: RoomKind) -> RoomView:
        """Open a public or private room, whose owner the actor is."""
        if kind is RoomKind.DIRECT:
            raise Invalid("A direct conversation is opened by choosing its people.", code="kind", field="kind")
        self._limits.hit(ROOMS_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            now = self._clock.now()
            owner = work.users.get(actor)
            owner.rights.require(Right.CREATE_ROOMS)
            room = Room(RoomId(work.next_id()), kind, name, description, now)
            work.rooms.add(room)
            admit(work, Membership.begun(room, owner, Role.OWNER), by=owner.person, at=now)
            view = work.views.of(actor, room.id)
            work.commit()
        return view

    def open_direct(self, actor: UserId, *, others: Iterable[UserId]) -> tuple[RoomView, bool]:
        """The direct conversation of these people with the actor, and whether it is new. Who had left is back in."""
        key = direct_key([actor, *others])
        self._limits.hit(ROOMS_BY_USER, str(actor))
        try:
            return self._open_direct(actor, key)
        except Conflict:  # somebody else opened it at the same moment: now it is there
            return self._open_direct(actor, key)

    def details(self, actor: UserId, room_id: RoomId, *, members_after: UserId, members: int) -> RoomDetails:
        """The room, a page of its members, and its newest messages."""
        with self._storage.snapshot() as seen:
            seen.memberships.authority(actor, room_id).rights.require(Right.READ)
            view = seen.views.of(actor, room_id)
            found = seen.memberships.in_room(room_id, after=members_after, limit=members + 1)
            shown = tuple(Member(membership.person, membership.role) for membership in found[:members])
            return RoomDetails(view, shown, len(found) > members, _newest(seen, room_id))

    def joined(self, actor: UserId, query: str, *, after: RoomId, limit: int) -> Page[RoomView]:
        """The actor's own rooms, in order of id."""
        with self._storage.snapshot() as seen:
            seen.users.rights(actor).require(Right.READ)
            return Page.cut(seen.views.joined(actor, query, after=after, limit=limit + 1), limit)

    def public(self, actor: UserId, query: str, *, after: RoomId, limit: int) -> Page[RoomView]:
        """The rooms that anybody may join, in order of id."""
        with self._storage.snapshot() as seen:
            seen.users.rights(actor).require(Right.VISIT_PUBLIC_ROOMS)
            return Page.cut(seen.views.public(actor, query, after=after, limit=limit + 1), limit)

    def change(
        self, actor: UserId, room_id: RoomId, *, name: RoomName | None, description: RoomDescription | None
    ) -> RoomView:
        """Give the room another name or description."""
        self._limits.hit(CHANGES_BY_USER, str(actor))
        with self._storage.unit_of_work() as work:
            editor = work.memberships.authority(actor, room_id)
            editor.require_moderator()
            room = editor.room.changed(name=name, description=description)
            if room != editor.room and room.name is not None:
                work.rooms.save(room)
                at = self._clock.now()
                work.append(RoomChanged(room.id, room.next_seq, at, editor.person, room.name, room.description))
            view = work.views.of(actor, room_id)
            work.commit()
        return view

    def delete(self, actor: UserId, room_id: RoomId) -> None:
        """Delete the room with all that was said in it."""
        with self._storage.unit_of_work() as work:
            work.memberships.authority(actor, room_id).require_may_delete_room()
            work.rooms.remove(room_id)
            work.record(RoomDeleted(room_id))
            work.commit()

    def _open_direct(self, actor: UserId, key: str) -> tuple[RoomView, bool]:
        with self._storage.unit_of_work() as work:
            # The room before its people, as when one is written to, and people in order of id: nobody holds what
            # another waits for.
            found = work.rooms.find_direct(key)
            # Strangers before users who are not there, or the answer would tell which of them there are.
            strangers = set(people_of(key)) - findable(work, work.users.rights(actor), actor, people_of(key))
            if strangers:
                raise _no_user(min(strangers))
            people = [_known(work, user_id) for user_id in people_of(key)]
            opener, now = next(user for user in people if user.id == actor), self._clock.now()
            opener.rights.require(Right.OPEN_DIRECT)
            room = found or Room(RoomId(work.next_id()), RoomKind.DIRECT, None, RoomDescription(), now, direct_key=key)
            if found is None:
                work.rooms.add(room)
            reunite(work, room, by=opener.person, at=now)
            view = work.views.of(actor, room.id)
            work.commit()
        return view, found is None


def _known(work: UnitOfWork, user_id: UserId) -> User:
    try:
        return work.users.get(user_id)
    except UserNotFound as error:
        raise _no_user(user_id) from error


def _no_user(user_id: UserId) -> Invalid:
    return Invalid(f"There is no user {user_id}.", code="user_not_found", field="user_ids")


def _newest(seen: Snapshot, room_id: RoomId) -> HistoryPage:
    found = seen.messages.before(room_id, None, limit=NEWEST_PAGE + 1)
    return HistoryPage(tuple(found[-NEWEST_PAGE:]), more_before=len(found) > NEWEST_PAGE, more_after=False)
