"""Room cursors: how far the log of each room was delivered to this process, and its next event."""

import logging
from collections.abc import Container, Mapping

from chat_domain.delivery.subscriptions import Subscriptions
from chat_domain.model.ephemeral import Heads, RoomAdded
from chat_domain.model.events import RoomEvent, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.views import LogPage
from chat_domain.ports.broadcasting import Audience

_log = logging.getLogger(__name__)


class RoomCursors:
    """Keeps a cursor, the seq of the last event delivered, for each room with subscribers; delivers what is next."""

    def __init__(self, *, audience: Audience, subscriptions: Subscriptions) -> None:
        self._audience = audience
        self._subscriptions = subscriptions
        self._cursors: dict[RoomId, Seq] = {}
        self._started: dict[RoomId, Seq] = {}  # where each cursor began
        self._changed: dict[RoomId, Seq] = {}  # since the heads were taken

    def start(self, room_id: RoomId, after: Seq) -> None:
        """A connection is about to be subscribed: if it is the room's first, what comes after `after` is next."""
        if not self._audience.has_subscribers(room_id):
            self._cursors[room_id] = self._started[room_id] = after

    def passed_over(self, room_id: RoomId, seq: Seq) -> bool:
        """Whether the cursor of a room with subscribers began after `seq`: a leaving in between was not delivered.

        So it is where the room's first connection was added while memberships of another user, as of `seq`, were read.
        """
        return self._audience.has_subscribers(room_id) and self._started.get(room_id, seq) > seq

    def cursor(self, room_id: RoomId) -> Seq | None:
        """The room's cursor; None if there is none."""
        return self._cursors.get(room_id)

    def is_behind(self, room_id: RoomId, seq: Seq) -> bool:
        """Whether the room has a cursor, and that is before `seq`."""
        return room_id in self._cursors and self._cursors[room_id] < seq

    def is_next(self, event: RoomEvent) -> bool:
        """Whether everything before the event was delivered, and the event was not."""
        return self._cursors.get(event.room_id) == event.seq - 1

    def deliver(self, event: RoomEvent) -> None:
        """Deliver the event, which is next."""
        self._cursors[event.room_id] = event.seq
        self.note_change(event.room_id)
        if isinstance(event, UserJoined):
            self._subscriptions.join(event)
        if isinstance(event, UserLeft):
            self._subscriptions.leave(event)
        self._audience.deliver(event)

    def deliver_page(self, room_id: RoomId, page: LogPage, announcements: Mapping[UserId, RoomAdded]) -> None:
        """Deliver those of the events that are next; others may have been delivered while they were read."""
        events = page.events
        if room_id in self._cursors:
            self._cursors[room_id] = page.span.reached(self._cursors[room_id])
        for event in events:
            if self.is_next(event):
                self._subscriptions.announce_before(event, announcements)
                self.deliver(event)
        if events and self.is_behind(room_id, events[0].seq):
            _log.error("the log of room %d has a gap before %d", room_id, events[0].seq)

    def note_change(self, room_id: RoomId, seq: Seq | None = None) -> None:
        """Tell this seq, or else the cursor, with the next heads."""
        seq = self._cursors.get(room_id) if seq is None else seq
        if seq is not None:
            self._changed[room_id] = max(seq, self._changed.get(room_id, seq))

    def take_changed(self, *, keep: Container[RoomId]) -> list[Heads]:
        """The heads of the rooms that changed since the last call.

        Forgets the cursors of rooms without subscribers that are not in `keep`.
        """
        for room_id in [*self._cursors]:
            if room_id not in keep and not self._audience.has_subscribers(room_id):
                del self._cursors[room_id]
                self._started.pop(room_id, None)
        changed, self._changed = self._changed, {}
        return [Heads(room_id, seq) for room_id, seq in changed.items() if self._audience.has_subscribers(room_id)]

    def delete(self, room_id: RoomId) -> None:
        """The room is gone: forget it, and tell its subscribers."""
        for kept in (self._cursors, self._started, self._changed):
            kept.pop(room_id, None)
        self._subscriptions.delete(room_id)
