"""Delivery: from the room log to the connections of this process, each room strictly in sequence.

What the broadcaster brings is a hint. An event that is the room's next goes out as it came; a gap is read from the log;
what was handed out already is dropped. So nothing that was committed is missed, doubled or reordered here, however the
hints come.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from chat_domain.model.errors import InvalidToken, Unavailable
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.log import Entry, RoomEvent, UserJoined, UserLeft
from chat_domain.model.notices import Happening, Heads, RoomDeleted
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.clock import Clock
from chat_domain.ports.storage import Storage
from chat_domain.services.sessions import Actor

_log = logging.getLogger(__name__)
_PAGE: Final = 500


class DeliveryService:
    """Hands what happened to the connections of this process."""

    def __init__(self, *, storage: Storage, audience: Audience, clock: Clock) -> None:
        self._storage = storage
        self._audience = audience
        self._clock = clock
        self._cursors: dict[RoomId, Seq] = {}  # the last seq handed out, for each room somebody here listens to
        self._wanted: dict[RoomId, Seq] = {}  # how far a room that is being read from the log has to be read
        self._changed: dict[RoomId, Seq] = {}  # since the last beacon
        self._moves: list[list[UserJoined | UserLeft]] = []  # what happens while somebody is being let in

    def receive(self, happenings: Sequence[Happening]) -> None:
        """Deliver what was published."""
        for happening in happenings:
            if isinstance(happening, Entry):
                self._take(happening)
                continue
            if isinstance(happening, RoomDeleted):
                self._cursors.pop(happening.room_id, None)
                self._changed.pop(happening.room_id, None)
            self._audience.deliver(happening)

    def connect(self, connection: str, actor: Actor) -> None:
        """Let a connection in: from now on it hears the rooms of its user. Raises InvalidToken if the session is over.

        The memberships are read while they may be changing: moves that are handed out meanwhile are made up for.
        """
        self._audience.admit(connection, actor.user_id, actor.session_id)
        moves: list[UserJoined | UserLeft] = []
        self._moves.append(moves)
        try:
            heads = self._heads_of(actor)
        finally:
            # `remove` would take out a list that is equal; this one is meant.
            self._moves = [other for other in self._moves if other is not moves]
        rooms = dict(heads)
        for move in moves:
            if move.user.id == actor.user_id and move.seq > heads.get(move.room_id, 0):
                rooms.pop(move.room_id, None)
                if isinstance(move, UserJoined):
                    rooms[move.room_id] = move.seq
        for room_id, seq in rooms.items():
            # Where others listen already, what is on its way to them must not be skipped.
            if room_id not in self._cursors or not self._audience.hears(room_id):
                self._cursors[room_id] = seq
        self._audience.seat(connection, rooms)

    def beacon(self) -> None:
        """Tell the heads of the rooms that changed since the last beacon; to be called at least every 5 s."""
        changed, self._changed = self._changed, {}
        for room_id, seq in changed.items():
            if self._audience.hears(room_id):
                self._audience.deliver(Heads(room_id, seq))
            else:
                self._cursors.pop(room_id, None)

    def _heads_of(self, actor: Actor) -> Mapping[RoomId, Seq]:
        with self._storage.snapshot() as seen:
            session = seen.sessions.get(actor.session_id)
            if session is None:
                raise InvalidToken
            session.require_active(self._clock.now())
            return seen.log.heads(actor.user_id)

    def _take(self, event: RoomEvent) -> None:
        room_id = event.room_id
        if not self._audience.hears(room_id):  # nobody misses what came before
            self._cursors[room_id] = Seq(event.seq - 1)
        cursor = self._cursors.setdefault(room_id, Seq(event.seq - 1))
        if room_id in self._wanted:
            self._wanted[room_id] = max(self._wanted[room_id], event.seq)
        elif event.seq == cursor + 1:
            self._hand_out(event)
        elif event.seq > cursor:
            self._read_on(room_id, event.seq)

    def _read_on(self, room_id: RoomId, seq: Seq) -> None:
        self._wanted[room_id] = seq
        try:
            while self._cursors[room_id] < self._wanted[room_id]:
                with self._storage.snapshot() as seen:
                    page = seen.log.after(room_id, self._cursors[room_id], limit=_PAGE)
                if not page.events:  # a hint that runs ahead of the log
                    return
                for event in page.events:
                    self._hand_out(event)
        except Unavailable:  # the room's next event, or the client's `sync` after a beacon, finds the gap again
            _log.warning("the log of room %d could not be read on", room_id)
        finally:
            del self._wanted[room_id]

    def _hand_out(self, event: RoomEvent) -> None:
        self._cursors[event.room_id] = self._changed[event.room_id] = event.seq
        if isinstance(event, UserJoined):
            self._audience.lead_in(event.user.id, event.room_id)
        if isinstance(event, UserLeft):
            self._audience.lead_out(event.user.id, event.room_id)
        if isinstance(event, UserJoined | UserLeft):
            for moves in self._moves:
                moves.append(event)
        self._audience.deliver(event)
