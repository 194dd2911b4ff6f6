"""The gap filler: what lies between a cursor and a hint is read from the log and delivered."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from chat_domain.delivery.batches import batched
from chat_domain.delivery.room_cursors import RoomCursors
from chat_domain.delivery.session_guard import SessionGuard
from chat_domain.delivery.subscriptions import Subscriptions
from chat_domain.model.ephemeral import AnyEvent, Heads, RoomAdded, Typing
from chat_domain.model.errors import NotFound, Unavailable
from chat_domain.model.events import RoomEvent, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.views import LogPage
from chat_domain.ports.broadcasting import Audience
from chat_domain.ports.storage import Storage

_log = logging.getLogger(__name__)
_EVENTS: Final = 500
"""Events that are delivered in one go, of one room or of several."""

ROOMS_A_CHECK: Final = 100
"""Rooms that are read before what was read is delivered, where the sessions have to be checked in between."""

_Page = tuple[RoomId, LogPage, Mapping[UserId, RoomAdded]]


class GapFiller:
    """Takes hints; fills the gaps they leave. Each room is read once, however many calls want it at the same time."""

    def __init__(
        self,
        *,
        storage: Storage,
        audience: Audience,
        guard: SessionGuard,
        cursors: RoomCursors,
        subscriptions: Subscriptions,
    ) -> None:
        self._storage = storage
        self._audience = audience
        self._guard = guard
        self._cursors = cursors
        self._subscriptions = subscriptions
        self._wanted: dict[RoomId, Seq] = {}  # up to where a room that is being filled has to be filled
        self._deferred: dict[RoomId, Seq] = {}  # up to where, when the storage is back

    def being_filled(self) -> Collection[RoomId]:
        """The rooms whose logs are being read."""
        return self._wanted.keys()

    def take(self, event: RoomEvent) -> bool:
        """Take the hint of an event; whether it is delivered, now or in its turn, because of this hint."""
        room_id = event.room_id
        if room_id not in self._wanted and not self._audience.has_subscribers(room_id):
            if isinstance(event, UserLeft):
                self._subscriptions.leave(event)
            return False
        if not self._cursors.is_behind(room_id, event.seq):
            return False
        if room_id in self._wanted or not self._cursors.is_next(event) or self._subscriptions.needs_announcement(event):
            self.fill(room_id, event.seq)
        else:
            self._cursors.deliver(event)
        return True

    def take_room_added(self, added: RoomAdded) -> None:
        """Take the hint that a user joined: told now if the joining is next, or else when the joining is read."""
        room = added.view.room
        is_next = self._cursors.cursor(room.id) == room.last_seq - 1
        if is_next and room.id not in self._wanted and self._audience.has_subscribers(room.id):
            self._subscriptions.announce(added, room.last_seq)

    def fill_between(self, hints: Iterable[AnyEvent]) -> None:
        """Fill all the gaps that these hints leave together, before they are taken one by one."""
        reached, missing = dict[RoomId, Seq](), dict[RoomId, Seq]()
        for hint in hints:
            match hint:
                case Heads(room_id, seq) | Typing(room_id=room_id, seq=seq) | RoomEvent(room_id=room_id, seq=seq):
                    before = reached.get(room_id, self._cursors.cursor(room_id))
                    if before is None or seq <= before:
                        continue
                    if isinstance(hint, RoomEvent) and seq == before + 1:
                        reached[room_id] = seq
                    else:
                        missing[room_id] = max(seq, missing.get(room_id, seq))
        self.fill_all(missing)

    def fill(self, room_id: RoomId, until: Seq) -> bool:
        """Deliver the log up to `until`; whether that is done.

        It is not if the storage is away, which `retry` makes up for, or if another call is filling the room, which
        then goes as far.
        """
        self.fill_all({room_id: until})
        return not self._cursors.is_behind(room_id, until)

    def fill_all(self, heads: Mapping[RoomId, Seq]) -> None:
        """Fill many rooms, each up to its seq."""
        behind = {room_id: until for room_id, until in heads.items() if self._cursors.is_behind(room_id, until)}
        try:
            for some in batched(behind.items(), ROOMS_A_CHECK):
                self._fill_together(some)
        except Unavailable:
            _log.warning("the logs of some rooms could not be read")
            for room_id, until in behind.items():
                self.defer(room_id, until)

    def fill_for_connection(self, heads: Mapping[RoomId, Seq]) -> Mapping[RoomId, Seq]:
        """Fill rooms for a connection that is about to be subscribed; their heads, without the rooms that are gone.

        The subscribers may not have been told yet of what was before the user of the connection joined. While one
        room is read another may fall behind, because a user joins it. Raises Unavailable.
        """
        left = dict(heads)
        while behind := [room_id for room_id, seq in left.items() if self._lags(room_id, seq)][:ROOMS_A_CHECK]:
            moved = self._deliver_pages(behind)
            for room_id in behind:
                if room_id not in moved and self._lags(room_id, left[room_id]):
                    del left[room_id]
        return left

    def defer(self, room_id: RoomId, until: Seq) -> None:
        """Fill the room up to `until` when `retry` is called, if it has a cursor by then."""
        self._deferred[room_id] = max(until, self._deferred.get(room_id, until))

    def retry(self) -> None:
        """Fill the rooms that were deferred."""
        deferred, self._deferred = self._deferred, {}
        self.fill_all(deferred)

    def _fill_together(self, heads: Collection[tuple[RoomId, Seq]]) -> None:
        mine = [room_id for room_id, _ in heads if room_id not in self._wanted]
        for room_id, until in heads:
            self._wanted[room_id] = max(until, self._wanted.get(room_id, until))
        stuck: set[RoomId] = set()
        try:
            while behind := [room_id for room_id in mine if room_id not in stuck and self._is_wanted(room_id)]:
                stuck.update(set(behind) - self._deliver_pages(behind))
        except Unavailable:
            for room_id in mine:
                self.defer(room_id, self._wanted[room_id])
            raise
        finally:
            for room_id in mine:
                del self._wanted[room_id]

    def _is_wanted(self, room_id: RoomId) -> bool:
        return self._cursors.is_behind(room_id, self._wanted[room_id])

    def _lags(self, room_id: RoomId, seq: Seq) -> bool:
        return self._audience.has_subscribers(room_id) and self._cursors.is_behind(room_id, seq)

    def _deliver_pages(self, rooms: Sequence[RoomId]) -> Set[RoomId]:
        """Deliver a page of each of at most ROOMS_A_CHECK rooms; those whose cursors moved. Raises Unavailable."""
        before = {room_id: self._cursors.cursor(room_id) or Seq(0) for room_id in rooms}
        pages: list[_Page] = []
        for room_id, seq in before.items():
            page = self._page(room_id, seq, limit=_EVENTS // len(rooms))
            pages += [page] if page else []
            if self._guard.is_certain():
                self._deliver_read(pages)
        if pages:
            self._guard.make_certain()
            self._deliver_read(pages)
        return {room_id for room_id, seq in before.items() if (self._cursors.cursor(room_id) or 0) != seq}

    def _deliver_read(self, pages: list[_Page]) -> None:
        for page in pages:
            self._cursors.deliver_page(*page)
        pages.clear()

    def _page(self, room_id: RoomId, after: Seq, *, limit: int) -> _Page | None:
        try:
            with self._storage.snapshot() as seen:
                page = seen.log.after(room_id, after, limit=limit)
                return room_id, page, self._subscriptions.announcements(seen, room_id, page.events)
        except NotFound:  # deleted meanwhile
            return None
