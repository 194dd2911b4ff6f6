"""Arrivals: leading people into rooms other than by the next event of a log."""

from collections.abc import Iterable
from typing import Final

from chat_domain.delivery.additions import Additions
from chat_domain.delivery.connected_sessions import ConnectedSessions
from chat_domain.delivery.departures import DepartureBoard
from chat_domain.delivery.log_reader import TOGETHER, LogReader
from chat_domain.delivery.portions import portions
from chat_domain.delivery.room_feeds import RoomFeeds
from chat_domain.model.ephemeral import RoomAdded, RoomRemoved
from chat_domain.model.errors import NotAMember, NotFound, Unavailable
from chat_domain.model.events import UserJoined
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Membership
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Storage

_USERS_A_STATEMENT: Final = 25
"""Whoever is in a hundred rooms gives a hundred rows, and those who wait meanwhile want their turn."""

Place = tuple[UserId, RoomId]


class Arrivals:
    """Leads in who joined by a hint that is not the next, and who joined without any hint."""

    def __init__(
        self,
        *,
        storage: Storage,
        audience: Audience,
        sessions: ConnectedSessions,
        feeds: RoomFeeds,
        reader: LogReader,
        board: DepartureBoard,
        additions: Additions,
    ) -> None:
        self._storage = storage
        self._audience = audience
        self._sessions = sessions
        self._feeds = feeds
        self._reader = reader
        self._board = board
        self._additions = additions
        self._put_off: dict[tuple[RoomId, Seq], UserJoined] = {}

    def let_in(self, *events: UserJoined) -> None:
        """Let in those who joined, if they are still members; others may be further on in the log."""
        try:
            self._lead_in([(event.user.id, event.room_id) for event in events], tell=True)
        except Unavailable:
            for event in events:
                self.put_off(event)

    def put_off(self, event: UserJoined) -> None:
        """Let them in when `retry` is called."""
        self._put_off[event.room_id, event.seq] = event

    def retry(self) -> None:
        """Let in those for whom the storage was away."""
        put_off, self._put_off = self._put_off, {}
        self.let_in(*put_off.values())

    def find_unannounced(self, users: Iterable[UserId]) -> None:
        """Look for memberships of these users of which no hint came; raises Unavailable."""
        unannounced: list[Place] = []
        with self._storage.snapshot() as seen:
            for some in portions(users, _USERS_A_STATEMENT):
                memberships = seen.memberships.of_users(some)
                unannounced += [place for place in memberships if not self._audience.is_in(*place)]
        found = (place for place in unannounced if not self._additions.are_told_by_sync(place[0]))
        self._lead_in(found, tell=True)

    def confirm(self, user_id: UserId, room_ids: Iterable[RoomId]) -> None:
        """Lead the user into those of the rooms that they do not hear, or tell that they are in one no more.

        Raises Unavailable.
        """
        wanted = [(user_id, room_id) for room_id in room_ids if not self._audience.is_in(user_id, room_id)]
        members = self._lead_in(wanted, tell=not self._additions.are_told_by_sync(user_id))
        for _, room_id in wanted:
            if (user_id, room_id) not in members:
                self._audience.deliver(RoomRemoved(user_id, room_id))

    def _lead_in(self, wanted: Iterable[Place], *, tell: bool) -> set[Place]:
        """Lead users into rooms, if they do not hear them and are members; those who are."""
        strangers = (place for place in wanted if not self._audience.is_in(*place))
        members: set[Place] = set()
        for some in portions(strangers, TOGETHER):
            members.update(self._lead_in_together(some, tell=tell))
        return members

    def _lead_in_together(self, places: Iterable[Place], *, tell: bool) -> list[Place]:
        """The same for a few.

        Memberships are read while they may be changing: a departure that is handed out meanwhile counts.
        """
        with self._board.noted() as departures:
            found = [found for place in places if (found := self._look_up(*place, tell=tell))]
            self._sessions.make_certain()
        staying: list[Membership] = []
        for member, added in found:
            if not departures.include(member.person.id, member.room.id, after=member.room.last_seq):
                staying.append(member)
                self._seat(member, added)
        staying.sort(key=lambda member: member.room.last_seq)
        self._reader.read_all({member.room.id: member.room.last_seq for member in staying})
        return [(member.person.id, member.room.id) for member in staying]

    def _look_up(self, user_id: UserId, room_id: RoomId, *, tell: bool) -> tuple[Membership, RoomAdded | None] | None:
        try:
            with self._storage.snapshot() as seen:
                member = seen.memberships.of(user_id, room_id)
                return member, RoomAdded(seen.views.of(user_id, room_id)) if tell else None
        except (NotAMember, NotFound):
            return None

    def _seat(self, member: Membership, added: RoomAdded | None) -> None:
        room, user_id, before = member.room, member.person.id, Seq(member.joined_seq - 1)
        self._feeds.begin(room.id, before)
        if not self._feeds.is_behind(room.id, before):
            if added and not self._audience.is_in(user_id, room.id):
                self._additions.tell(added, member.joined_seq)
            self._audience.lead_in(user_id, room.id)
            self._feeds.note_change(room.id)  # so that the next heads tell of what they missed
