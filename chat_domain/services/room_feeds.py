"""Room feeds: each room's log, handed out strictly in sequence to the connections of this process."""

import logging
from typing import Final

from chat_domain.model.errors import NotFound, Unavailable
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.log import RoomEvent, UserJoined, UserLeft
from chat_domain.model.notices import Heads, RoomDeleted, RoomRemoved
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Storage
from chat_domain.services.connected_sessions import ConnectedSessions
from chat_domain.services.departures import DepartureBoard

_log = logging.getLogger(__name__)
_PAGE: Final = 500


class RoomFeeds:
    """Keeps a cursor for each room that somebody here hears, and reads on from the log where there is a gap."""

    def __init__(
        self, *, storage: Storage, audience: Audience, sessions: ConnectedSessions, board: DepartureBoard
    ) -> None:
        self._storage = storage
        self._audience = audience
        self._sessions = sessions
        self._board = board
        self._cursors: dict[RoomId, Seq] = {}  # the last seq handed out
        self._wanted: dict[RoomId, Seq] = {}  # how far a room that is being read from the log has to be read
        self._put_off: dict[RoomId, Seq] = {}  # how far it has to be read when the storage is back
        self._changed: dict[RoomId, Seq] = {}  # since the heads were told

    def begin(self, room_id: RoomId, after: Seq) -> None:
        """Somebody is about to hear the room: if nobody does by now, what comes after `after` is the next."""
        if not self._audience.hears(room_id):
            self._cursors[room_id] = after

    def is_behind(self, room_id: RoomId, seq: Seq) -> bool:
        """Whether the room is heard here, and was not handed out up to `seq`."""
        return room_id in self._cursors and self._cursors[room_id] < seq

    def take(self, event: RoomEvent) -> bool:
        """A hint of an event; whether it was, or is to be, handed out because of this hint."""
        room_id, cursor = event.room_id, self._cursors.get(event.room_id, 0)
        if room_id not in self._wanted and not self._audience.hears(room_id):
            self._pass_over(event)
            return False
        if event.seq <= cursor:
            return False
        if event.seq == cursor + 1 and room_id not in self._wanted:
            self._hand_out(event)
        else:
            self.read_on(room_id, event.seq)
        return True

    def read_on(self, room_id: RoomId, until: Seq) -> bool:
        """Hand out the log up to `until`; whether that is done.

        It is not if the storage is away, which is made up for by `retry`, or if somebody else is reading the room,
        who then reads as far.
        """
        if room_id in self._wanted:
            self._wanted[room_id] = max(self._wanted[room_id], until)
        elif self.is_behind(room_id, until):
            self._wanted[room_id] = until
            try:
                while self.is_behind(room_id, self._wanted[room_id]) and self.read_page(room_id):
                    pass
            except Unavailable:
                _log.warning("the log of room %d could not be read on", room_id)
                self.put_off(room_id, self._wanted[room_id])
            finally:
                del self._wanted[room_id]
        return not self.is_behind(room_id, until)

    def read_page(self, room_id: RoomId) -> bool:
        """Hand out what the log has after the cursor; whether that moved it. Raises Unavailable."""
        before = self._cursors.get(room_id, Seq(0))
        try:
            with self._storage.snapshot() as seen:
                page = seen.log.after(room_id, before, limit=_PAGE)
                over = self._sessions.over_unless_certain(seen)
        except NotFound:  # deleted meanwhile
            return False
        self._sessions.end(over)
        for event in page.events:
            if self._cursors.get(room_id) == event.seq - 1:  # somebody else may have read on, too
                self._hand_out(event)
        if self._cursors.get(room_id) == before and page.events:
            _log.error("the log of room %d has a gap after %d", room_id, before)
        return self._cursors.get(room_id) != before

    def put_off(self, room_id: RoomId, until: Seq) -> None:
        """Read the room up to `until` when `retry` is called, if it is heard by then."""
        self._put_off[room_id] = max(until, self._put_off.get(room_id, until))

    def retry(self) -> None:
        """Hand out what the storage could not tell."""
        put_off, self._put_off = self._put_off, {}
        for room_id, until in put_off.items():
            self.read_on(room_id, until)

    def note_change(self, room_id: RoomId, seq: Seq | None = None) -> None:
        """The room's head, or the cursor, is to be told with the next heads."""
        seq = self._cursors.get(room_id) if seq is None else seq
        if seq is not None:
            self._changed[room_id] = max(seq, self._changed.get(room_id, seq))

    def changed_heads(self) -> list[Heads]:
        """The heads of the rooms that changed since this was asked. What nobody hears any more is forgotten."""
        for room_id in [*self._cursors]:
            if room_id not in self._wanted and not self._audience.hears(room_id):
                del self._cursors[room_id]
        changed, self._changed = self._changed, {}
        return [Heads(room_id, seq) for room_id, seq in changed.items() if self._audience.hears(room_id)]

    def delete(self, room_id: RoomId) -> None:
        """The room is gone: forget it, and tell those who heard it."""
        for kept in (self._cursors, self._changed, self._put_off):
            kept.pop(room_id, None)
        self._board.note(RoomDeleted(room_id))
        self._audience.deliver(RoomDeleted(room_id))

    def _pass_over(self, event: RoomEvent) -> None:
        """Nobody here hears the room, so that nobody misses the event."""
        if isinstance(event, UserLeft):
            self._part(event)

    def _hand_out(self, event: RoomEvent) -> None:
        self._cursors[event.room_id] = event.seq
        self.note_change(event.room_id)
        if isinstance(event, UserJoined):
            self._audience.lead_in(event.user.id, event.room_id)
        if isinstance(event, UserLeft):
            self._part(event)
        self._audience.deliver(event)

    def _part(self, event: UserLeft) -> None:
        self._audience.lead_out(event.user.id, event.room_id)
        self._board.note(event)
        self._audience.deliver(RoomRemoved(event.user.id, event.room_id))
