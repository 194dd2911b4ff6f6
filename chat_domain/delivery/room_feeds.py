"""Room feeds: each room's log, handed out strictly in sequence to the connections of this process."""

import logging
from collections.abc import Container, Mapping

from chat_domain.delivery.additions import Additions
from chat_domain.delivery.departures import DepartureBoard
from chat_domain.model.ephemeral import Heads, RoomAdded, RoomDeleted, RoomRemoved
from chat_domain.model.events import RoomEvent, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.views import LogPage
from chat_domain.ports.broadcasting import Audience

_log = logging.getLogger(__name__)


class RoomFeeds:
    """Keeps a cursor for each room that somebody here hears, and hands out what is next."""

    def __init__(self, *, audience: Audience, board: DepartureBoard, additions: Additions) -> None:
        self._audience = audience
        self._board = board
        self._additions = additions
        self._cursors: dict[RoomId, Seq] = {}  # the last seq handed out
        self._changed: dict[RoomId, Seq] = {}  # since the heads were told

    def begin(self, room_id: RoomId, after: Seq) -> None:
        """Somebody is about to hear the room: if nobody does by now, what comes after `after` is the next."""
        if not self._audience.hears(room_id):
            self._cursors[room_id] = after

    def cursor(self, room_id: RoomId) -> Seq | None:
        """The last seq of the room that was handed out; None if nobody hears it."""
        return self._cursors.get(room_id)

    def is_behind(self, room_id: RoomId, seq: Seq) -> bool:
        """Whether the room is heard here, and was not handed out up to `seq`."""
        return room_id in self._cursors and self._cursors[room_id] < seq

    def is_next(self, event: RoomEvent) -> bool:
        """Whether everything before the event was handed out."""
        return self._cursors.get(event.room_id) == event.seq - 1

    def hand_out(self, event: RoomEvent) -> None:
        """Tell the event, which is the next."""
        self._cursors[event.room_id] = event.seq
        self.note_change(event.room_id)
        if isinstance(event, UserJoined):
            self._audience.lead_in(event.user.id, event.room_id)
        if isinstance(event, UserLeft):
            self._part(event)
        self._audience.deliver(event)

    def hand_out_page(self, room_id: RoomId, page: LogPage, additions: Mapping[UserId, RoomAdded]) -> None:
        """Tell those of the events that are next; others may have been handed out meanwhile."""
        events = page.events
        if room_id in self._cursors:
            self._cursors[room_id] = page.span.reached(self._cursors[room_id])
        for event in events:
            if self.is_next(event):
                self._additions.tell_before(event, additions)
                self.hand_out(event)
        if events and self.is_behind(room_id, events[0].seq):
            _log.error("the log of room %d has a gap before %d", room_id, events[0].seq)

    def pass_over(self, event: RoomEvent) -> None:
        """Nobody here hears the room, so that nobody misses the event."""
        if isinstance(event, UserLeft):
            self._part(event)

    def note_change(self, room_id: RoomId, seq: Seq | None = None) -> None:
        """The room's head, or the cursor, is to be told with the next heads."""
        seq = self._cursors.get(room_id) if seq is None else seq
        if seq is not None:
            self._changed[room_id] = max(seq, self._changed.get(room_id, seq))

    def changed_heads(self, *, being_read: Container[RoomId]) -> list[Heads]:
        """The heads of the rooms that changed since this was asked.

        What nobody hears any more is forgotten, but for rooms that are just being read.
        """
        for room_id in [*self._cursors]:
            if room_id not in being_read and not self._audience.hears(room_id):
                del self._cursors[room_id]
        changed, self._changed = self._changed, {}
        return [Heads(room_id, seq) for room_id, seq in changed.items() if self._audience.hears(room_id)]

    def delete(self, room_id: RoomId) -> None:
        """The room is gone: forget it, and tell those who heard it."""
        for kept in (self._cursors, self._changed):
            kept.pop(room_id, None)
        self._board.note(RoomDeleted(room_id))
        self._audience.deliver(RoomDeleted(room_id))

    def _part(self, event: UserLeft) -> None:
        self._audience.lead_out(event.user.id, event.room_id)
        self._board.note(event)
        self._audience.deliver(RoomRemoved(event.user.id, event.room_id))
