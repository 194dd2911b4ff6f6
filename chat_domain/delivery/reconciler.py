"""The reconciler: what no hint told of, found by comparing the subscriptions and the cursors with the storage."""

from collections.abc import Iterable, Sequence
from typing import Final

from chat_domain.delivery.batches import RoundRobin, batched
from chat_domain.delivery.gap_filler import ROOMS_A_CHECK, GapFiller
from chat_domain.delivery.room_cursors import RoomCursors
from chat_domain.delivery.session_guard import SessionGuard
from chat_domain.delivery.subscriptions import Subscriptions
from chat_domain.model.ephemeral import RoomAdded, RoomRemoved
from chat_domain.model.errors import NotAMember, NotFound, Unavailable
from chat_domain.model.events import UserJoined
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Membership
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.storage import Storage

_POLLS_FOR_ALL_ROOMS: Final = 4
_ROOMS_AT_LEAST: Final = 200
_ROOMS_A_READ: Final = 1_000
_USERS: Final = 25
"""While SQLite reads nothing else goes on, and each user may be in a hundred rooms and more."""
_USERS_IF_MISSED: Final = 500
_USERS_A_READ: Final = 25

Place = tuple[UserId, RoomId]
_Found = tuple[Membership, RoomAdded | None]


class Reconciler:
    """Reads how far the logs of rooms with subscribers are, and in which rooms the connected users are.

    While hints may have been missed each call reads all rooms; else they take turns, as a precaution.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        broadcaster: Broadcaster,
        audience: Audience,
        guard: SessionGuard,
        cursors: RoomCursors,
        subscriptions: Subscriptions,
        filler: GapFiller,
    ) -> None:
        self._storage = storage
        self._broadcaster = broadcaster
        self._audience = audience
        self._guard = guard
        self._cursors = cursors
        self._subscriptions = subscriptions
        self._filler = filler
        self._rooms = RoundRobin(audience.rooms)
        self._users = RoundRobin(audience.users)
        self._has_missed = not broadcaster.hears_all()
        self._deferred: dict[Place, None] = {}

    def reconcile(self) -> None:
        """Deliver a part of what no hint told of, or all of it if hints may have been missed. Raises Unavailable."""
        misses = not self._broadcaster.hears_all()
        has_missed, self._has_missed = self._has_missed or misses, True  # until this call has come to its end
        for rooms in batched(self._next_rooms(all=has_missed), _ROOMS_A_READ):
            self._reconcile_rooms(rooms)
        self._reconcile_users(self._users.next_batch(_USERS_IF_MISSED if has_missed else _USERS))
        self._has_missed = misses

    def subscribe(self, user_id: UserId, room_ids: Iterable[RoomId]) -> None:
        """Subscribe the user to the rooms, or tell the user to be a member no more; raises Unavailable."""
        wanted = [(user_id, room_id) for room_id in room_ids if not self._audience.is_subscribed(user_id, room_id)]
        members = self._subscribe_members(wanted, tell=not self._subscriptions.is_connecting(user_id))
        for _, room_id in wanted:
            if (user_id, room_id) not in members:
                self._audience.deliver(RoomRemoved(user_id, room_id))

    def subscribe_late(self, event: UserJoined) -> None:
        """Subscribe a user whose joining is not next in a log, if the user is still a member; or `retry` does."""
        self._subscribe_late([(event.user.id, event.room_id)])

    def defer(self, event: UserJoined) -> None:
        """Subscribe the user when `retry` is called."""
        self._deferred[event.user.id, event.room_id] = None

    def retry(self) -> None:
        """Subscribe the users for whom the storage was away."""
        deferred, self._deferred = self._deferred, {}
        self._subscribe_late(deferred)

    def _next_rooms(self, *, all: bool) -> Iterable[RoomId]:
        rooms = self._audience.rooms()
        return rooms if all else self._rooms.next_batch(max(_ROOMS_AT_LEAST, len(rooms) // _POLLS_FOR_ALL_ROOMS + 1))

    def _reconcile_rooms(self, rooms: Sequence[RoomId]) -> None:
        with self._storage.snapshot() as seen:
            heads = seen.log.heads_of(rooms)
        if deleted := [room_id for room_id in rooms if room_id not in heads]:
            self._guard.make_certain()
            for room_id in deleted:
                self._cursors.delete(room_id)
        self._filler.fill_all(heads)

    def _reconcile_users(self, users: Iterable[UserId]) -> None:
        missing: list[Place] = []
        with self._storage.snapshot() as seen:
            for some in batched(users, _USERS_A_READ):
                missing += [place for place in seen.memberships.of_users(some) if self._is_missing(place)]
        found = (place for place in missing if not self._subscriptions.is_connecting(place[0]))
        self._subscribe_members(found, tell=True)

    def _subscribe_late(self, places: Iterable[Place]) -> None:
        try:
            self._subscribe_members(places, tell=True)
        except Unavailable:
            self._deferred.update(dict.fromkeys(places))

    def _subscribe_members(self, places: Iterable[Place], *, tell: bool) -> set[Place]:
        """Subscribe the users that are not subscribed and are members; returns these."""
        members: set[Place] = set()
        for some in batched(filter(self._is_missing, places), ROOMS_A_CHECK):
            members.update(self._subscribe_together(some, tell=tell))
        return members

    def _subscribe_together(self, places: Iterable[Place], *, tell: bool) -> list[Place]:
        """The memberships are read while they may be changing: a leaving that is delivered meanwhile counts."""
        with self._subscriptions.leavings() as leavings:
            found = self._members_among(places, tell=tell)
        staying: list[Membership] = []
        for member, added in found:
            if not leavings.include(member.person.id, member.room.id, after=member.room.last_seq):
                staying.append(member)
                self._start(member, added)
        staying.sort(key=lambda member: member.room.last_seq)
        self._filler.fill_all({member.room.id: member.room.last_seq for member in staying})
        return [(member.person.id, member.room.id) for member in staying]

    def _members_among(self, places: Iterable[Place], *, tell: bool) -> list[_Found]:
        """The memberships, each read again while leavings may have been passed over since it was read."""
        found: dict[Place, _Found] = {}
        unread = list(places)
        while unread:
            for place in unread:
                found.pop(place, None)
                if each := self._look_up(*place, tell=tell):
                    found[place] = each
            self._guard.make_certain()
            unread = [place for place, (member, _) in found.items() if self._is_outdated(member)]
        return list(found.values())

    def _is_outdated(self, member: Membership) -> bool:
        return self._cursors.passed_over(member.room.id, member.room.last_seq)

    def _look_up(self, user_id: UserId, room_id: RoomId, *, tell: bool) -> _Found | None:
        try:
            with self._storage.snapshot() as seen:
                member = seen.memberships.of(user_id, room_id)
                return member, RoomAdded(seen.views.of(user_id, room_id)) if tell else None
        except (NotAMember, NotFound):
            return None

    def _start(self, member: Membership, added: RoomAdded | None) -> None:
        """Subscribe the user, or leave that to the joining where that has still to be delivered."""
        room, user_id, before = member.room, member.person.id, Seq(member.joined_seq - 1)
        self._cursors.start(room.id, before)
        if not self._cursors.is_behind(room.id, before):
            if added and not self._audience.is_subscribed(user_id, room.id):
                self._subscriptions.announce(added, member.joined_seq)
            self._audience.subscribe_user(user_id, room.id)
            self._cursors.note_change(room.id)  # so that the next heads tell of what was missed

    def _is_missing(self, place: Place) -> bool:
        return not self._audience.is_subscribed(*place)
