"""Delivery: from the room log to the connections of this process, each room strictly in sequence.

What the broadcaster brings is a hint. An event that is the room's next goes out as it came; a gap is read from the log;
what was handed out already is dropped. So nothing that was committed is missed, doubled or reordered here, however the
hints come. In a room that nobody here hears, only a joining counts, and the storage is asked whether it still holds.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from chat_domain.model.errors import InvalidToken, NotAMember, NotFound, Unavailable
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.log import Entry, RoomEvent, UserJoined, UserLeft
from chat_domain.model.memberships import Membership
from chat_domain.model.notices import Happening, Heads, RoomDeleted
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.clock import Clock
from chat_domain.ports.storage import Storage
from chat_domain.services.departures import Departures
from chat_domain.services.sessions import Actor

_log = logging.getLogger(__name__)
_PAGE: Final = 500


class DeliveryService:
    """Hands what happened to the connections of this process.

    Calls may interleave wherever the storage is read, as those of greenlets do, but must not run in parallel threads.
    """

    def __init__(self, *, storage: Storage, audience: Audience, clock: Clock) -> None:
        self._storage = storage
        self._audience = audience
        self._clock = clock
        self._cursors: dict[RoomId, Seq] = {}  # the last seq handed out, for each room that somebody here hears
        self._wanted: dict[RoomId, Seq] = {}  # how far a room that is being read from the log has to be read
        self._changed: dict[RoomId, Seq] = {}  # since the last beacon
        self._put_off: dict[tuple[RoomId, Seq], RoomEvent] = {}  # to the next beacon, because the storage was away
        self._noting: list[Departures] = []  # for those who are being let in

    def receive(self, happenings: Sequence[Happening]) -> None:
        """Deliver what was published."""
        for happening in happenings:
            if isinstance(happening, Entry):
                self._take(happening)
                continue
            if isinstance(happening, RoomDeleted):
                self._cursors.pop(happening.room_id, None)
                self._changed.pop(happening.room_id, None)
                self._note(happening)
            self._audience.deliver(happening)

    def connect(self, connection: str, actor: Actor) -> None:
        """Let a connection in: from now on it hears the rooms of its user.

        Raises InvalidToken if the session is over, and Unavailable; then the caller takes the connection out again.
        The memberships are read while they may be changing: whoever is led into a room meanwhile hears it at once, and
        whoever is led out is not let in.
        """
        self._audience.admit(connection, actor.user_id, actor.session_id)
        with self._departures() as departures:
            heads = self._heads_of(actor)
            for room_id, seq in heads.items():
                # What is still on its way to others may be from before this user's joining.
                while self._audience.hears(room_id) and self._is_behind(room_id, seq) and self._read_page(room_id):
                    pass
        rooms = [room for room, seq in heads.items() if not departures.include(actor.user_id, room, after=seq)]
        for room_id in rooms:
            if not self._audience.hears(room_id):
                self._cursors[room_id] = heads[room_id]
        self._audience.seat(connection, rooms)

    def beacon(self) -> None:
        """Tell the heads of the rooms that changed since the last beacon; to be called at least every 5 s."""
        put_off, self._put_off = self._put_off, {}
        for event in put_off.values():
            self._take(event)
        changed, self._changed = self._changed, {}
        for room_id, seq in changed.items():
            if self._audience.hears(room_id):
                self._audience.deliver(Heads(room_id, seq))

    def _heads_of(self, actor: Actor) -> Mapping[RoomId, Seq]:
        with self._storage.snapshot() as seen:
            session = seen.sessions.get(actor.session_id)
            if session is None:
                raise InvalidToken
            session.require_active(self._clock.now())
            return seen.log.heads(actor.user_id)

    def _take(self, event: RoomEvent) -> None:
        room_id, cursor = event.room_id, self._cursors.get(event.room_id, 0)
        if room_id in self._wanted and event.seq > cursor:
            self._wanted[room_id] = max(self._wanted[room_id], event.seq)
        elif not self._audience.hears(room_id):
            self._pass_over(event)
        elif event.seq == cursor + 1:
            self._hand_out(event)
        elif event.seq > cursor:
            self._read_on(event, event.seq)
        elif isinstance(event, UserJoined):
            self._let_in(event)

    def _pass_over(self, event: RoomEvent) -> None:
        """Nobody here hears the room: nobody misses the event, unless it is somebody's joining."""
        if event.room_id not in self._wanted:
            self._cursors.pop(event.room_id, None)
        if isinstance(event, UserLeft):
            self._note(event)
        if isinstance(event, UserJoined):
            self._let_in(event)

    def _let_in(self, event: UserJoined) -> None:
        """Let in who joined, by a hint that is not the next: they may have left since, and others may be further on."""
        room_id, user_id = event.room_id, event.user.id
        try:
            with self._departures() as departures, self._storage.snapshot() as seen:
                member = seen.memberships.of(user_id, room_id)
        except (NotAMember, NotFound):
            return
        except Unavailable:
            self._put_off[room_id, event.seq] = event
            return
        if not departures.include(user_id, room_id, after=member.room.last_seq):
            self._lead_in(member, event)

    def _lead_in(self, member: Membership, event: UserJoined) -> None:
        room, before = member.room, Seq(member.joined_seq - 1)
        if not self._audience.hears(room.id):
            self._cursors[room.id] = before
        if not self._is_behind(room.id, before):
            self._audience.lead_in(member.person.id, room.id)
            self._changed[room.id] = self._cursors[room.id]  # so that the beacon tells of what they missed
        self._read_on(event, room.last_seq)

    def _is_behind(self, room_id: RoomId, seq: Seq) -> bool:
        return room_id in self._cursors and self._cursors[room_id] < seq

    def _read_on(self, event: RoomEvent, until: Seq) -> None:
        room_id = event.room_id
        if room_id in self._wanted:
            self._wanted[room_id] = max(self._wanted[room_id], until)
            return
        self._wanted[room_id] = until
        try:
            while self._is_behind(room_id, self._wanted[room_id]) and self._read_page(room_id):
                pass
        except Unavailable:
            _log.warning("the log of room %d could not be read on", room_id)
            self._put_off[room_id, event.seq] = event
        finally:
            del self._wanted[room_id]

    def _read_page(self, room_id: RoomId) -> bool:
        """Hand out what the log has after the cursor; whether that was anything."""
        try:
            with self._storage.snapshot() as seen:
                page = seen.log.after(room_id, self._cursors[room_id], limit=_PAGE)
        except NotFound:  # deleted meanwhile
            return False
        for event in page.events:
            if self._cursors.get(room_id) == event.seq - 1:  # somebody else may have read on, too
                self._hand_out(event)
        return bool(page.events)

    def _hand_out(self, event: RoomEvent) -> None:
        self._cursors[event.room_id] = self._changed[event.room_id] = event.seq
        if isinstance(event, UserJoined):
            self._audience.lead_in(event.user.id, event.room_id)
        if isinstance(event, UserLeft):
            self._audience.lead_out(event.user.id, event.room_id)
            self._note(event)
        self._audience.deliver(event)

    @contextmanager
    def _departures(self) -> Iterator[Departures]:
        departures = Departures()
        self._noting.append(departures)
        try:
            yield departures
        finally:
            self._noting.remove(departures)

    def _note(self, departure: UserLeft | RoomDeleted) -> None:
        for departures in self._noting:
            departures.note(departure)
