"""Room feeds: each room's log, handed out strictly in sequence to the connections of this process."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from chat_domain.model.errors import NotFound, Unavailable
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.log import Entry, RoomEvent, UserJoined, UserLeft
from chat_domain.model.notices import Happening, Heads, RoomDeleted, RoomRemoved, Typing
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Storage
from chat_domain.services.connected_sessions import ConnectedSessions
from chat_domain.services.departures import DepartureBoard
from chat_domain.services.portions import portions

_log = logging.getLogger(__name__)
_PAGE: Final = 500
"""Events that are handed out in one go, of one room or of several."""

TOGETHER: Final = 100
"""Rooms that are read before what was read is handed out, while the sessions have to be asked for in between."""


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

    def fill_gaps(self, hints: Iterable[Happening]) -> None:
        """Hand out what these hints do not bring themselves and the log has before them."""
        reached, missing = dict[RoomId, Seq](), dict[RoomId, Seq]()
        for hint in hints:
            match hint:
                case Heads(room_id, seq) | Typing(room_id=room_id, seq=seq) | Entry(room_id=room_id, seq=seq):
                    before = reached.get(room_id, self._cursors.get(room_id, seq))
                    if isinstance(hint, Entry) and seq == before + 1:
                        reached[room_id] = seq
                    elif seq > before:
                        missing[room_id] = max(seq, missing.get(room_id, seq))
        self.read_all(missing)

    def read_on(self, room_id: RoomId, until: Seq) -> bool:
        """Hand out the log up to `until`; whether that is done.

        It is not if the storage is away, which is made up for by `retry`, or if somebody else is reading the room,
        who then reads as far.
        """
        self.read_all({room_id: until})
        return not self.is_behind(room_id, until)

    def read_all(self, heads: Mapping[RoomId, Seq]) -> None:
        """The same for many rooms."""
        behind = {room_id: until for room_id, until in heads.items() if self.is_behind(room_id, until)}
        try:
            for some in portions(behind.items(), TOGETHER):
                self._read_together(some)
        except Unavailable:
            _log.warning("the logs of some rooms could not be read on")
            for room_id, until in behind.items():
                self.put_off(room_id, until)

    def read_pages(self, rooms: Sequence[RoomId]) -> Set[RoomId]:
        """Hand out what the logs have after the cursors, a page of each; those of at most TOGETHER rooms that moved.

        Raises Unavailable.
        """
        before = {room_id: self._cursors.get(room_id, Seq(0)) for room_id in rooms}
        pages: list[tuple[RoomId, Sequence[RoomEvent]]] = []
        for room_id, seq in before.items():
            pages.append((room_id, self._page(room_id, seq, limit=_PAGE // len(rooms))))
            if self._sessions.are_certain():
                self._hand_out_pages(pages)
        if pages:
            self._sessions.make_certain()
            self._hand_out_pages(pages)
        return {room_id for room_id, seq in before.items() if self._cursors.get(room_id) != seq}

    def put_off(self, room_id: RoomId, until: Seq) -> None:
        """Read the room up to `until` when `retry` is called, if it is heard by then."""
        self._put_off[room_id] = max(until, self._put_off.get(room_id, until))

    def retry(self) -> None:
        """Hand out what the storage could not tell."""
        put_off, self._put_off = self._put_off, {}
        self.read_all(put_off)

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

    def _read_together(self, heads: Collection[tuple[RoomId, Seq]]) -> None:
        mine = [room_id for room_id, _ in heads if room_id not in self._wanted]
        for room_id, until in heads:
            self._wanted[room_id] = max(until, self._wanted.get(room_id, until))
        stuck: set[RoomId] = set()
        try:
            while behind := [room for room in mine if room not in stuck and self.is_behind(room, self._wanted[room])]:
                stuck.update(set(behind) - self.read_pages(behind))
        except Unavailable:
            for room_id in mine:
                self.put_off(room_id, self._wanted[room_id])
            raise
        finally:
            for room_id in mine:
                del self._wanted[room_id]

    def _page(self, room_id: RoomId, after: Seq, *, limit: int) -> Sequence[RoomEvent]:
        try:
            with self._storage.snapshot() as seen:
                return seen.log.after(room_id, after, limit=limit).events
        except NotFound:  # deleted meanwhile
            return ()

    def _hand_out_pages(self, pages: list[tuple[RoomId, Sequence[RoomEvent]]]) -> None:
        for room_id, events in pages:
            for event in events:
                if self._cursors.get(room_id) == event.seq - 1:  # somebody else may have read on, too
                    self._hand_out(event)
            if events and self._cursors.get(room_id, events[0].seq) < events[0].seq:
                _log.error("the log of room %d has a gap before %d", room_id, events[0].seq)
        pages.clear()

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
