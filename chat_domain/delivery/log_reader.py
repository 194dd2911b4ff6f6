"""Reading the logs: what hints do not bring, or bring too early, is handed out from the storage."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from chat_domain.delivery.additions import Additions
from chat_domain.delivery.connected_sessions import ConnectedSessions
from chat_domain.delivery.portions import portions
from chat_domain.delivery.room_feeds import RoomFeeds
from chat_domain.model.ephemeral import AnyEvent, Heads, RoomAdded, Typing
from chat_domain.model.errors import NotFound, Unavailable
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.views import LogPage
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Storage

_log = logging.getLogger(__name__)
_PAGE: Final = 500
"""Events that are handed out in one go, of one room or of several."""

TOGETHER: Final = 100
"""Rooms that are read before what was read is handed out, while the sessions have to be asked for in between."""

_Page = tuple[RoomId, LogPage, Mapping[UserId, RoomAdded]]


class LogReader:
    """Reads rooms on where the feeds are behind; each room is read once, however many want it at the same time."""

    def __init__(
        self,
        *,
        storage: Storage,
        audience: Audience,
        sessions: ConnectedSessions,
        feeds: RoomFeeds,
        additions: Additions,
    ) -> None:
        self._storage = storage
        self._audience = audience
        self._sessions = sessions
        self._feeds = feeds
        self._additions = additions
        self._wanted: dict[RoomId, Seq] = {}  # how far a room that is being read has to be read
        self._put_off: dict[RoomId, Seq] = {}  # how far it has to be read when the storage is back

    def being_read(self) -> Collection[RoomId]:
        """The rooms that are just being read."""
        return self._wanted.keys()

    def take(self, event: RoomEvent) -> bool:
        """A hint of an event; whether it was, or is to be, handed out because of this hint."""
        room_id = event.room_id
        if room_id not in self._wanted and not self._audience.hears(room_id):
            self._feeds.pass_over(event)
            return False
        if not self._feeds.is_behind(room_id, event.seq):
            return False
        if self._feeds.is_next(event) and room_id not in self._wanted and not self._additions.are_missing(event):
            self._feeds.hand_out(event)
        else:
            self.read_on(room_id, event.seq)
        return True

    def take_addition(self, added: RoomAdded) -> None:
        """A hint that somebody joined: told now if the joining is the next event, or else when that is read."""
        room = added.view.room
        is_next = self._feeds.cursor(room.id) == room.last_seq - 1
        if is_next and room.id not in self._wanted and self._audience.hears(room.id):
            self._additions.tell(added, room.last_seq)

    def fill_gaps(self, hints: Iterable[AnyEvent]) -> None:
        """Hand out what these hints do not bring themselves and the log has before them."""
        reached, missing = dict[RoomId, Seq](), dict[RoomId, Seq]()
        for hint in hints:
            match hint:
                case Heads(room_id, seq) | Typing(room_id=room_id, seq=seq) | RoomEvent(room_id=room_id, seq=seq):
                    before = reached.get(room_id, self._feeds.cursor(room_id))
                    if before is None or seq <= before:
                        continue
                    if isinstance(hint, RoomEvent) and seq == before + 1:
                        reached[room_id] = seq
                    else:
                        missing[room_id] = max(seq, missing.get(room_id, seq))
        self.read_all(missing)

    def read_on(self, room_id: RoomId, until: Seq) -> bool:
        """Hand out the log up to `until`; whether that is done.

        It is not if the storage is away, which is made up for by `retry`, or if somebody else is reading the room,
        who then reads as far.
        """
        self.read_all({room_id: until})
        return not self._feeds.is_behind(room_id, until)

    def read_all(self, heads: Mapping[RoomId, Seq]) -> None:
        """The same for many rooms."""
        behind = {room_id: until for room_id, until in heads.items() if self._feeds.is_behind(room_id, until)}
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
        before = {room_id: self._feeds.cursor(room_id) or Seq(0) for room_id in rooms}
        pages: list[_Page] = []
        for room_id, seq in before.items():
            page = self._page(room_id, seq, limit=_PAGE // len(rooms))
            pages += [page] if page else []
            if self._sessions.are_certain():
                self._hand_out(pages)
        if pages:
            self._sessions.make_certain()
            self._hand_out(pages)
        return {room_id for room_id, seq in before.items() if (self._feeds.cursor(room_id) or 0) != seq}

    def put_off(self, room_id: RoomId, until: Seq) -> None:
        """Read the room up to `until` when `retry` is called, if it is heard by then."""
        self._put_off[room_id] = max(until, self._put_off.get(room_id, until))

    def retry(self) -> None:
        """Hand out what the storage could not tell."""
        put_off, self._put_off = self._put_off, {}
        self.read_all(put_off)

    def _read_together(self, heads: Collection[tuple[RoomId, Seq]]) -> None:
        mine = [room_id for room_id, _ in heads if room_id not in self._wanted]
        for room_id, until in heads:
            self._wanted[room_id] = max(until, self._wanted.get(room_id, until))
        stuck: set[RoomId] = set()
        try:
            while behind := [room_id for room_id in mine if room_id not in stuck and self._is_wanted(room_id)]:
                stuck.update(set(behind) - self.read_pages(behind))
        except Unavailable:
            for room_id in mine:
                self.put_off(room_id, self._wanted[room_id])
            raise
        finally:
            for room_id in mine:
                del self._wanted[room_id]

    def _is_wanted(self, room_id: RoomId) -> bool:
        return self._feeds.is_behind(room_id, self._wanted[room_id])

    def _hand_out(self, pages: list[_Page]) -> None:
        for page in pages:
            self._feeds.hand_out_page(*page)
        pages.clear()

    def _page(self, room_id: RoomId, after: Seq, *, limit: int) -> _Page | None:
        try:
            with self._storage.snapshot() as seen:
                page = seen.log.after(room_id, after, limit=limit)
                return room_id, page, self._additions.look_up(seen, room_id, page.events)
        except NotFound:  # deleted meanwhile
            return None
