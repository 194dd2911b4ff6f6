"""Arrivals: leading people into rooms other than by the next event of a log."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from chat_domain.model.errors import NotAMember, NotFound, Unavailable
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.log import UserJoined
from chat_domain.model.memberships import Membership
from chat_domain.model.notices import RoomAdded, RoomRemoved
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Storage
from chat_domain.services.connected_sessions import ConnectedSessions
from chat_domain.services.departures import DepartureBoard
from chat_domain.services.room_feeds import RoomFeeds

_USERS_A_TURN: Final = 500


class Arrivals:
    """Leads in who joined by a hint that is not the next, and who joined without any hint."""

    def __init__(
        self,
        *,
        storage: Storage,
        audience: Audience,
        sessions: ConnectedSessions,
        feeds: RoomFeeds,
        board: DepartureBoard,
    ) -> None:
        self._storage = storage
        self._audience = audience
        self._sessions = sessions
        self._feeds = feeds
        self._board = board
        self._put_off: dict[tuple[RoomId, Seq], UserJoined] = {}
        self._connecting: Counter[UserId] = Counter()
        self._users: list[UserId] = []  # whose memberships are still to be looked at in this round

    @contextmanager
    def connecting(self, user_id: UserId) -> Iterator[None]:
        """While somebody's memberships are read because they connect, what they do not hear yet is not unannounced."""
        self._connecting[user_id] += 1
        try:
            yield
        finally:
            self._connecting[user_id] -= 1
            if not self._connecting[user_id]:
                del self._connecting[user_id]

    def let_in(self, event: UserJoined) -> None:
        """Let in who joined, if they are still a member; others may be further on in the log."""
        if self._audience.is_in(event.user.id, event.room_id):
            return
        try:
            self._lead_in(event.user.id, event.room_id, tell=True)
        except Unavailable:
            self.put_off(event)

    def put_off(self, event: UserJoined) -> None:
        """Let them in when `retry` is called."""
        self._put_off[event.room_id, event.seq] = event

    def retry(self) -> None:
        """Let in those for whom the storage was away."""
        put_off, self._put_off = self._put_off, {}
        for event in put_off.values():
            self.let_in(event)

    def find_unannounced(self) -> None:
        """Look for memberships of some of the connected users of which no hint came; the next call takes the next ones.

        Raises Unavailable.
        """
        self._users = self._users or list(self._audience.users())
        users, self._users = self._users[:_USERS_A_TURN], self._users[_USERS_A_TURN:]
        if not users:
            return
        with self._storage.snapshot() as seen:
            memberships = seen.memberships.of_users(users)
        for user_id, room_id in memberships:
            if not self._audience.is_in(user_id, room_id) and user_id not in self._connecting:
                self._lead_in(user_id, room_id, tell=True)

    def confirm(self, user_id: UserId, room_ids: Iterable[RoomId]) -> None:
        """Lead the user into those of the rooms that they do not hear, or tell that they are in one no more.

        Raises Unavailable.
        """
        for room_id in room_ids:
            if not self._audience.is_in(user_id, room_id) and not self._lead_in(user_id, room_id):
                self._audience.deliver(RoomRemoved(user_id, room_id))

    def _lead_in(self, user_id: UserId, room_id: RoomId, *, tell: bool = False) -> bool:
        """Whether the user is a member.

        That is read while it may be changing: a departure that is handed out meanwhile counts.
        """
        try:
            with self._board.noted() as departures, self._storage.snapshot() as seen:
                member = seen.memberships.of(user_id, room_id)
                added = RoomAdded(seen.views.of(user_id, room_id)) if tell else None
                over = self._sessions.over_unless_certain(seen)
        except (NotAMember, NotFound):
            return False
        self._sessions.end(over)
        if departures.include(user_id, room_id, after=member.room.last_seq):
            return False
        if added and not self._audience.is_in(user_id, room_id) and user_id not in self._connecting:
            self._audience.deliver(added)
        self._seat(member)
        return True

    def _seat(self, member: Membership) -> None:
        room, before = member.room, Seq(member.joined_seq - 1)
        self._feeds.begin(room.id, before)
        if not self._feeds.is_behind(room.id, before):
            self._audience.lead_in(member.person.id, room.id)
            self._feeds.note_change(room.id)  # so that the next heads tell of what they missed
        self._feeds.read_on(room.id, room.last_seq)
